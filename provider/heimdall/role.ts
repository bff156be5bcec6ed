import * as z from "zod";
import { objectArguments } from "../core/arguments.js";
import { defineResource } from "../core/define.js";
import { NO_DELTA, doing, impossible } from "../core/delta.js";
import { someOf } from "../core/errors.js";
import { encodeNames } from "../core/lines.js";
import type { Delta } from "../core/resource.js";
import { connection, description, managedRole, onRemove } from "./arguments.js";
import { assignmentDelta, assignmentThing, guardList } from "./assignments.js";
import type { Change } from "./changes.js";
import { nameLines, namesIn } from "./names.js";
import { definitionDelta, groupsWith, putBack, roleDeletion } from "./recreation.js";
import { listShare } from "./sharedLists.js";
import { listed, parts, type Snapshot } from "./snapshot.js";
import { heimdall } from "./system.js";

const schema = z.strictObject({
  name: managedRole(),
  description,
  actions: nameLines.optional(),
  existing: objectArguments.existing,
  onRemove,
  connection,
});

/** `heimdall.Role`: a role, and all of its actions where they are given. */
export const Role = defineResource({
  kind: "object",
  token: "heimdall.Role",
  system: heimdall,
  schema,
  key: ["name"],
  renamable: [],
  things: ({ name, actions }) => [
    `role:${name}`,
    ...(namesIn(actions) ?? []).map((action) => assignmentThing("action", name, action)),
  ],
  decides: ({ name, actions }) => [`role:${name}`, ...(actions === undefined ? [] : [`action list of role:${name}`])],
  shares: ({ name, actions }) =>
    actions === undefined ? [] : [listShare("action of role", name, namesIn(actions) ?? [])],
  incomparable: [],
  reports: [],
  validate: () => [],
  prepare: (args) => Promise.resolve(args),

  parts: ({ name }, purpose) =>
    purpose === "look"
      ? [parts.roles, parts.roleActions(name)]
      : [parts.roles, parts.actions, parts.roleActions(name), parts.groupRoles()],

  observe(snapshot, args) {
    const live = snapshot.roles.get(args.name);
    if (live === undefined) return undefined;
    const actions = args.actions === undefined ? {} : { actions: encodeNames(listed(snapshot.roleActions, args.name)) };
    return { ...args, description: live.description, ...actions };
  },

  delta({ model, args, run }): Delta<Snapshot, Change> {
    const { name } = args;
    const actions = namesIn(args.actions);
    const list = { kind: "action", owner: name, wanted: actions ?? [] } as const;
    // Refused before anything is done, and not after half of it.
    if (actions !== undefined) guardList(model, list, run);
    return {
      ...definitionDelta(model, "role", args),
      next: (seen) => {
        if (!seen.roles.has(name)) return NO_DELTA;
        const wanted = actions === undefined ? NO_DELTA : assignmentDelta(seen, list, run);
        return { ...wanted, next: (last) => putBack(last, "role", name, { actions: actions !== undefined }) };
      },
    };
  },

  remove(snapshot, { name, onRemove: asked }, how) {
    // A role cannot be disabled: one that was there before us stays.
    if (how === "disable") return NO_DELTA;
    const groups = groupsWith(snapshot, name);
    if (groups.length > 0 && asked !== "drop") {
      return impossible({
        message: `the role ${JSON.stringify(name)} is still on the groups ${someOf(groups)}`,
        remedy:
          "If this program put it there, let it use the role's name output, so that it goes first, or run the same command again. " +
          'To take it off them all the same, give the role onRemove: "drop", run up, and then take it out of the program.',
      });
    }
    return doing(...roleDeletion(snapshot, name));
  },

  untouched: (snapshot, { name, description: said, actions }) =>
    snapshot.roles.get(name)?.description === said &&
    groupsWith(snapshot, name).length === 0 &&
    listed(snapshot.roleActions, name).every((action) => namesIn(actions)?.includes(action)),

  assume(snapshot, { name, description: said, actions }) {
    snapshot.roles.set(name, { name, description: said });
    snapshot.roleActions.set(name, new Set(namesIn(actions)));
  },
});
