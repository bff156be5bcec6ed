import { RosterError } from "../core/errors.js";
import { guardRemovals } from "../core/removals.js";
import type { Delta, Problem, RunOptions, Unit } from "../core/resource.js";
import { actionDelta } from "./action.js";
import { assignmentThing, assignments, surplus, type AssignmentKind } from "./assignments.js";
import type { Change } from "./changes.js";
import { ROLES_WITHIN_REACH } from "./client.js";
import type { DeclaredEnvironment } from "./environmentArguments.js";
import { memberThing } from "./groupMember.js";
import { mappingDelta, mappingThing } from "./mapping.js";
import { definitionDelta, groupsWith, putBack, roleDeletion } from "./recreation.js";
import { SUPERADMIN, listed, mappingKey, type Snapshot } from "./snapshot.js";

/** One part of the work; it sees the environment as the parts before it left it. */
type Stage = (snapshot: Snapshot) => Delta<Snapshot, Change>;

/**
 * Makes a whole environment what is declared: what is missing is made and what differs changed, in the order in which
 * things need each other, then what is too much deleted, in the reverse order. Before the first change the service is
 * asked whether all is well, and a backup is written where one is wanted.
 */
export function environmentDelta(
  snapshot: Snapshot,
  declared: DeclaredEnvironment,
  run: RunOptions,
): Delta<Snapshot, Change> {
  const extra = extrasOf(snapshot, declared, run);
  guard(snapshot, declared, { extra, run });
  const deleteRoles: Stage = (seen) => roleDeletions(seen, declared, extra.roles);
  // With too many roles at one time the service could not tell the actions of all of them: then they go first.
  const crowded = rolesAtMost(snapshot, declared) > ROLES_WITHIN_REACH;
  const work = staged([
    ...(crowded ? [deleteRoles] : []),
    (seen) => definitions(seen, declared),
    (seen) => contents(seen, declared, run),
    (seen) => restored(seen, declared),
    (seen) => leaves(seen, extra),
    ...(crowded ? [] : [deleteRoles]),
    (seen) => actionDeletions(seen, declared, extra.actions),
  ]);
  if (isIdle(work, snapshot)) return work(snapshot);
  return {
    units: [[{ kind: "checkHealth" }, ...(snapshot.backup ? [{ kind: "writeBackup" } as const] : [])]],
    problems: [],
    // Nothing goes on where the service is not well, or the backup could not be written.
    next: (seen) => (seen.ready ? work(seen) : { units: [], problems: [] }),
  };
}

/** Takes what a resource declared out of an environment, and leaves the rest. */
export function environmentRemoval(
  snapshot: Snapshot,
  declared: DeclaredEnvironment,
  run: RunOptions,
): Delta<Snapshot, Change> {
  const ours = (names: Iterable<string>, thing: (name: string) => string): string[] =>
    [...names].filter((name) => !run.claimed(thing(name)));
  const extra: Extras = {
    actions: ours(declared.actions.keys(), (name) => `action:${name}`),
    roles: ours(declared.roles.keys(), (name) => `role:${name}`),
    groups: ours(declared.groups.keys(), (name) => `group:${name}`),
    mappings: [...declared.mappings.values()].filter((each) => !run.claimed(mappingThing(each))).map(mappingKey),
  };
  return staged([
    (seen) => leaves(seen, extra),
    (seen) => roleDeletions(seen, declared, extra.roles),
    (seen) => actionDeletions(seen, declared, extra.actions),
  ])(snapshot);
}

function staged([first, ...rest]: readonly Stage[]): Stage {
  return (snapshot) => {
    const delta = first?.(snapshot) ?? { units: [], problems: [] };
    return rest.length === 0 ? delta : followed(delta, staged(rest));
  };
}

/** A delta, its own further stages, and then others. */
function followed(delta: Delta<Snapshot, Change>, then: Stage): Delta<Snapshot, Change> {
  const { next } = delta;
  return { ...delta, next: next === undefined ? then : (seen) => followed(next(seen), then) };
}

/** Several deltas side by side, stage by stage. */
function merged(deltas: readonly Delta<Snapshot, Change>[]): Delta<Snapshot, Change> {
  const nexts = deltas.flatMap(({ next }) => next ?? []);
  return {
    units: deltas.flatMap(({ units }) => units),
    problems: deltas.flatMap(({ problems }) => problems),
    next: nexts.length === 0 ? undefined : (seen) => merged(nexts.map((next) => next(seen))),
  };
}

/** Whether there is nothing to do: then no stage changes what the next one sees. */
function isIdle(work: Stage, snapshot: Snapshot): boolean {
  for (let delta: Delta<Snapshot, Change> | undefined = work(snapshot); delta !== undefined;) {
    if (delta.units.length > 0) return false;
    delta = delta.next?.(snapshot);
  }
  return true;
}

/** What the environment has and the program has not. */
interface Extras {
  readonly actions: readonly string[];
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  /** By method and path. */
  readonly mappings: readonly string[];
}

