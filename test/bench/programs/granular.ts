import { postgres } from "pulumi-roster";
import { declared } from "./declared.js";

// One resource a thing, put together by their outputs as programs do it.
const users = new Map(declared.users.map((name) => [name, new postgres.User(name, { name })]));
for (const [name, members] of Object.entries(declared.groups)) {
  const group = new postgres.Group(name, { name });
  for (const member of members) {
    const user = users.get(member);
    new postgres.GroupMembership(`${name}/${member}`, { group: group.name, member: user?.name ?? member });
  }
}
