// A service brings its own rights along: an action, the endpoint that asks for it, a role that has it, and that role on
// a group which somebody else manages.
import { heimdall } from "pulumi-roster";

const connection = "production";

const read = new heimdall.Action("read", {
  name: "reports:read",
  description: "Read reports",
  connection,
});

new heimdall.Mapping("list", { method: "GET", path: "/api/v1/reports", action: read.name, connection });

const readers = new heimdall.Role("readers", {
  name: "reports",
  description: "Readers of reports",
  actions: [read.name],
  connection,
});

new heimdall.GroupRole("analysts", { group: "analysts", role: readers.name, connection });

export const role = readers.name;