function extrasOf(snapshot: Snapshot, declared: DeclaredEnvironment, { claimed }: RunOptions): Extras {
  const { ignored } = declared;
  const extra = (live: ReadonlyMap<string, unknown>, names: ReadonlyMap<string, unknown>, kind: string): string[] =>
    [...live.keys()].filter((name) => !names.has(name) && !ignored(name) && !claimed(`${kind}:${name}`)).sort();
  return {
    actions: extra(snapshot.actions, declared.actions, "action"),
    roles: extra(snapshot.roles, declared.roles, "role").filter((name) => name !== SUPERADMIN),
    groups: extra(snapshot.groups, declared.groups, "group"),
    mappings: [...snapshot.mappings]
      .filter(([key, each]) => !declared.mappings.has(key) && !ignored(key) && !ignored(each.action))
      .filter(([, each]) => !claimed(mappingThing(each)))
      .map(([key]) => key)
      .sort(),
  };
}

/** Refuses, before anything is done, what would remove too much, and what the service could not do. */
function guard(
  snapshot: Snapshot,
  declared: DeclaredEnvironment,
  { extra, run }: { readonly extra: Extras; readonly run: RunOptions },
): void {
  for (const list of ["actions", "roles", "mappings", "groups"] as const) {
    guardRemovals(list, extra[list], snapshot[list].size, run.maxRemovals);
  }
  guardAssignments(snapshot, declared, run, "action");
  guardAssignments(snapshot, declared, run, "role");
  const empty = declared.actions.size + declared.roles.size + declared.mappings.size + declared.groups.size === 0;
  const taken = extra.actions.length + extra.roles.length + extra.mappings.length + extra.groups.length;
  if (empty && taken > 0 && run.maxRemovals === undefined) {
    throw new RosterError("the environment that is declared is empty, and the live one is not", {
      remedy:
        "Look at where it comes from: it may not have been read. If it is right, allow it for this run: " +
        `pulumi config set roster:maxRemovals ${String(taken)}, run, and then pulumi config rm roster:maxRemovals.`,
    });
  }
  const roles = new Set([SUPERADMIN, ...declared.roles.keys(), ...[...snapshot.roles.keys()].filter(declared.ignored)]);
  if (roles.size > ROLES_WITHIN_REACH) {
    throw new RosterError(`the environment would have ${String(roles.size)} roles, with superadmin`, {
      remedy: `The service can tell and change the actions of the first ${String(ROLES_WITHIN_REACH)} by name only. Declare fewer.`,
    });
  }
}

function guardAssignments(
  snapshot: Snapshot,
  declared: DeclaredEnvironment,
  run: RunOptions,
  kind: AssignmentKind,
): void {
  const [owners, lists] =
    kind === "action"
      ? ([declared.roles, declared.roleActions] as const)
      : ([declared.groups, declared.groupRoles] as const);
  const live = kind === "action" ? snapshot.roleActions : snapshot.groupRoles;
  const taken = [...owners.keys()].flatMap((owner) =>
    extraAssignments(snapshot, declared, { kind, owner, wanted: lists.get(owner) ?? [] }, run).map(
      (entry) => `${entry} of ${owner}`,
    ),
  );
  const size = [...live.values()].reduce((total, entries) => total + entries.size, 0);
  guardRemovals(kind === "action" ? "actions of roles" : "roles of groups", taken, size, run.maxRemovals);
}

function rolesAtMost(snapshot: Snapshot, declared: DeclaredEnvironment): number {
  return new Set([SUPERADMIN, ...snapshot.roles.keys(), ...declared.roles.keys()]).size;
}

/** Actions, roles and groups, which need nothing of each other. */
function definitions(seen: Snapshot, { actions, roles, groups }: DeclaredEnvironment): Delta<Snapshot, Change> {
  return merged([
    ...[...actions].map(([name, description]) => actionDelta(seen, { name, description }, undefined)),
    ...[...roles].map(([name, description]) => definitionDelta(seen, "role", { name, description })),
    ...[...groups].map(([name, description]) => definitionDelta(seen, "group", { name, description })),
  ]);
}

interface Assigned {
  readonly kind: AssignmentKind;
  readonly owner: string;
  readonly wanted: readonly string[];
}

/** What is assigned and not wanted, without what is ignored and what another resource of the run has given. */
function extraAssignments(
  snapshot: Snapshot,
  { ignored }: DeclaredEnvironment,
  { kind, owner, wanted }: Assigned,
  run: RunOptions,
): string[] {
  return surplus(snapshot, kind, owner, wanted).filter(
    (entry) => !ignored(entry) && !run.claimed(assignmentThing(kind, owner, entry)),
  );
}

