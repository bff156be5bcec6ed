import * as z from "zod";
import { defineResource } from "../core/define.js";
import { ignorePatterns, relationOnRemove } from "../core/entryArguments.js";
import type { RunOptions } from "../core/resource.js";
import { hasUnknown } from "../core/unknown.js";
import { connection, listsBySecurable, type Grantee, type Lists } from "./arguments.js";
import { addedDelta, assumeList, missingSecurable, takeBack, wholeDelta, type GrantDelta } from "./grantDeltas.js";
import {
  canonicalLists,
  encodeLists,
  ignoredBy,
  observedAdded,
  observedWhole,
  readLists,
  thingsOf,
  type GrantList,
} from "./grantLists.js";
import type { Change } from "./changes.js";
import { isMissing, privilegesOf, type Metastore } from "./metastore.js";
import { canRunOn } from "./runningStatements.js";
import { securableKey } from "./securables.js";
import { grantsShare } from "./sharedGrants.js";
import { databricks } from "./system.js";

const schema = z.strictObject({
  /** Stands for the product or catalogue: one Access of this name on one connection. */
  name: z.string().min(1),
  /** By securable and privilege: everybody who has something there. */
  grants: listsBySecurable.optional(),
  /** By securable and privilege: who is given something there besides what others give. */
  additional: listsBySecurable.optional(),
  /** Who loses a privilege on a table or schema does not go on with what they run on it. */
  endSessions: z
    .boolean()
    .optional()
    .transform((given) => (given === true ? given : undefined)),
  ignore: ignorePatterns,
  onRemove: relationOnRemove,
  connection,
});

type AccessArguments = z.output<typeof schema>;

/** What an Access declares, read from its texts; by key of the securable. */
interface DeclaredAccess {
  readonly whole: ReadonlyMap<string, GrantList>;
  readonly added: ReadonlyMap<string, GrantList>;
}

/** What was read already: one call needs the same lists several times, and they can be long. */
const read = new WeakMap<AccessArguments, DeclaredAccess>();

function readAccess(args: AccessArguments): DeclaredAccess {
  const known = read.get(args) ?? { whole: listsOf(args.grants, args), added: listsOf(args.additional, args) };
  read.set(args, known);
  return known;
}

function listsOf(given: Readonly<Record<string, Lists>> = {}, { ignore }: AccessArguments): Map<string, GrantList> {
  const ignored = ignoredBy(ignore);
  return new Map(Object.entries(given).map(([on, lists]) => [securableKey(on), readLists(on, lists, ignored)]));
}

function allLists({ whole, added }: DeclaredAccess): GrantList[] {
  return [...whole.values(), ...added.values()];
}

/** `databricks.Access`: the privileges on many securables in one resource. */
export const Access = defineResource({
  kind: "relation",
  token: "databricks.Access",
  system: databricks,
  schema,
  key: ["name"],
  renamable: ["name"],
  things: (args) => allLists(readAccess(args)).flatMap(thingsOf),
  decides: (args) => [...readAccess(args).whole.keys()].map((key) => `list of grants on:${key}`),
  *shares(args) {
    const { whole, added } = readAccess(args);
    for (const list of whole.values()) yield grantsShare(list, true);
    for (const list of added.values()) yield grantsShare(list, false);
  },
  incomparable: [],
  reports: [],

  validate(args) {
    const keys = new Set(Object.keys(args.grants ?? {}).map(securableKey));
    const both = Object.keys(args.additional ?? {}).filter((on) => keys.has(securableKey(on)));
    return both.map((on) => ({
      property: "additional",
      reason: `${on} is in grants too, which says who has anything there: put everybody in one of them`,
    }));
  },

  prepare(args, { now }) {
    if (hasUnknown([args.grants, args.additional, args.ignore])) return Promise.resolve(args);
    const ignored = ignoredBy(args.ignore);
    const canonical = (given: Readonly<Record<string, Lists>>): Record<string, Lists> =>
      Object.fromEntries(Object.entries(given).map(([on, lists]) => [on, canonicalLists(lists, ignored, now)]));
    return Promise.resolve({
      ...args,
      ...(args.grants === undefined ? {} : { grants: canonical(args.grants) }),
      ...(args.additional === undefined ? {} : { additional: canonical(args.additional) }),
    });
  },

  parts: (args) => allLists(readAccess(args)).map(({ securable }) => securable),

  observe(metastore, args) {
    const { whole, added } = readAccess(args);
    return {
      ...args,
      ...(args.grants === undefined ? {} : { grants: observed(metastore, whole, observedWhole) }),
      ...(args.additional === undefined ? {} : { additional: observed(metastore, added, observedAdded) }),
    };
  },

  delta({ model, args, previous, run }) {
    const declared = readAccess(args);
    const before = earlierLists(previous);
    const deltas = [
      ...[...declared.whole].map(([key, list]) =>
        isMissing(model, list.securable) ? notThere(list) : wholeDelta(model, list, run, before.get(key)),
      ),
      ...[...declared.added].map(([key, list]) =>
        isMissing(model, list.securable) ? notThere(list) : addedDelta(model, list, before.get(key), run),
      ),
      ...leaving(declared, before).map((list) => withdrawal(model, list, run)),
    ];
    return together(deltas, args);
  },

  unfinished({ model, args, previous }) {
    const { whole } = readAccess(args);
    const additional = { ...args.additional };
    for (const [key, list] of earlierLists(previous)) {
      const left = stillThere(model, list);
      if (whole.has(key) || left.length === 0) continue;
      const on = Object.keys(additional).find((each) => securableKey(each) === key) ?? list.securable;
      additional[on] = merged(additional[on] ?? {}, left);
    }
    return Object.keys(additional).length === 0 ? args : { ...args, additional };
  },

  remove(metastore, args, _how, run) {
    const lists = allLists(readAccess(args)).filter(({ securable }) => !isMissing(metastore, securable));
    const deltas = lists.map((list) => takeBack(metastore, list, run));
    return together(deltas, args);
  },

  assume: (metastore, args) => {
    for (const list of allLists(readAccess(args))) assumeList(metastore, list);
  },
});

