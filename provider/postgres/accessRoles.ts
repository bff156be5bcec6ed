import type { AccessGroup, AccessUser, DeclaredAccess } from "./accessArguments.js";
import { DEFAULT_ATTRIBUTES, STANDARD_USER, type Catalog, type Role } from "./catalog.js";
import { attributesOf, isAs, type DeclaredRole } from "./roles.js";

/** A user of an Access as a role; `password` is the verifier to set. */
export function userRole(user: AccessUser, password?: string): DeclaredRole {
  const { name, comment, settings, databaseSettings } = user;
  const parameters = { settings, databaseSettings };
  return { name, attributes: attributesOf(user, STANDARD_USER), comment, password, parameters };
}

/** A group of an Access as a role. */
export function groupRole(group: AccessGroup): DeclaredRole {
  const { name, as, comment } = group;
  return { name, as, attributes: DEFAULT_ATTRIBUTES, comment, password: undefined };
}

/** Whether a user is declared by the name alone, and is like that: most users of a large list are. */
export function isPlainUser(user: AccessUser, live: Role | undefined): boolean {
  return (
    live !== undefined && live.comment === undefined && Object.keys(user).length === 1 && isAs(live, STANDARD_USER)
  );
}

/** The same of a group. */
export function isPlainGroup(group: AccessGroup, live: Role | undefined): boolean {
  return (
    live !== undefined &&
    live.as === undefined &&
    live.comment === undefined &&
    Object.keys(group).length === 1 &&
    isAs(live, DEFAULT_ATTRIBUTES)
  );
}

type Passwords = Readonly<Record<string, string>> | undefined;

/** The verifier to set: at first, when there was none, and when the version changed; a changed password alone sets nothing. */
export function passwordToSet(
  model: Catalog,
  { name, passwordVersion }: AccessUser,
  before: DeclaredAccess,
  passwords: { readonly now: Passwords; readonly then: Passwords },
): string | undefined {
  const same = passwords.then?.[name] !== undefined && before.users.get(name)?.passwordVersion === passwordVersion;
  return same && model.roles.has(name) ? undefined : passwords.now?.[name];
}
