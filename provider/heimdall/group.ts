import * as z from "zod";
import { objectArguments } from "../core/arguments.js";
import { defineResource } from "../core/define.js";
import { NO_DELTA, doing } from "../core/delta.js";
import { encodeNames } from "../core/lines.js";
import type { Delta } from "../core/resource.js";
import { connection, description, nameArgument, onRemove } from "./arguments.js";
import { assignmentDelta, assignmentThing, guardList } from "./assignments.js";
import type { Change } from "./changes.js";
import { nameLines, namesIn } from "./names.js";
import { belongingsOf, definitionDelta, putBack } from "./recreation.js";
import { listShare } from "./sharedLists.js";
import { listed, parts, type Snapshot } from "./snapshot.js";
import { heimdall } from "./system.js";

const schema = z.strictObject({
  name: nameArgument(),
  description,
  roles: nameLines.optional(),
  existing: objectArguments.existing,
  onRemove,
  connection,
});

/** `heimdall.Group`: a group, and all of its roles where they are given. */
export const Group = defineResource({
  kind: "object",
  token: "heimdall.Group",
  system: heimdall,
  schema,
  key: ["name"],
  renamable: [],
  things: ({ name, roles }) => [
    `group:${name}`,
    ...(namesIn(roles) ?? []).map((role) => assignmentThing("role", name, role)),
  ],
  decides: ({ name, roles }) => [`group:${name}`, ...(roles === undefined ? [] : [`role list of group:${name}`])],
  shares: ({ name, roles }) => (roles === undefined ? [] : [listShare("role of group", name, namesIn(roles) ?? [])]),
  incomparable: [],
  reports: [],
  validate: () => [],
  prepare: (args) => Promise.resolve(args),

  parts: ({ name }, purpose) =>
    purpose === "change"
      ? [parts.groups, parts.roles, parts.groupRoles(name), parts.members(name)]
      : [parts.groups, parts.groupRoles(name)],

  observe(snapshot, args) {
    const live = snapshot.groups.get(args.name);
    if (live === undefined) return undefined;
    const roles = args.roles === undefined ? {} : { roles: encodeNames(listed(snapshot.groupRoles, args.name)) };
    return { ...args, description: live.description, ...roles };
  },

  delta({ model, args, run }): Delta<Snapshot, Change> {
    const { name } = args;
    const roles = namesIn(args.roles);
    const list = { kind: "role", owner: name, wanted: roles ?? [] } as const;
    if (roles !== undefined) guardList(model, list, run);
    return {
      ...definitionDelta(model, "group", args),
      next: (seen) => {
        if (!seen.groups.has(name)) return NO_DELTA;
        const wanted = roles === undefined ? NO_DELTA : assignmentDelta(seen, list, run);
        return { ...wanted, next: (last) => putBack(last, "group", name, { roles: roles !== undefined }) };
      },
    };
  },

  // A group cannot be disabled: one that was there before us stays. Deleted, it takes its members and roles with it.
  remove: (_snapshot, { name }, how) => (how === "disable" ? NO_DELTA : doing<Change>({ kind: "deleteGroup", name })),

  losses(snapshot, { name, onRemove: kept }) {
    const has = belongingsOf(snapshot, "group", name);
    return has === undefined || kept === "keep"
      ? undefined
      : `the group ${JSON.stringify(name)} has ${has}, and is deleted, unless it was adopted: who and what no resource gives to the new group is lost`;
  },

  untouched: (snapshot, { name, description: said, roles }) =>
    snapshot.groups.get(name)?.description === said &&
    listed(snapshot.members, name).length === 0 &&
    listed(snapshot.groupRoles, name).every((role) => namesIn(roles)?.includes(role)),

  assume(snapshot, { name, description: said, roles }) {
    snapshot.groups.set(name, { name, description: said });
    snapshot.groupRoles.set(name, new Set(namesIn(roles)));
  },
});
