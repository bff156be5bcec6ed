import { guardRemovals, removalLimit } from "../core/removals.js";
import type { Problem, RunOptions, Unit } from "../core/resource.js";
import { isOwnAccount, type Catalog, type Membership } from "./catalog.js";
import type { Change } from "./changes.js";
import { byName, encodeMembers, isBare, type Member } from "./members.js";
import {
  findLoop,
  grantDelta,
  isMemberAs,
  liveMembersOf,
  loopText,
  observedOptions,
  revocations,
  type MembershipDelta,
} from "./memberships.js";

/** A group's whole list, as a program declares it. */
export interface MemberList {
  readonly group: string;
  /** Who is to be in the group; nobody whom `ignored` leaves alone. */
  readonly declared: readonly Member[];
  readonly ignored: (name: string) => boolean;
  /** Whether the list may lack members: then it answers only for those whom it names, and takes nobody out. */
  readonly incomplete?: boolean;
}

/**
 * The members that the group has and the list answers for. The account that runs this is left alone where it is not
 * declared: it must not lock itself out, and PostgreSQL 16 makes it a member of each group that it creates.
 */
export function liveMembers(catalog: Catalog, list: MemberList): string[] {
  const declared = byName(list.declared);
  const live: string[] = [];
  for (const [name, rows] of catalog.members.get(list.group) ?? []) {
    if (list.ignored(name)) continue;
    const wanted = declared.get(name);
    const counts = wanted === undefined ? answersFor(catalog, list, name) : isMemberAs(rows, wanted);
    if (counts) live.push(name);
  }
  return live;
}

/** Whether a list has a say about a member that it does not name. */
function answersFor(catalog: Catalog, { incomplete, ignored }: MemberList, name: string): boolean {
  return incomplete !== true && !ignored(name) && !isOwnAccount(catalog, name);
}

/** The list as it is live, in the form in which it is declared. */
export function observedMembers(catalog: Catalog, list: MemberList): Member[] {
  const declared = byName(list.declared);
  return liveMembers(catalog, list).map((name) => {
    const { until, ...options } = declared.get(name) ?? { until: undefined };
    return { name, ...observedOptions(catalog, list.group, name, options), ...(until === undefined ? {} : { until }) };
  });
}

/** The list as it is live, as text. Where everybody is as declared, which is the rule, that is the text itself. */
export function observedList(catalog: Catalog, list: MemberList, text: string | undefined): string {
  return text !== undefined && isAsDeclared(catalog, list) ? text : encodeMembers(observedMembers(catalog, list));
}

/** Whether exactly those are in the group who are declared, none of them with options. */
function isAsDeclared(catalog: Catalog, list: MemberList): boolean {
  const live = catalog.members.get(list.group) ?? new Map<string, readonly Membership[]>();
  // Members of a group who are alike share their rows.
  let looked: readonly Membership[] | undefined;
  for (const member of list.declared) {
    const rows = live.get(member.name);
    if (rows === undefined || !isBare(member)) return false;
    if (rows === looked) continue;
    if (!rows.every((row) => row.set && !row.admin)) return false;
    looked = rows;
  }
  if (live.size === list.declared.length) return true;
  const declared = byName(list.declared);
  return [...live.keys()].every((name) => declared.has(name) || !answersFor(catalog, list, name));
}

/** Who is in the group and not on the list. Throws where one run would take out more than it may. */
export function guardList(catalog: Catalog, list: MemberList, run: RunOptions): string[] {
  const wanted = byName(list.declared);
  const there = [...(catalog.members.get(list.group)?.keys() ?? [])];
  const removed = there.filter((name) => !wanted.has(name) && answersFor(catalog, list, name)).sort();
  // So many may go whatever the size of the list, and a large one is not counted for nothing.
  if (removed.length > removalLimit(0, run.maxRemovals)) {
    const size = liveMembers(catalog, list).length;
    guardRemovals(`members of ${JSON.stringify(list.group)}`, removed, size, run.maxRemovals);
  }
  return removed;
}

/** Makes a group's members those of the list. Throws where one run would take out more than it may. */
export function memberListDelta(
  catalog: Catalog,
  list: MemberList,
  run: RunOptions,
  membersOf?: (group: string) => Iterable<string>,
): MembershipDelta {
  const { group, declared } = list;
  const removed = guardList(catalog, list, run);
  const given = grantDelta(catalog, group, declared, membersOf);
  // Taken before given: a moment with too little is safer than a moment with too much.
  return { changes: [...revocations(catalog, group, removed), ...given.changes], problems: given.problems };
}

/** Several lists at once, each group a unit of its own. Throws where one run would take out more than it may. */
export function memberListsDelta(
  catalog: Catalog,
  lists: readonly MemberList[],
  run: RunOptions,
): { units: Unit<Change>[]; problems: Problem[] } {
  const live = liveMembersOf(catalog);
  // Circles are looked for in what will be: lists that are kept count as they are declared.
  const names = new Map(lists.map(({ group, declared }) => [group, declared.map(({ name }) => name)]));
  const isGroup = (name: string): boolean => names.has(name) || (catalog.members.get(name)?.size ?? 0) > 0;
  const membersOf = (group: string): Iterable<string> => names.get(group)?.filter(isGroup) ?? live(group);
  const deltas = lists.map((list) => memberListDelta(catalog, list, run, membersOf));
  return {
    units: deltas.map(({ changes }) => changes).filter((changes) => changes.length > 0),
    problems: deltas.flatMap(({ problems }) => problems),
  };
}

/** What contradicts itself within lists: a group in itself, and circles. Each is a sentence. */
export function contradictoryLists(lists: ReadonlyMap<string, readonly Member[]>): string[] {
  // Nearly everybody is no group.
  const groupsIn = new Map(
    [...lists].map(([group, members]) => [group, members.filter(({ name }) => lists.has(name))] as const),
  );
  const own = [...groupsIn]
    .filter(([group, members]) => members.some(({ name }) => name === group))
    .map(([group]) => `the group ${JSON.stringify(group)} cannot be a member of itself`);
  const loop = declaredLoop(groupsIn);
  return loop === undefined ? own : [...own, loop];
}

/** The first circle of groups, in words. What ends some day may have ended, and is looked at when it is granted. */
function declaredLoop(groupsIn: ReadonlyMap<string, readonly Member[]>): string | undefined {
  const lasting = new Map(
    [...groupsIn].map(([group, members]) => [
      group,
      members.flatMap(({ name, until }) => (until === undefined && name !== group ? [name] : [])),
    ]),
  );
  for (const [group, members] of lasting) {
    for (const member of members) {
      const loop = findLoop(group, member, (of) => lasting.get(of) ?? []);
      if (loop !== undefined) return loopText(group, member, loop);
    }
  }
  return undefined;
}
