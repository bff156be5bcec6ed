import { defineResource } from "../core/define.js";
import { NO_DELTA, inStages } from "../core/delta.js";
import { someOf } from "../core/errors.js";
import { decodeNames, encodeNames } from "../core/lines.js";
import type { RunOptions, Delta } from "../core/resource.js";
import { hasUnknown } from "../core/unknown.js";
import { encodeEntries } from "./accessArguments.js";
import { DEFAULT_ATTRIBUTES, isMissing, isOwnAccount, type Catalog } from "./catalog.js";
import type { Change } from "./changes.js";
import { departures, dismissal, withLeft } from "./departures.js";
import { contradictoryLists, guardList, memberListsDelta, observedList } from "./memberList.js";
import {
  asAccess,
  listsOf,
  memberListsSchema,
  readLists,
  type DeclaredLists,
  type ListedGroup,
  type MemberListsArguments,
} from "./memberListsArguments.js";
import { encodeMembers, isOver, type Member } from "./members.js";
import { assumeMembers, thingsOf, missingGroup } from "./memberships.js";
import { assumeRole, isUntouched, roleDelta, type DeclaredRole } from "./roles.js";
import { listShare } from "./sharedMemberships.js";
import { postgres } from "./system.js";

const NOTHING = readLists({ name: "-", groups: "", members: {}, connection: undefined });

/** `postgres.MemberLists`: the whole lists of several groups in one resource. */
export const MemberLists = defineResource({
  kind: "relation",
  token: "postgres.MemberLists",
  system: postgres,
  schema: memberListsSchema,
  key: ["name"],
  renamable: ["name"],
  *things(args) {
    const { groups, lists } = readLists(args);
    for (const name of groups.keys()) yield `role:${name}`;
    for (const [group, members] of lists) yield* thingsOf(group, members);
  },
  decides: (args) => [...readLists(args).lists.keys()].map((group) => `member list:${group}`),
  shares(args) {
    // Who has no user may get one in this very run, and is on the list again in the next.
    const absent = new Set(decodeNames(args.absent ?? ""));
    return listsOf(readLists(args)).map((list) => listShare(list, absent));
  },
  incomparable: [],
  reports: ["unfed"],

  validate(args) {
    const { groups, lists } = readLists({ name: "-", groups: "", members: {}, connection: undefined, ...args });
    const unnamed = args.groups === undefined ? [] : [...lists.keys()].filter((group) => !groups.has(group));
    return [
      ...contradictoryLists(lists).map((reason) => ({ property: "members", reason })),
      ...unnamed.map((group) => ({
        property: "members",
        reason: `there is no group ${JSON.stringify(group)} in this resource`,
      })),
    ];
  },

  // The live system decides who is on a list that leaves out unknown users, so it is looked at in each run.
  async prepare({ adopted: _adopted, absent: _absent, ...args }, { old, now, look, warn }) {
    if (hasUnknown({ ...args, connection: undefined })) return { ...args, ...setByCheck(old) };
    const before = old === undefined ? NOTHING : readLists(old);
    const declared = readLists(args);
    const catalog = await look();
    const wanted = wantedLists(declared, before, catalog, now);
    const absent = args.missing === "skip" ? absentMembers(wanted, declared, catalog, old?.absent) : [];
    for (const text of warnings(declared, wanted, absent)) warn(text);
    const left = new Set(absent);
    const members = [...wanted].map(([group, list]): [string, string] => [
      group,
      encodeMembers(list.filter(({ name }) => !left.has(name))),
    ]);
    const adopted = adoptedGroups({ ...declared, lists: wanted }, before, catalog);
    return {
      ...args,
      members: Object.fromEntries(members),
      ...(adopted.length === 0 ? {} : { adopted: encodeNames(adopted) }),
      ...(absent.length === 0 ? {} : { absent: encodeNames(absent) }),
    };
  },

  // It is no object of the server: there is always something to look through.
  exists: () => true,

  observe(catalog, args) {
    const declared = readLists(args);
    const there = (group: string): boolean => !isMissing(catalog, group);
    const groups = [...declared.groups.values()].filter(({ name, create }) => create === false || there(name));
    const lists = listsOf(declared).filter(({ group }) => there(group));
    return {
      ...args,
      groups: encodeGroups(groups),
      members: Object.fromEntries(
        lists.map((list): [string, string] => [
          list.group,
          observedList(catalog, list, args.ignore === undefined ? args.members[list.group] : undefined),
        ]),
      ),
    };
  },

  delta({ model, args, previous, run }) {
    const declared = readLists(args);
    const before = previous === undefined ? NOTHING : readLists(previous);
    const leaving = { how: previous?.onRemove, run };
    // Refused before anything is done, and not after half of it.
    departures(model, declared, before, leaving);
    for (const list of listsOf(declared)) guardList(model, list, run);
    const made = [...declared.groups.values()].map((group) => creation(model, group, run));
    const unfound = [...declared.lists.keys()].filter(
      (group) => declared.groups.get(group)?.create === false && isMissing(model, group),
    );
    const lists = listsOf(declared).filter(({ group }) => !unfound.includes(group));
    return inStages<Catalog, Change>(
      () => ({ units: made.flatMap(({ units }) => units), problems: unfound.map(missingGroup) }),
      (seen) => memberListsDelta(seen, lists, run),
      (seen) => departures(seen, declared, before, leaving),
    )(model);
  },

  unfinished: ({ model, args, previous, run }) =>
    previous === undefined ? args : { ...args, ...withLeft(model, asAccess(args), asAccess(previous), run) },

  remove: (model, args, _how, run) => dismissal(model, readLists(args), { how: args.onRemove, run }),

  report: (catalog, args) => ({ unfed: encodeNames(unfedGroups(catalog, readLists(args))) }),

  assume(catalog, args) {
    const declared = readLists(args);
    for (const group of declared.groups.values()) assumeRole(catalog, groupRole(group));
    for (const [group, members] of declared.lists) assumeMembers(catalog, group, members);
  },
});

