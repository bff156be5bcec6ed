import { defineResource } from "../core/define.js";
import { encodeNames, type Entry } from "../core/lines.js";
import type { Delta, Problem, Unit } from "../core/resource.js";
import { hasUnknown } from "../core/unknown.js";
import {
  STANDARD_USER,
  accessSchema,
  encodeEntries,
  isKnown,
  readAccess,
  type AccessArguments,
  type AccessGroup,
  type AccessUser,
  type DeclaredAccess,
} from "./accessArguments.js";
import { contradictoryPrivileges, lastingObjects, observedObjects, readObjects, withParts } from "./accessObjects.js";
import { goneDelta, guardObjects, makersDelta, objectsDelta, remaining } from "./accessObjectChanges.js";
import type { Part } from "./accessPart.js";
import { DEFAULT_ATTRIBUTES, isOwnAccount, type Catalog } from "./catalog.js";
import type { Change } from "./changes.js";
import { contradictoryLists, guardList, memberListsDelta, observedList, type MemberList } from "./memberList.js";
import { byName, encodeMembers, isOver } from "./members.js";
import { departures, takeBack, withLeft } from "./departures.js";
import { assumeMembers, thingsOf } from "./memberships.js";
import { storedPassword, type VersionedPassword } from "./passwords.js";
import { observedSettings } from "./roleSettings.js";
import {
  assumeRole,
  attributesOf,
  differingAttributes,
  isAs,
  isUntouched,
  roleDelta,
  type DeclaredRole,
} from "./roles.js";
import { postgres } from "./system.js";

const NOTHING: DeclaredAccess = readAccess({ name: "-", connection: undefined });

