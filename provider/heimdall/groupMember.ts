import * as z from "zod";
import { defineResource } from "../core/define.js";
import { doing, impossible } from "../core/delta.js";
import { connection, cpf, nameArgument, onRemove } from "./arguments.js";
import { missing } from "./assignments.js";
import type { Change } from "./changes.js";
import { entryShare } from "./sharedLists.js";
import { isMissing, parts, type Snapshot } from "./snapshot.js";
import { heimdall } from "./system.js";

const schema = z.strictObject({ group: nameArgument(), cpf, onRemove, connection });

/** `heimdall.GroupMember`: one person in a group; its other members are left alone. */
export const GroupMember = defineResource({
  kind: "relation",
  token: "heimdall.GroupMember",
  system: heimdall,
  schema,
  key: ["group", "cpf"],
  renamable: [],
  things: (args) => [memberThing(args.group, args.cpf)],
  decides: () => [],
  shares: ({ group, cpf: who }) => [entryShare("member of group", group, who)],
  incomparable: [],
  reports: [],
  validate: () => [],
  prepare: (args) => Promise.resolve(args),
  parts: ({ group }) => [parts.groups, parts.members(group)],
  observe: (snapshot, args) => (isMember(snapshot, args.group, args.cpf) ? args : undefined),

  delta({ model, args }) {
    if (isMember(model, args.group, args.cpf)) return doing();
    // The service answers 403 for a group that does not exist, and makes a user all the same.
    if (isMissing(model, "groups", args.group)) return impossible(missing("group", args.group));
    return doing<Change>({ kind: "addMember", group: args.group, cpf: args.cpf });
  },

  remove: (_snapshot, args) => doing<Change>({ kind: "removeMember", group: args.group, cpf: args.cpf }),
  assume(snapshot, args) {
    snapshot.members.set(args.group, (snapshot.members.get(args.group) ?? new Set()).add(args.cpf));
  },
});

/** How a membership is called among the things that resources answer for. */
export function memberThing(group: string, who: string): string {
  return `member:${JSON.stringify([group, who])}`;
}

function isMember({ members }: Snapshot, group: string, who: string): boolean {
  return members.get(group)?.has(who) === true;
}
