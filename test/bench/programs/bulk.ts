import { postgres } from "pulumi-roster";
import { declared } from "./declared.js";

// One resource for everything.
new postgres.Access("bench", { users: declared.users, groups: declared.groups });
