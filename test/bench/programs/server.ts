import { readFileSync } from "node:fs";
import { postgres } from "pulumi-roster";
import { GRANTS, SCHEMA, type ServerWorkload } from "../server/workload.js";

// A whole server in one resource.
const { users, databases } = JSON.parse(readFileSync("workload.json", "utf8")) as ServerWorkload;

new postgres.Access("bench", {
  users,
  databases: databases.map((name) => ({ name, onRemove: "drop" as const })),
  schemas: Object.fromEntries(databases.map((database) => [database, [SCHEMA]])),
  grants: GRANTS.map((grant) => ({ to: users, databases, ...grant })),
});
