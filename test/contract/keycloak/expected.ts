import type { Group } from "../../../provider/keycloak/groups.js";
import type { Person } from "../../../provider/keycloak/people.js";
import type { User } from "../../../provider/keycloak/records.js";
import type { GroupRepresentation, UserRepresentation } from "../../sandbox/keycloak/representation.js";
import { REALM } from "./realm.js";

/** Somebody as the suite compares them: without what Keycloak makes up. */
export type Comparable = Omit<Person, "id" | "createdAt" | "emailVerified">;

/** What was read, to compare. */
export function comparable(user: User & Partial<Pick<Person, "groups">>): Comparable {
  const { id: _id, createdAt: _createdAt, emailVerified: _emailVerified, attributes, groups = [], ...rest } = user;
  return { ...rest, attributes: sortedAttributes(attributes), groups };
}

/** Values of an attribute are a set: a real Keycloak gives them in the order that it likes. */
function sortedAttributes(attributes: User["attributes"]): User["attributes"] {
  return Object.fromEntries(
    Object.entries(attributes)
      .map(([name, values]) => [name, [...values].sort()] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** Everybody of the realm who is to be read, sorted by user name. */
export function expectedPeople(wanted: (user: UserRepresentation) => boolean): Comparable[] {
  return (REALM.users ?? [])
    .filter(wanted)
    .map(({ username, email, firstName, lastName, enabled, attributes, groups, serviceAccountClientId }) => ({
      username: username.toLowerCase(),
      ...(email === undefined ? {} : { email: email.toLowerCase() }),
      ...(firstName === undefined ? {} : { firstName }),
      ...(lastName === undefined ? {} : { lastName }),
      enabled,
      serviceAccount: serviceAccountClientId !== undefined,
      attributes: sortedAttributes(attributes ?? {}),
      groups: [...(groups ?? [])].sort(),
    }))
    .sort((a, b) => (a.username < b.username ? -1 : 1));
}

/** No service account, and not disabled. */
export function isActive({ enabled, serviceAccountClientId }: UserRepresentation): boolean {
  return enabled && serviceAccountClientId === undefined;
}

/** All groups of the realm with who is in them and wanted, sorted by path. */
export function expectedGroups(
  wanted: (user: UserRepresentation) => boolean,
): (Pick<Group, "name" | "path" | "attributes"> & { members: string[] })[] {
  const members = new Map<string, string[]>();
  for (const { username, groups } of expectedPeople(wanted)) {
    for (const path of groups) members.set(path, [...(members.get(path) ?? []), username]);
  }
  const walk = (group: GroupRepresentation, above: string): ReturnType<typeof expectedGroups> => {
    const path = `${above}/${group.name}`;
    const own = { name: group.name, path, attributes: group.attributes ?? {}, members: members.get(path) ?? [] };
    return [own, ...(group.subGroups ?? []).flatMap((inner) => walk(inner, path))];
  };
  return (REALM.groups ?? []).flatMap((group) => walk(group, "")).sort((a, b) => (a.path < b.path ? -1 : 1));
}
