import { z } from "zod";
import { defineResource } from "../core/define.js";
import { NO_DELTA, doing, impossible } from "../core/delta.js";
import { decodeNames, encodeNames } from "../core/lines.js";
import { guardRemovals } from "../core/removals.js";
import { hasUnknown } from "../core/unknown.js";
import { isMember, isMissing, isOwnAccount, type Catalog } from "./catalog.js";
import type { Change } from "./changes.js";
import { assumeMembers, missingGroup, missingMember, revocations } from "./memberships.js";
import {
  connection,
  existingRoleName,
  ignoredBy,
  ignorePatterns,
  refusedName,
  relationOnRemove,
} from "./roleArguments.js";
import { postgres } from "./system.js";

/** The members as one text (see core/lines.ts). */
const members = z.string().superRefine((text, context) => {
  try {
    for (const name of decodeNames(text)) {
      const reason = name.startsWith("pg_") ? undefined : refusedName(name);
      if (reason !== undefined)
        context.addIssue({ code: "custom", message: `the name ${JSON.stringify(name)} ${reason}` });
    }
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
  }
});

const schema = z.strictObject({
  group: existingRoleName(),
  members,
  ignore: ignorePatterns,
  onRemove: relationOnRemove,
  connection,
});

type GroupMembersArguments = z.output<typeof schema>;

/** The names that the resource answers for: declared, and not ignored. */
function declaredMembers({ members: text, ignore }: GroupMembersArguments): string[] {
  const ignored = ignoredBy(ignore);
  return decodeNames(text).filter((name) => !ignored(name));
}

/**
 * The members that the group has and the resource answers for. The account that runs this is left alone where it is
 * not declared: it must not lock itself out, and PostgreSQL 16 makes it a member of each group that it creates.
 */
function liveMembers(catalog: Catalog, args: GroupMembersArguments): string[] {
  const ignored = ignoredBy(args.ignore);
  const declared = new Set(decodeNames(args.members));
  return [...(catalog.members.get(args.group)?.keys() ?? [])].filter((name) => {
    if (ignored(name)) return false;
    return declared.has(name) ? isMember(catalog, args.group, name) : !isOwnAccount(catalog, name);
  });
}

/** `postgres.GroupMembers`: a group's whole list of members. */
export const GroupMembers = defineResource({
  kind: "relation",
  token: "postgres.GroupMembers",
  system: postgres,
  schema,
  key: ["group"],
  renamable: [],
  incomparable: [],
  reports: [],
  validate: ({ group, members: text }) =>
    group !== undefined && text !== undefined && decodeNames(text).includes(group)
      ? [{ property: "members", reason: `the group ${JSON.stringify(group)} cannot be a member of itself` }]
      : [],
  // Names that are ignored are not the resource's business, on neither side: they leave the list before it is stored.
  prepare: (args) =>
    Promise.resolve(
      hasUnknown([args.members, args.ignore]) ? args : { ...args, members: encodeNames(declaredMembers(args)) },
    ),

  observe(catalog, args) {
    if (isMissing(catalog, args.group)) return undefined;
    return { ...args, members: encodeNames(liveMembers(catalog, args)) };
  },

  delta({ model, args, run }) {
    const { group } = args;
    if (isMissing(model, group)) return impossible(missingGroup(group));
    if (hasUnknown([args.members, args.ignore])) return NO_DELTA;
    const declared = declaredMembers(args);
    const live = liveMembers(model, args);
    const [has, wanted] = [new Set(live), new Set(declared)];
    const removed = live.filter((name) => !wanted.has(name)).sort();
    guardRemovals(`members of ${JSON.stringify(group)}`, removed, live.length, run.maxRemovals);
    const added = declared.filter((name) => !has.has(name));
    const missing = added.filter((name) => isMissing(model, name));
    const granted = added.filter((name) => !missing.includes(name));
    // Taken before given: a moment with too little is safer than a moment with too much.
    const changes = [...revocations(model, group, removed), ...grants(group, granted)];
    return { ...doing(...changes), problems: missing.map((name) => missingMember(group, name)) };
  },

  remove(catalog, args) {
    const live = new Set(liveMembers(catalog, args));
    const ours = decodeNames(args.members).filter((name) => live.has(name) && !isOwnAccount(catalog, name));
    return doing(...revocations(catalog, args.group, ours));
  },

  assume: (catalog, args) => {
    assumeMembers(catalog, args.group, decodeNames(args.members));
  },
});

function grants(group: string, names: readonly string[]): Change[] {
  return names.length === 0 ? [] : [{ kind: "grantMembership", group, members: names }];
}