/** The deltas of all securables, where it is wanted with the end of what is under way. */
function together(deltas: readonly GrantDelta[], { endSessions }: AccessArguments): GrantDelta {
  const marked = (change: Change): Change =>
    endSessions === true && change.remove.length > 0 && canRunOn(change) ? { ...change, endsStatements: true } : change;
  return {
    units: deltas.flatMap(({ units }) => units.map((unit) => unit.map(marked))),
    problems: deltas.flatMap(({ problems }) => problems),
  };
}

function observed(
  metastore: Metastore,
  lists: ReadonlyMap<string, GrantList>,
  see: (metastore: Metastore, list: GrantList) => Lists,
): Record<string, Lists> {
  const there = [...lists.values()].filter(({ securable }) => !isMissing(metastore, securable));
  return Object.fromEntries(there.map((list) => [list.securable, see(metastore, list)]));
}

function notThere({ securable, principals }: GrantList): GrantDelta {
  // Nobody is to have anything, and nobody has.
  return { units: [], problems: principals.size === 0 ? [] : [missingSecurable(securable)] };
}

/** What the state says was given, however it was declared. */
function earlierLists(previous: AccessArguments | undefined): Map<string, GrantList> {
  if (previous === undefined) return new Map();
  const { whole, added } = readAccess(previous);
  return new Map([...whole, ...added]);
}

/** The lists of securables that have left the program. */
function leaving({ whole, added }: DeclaredAccess, before: ReadonlyMap<string, GrantList>): GrantList[] {
  return [...before].filter(([key]) => !whole.has(key) && !added.has(key)).map(([, list]) => list);
}

/** Takes back what was given on a securable that left; a list of securables that came back cut is not to empty them. */
function withdrawal(metastore: Metastore, list: GrantList, run: RunOptions): GrantDelta {
  return addedDelta(metastore, { ...list, principals: new Map() }, list, run);
}

/** What of an earlier list is there. */
function stillThere(metastore: Metastore, { securable, principals }: GrantList): [string, Grantee][] {
  return [...principals.values()].flatMap((wanted) =>
    [...wanted].filter(([privilege, { principal }]) => privilegesOf(metastore, securable, principal).has(privilege)),
  );
}

function merged(lists: Lists, more: readonly [string, Grantee][]): Lists {
  const declared = readLists("", lists, () => false);
  const all = new Map<string, Map<string, Grantee>>();
  for (const [key, wanted] of declared.principals) all.set(key, new Map(wanted));
  for (const [privilege, grantee] of more) {
    const key = grantee.principal.toLowerCase();
    const wanted = all.get(key) ?? new Map<string, Grantee>();
    if (!wanted.has(privilege)) all.set(key, wanted.set(privilege, grantee));
  }
  return encodeLists([...all.values()].flatMap((wanted) => [...wanted]));
}