/** What roles, mappings and groups have. What could not be made before has failed already, and with it what needs it. */
function contents(seen: Snapshot, declared: DeclaredEnvironment, run: RunOptions): Delta<Snapshot, Change> {
  const roles = [...declared.roles.keys()].filter((role) => seen.roles.has(role));
  const groups = [...declared.groups.keys()].filter((group) => seen.groups.has(group));
  const isThere = ({ action }: { readonly action: string }): boolean => seen.actions.has(action);
  const assigned = (kind: AssignmentKind, owner: string, all: readonly string[]): Delta<Snapshot, Change> => {
    const [known, live] = kind === "action" ? [declared.actions, seen.actions] : [declared.roles, seen.roles];
    const wanted = all.filter((entry) => live.has(entry) || !known.has(entry));
    const taken = extraAssignments(seen, declared, { kind, owner, wanted: all }, run).map((entry): Unit<Change> => [
      kind === "action"
        ? { kind: "unassignAction", role: owner, action: entry }
        : { kind: "unassignRole", group: owner, role: entry },
    ]);
    const given = assignments(seen, kind, owner, wanted);
    return { units: [...given.units, ...taken], problems: given.problems };
  };
  return merged([
    ...roles.map((role) => assigned("action", role, declared.roleActions.get(role) ?? [])),
    ...[...declared.mappings.values()].filter(isThere).map((mapping) => mappingDelta(seen, mapping, undefined)),
    ...groups.map((group) => assigned("role", group, declared.groupRoles.get(group) ?? [])),
    ...groups.flatMap((group) => memberDelta(seen, declared, group, run)),
  ]);
}

function memberDelta(
  seen: Snapshot,
  { members, ignored }: DeclaredEnvironment,
  group: string,
  run: RunOptions,
): Delta<Snapshot, Change>[] {
  const wanted = members.get(group);
  if (wanted === undefined) return [];
  const live = listed(seen.members, group);
  const extra = live.filter((cpf) => !wanted.includes(cpf) && !ignored(cpf) && !run.claimed(memberThing(group, cpf)));
  guardRemovals(`members of the group ${JSON.stringify(group)}`, extra, live.length, run.maxRemovals);
  const missing = wanted.filter((cpf) => !live.includes(cpf));
  const added = missing.map((cpf): Unit<Change> => [{ kind: "addMember", group, cpf }]);
  const removed = extra.map((cpf): Unit<Change> => [{ kind: "removeMember", group, cpf }]);
  return [{ units: [...added, ...removed], problems: [] }];
}

/** What was taken from roles and groups that were made again, as far as nobody declares it. */
function restored(seen: Snapshot, declared: DeclaredEnvironment): Delta<Snapshot, Change> {
  const roles = [...declared.roles.keys()].filter((role) => seen.roles.has(role));
  const groups = [...declared.groups.keys()].filter((group) => seen.groups.has(group));
  return merged([
    ...roles.map((role) => putBack(seen, "role", role, { actions: true, groups: [...declared.groups.keys()] })),
    ...groups.map((group) => putBack(seen, "group", group, { roles: true, members: declared.members.has(group) })),
  ]);
}

/** Groups and mappings, which nothing needs. */
function leaves(seen: Snapshot, extra: Extras): Delta<Snapshot, Change> {
  const groups = extra.groups.filter((name) => seen.groups.has(name));
  const mappings = extra.mappings.flatMap((key) => seen.mappings.get(key) ?? []);
  return {
    units: [
      ...groups.map((name): Unit<Change> => [{ kind: "deleteGroup", name }]),
      ...mappings.map(({ method, path }): Unit<Change> => [{ kind: "deleteMapping", method, path }]),
    ],
    problems: [],
  };
}

function roleDeletions(
  seen: Snapshot,
  { ignored }: DeclaredEnvironment,
  names: readonly string[],
): Delta<Snapshot, Change> {
  const problems: Problem[] = [];
  const units = names.flatMap((name): Unit<Change>[] => {
    if (!seen.roles.has(name)) return [];
    const held = groupsWith(seen, name).filter(ignored);
    if (held.length === 0) return [roleDeletion(seen, name)];
    problems.push(heldByIgnored("role", name, held));
    return [];
  });
  return { units, problems };
}

/** The service takes mappings and assignments with an action; those that are ignored are not ours to lose. */
function actionDeletions(
  seen: Snapshot,
  { ignored }: DeclaredEnvironment,
  names: readonly string[],
): Delta<Snapshot, Change> {
  const problems: Problem[] = [];
  const units = names.flatMap((name): Unit<Change>[] => {
    if (!seen.actions.has(name)) return [];
    const roles = [...seen.roleActions].filter(([role, actions]) => actions.has(name) && isForeign(role, ignored));
    const mappings = [...seen.mappings].filter(([key, { action }]) => action === name && ignored(key));
    const held = [...roles, ...mappings].map(([holder]) => holder);
    if (held.length === 0) return [[{ kind: "deleteAction", name }]];
    problems.push(heldByIgnored("action", name, held));
    return [];
  });
  return { units, problems };
}

function isForeign(role: string, ignored: (name: string) => boolean): boolean {
  return role !== SUPERADMIN && ignored(role);
}

function heldByIgnored(kind: string, name: string, holders: readonly string[]): Problem {
  return {
    message: `the ${kind} ${JSON.stringify(name)} is not in the program, and ${holders.join(", ")}, which is ignored, needs it`,
    remedy: `Declare the ${kind}, ignore it too, or take it from ${holders.join(", ")} by hand.`,
  };
}
