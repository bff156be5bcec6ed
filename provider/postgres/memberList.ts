import { guardRemovals } from "../core/removals.js";
import type { RunOptions } from "../core/resource.js";
import { isOwnAccount, type Catalog } from "./catalog.js";
import type { Member } from "./members.js";
import { grantDelta, isMemberAs, observedOptions, revocations, type MembershipDelta } from "./memberships.js";

/** A group's whole list, as a program declares it. */
export interface MemberList {
  readonly group: string;
  /** Who is to be in the group; nobody whom `ignored` leaves alone. */
  readonly declared: readonly Member[];
  readonly ignored: (name: string) => boolean;
}

/**
 * The members that the group has and the list answers for. The account that runs this is left alone where it is not
 * declared: it must not lock itself out, and PostgreSQL 16 makes it a member of each group that it creates.
 */
export function liveMembers(catalog: Catalog, { group, declared, ignored }: MemberList): string[] {
  const options = new Map(declared.map((member) => [member.name, member]));
  return [...(catalog.members.get(group)?.keys() ?? [])].filter((name) => {
    if (ignored(name)) return false;
    const wanted = options.get(name);
    return wanted === undefined ? !isOwnAccount(catalog, name) : isMemberAs(catalog, group, name, wanted);
  });
}

/** The list as it is live, in the form in which it is declared. */
export function observedMembers(catalog: Catalog, list: MemberList): Member[] {
  const declared = new Map(list.declared.map((member) => [member.name, member]));
  return liveMembers(catalog, list).map((name) => {
    const { until, ...options } = declared.get(name) ?? { until: undefined };
    return { name, ...observedOptions(catalog, list.group, name, options), ...(until === undefined ? {} : { until }) };
  });
}

/** Who is in the group and not on the list. Throws where one run would take out more than it may. */
export function guardList(catalog: Catalog, list: MemberList, run: RunOptions): string[] {
  const wanted = new Set(list.declared.map(({ name }) => name));
  const live = liveMembers(catalog, list);
  const removed = live.filter((name) => !wanted.has(name)).sort();
  guardRemovals(`members of ${JSON.stringify(list.group)}`, removed, live.length, run.maxRemovals);
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