/** `postgres.Access`: the users, groups and memberships of a server in one resource. */
export const Access = defineResource({
  kind: "relation",
  token: "postgres.Access",
  system: postgres,
  schema: accessSchema,
  key: ["name"],
  renamable: ["name"],
  // One by one: there can be very many, and who asks may need the first of them only.
  *things(args) {
    const { users, groups, lists } = readAccess(args);
    for (const names of [users, groups]) for (const name of names.keys()) yield `role:${name}`;
    for (const [group, members] of lists) yield* thingsOf(group, members);
    for (const part of partsOf(args)) yield* part.things();
  },
  decides(args) {
    const { users, groups, lists } = readAccess(args);
    const roles = [...users.keys(), ...groups.keys()].map((name) => `role:${name}`);
    const own = [...roles, ...[...lists.keys()].map((group) => `member list:${group}`)];
    return [...own, ...partsOf(args).flatMap((part) => part.decides())];
  },
  incomparable: ["passwords"],
  reports: ["unmanaged"],
  validate: (args, pending) => [...contradictions(args, pending), ...contradictoryParts(args)],
  parts: (args) => [...new Set(partsOf(args).flatMap((part) => part.places()))],

  async prepare({ adopted: _given, fromFile: _fromFile, ...args }, { old, now, look }) {
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
  },

  // It is no object of the server: there is always something to look through.
  exists: () => true,

  observe(catalog, args) {
    const declared = readAccess(args);
    const observedText = (group: string): string =>
      observedList(catalog, listOf(declared, group), args.ignore === undefined ? args.members?.[group] : undefined);
    const lists = [...declared.lists.keys()].filter(
      (group) => catalog.server === undefined || catalog.roles.has(group),
    );
    return {
      ...args,
      ...observedObjects(catalog, args),
      ...(args.users === undefined ? {} : { users: observedUsers(catalog, declared) }),
      ...(args.groups === undefined ? {} : { groups: observedGroups(catalog, declared) }),
      ...(args.members === undefined
        ? {}
        : { members: Object.fromEntries(lists.map((group) => [group, observedText(group)])) }),
    };
  },

  delta({ model, args, previous, run }) {
    const declared = readAccess(args);
    const before = previous === undefined ? NOTHING : readAccess(previous);
    const leaving = { how: previous?.onRemove, run };
    const passwords = { now: args.passwords, then: previous?.passwords };
    const objects = { declared: readObjects(args), before: readObjects(previous), run };
    // Refused before anything is done, and not after half of it.
    departures(model, declared, before, leaving);
    guardObjects(model, objects);
    for (const list of listsOf(declared)) guardList(model, list, run);
    const roles = [...declared.users.values()].map((user) =>
      roleDelta(model, userRole(user, passwordToSet(model, user, before, passwords)), undefined, run.now),
    );
    const groups = [...declared.groups.values()].map((group) => roleDelta(model, groupRole(group), undefined, run.now));
    // Users before databases, databases before schemas, schemas before privileges; and what leaves goes the other way.
    return inStages(
      () => together([...roles, ...groups]),
      (seen) => objectsDelta(seen, objects, "databases"),
      (seen) => objectsDelta(seen, objects, "schemas"),
      (seen) =>
        together([
          goneDelta(seen, objects, "privileges"),
          memberListsDelta(seen, listsOf(declared), run),
          objectsDelta(seen, objects, "privileges"),
        ]),
      (seen) => goneDelta(seen, objects, "schemas"),
      (seen) => goneDelta(seen, objects, "databases"),
      (seen) => departures(seen, declared, before, leaving),
      (seen) => makersDelta(seen, objects),
    )(model);
  },

  unfinished({ model, args, previous, run }) {
    if (previous === undefined) return args;
    const objects = { declared: readObjects(args), before: readObjects(previous), run };
    return { ...withLeft(model, args, previous, run), ...withParts(args, remaining(model, objects)) };
  },

  remove(model, args, _how, run) {
    const declared = readAccess(args);
    const emptied = [...declared.lists.keys()].map((group) => takeBack(model, group, declared, run));
    const all = { how: args.onRemove, run: { ...run, maxRemovals: Infinity } };
    const objects = { declared: readObjects(undefined), before: readObjects(args), run };
    return inStages(
      (seen) =>
        together([
          { units: emptied.filter((unit) => unit.length > 0), problems: [] },
          goneDelta(seen, objects, "privileges"),
        ]),
      (seen) => goneDelta(seen, objects, "schemas"),
      (seen) => goneDelta(seen, objects, "databases"),
      (seen) => departures(seen, NOTHING, declared, all),
    )(model);
  },

  report: (catalog, args) => ({ unmanaged: encodeNames(unmanagedRoles(catalog, readAccess(args))) }),

  assume(catalog, args) {
    const declared = readAccess(args);
    for (const user of declared.users.values()) assumeRole(catalog, userRole(user));
    for (const group of declared.groups.values()) assumeRole(catalog, groupRole(group));
    for (const [group, members] of declared.lists) assumeMembers(catalog, group, members);
    for (const part of partsOf(args)) part.assume(catalog);
  },
});

/** What an Access declares besides roles. */
function partsOf(args: Partial<AccessArguments>): Part[] {
  const { databases, schemas, privileges } = readObjects(args);
  return [...databases, ...schemas, ...privileges];
}

/** What the single resources would refuse. */
function contradictoryParts(args: Partial<AccessArguments>): { property: string; reason: string }[] {
  const reasons = partsOf(args).flatMap((part) =>
    part.failures().map(({ property, reason }) => `${property}: ${reason}`),
  );
  // A list of many has the same mistake many times.
  return [...[...new Set(reasons)].map((reason) => ({ property: "grants", reason })), ...contradictoryPrivileges(args)];
}

type Stage = (model: Catalog) => Delta<Catalog, Change>;

/** Deltas one after the other, each computed from the server as the ones before it have made it. */
function inStages(first: Stage, ...rest: readonly Stage[]): Stage {
  if (rest.length === 0) return first;
  return (model) => {
    const delta = first(model);
    // A stage can have stages of its own.
    const [second, ...others] = delta.next === undefined ? rest : [delta.next, ...rest];
    return second === undefined ? delta : { ...delta, next: inStages(second, ...others) };
  };
}

function userRole(user: AccessUser, password?: string): DeclaredRole {
  const { name, comment, settings, databaseSettings } = user;
  const parameters = { settings, databaseSettings };
  return { name, attributes: attributesOf(user, STANDARD_USER), comment, password, parameters };
}

