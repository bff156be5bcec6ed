import type { Problem } from "../core/resource.js";
import { DEFAULT_ATTRIBUTES, membershipsOf, type Catalog } from "./catalog.js";
import { defaultGrantor, hasGrantors, type Change } from "./changes.js";

/** The statements that take members out of a group, whoever granted the memberships. */
export function revocations(catalog: Catalog, group: string, members: readonly string[]): Change[] {
  if (!hasGrantors(catalog)) return members.length === 0 ? [] : [{ kind: "revokeMembership", group, members }];
  const byGrantor = new Map<string, string[]>();
  for (const member of members) {
    for (const { grantor } of membershipsOf(catalog, group, member))
      byGrantor.set(grantor, [...(byGrantor.get(grantor) ?? []), member]);
  }
  const usual = defaultGrantor(catalog);
  return [...byGrantor]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([grantor, of]) => revocation(group, of, grantor === usual ? undefined : grantor));
}

function revocation(group: string, members: readonly string[], grantor: string | undefined): Change {
  return { kind: "revokeMembership", group, members, ...(grantor === undefined ? {} : { grantor }) };
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

/** Puts roles and their memberships into a catalog that was not read. */
export function assumeMembers(catalog: Catalog, group: string, members: readonly string[]): void {
  for (const name of [group, ...members]) {
    if (!catalog.roles.has(name))
      catalog.roles.set(name, { ...DEFAULT_ATTRIBUTES, name, comment: undefined, holds: false });
  }
  const of = catalog.members.get(group) ?? new Map<string, never[]>();
  for (const member of members) of.set(member, [{ grantor: "", admin: false, inherit: true, set: true }] as never[]);
  catalog.members.set(group, of);
}
