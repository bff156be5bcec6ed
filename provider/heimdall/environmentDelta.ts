import type { Delta, RunOptions, Unit } from "../core/resource.js";
import { guardRemovals } from "../core/removals.js";
import { actionDelta } from "./action.js";
import { assignments, type AssignmentKind } from "./assignments.js";
import type { Change } from "./changes.js";
import type { DeclaredEnvironment } from "./environmentArguments.js";
import { actionDeletions, leaves, roleDeletions } from "./environmentDeletions.js";
import { declaredExtras, extraAssignments, extrasOf } from "./environmentExtras.js";
import { guardEnvironment, rolesAtMost } from "./environmentGuards.js";
import { memberThing } from "./groupMember.js";
import { mappingDelta } from "./mapping.js";
import { definitionDelta, putBack } from "./recreation.js";
import { ROLES_WITHIN_REACH, listed, type Snapshot } from "./snapshot.js";

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
  guardEnvironment(snapshot, declared, { extra, run });
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
  const extra = declaredExtras(declared, run);
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

/** Actions, roles and groups, which need nothing of each other. */
function definitions(seen: Snapshot, { actions, roles, groups }: DeclaredEnvironment): Delta<Snapshot, Change> {
  return merged([
    ...[...actions].map(([name, description]) => actionDelta(seen, { name, description }, undefined)),
    ...[...roles].map(([name, description]) => definitionDelta(seen, "role", { name, description })),
    ...[...groups].map(([name, description]) => definitionDelta(seen, "group", { name, description })),
  ]);
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