function groupRole(group: AccessGroup): DeclaredRole {
  const { name, as, comment } = group;
  return { name, as, attributes: DEFAULT_ATTRIBUTES, comment, password: undefined };
}

/** What contradicts itself within the arguments. */
function contradictions(
  args: Partial<AccessArguments>,
  pending: ReadonlySet<string>,
): { property: string; reason: string }[] {
  const declared = readAccess({ name: "-", connection: undefined, ...args });
  const both = [...declared.users.keys()].filter((name) => declared.groups.has(name));
  const strangers =
    args.users === undefined ? [] : Object.keys(args.passwords ?? {}).filter((name) => !declared.users.has(name));
  const versions = pending.has("passwords") ? [] : [...declared.users.values()];
  const bare = versions.filter(
    ({ name, passwordVersion }) => passwordVersion !== undefined && args.passwords?.[name] === undefined,
  );
  return [
    ...both.map((name) => ({ property: "groups", reason: `${JSON.stringify(name)} is declared as a user too` })),
    ...contradictoryLists(declared.lists).map((reason) => ({ property: "members", reason })),
    ...strangers.map((name) => ({
      property: "passwords",
      reason: `there is no user ${JSON.stringify(name)} in this resource`,
    })),
    ...bare.map(({ name }) => ({
      property: "users",
      reason: `${JSON.stringify(name)} has a passwordVersion and no password`,
    })),
  ];
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

type Passwords = Readonly<Record<string, string>> | undefined;

/** The verifier to set: at first, when there was none, and when the version changed; a changed password alone sets nothing. */
function passwordToSet(
  model: Catalog,
  { name, passwordVersion }: AccessUser,
  before: DeclaredAccess,
  passwords: { readonly now: Passwords; readonly then: Passwords },
): string | undefined {
  const same = passwords.then?.[name] !== undefined && before.users.get(name)?.passwordVersion === passwordVersion;
  return same && model.roles.has(name) ? undefined : passwords.now?.[name];
}

function together(deltas: readonly Delta<Catalog, Change>[]): { units: Unit<Change>[]; problems: Problem[] } {
  return { units: deltas.flatMap(({ units }) => units), problems: deltas.flatMap(({ problems }) => problems) };
}

function listsOf(declared: DeclaredAccess): MemberList[] {
  return [...declared.lists.keys()].map((group) => listOf(declared, group));
}

function observedUsers(catalog: Catalog, { users }: DeclaredAccess): string {
  return encodeEntries(
    [...users.values()].flatMap((user): Entry[] => {
      const { name, passwordVersion, reassignTo, onRemove } = user;
      const live = catalog.roles.get(name);
      if (live === undefined) return [];
      // Most users of a large list are like everybody else.
      if (Object.keys(user).length === 1 && live.comment === undefined && isAs(live, STANDARD_USER)) return [{ name }];
      return [
        {
          name,
          attributes: {
            ...differingAttributes(live, STANDARD_USER),
            comment: live.comment,
            passwordVersion,
            ...observedSettings(catalog, name, user),
            reassignTo,
            onRemove,
          },
        },
      ];
    }),
  );
}

function observedGroups(catalog: Catalog, { groups }: DeclaredAccess): string {
  return encodeEntries(
    [...groups.values()].flatMap(({ name, reassignTo, onRemove }) => {
      const live = catalog.roles.get(name);
      return live === undefined
        ? []
        : [
            {
              name,
              attributes: {
                as: live.as,
                ...differingAttributes(live, DEFAULT_ATTRIBUTES),
                comment: live.comment,
                reassignTo,
                onRemove,
              },
            },
          ];
    }),
  );
}

function listOf({ lists, ignored }: DeclaredAccess, group: string): MemberList {
  return { group, declared: lists.get(group) ?? [], ignored };
}

/** The roles of the server that this resource neither declares nor ignores; PostgreSQL's own are left out. */
function unmanagedRoles(catalog: Catalog, declared: DeclaredAccess): string[] {
  return [...catalog.roles.keys()].filter(
    (name) =>
      !name.startsWith("pg_") && !isOwnAccount(catalog, name) && !isKnown(declared, name) && !declared.ignored(name),
  );
}
