import { defineResource } from "../core/define.js";
import { inStages, sideBySide } from "../core/delta.js";
import { encodeNames } from "../core/lines.js";
import type { Delta, Problem, Unit } from "../core/resource.js";
import { NOTHING, accessSchema, readAccess, type AccessArguments } from "./accessArguments.js";
import { goneDelta, guardObjects, makersDelta, objectsDelta, remaining } from "./accessObjectChanges.js";
import { contradictoryPrivileges, grantLists, readObjects, withParts } from "./accessObjects.js";
import { listsOf, observedAccess, unmanagedRoles } from "./accessObserved.js";
import type { Part } from "./accessPart.js";
import { prepareAccess } from "./accessPreparation.js";
import { groupRole, isPlainGroup, isPlainUser, passwordToSet, userRole } from "./accessRoles.js";
import { isOnColumns } from "./batch.js";
import type { Catalog } from "./catalog.js";
import type { Change } from "./changes.js";
import { departures, dismissal, withLeft } from "./departures.js";
import { contradictoryLists, guardList, memberListsDelta } from "./memberList.js";
import { assumeMembers, thingsOf } from "./memberships.js";
import { assumeRole, roleDelta } from "./roles.js";
import { listShare } from "./sharedMemberships.js";
import { privilegeShares } from "./sharedPrivileges.js";
import { postgres } from "./system.js";

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
  *shares(args, connection) {
    for (const list of listsOf(readAccess(args))) yield listShare(list);
    for (const list of grantLists(args)) yield* privilegeShares(list, connection);
  },
  incomparable: ["passwords"],
  reports: ["unmanaged"],
  validate: (args, pending) => [...contradictions(args, pending), ...contradictoryParts(args)],
  parts: (args) => [...new Set(partsOf(args).flatMap((part) => part.places()))],

  prepare: prepareAccess,

  // It is no object of the server: there is always something to look through.
  exists: () => true,

  observe: observedAccess,

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
    const users = [...declared.users.values()].filter(
      (user) => args.passwords?.[user.name] !== undefined || !isPlainUser(user, model.roles.get(user.name)),
    );
    const roles = users.map((user) =>
      roleDelta(model, userRole(user, passwordToSet(model, user, before, passwords)), undefined, run.now),
    );
    const groups = [...declared.groups.values()]
      .filter((group) => !isPlainGroup(group, model.roles.get(group.name)))
      .map((group) => roleDelta(model, groupRole(group), undefined, run.now));
    // Users before databases, databases before schemas, schemas before privileges; and what leaves goes the other way,
    // but for privileges: those in what goes go with it, and need not be taken apart before.
    return inStages<Catalog, Change>(
      () => together([...roles, ...groups]),
      (seen) => objectsDelta(seen, objects, "databases"),
      (seen) => objectsDelta(seen, objects, "schemas"),
      (seen) => goneDelta(seen, objects, "schemas"),
      (seen) => goneDelta(seen, objects, "databases"),
      (seen) =>
        together([
          goneDelta(seen, objects, "privileges"),
          memberListsDelta(seen, listsOf(declared), run),
          objectsDelta(seen, objects, "privileges"),
        ]),
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
    const objects = { declared: readObjects(undefined), before: readObjects(args), run };
    return inStages<Catalog, Change>(
      (seen) => goneDelta(seen, objects, "schemas"),
      (seen) => goneDelta(seen, objects, "databases"),
      (seen) =>
        sideBySide([
          dismissal(seen, declared, { how: args.onRemove, run }),
          together([goneDelta(seen, objects, "privileges")]),
        ]),
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

function together(deltas: readonly Delta<Catalog, Change>[]): { units: Unit<Change>[]; problems: Problem[] } {
  const units = deltas.flatMap((delta) => delta.units);
  const onColumns = (unit: Unit<Change>): boolean => unit.some(isOnColumns);
  return {
    // In the order in which they run (batch.ts): the plan can be pasted into psql.
    units: [...units.filter((unit) => !onColumns(unit)), ...units.filter(onColumns)],
    problems: deltas.flatMap(({ problems }) => problems),
  };
}