type SetByCheck = Partial<Pick<MemberListsArguments, "adopted" | "absent">>;

function setByCheck(old: MemberListsArguments | undefined): SetByCheck {
  return {
    ...(old?.adopted === undefined ? {} : { adopted: old.adopted }),
    ...(old?.absent === undefined ? {} : { absent: old.absent }),
  };
}

function groupRole({ name }: ListedGroup): DeclaredRole {
  return { name, attributes: DEFAULT_ATTRIBUTES, comment: undefined, password: undefined };
}

/** A group is made where it is missing; one that is there stays as it is, whatever its attributes. */
function creation(model: Catalog, group: ListedGroup, { now }: RunOptions): Delta<unknown, Change> {
  return model.roles.has(group.name) || group.create === false
    ? NO_DELTA
    : roleDelta(model, groupRole(group), undefined, now);
}

/** The lists as they are to be: of an incomplete one nobody leaves who was on it. */
function wantedLists(
  declared: DeclaredLists,
  before: DeclaredLists,
  catalog: Catalog | undefined,
  now: Date,
): Map<string, Member[]> {
  const { groups, lists, ignoredMember } = declared;
  const known = [...lists].filter(
    ([group]) => groups.get(group)?.create !== false || catalog === undefined || !isMissing(catalog, group),
  );
  return new Map(
    known.map(([group, members]) => {
      const named = new Set(members.map(({ name }) => name));
      const kept = groups.get(group)?.incomplete === true ? (before.lists.get(group) ?? []) : [];
      const others = kept.filter(({ name }) => !named.has(name) && !ignoredMember(name));
      return [group, [...members, ...others].filter(({ until }) => !isOver(until, now))];
    }),
  );
}

/** The members whom the server does not know. Where it cannot be seen, those whom it did not know the last time. */
function absentMembers(
  lists: ReadonlyMap<string, readonly Member[]>,
  { groups }: DeclaredLists,
  catalog: Catalog | undefined,
  before: string | undefined,
): string[] {
  const last = new Set(decodeNames(before ?? ""));
  const isAbsent = (name: string): boolean =>
    catalog === undefined ? last.has(name) : isMissing(catalog, name) && !groups.has(name);
  return [...new Set([...lists.values()].flatMap((members) => members.map(({ name }) => name)))].filter(isAbsent);
}

/** What the reader should know of, although nothing is refused because of it. */
function warnings(
  { groups, lists }: DeclaredLists,
  wanted: ReadonlyMap<string, unknown>,
  absent: readonly string[],
): string[] {
  const incomplete = [...groups.values()].filter((group) => group.incomplete === true).map(({ name }) => name);
  const unfound = [...lists.keys()].filter((group) => !wanted.has(group));
  return [
    ...(absent.length === 0
      ? []
      : [`${counted(absent, "member has", "members have")} no database user, left out: ${someOf(absent)}`]),
    ...(incomplete.length === 0
      ? []
      : [`${counted(incomplete, "list is", "lists are")} incomplete, and nobody is taken out: ${someOf(incomplete)}`]),
    ...(unfound.length === 0
      ? []
      : [`${counted(unfound, "group is", "groups are")} missing and not to be created: ${someOf(unfound)}`]),
  ];
}

function counted(names: readonly string[], one: string, several: string): string {
  return `${String(names.length)} ${names.length === 1 ? one : several}`;
}

/** The groups that were there before: they are never dropped unasked. */
function adoptedGroups(declared: DeclaredLists, before: DeclaredLists, catalog: Catalog | undefined): string[] {
  const explained = (group: string, member: string): boolean =>
    declared.lists.get(group)?.some(({ name }) => name === member) === true;
  return [...declared.groups.values()]
    .filter((group) => {
      const there = catalog?.roles.has(group.name) === true;
      if (group.create === false) return there || before.adopted.has(group.name);
      if (before.groups.has(group.name)) return before.adopted.has(group.name);
      // Holding nothing but what is declared: made by a run of ours that was cut off.
      return there && !isUntouched(catalog, groupRole(group), explained);
    })
    .map(({ name }) => name);
}

function encodeGroups(groups: readonly ListedGroup[]): string {
  return encodeEntries(groups.map(({ name, ...attributes }) => ({ name, attributes })));
}

/** The groups of the server that the resource does not name; PostgreSQL's own are left out. */
function unfedGroups(catalog: Catalog, { groups }: DeclaredLists): string[] {
  return [...catalog.roles.values()]
    .filter(({ login, as }) => !login && as !== "role")
    .map(({ name }) => name)
    .filter((name) => !groups.has(name) && !name.startsWith("pg_") && !isOwnAccount(catalog, name));
}
