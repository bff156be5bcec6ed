import { isOver } from "../core/instants.js";
import { matcher } from "../core/names.js";
import { decodeGrantees, encodeGrantees, type Grantee, type Lists } from "./arguments.js";
import { assignmentsOn, fold, type Assignment, type Metastore } from "./metastore.js";
import { isLeftAlone, isKept } from "./ownAccess.js";
import { ALL_PRIVILEGES, holds, isPartOfAll } from "./privileges.js";
import { securableKey } from "./securables.js";

/** What one principal is to have: how it is spelled and until when, by privilege. */
export type Wanted = ReadonlyMap<string, Grantee>;

/** What is declared for one securable. */
export interface GrantList {
  readonly securable: string;
  /** By folded principal; nobody whom `ignored` leaves alone. */
  readonly principals: ReadonlyMap<string, Wanted>;
  readonly ignored: (principal: string) => boolean;
}

/** A test for principals that an `ignore` argument leaves alone; case does not count. */
export function ignoredBy(patterns: readonly string[] | undefined): (principal: string) => boolean {
  const test = matcher((patterns ?? []).map(fold));
  return (principal) => test(fold(principal));
}

/** Reads the lists of one securable. */
export function readLists(securable: string, lists: Lists, ignored: GrantList["ignored"]): GrantList {
  const principals = new Map<string, Map<string, Grantee>>();
  for (const [privilege, text] of Object.entries(lists)) {
    for (const grantee of decodeGrantees(text)) {
      if (ignored(grantee.principal)) continue;
      const key = fold(grantee.principal);
      const wanted = principals.get(key) ?? new Map<string, Grantee>();
      principals.set(key, wanted.set(privilege, grantee));
    }
  }
  return { securable, principals, ignored };
}

/** Writes lists by privilege, without privileges that nobody has. */
export function encodeLists(grants: Iterable<readonly [privilege: string, grantee: Grantee]>): Lists {
  const byPrivilege = new Map<string, Grantee[]>();
  for (const [privilege, grantee] of grants) {
    const of = byPrivilege.get(privilege);
    if (of === undefined) byPrivilege.set(privilege, [grantee]);
    else of.push(grantee);
  }
  const sorted = [...byPrivilege].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([privilege, grantees]) => [privilege, encodeGrantees(grantees)]));
}

/** The lists as they are stored: without who is ignored, and without grants that are over. */
export function canonicalLists(lists: Lists, ignored: GrantList["ignored"], now: Date): Lists {
  const kept = Object.entries(lists).flatMap(([privilege, text]) =>
    decodeGrantees(text)
      .filter(({ principal, until }) => !ignored(principal) && !isOver(until, now))
      .map((grantee) => [privilege, grantee] as const),
  );
  return encodeLists(kept);
}

/** A list as it is live, in the form in which it is declared: everybody who has something there, by `wholeDelta`'s eyes. */
export function observedWhole(metastore: Metastore, list: GrantList): Lists {
  const found: [string, Grantee][] = [];
  for (const [key, assignment] of assignmentsOn(metastore, list.securable)) {
    const wanted = list.principals.get(key);
    if (isNotOurs(metastore, list, assignment)) continue;
    for (const privilege of observedPrivileges(metastore, assignment, wanted)) {
      found.push([privilege, wanted?.get(privilege) ?? { principal: spelling(wanted, assignment) }]);
    }
  }
  return encodeLists(found);
}

/** What the list says nothing about: who is ignored, and the account that runs this where it is not on the list. */
export function isNotOurs(metastore: Metastore, list: GrantList, { principal }: Assignment): boolean {
  return list.ignored(principal) || (!list.principals.has(fold(principal)) && isLeftAlone(metastore, principal));
}

function observedPrivileges(
  metastore: Metastore,
  { principal, privileges }: Assignment,
  wanted: Wanted | undefined,
): string[] {
  const hasAll = privileges.has(ALL_PRIVILEGES) && wanted?.has(ALL_PRIVILEGES) === true;
  const extra = [...privileges].filter((privilege) => {
    if (wanted?.has(privilege) === true) return false;
    return !(hasAll && isPartOfAll(privilege)) && !isKept(metastore, principal, privilege);
  });
  const there = [...(wanted?.keys() ?? [])].filter(
    (privilege) => privileges.has(privilege) || (hasAll && isPartOfAll(privilege)),
  );
  return [...extra, ...there];
}

/** The program's spelling of a principal counts, so that another case is no difference. */
function spelling(wanted: Wanted | undefined, { principal }: Assignment): string {
  const [first] = wanted?.values() ?? [];
  return first?.principal ?? principal;
}

/** What of a list is there; what others gave besides is not looked at. */
export function observedAdded(metastore: Metastore, list: GrantList): Lists {
  const assignments = assignmentsOn(metastore, list.securable);
  const found: [string, Grantee][] = [];
  for (const [key, wanted] of list.principals) {
    const privileges = assignments.get(key)?.privileges;
    if (privileges === undefined) continue;
    for (const [privilege, grantee] of wanted) if (holds(privileges, privilege)) found.push([privilege, grantee]);
  }
  return encodeLists(found);
}

/** How a grant is called among the things that resources answer for. */
export function grantThing(securable: string, principal: string, privilege: string): string {
  return `grant:${JSON.stringify([securableKey(securable), fold(principal), privilege])}`;
}

/** The things of a list. */
export function thingsOf({ securable, principals }: GrantList): string[] {
  return [...principals].flatMap(([principal, wanted]) =>
    [...wanted.keys()].map((privilege) => grantThing(securable, principal, privilege)),
  );
}
