import type { Problem } from "../core/resource.js";
import {
  BLANK_ROLE,
  givesRights,
  isMissing,
  isOwnAccount,
  membershipsOf,
  type Catalog,
  type Membership,
} from "./catalog.js";
import { defaultGrantor, hasGrantors, type Change, type MembershipOption } from "./changes.js";
import { isBare, type MemberOptions } from "./members.js";

/** Somebody who is to be in a group. */
export interface WantedMember extends MemberOptions {
  readonly name: string;
}

/** What brings members into a group with their options, and what hinders it. */
export interface MembershipDelta {
  readonly changes: readonly Change[];
  readonly problems: readonly Problem[];
}

/**
 * Brings members into a group. Who is in it already is given or taken only the options that differ. Members with equal
 * options share a statement.
 */
export function grantDelta(
  catalog: Catalog,
  group: string,
  wanted: readonly WantedMember[],
  membersOf = liveMembersOf(catalog),
): MembershipDelta {
  const grants = new Map<string, { options: MemberOptions; names: string[] }>();
  const taken: Change[] = [];
  const problems: Problem[] = [];
  const live = catalog.members.get(group);
  // Members of a group who are alike share their rows.
  let plain: readonly Membership[] | undefined;
  for (const member of wanted) {
    const rows = live?.get(member.name) ?? [];
    if (isBare(member) && (rows === plain || isPlain(rows))) {
      plain = rows;
      continue;
    }
    const problem = hindrance(catalog, group, member, membersOf);
    if (problem !== undefined) {
      problems.push(problem);
      continue;
    }
    if (lacks(rows, member)) {
      // A grant that does not name an option leaves it as it is in a row that is there.
      const locked = rows.length > 0 && !hasOption(rows, "set");
      const { name, admin, inherit, set = locked ? true : undefined } = member;
      const key = isBare({ admin, inherit, set }) ? "" : JSON.stringify([admin, inherit, set]);
      const same = grants.get(key) ?? { options: { admin, inherit, set }, names: [] };
      same.names.push(name);
      grants.set(key, same);
    }
    taken.push(...surplus(catalog, group, member, rows));
  }
  const given = [...grants.values()].map(({ options, names }) => grant(group, names, options));
  return { changes: [...mergeOptions(taken), ...given], problems };
}

/** Whether rows make somebody a member without options, as most members of a large list are. */
function isPlain(rows: readonly Membership[]): boolean {
  return givesRights(rows) && hasOption(rows, "set") && !hasOption(rows, "admin");
}

function grant(group: string, members: readonly string[], { admin, inherit, set }: MemberOptions): Change {
  const options = {
    ...(admin ? { admin } : {}),
    ...(inherit === undefined ? {} : { inherit }),
    ...(set === undefined ? {} : { set }),
  };
  return { kind: "grantMembership", group, members, ...(Object.keys(options).length > 0 ? { options } : {}) };
}

/** Whether something that is wanted is not there. */
function lacks(rows: readonly Membership[], { admin, inherit, set }: WantedMember): boolean {
  if (!isMemberAs(rows, { inherit, set })) return true;
  return (
    (admin === true && !hasOption(rows, "admin")) ||
    (inherit === true && !hasOption(rows, "inherit")) ||
    (set !== false && !hasOption(rows, "set"))
  );
}

function hasOption(rows: readonly Membership[], option: MembershipOption): boolean {
  return rows.some((row) => row[option]);
}

/**
 * Whether these rows make somebody a member: with the group's rights, or, where SET is not wanted, at all. INHERIT may
 * then come from the member's own attribute, which may say no.
 */
export function isMemberAs(rows: readonly Membership[], { inherit, set }: MemberOptions): boolean {
  if (inherit !== true && set === false) return rows.length > 0;
  return givesRights(rows);
}

/** Takes the options that are there and not wanted, as whoever granted them. */
function surplus(
  catalog: Catalog,
  group: string,
  { name, admin, inherit, set }: WantedMember,
  rows: readonly Membership[],
): Change[] {
  const unwanted: MembershipOption[] = [];
  // The account that runs this keeps the right to administer what it made.
  if (admin !== true && !isOwnAccount(catalog, name)) unwanted.push("admin");
  if (inherit === false) unwanted.push("inherit");
  if (set === false) unwanted.push("set");
  if (!unwanted.some((option) => hasOption(rows, option))) return [];
  const usual = defaultGrantor(catalog);
  return unwanted.flatMap((option) =>
    rows
      .filter((row) => row[option])
      .map(({ grantor }): Change => ({
        kind: "revokeOption",
        group,
        members: [name],
        option,
        ...grantedBy(catalog, grantor, usual),
      })),
  );
}

function mergeOptions(changes: readonly Change[]): Change[] {
  const merged = new Map<string, Change>();
  for (const change of changes) {
    if (change.kind !== "revokeOption") continue;
    const { members, ...rest } = change;
    const key = JSON.stringify(rest);
    const same = merged.get(key);
    merged.set(key, same?.kind === "revokeOption" ? { ...same, members: [...same.members, ...members] } : change);
  }
  return [...merged.values()];
}

