// Who may log in to Larkspur Logistics' database, and who is in which group.
// Run `npm run quickstart` to see it at work on a real PostgreSQL.
import { postgres } from "pulumi-roster";

// People. Whoever is taken out of this list loses the login with the next `pulumi up`.
const ana = new postgres.User("ana", { name: "ana", comment: "Ana Duarte, analyst" });
const chidi = new postgres.User("chidi", { name: "chidi", comment: "Chidi Okafor, data engineer" });
const mei = new postgres.User("mei", { name: "mei.lin@larkspur.example", validUntil: "2027-06-30" });

// The groups were made together with the tables that they may read, so they are taken over as they are.
const analysts = new postgres.Group("analysts", { name: "analysts", existing: "adopt" });
const dispatchers = new postgres.Group("dispatchers", { name: "dispatchers", existing: "adopt" });

// The whole list: who is in the group and not on it is taken out, except the service accounts.
const analystMembers = new postgres.GroupMembers("analysts", {
  group: analysts.name,
  members: [ana.name, chidi.name, mei.name],
  ignore: ["svc_*"],
});

// One membership: whoever else is in the group stays.
new postgres.GroupMembership("chidi-dispatchers", { group: dispatchers.name, member: chidi.name });

export const inAnalysts = analystMembers.members;
