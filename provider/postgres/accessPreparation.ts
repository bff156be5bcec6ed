import { encodeNames } from "../core/lines.js";
import type { Preparation } from "../core/resource.js";
import { hasUnknown } from "../core/unknown.js";
import {
  NOTHING,
  encodeEntries,
  isKnown,
  readAccess,
  type AccessArguments,
  type AccessUser,
  type DeclaredAccess,
} from "./accessArguments.js";
import { lastingObjects } from "./accessObjects.js";
import { groupRole, userRole } from "./accessRoles.js";
import type { Catalog } from "./catalog.js";
import { byName, encodeMembers, isOver } from "./members.js";
import { storedPassword, type VersionedPassword } from "./passwords.js";
import { isUntouched, type DeclaredRole } from "./roles.js";

/** What `check` makes of the arguments: canonical lists, passwords as verifiers, and the names that were there before. */
export async function prepareAccess(
  { adopted: _given, fromFile: _fromFile, ...args }: AccessArguments,
  { old, now, look }: Preparation<Catalog, AccessArguments>,
): Promise<AccessArguments> {
  if (hasUnknown({ ...args, connection: undefined }))
    return { ...args, ...(old?.adopted === undefined ? {} : { adopted: old.adopted }) };
  const declared = readAccess(args);
  const before = old === undefined ? NOTHING : readAccess(old);
  const adopted = adoptedNames(declared, before, needsLook(declared, before) ? await look() : undefined);
  const passwords = await storedPasswords(args, declared, old);
  const users = withVersions(declared.users, passwords);
  const verifiers = [...passwords].map(([name, { password }]) => [name, password] as const);
  return {
    ...args,
    ...canonicalLists(args, { ...declared, users }, now),
    ...lastingObjects(args, now),
    ...(args.passwords === undefined ? {} : { passwords: Object.fromEntries(verifiers) }),
    ...(adopted.length === 0 ? {} : { adopted: encodeNames(adopted) }),
  };
}

/** Whether there are names that the state does not know: they may be in the server already. */
function needsLook(declared: DeclaredAccess, before: DeclaredAccess): boolean {
  return [...declared.users.keys(), ...declared.groups.keys()].some((name) => !isKnown(before, name));
}

/** The users and groups that were there before: they are never dropped unasked. */
function adoptedNames(declared: DeclaredAccess, before: DeclaredAccess, catalog: Catalog | undefined): string[] {
  const explained = (group: string, member: string): boolean => byName(declared.lists.get(group) ?? []).has(member);
  const adopted = (name: string, role: () => DeclaredRole): boolean => {
    if (isKnown(before, name)) return before.adopted.has(name);
    // Exactly as declared and holding nothing else: made by a run of ours that was cut off.
    return catalog?.roles.has(name) === true && !isUntouched(catalog, role(), explained);
  };
  return [
    ...[...declared.users.values()].filter((user) => adopted(user.name, () => userRole(user))),
    ...[...declared.groups.values()].filter((group) => adopted(group.name, () => groupRole(group))),
  ].map(({ name }) => name);
}

/** The lists as they are stored: without who is ignored, and without memberships that are over. */
function canonicalLists(
  given: AccessArguments,
  { users, groups, lists }: DeclaredAccess,
  now: Date,
): Partial<AccessArguments> {
  // What was given is canonical; it is written anew only where something of it is left out or added.
  const whole = given.ignore === undefined;
  const entries = (map: ReadonlyMap<string, { name: string }>): string =>
    encodeEntries([...map.values()].map(({ name, ...attributes }) => ({ name, attributes })));
  const members = [...lists].map(([group, of]) => {
    const lasting = of.filter(({ until }) => !isOver(until, now));
    return [group, whole && lasting.length === of.length ? given.members?.[group] : encodeMembers(lasting)];
  });
  const asGiven = whole && users === readAccess(given).users;
  return {
    ...(given.users === undefined ? {} : { users: asGiven ? given.users : entries(users) }),
    ...(given.groups === undefined ? {} : { groups: whole ? given.groups : entries(groups) }),
    ...(given.members === undefined ? {} : { members: Object.fromEntries(members) as Record<string, string> }),
  };
}

/** Passwords as verifiers, by user, each with the version to store. */
async function storedPasswords(
  args: AccessArguments,
  declared: DeclaredAccess,
  old: AccessArguments | undefined,
): Promise<Map<string, VersionedPassword>> {
  const before = old === undefined ? NOTHING : readAccess(old);
  const made = Object.entries(args.passwords ?? {}).map(
    async ([name, password]): Promise<[string, VersionedPassword]> => {
      const kept = old?.passwords?.[name];
      const versions = [declared, before].map(({ users }) => users.get(name)?.passwordVersion);
      const stored = kept === undefined ? undefined : { password: kept, version: versions[1] };
      return [name, await storedPassword({ password, version: versions[0] }, stored)];
    },
  );
  return new Map(await Promise.all(made));
}

/** The users with the versions of their passwords as they are stored. */
function withVersions(
  users: DeclaredAccess["users"],
  passwords: ReadonlyMap<string, VersionedPassword>,
): DeclaredAccess["users"] {
  const changed = [...passwords].flatMap(([name, { version }]): [string, AccessUser][] => {
    const user = users.get(name);
    return user === undefined || user.passwordVersion === version
      ? []
      : [[name, { ...user, passwordVersion: version }]];
  });
  return changed.length === 0 ? users : new Map([...users, ...changed]);
}