/** The statements that take members out of a group, whoever granted the memberships. */
export function revocations(catalog: Catalog, group: string, members: readonly string[]): Change[] {
  if (!hasGrantors(catalog)) {
    // Who is in no group may not exist at all, which the server refuses.
    const there = members.filter((name) => !catalog.server || membershipsOf(catalog, group, name).length > 0);
    return there.length === 0 ? [] : [{ kind: "revokeMembership", group, members: there }];
  }
  const byGrantor = new Map<string, string[]>();
  for (const member of members) {
    for (const { grantor } of membershipsOf(catalog, group, member)) {
      const of = byGrantor.get(grantor);
      if (of === undefined) byGrantor.set(grantor, [member]);
      else of.push(member);
    }
  }
  const usual = defaultGrantor(catalog);
  return [...byGrantor]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([grantor, of]) => ({ kind: "revokeMembership", group, members: of, ...grantedBy(catalog, grantor, usual) }));
}

function grantedBy(catalog: Catalog, grantor: string, usual: string | undefined): { grantor?: string } {
  return hasGrantors(catalog) && grantor !== usual ? { grantor } : {};
}

function hindrance(
  catalog: Catalog,
  group: string,
  { name, inherit, set }: WantedMember,
  membersOf: (group: string) => Iterable<string>,
): Problem | undefined {
  if (isMissing(catalog, name)) return missingMember(group, name);
  if ((inherit !== undefined || set !== undefined) && catalog.server !== undefined && !hasGrantors(catalog)) {
    return {
      message: `the INHERIT and SET options of ${JSON.stringify(name)} in ${JSON.stringify(group)} need PostgreSQL 16, and the server is older`,
      remedy: "Leave inherit and set out of the membership; the user's own inherit is what older servers have.",
    };
  }
  const loop = findLoop(group, name, membersOf);
  if (loop === undefined) return undefined;
  return {
    message: loopText(group, name, loop),
    remedy: "Take one of these memberships out of the program: roles cannot be members of each other in a circle.",
  };
}

/**
 * The way by which `group` is a member of `member` already, so that the membership would close a circle: from `group`
 * up to `member`. Undefined where there is none.
 */
export function findLoop(
  group: string,
  member: string,
  membersOf: (group: string) => Iterable<string>,
): string[] | undefined {
  // Nearly everybody is no group.
  if (group !== member && isEmpty(membersOf(member))) return undefined;
  // By role, the role that it was found in.
  const foundIn = new Map<string, string | undefined>([[member, undefined]]);
  const waiting = [member];
  for (let role = waiting.pop(); role !== undefined && role !== group; role = waiting.pop()) {
    for (const inside of membersOf(role)) {
      if (foundIn.has(inside)) continue;
      foundIn.set(inside, role);
      waiting.push(inside);
    }
  }
  if (!foundIn.has(group)) return undefined;
  const way = [group];
  for (let role = foundIn.get(group); role !== undefined; role = foundIn.get(role)) way.push(role);
  return way;
}

function isEmpty(names: Iterable<string>): boolean {
  return names[Symbol.iterator]().next().done === true;
}

/** Why a membership would close a circle, with the way that `findLoop` found. */
export function loopText(group: string, member: string, loop: readonly string[]): string {
  const way = loop.map((role) => JSON.stringify(role)).join(" is in ");
  return `${JSON.stringify(member)} cannot be a member of ${JSON.stringify(group)}, because ${way}`;
}

/** The members that groups have now. */
export function liveMembersOf(catalog: Catalog): (group: string) => Iterable<string> {
  return (group) => catalog.members.get(group)?.keys() ?? [];
}

/** How a membership is called among the things that resources answer for. */
export function membershipThing(group: string, member: string): string {
  return membershipThings(group)(member);
}

/** The memberships of a list, as such things. */
export function* thingsOf(group: string, members: readonly WantedMember[]): Iterable<string> {
  const thing = membershipThings(group);
  for (const { name } of members) yield thing(name);
}

/** The same for any number of members. */
export function membershipThings(group: string): (member: string) => string {
  const start = `membership:[${JSON.stringify(group)},`;
  return (member) => `${start}${JSON.stringify(member)}]`;
}

/** A group that does not exist. */
export function missingGroup(group: string): Problem {
  return {
    message: `there is no group ${JSON.stringify(group)}`,
    remedy: "Declare it as postgres.Group and pass that resource's name output here, so that it is made first.",
  };
}

/** A member that does not exist. */
export function missingMember(group: string, member: string): Problem {
  return {
    message: `there is no user ${JSON.stringify(member)} to be a member of ${JSON.stringify(group)}`,
    remedy:
      "Declare it as postgres.User and pass that resource's name output here, so that it is made first; or take it off the list.",
  };
}

/** How somebody is a member, in the form of arguments; `declared` says which options are looked at. */
export function observedOptions(catalog: Catalog, group: string, name: string, declared: MemberOptions): MemberOptions {
  const rows = membershipsOf(catalog, group, name);
  const some = (option: MembershipOption): boolean => hasOption(rows, option);
  const admin = some("admin") && !(isOwnAccount(catalog, name) && declared.admin !== true);
  return {
    ...(admin ? { admin } : {}),
    ...(declared.inherit === undefined ? {} : { inherit: some("inherit") }),
    ...(some("set") ? {} : { set: false }),
  };
}

/** Puts roles and their memberships into a catalog that was not read. */
export function assumeMembers(catalog: Catalog, group: string, members: readonly WantedMember[]): void {
  for (const name of [group, ...members.map((member) => member.name)]) {
    if (!catalog.roles.has(name)) catalog.roles.set(name, { ...BLANK_ROLE, name });
  }
  const of = catalog.members.get(group) ?? new Map<string, readonly Membership[]>();
  for (const { name, admin = false, inherit = true, set = true } of members)
    of.set(name, [{ grantor: "", admin, inherit, set }]);
  catalog.members.set(group, of);
}
