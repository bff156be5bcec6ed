import * as z from "zod";
import { defineResource } from "../core/define.js";
import { doing, impossible } from "../core/delta.js";
import { connection, managedRole, nameArgument, onRemove } from "./arguments.js";
import { assignmentThing, hindrance, isAssigned } from "./assignments.js";
import type { Change } from "./changes.js";
import { entryShare } from "./sharedLists.js";
import { parts } from "./snapshot.js";
import { heimdall } from "./system.js";

const schema = z.strictObject({ role: managedRole(), action: nameArgument(), onRemove, connection });

/** `heimdall.RoleAction`: one action of a role; its other actions are left alone. */
export const RoleAction = defineResource({
  kind: "relation",
  token: "heimdall.RoleAction",
  system: heimdall,
  schema,
  key: ["role", "action"],
  renamable: [],
  things: ({ role, action }) => [assignmentThing("action", role, action)],
  decides: () => [],
  shares: ({ role, action }) => [entryShare("action of role", role, action)],
  incomparable: [],
  reports: [],
  validate: () => [],
  prepare: (args) => Promise.resolve(args),
  parts: ({ role }, purpose) =>
    purpose === "look" ? [parts.roles, parts.roleActions(role)] : [parts.roles, parts.actions, parts.roleActions(role)],
  observe: (snapshot, args) => (isAssigned(snapshot, "action", args.role, args.action) ? args : undefined),

  delta({ model, args: { role, action } }) {
    if (isAssigned(model, "action", role, action)) return doing();
    const problem = hindrance(model, "action", role, action);
    return problem === undefined ? doing<Change>({ kind: "assignAction", role, action }) : impossible(problem);
  },

  remove: (_snapshot, { role, action }) => doing<Change>({ kind: "unassignAction", role, action }),
  assume(snapshot, { role, action }) {
    snapshot.roleActions.set(role, (snapshot.roleActions.get(role) ?? new Set()).add(action));
  },
});
