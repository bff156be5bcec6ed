import * as z from "zod";
import { defineResource } from "../core/define.js";
import { doing, impossible } from "../core/delta.js";
import { decodeNames } from "../core/lines.js";
import { hasUnknown } from "../core/unknown.js";
import { isMissing, isOwnAccount } from "./catalog.js";
import { liveMembers, memberListDelta, observedList, type MemberList } from "./memberList.js";
import { decodeMembers, encodeMembers, isOver, memberLines } from "./members.js";
import { assumeMembers, membershipThing, missingGroup, revocations } from "./memberships.js";
import { listShare } from "./sharedMemberships.js";
import { connection, existingRoleName, ignoredBy, ignorePatterns, relationOnRemove } from "./roleArguments.js";
import { postgres } from "./system.js";

const schema = z.strictObject({
  group: existingRoleName(),
  members: memberLines,
  ignore: ignorePatterns,
  onRemove: relationOnRemove,
  connection,
});

type GroupMembersArguments = z.output<typeof schema>;

function listOf({ group, members, ignore }: GroupMembersArguments): MemberList {
  const ignored = ignoredBy(ignore);
  return { group, declared: decodeMembers(members).filter(({ name }) => !ignored(name)), ignored };
}

/** `postgres.GroupMembers`: a group's whole list of members. */
export const GroupMembers = defineResource({
  kind: "relation",
  token: "postgres.GroupMembers",
  system: postgres,
  schema,
  key: ["group"],
  renamable: [],
  things: (args) => listOf(args).declared.map(({ name }) => membershipThing(args.group, name)),
  decides: ({ group }) => [`member list:${group}`],
  shares: (args) => [listShare(listOf(args))],
  incomparable: [],
  reports: [],
  validate: ({ group, members }) =>
    group !== undefined && members !== undefined && decodeNames(members).includes(group)
      ? [{ property: "members", reason: `the group ${JSON.stringify(group)} cannot be a member of itself` }]
      : [],

  // Who is ignored is not the resource's business, on neither side, and who is over is not a member any more: both
  // leave the list before it is stored, so that the state says who is in the group by this resource.
  prepare(args, { now }) {
    if (hasUnknown([args.members, args.ignore])) return Promise.resolve(args);
    const kept = listOf(args).declared.filter(({ until }) => !isOver(until, now));
    return Promise.resolve({ ...args, members: encodeMembers(kept) });
  },

  observe(catalog, args) {
    if (isMissing(catalog, args.group)) return undefined;
    return {
      ...args,
      members: observedList(catalog, listOf(args), args.ignore === undefined ? args.members : undefined),
    };
  },

  delta({ model, args, run }) {
    if (isMissing(model, args.group)) return impossible(missingGroup(args.group));
    const { changes, problems } = memberListDelta(model, listOf(args), run);
    return { ...doing(...changes), problems };
  },

  remove(catalog, args, _how, run) {
    const list = listOf(args);
    const declared = new Set(list.declared.map(({ name }) => name));
    const ours = liveMembers(catalog, list).filter(
      (name) => declared.has(name) && !isOwnAccount(catalog, name) && !run.claimed(membershipThing(args.group, name)),
    );
    return doing(...revocations(catalog, args.group, ours));
  },

  assume: (catalog, args) => {
    assumeMembers(catalog, args.group, listOf(args).declared);
  },
});
