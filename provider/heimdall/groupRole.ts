import * as z from "zod";
import { defineResource } from "../core/define.js";
import { doing, impossible } from "../core/delta.js";
import { connection, nameArgument, onRemove } from "./arguments.js";
import { assignmentThing, hindrance, isAssigned } from "./assignments.js";
import type { Change } from "./changes.js";
import { entryShare } from "./sharedLists.js";
import { parts } from "./snapshot.js";
import { heimdall } from "./system.js";

const schema = z.strictObject({ group: nameArgument(), role: nameArgument(), onRemove, connection });

/** `heimdall.GroupRole`: one role of a group; its other roles are left alone. */
export const GroupRole = defineResource({
  kind: "relation",
  token: "heimdall.GroupRole",
  system: heimdall,
  schema,
  key: ["group", "role"],
  renamable: [],
  things: ({ group, role }) => [assignmentThing("role", group, role)],
  decides: () => [],
  shares: ({ group, role }) => [entryShare("role of group", group, role)],
  incomparable: [],
  reports: [],
  validate: () => [],
  prepare: (args) => Promise.resolve(args),
  parts: ({ group }, purpose) =>
    purpose === "look" ? [parts.groups, parts.groupRoles(group)] : [parts.groups, parts.roles, parts.groupRoles(group)],
  observe: (snapshot, args) => (isAssigned(snapshot, "role", args.group, args.role) ? args : undefined),

  delta({ model, args: { group, role } }) {
    if (isAssigned(model, "role", group, role)) return doing();
    const problem = hindrance(model, "role", group, role);
    return problem === undefined ? doing<Change>({ kind: "assignRole", group, role }) : impossible(problem);
  },

  remove: (_snapshot, { group, role }) => doing<Change>({ kind: "unassignRole", group, role }),
  assume(snapshot, { group, role }) {
    snapshot.groupRoles.set(group, (snapshot.groupRoles.get(group) ?? new Set()).add(role));
  },
});
