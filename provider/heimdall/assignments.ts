import { guardRemovals } from "../core/removals.js";
import type { Delta, Problem, RunOptions, Unit } from "../core/resource.js";
import type { Change } from "./changes.js";
import { isMissing, listed, type Snapshot } from "./snapshot.js";

/** What is assigned to what: actions to roles, and roles to groups. */
export type AssignmentKind = "action" | "role";

interface Wording {
  readonly sets: "roleActions" | "groupRoles";
  readonly owner: string;
  readonly owners: "roles" | "groups";
  readonly entries: "actions" | "roles";
  readonly assign: (owner: string, entry: string) => Change;
  readonly unassign: (owner: string, entry: string) => Change;
}

const WORDING: Readonly<Record<AssignmentKind, Wording>> = {
  action: {
    sets: "roleActions",
    owner: "role",
    owners: "roles",
    entries: "actions",
    assign: (role, action) => ({ kind: "assignAction", role, action }),
    unassign: (role, action) => ({ kind: "unassignAction", role, action }),
  },
  role: {
    sets: "groupRoles",
    owner: "group",
    owners: "groups",
    entries: "roles",
    assign: (group, role) => ({ kind: "assignRole", group, role }),
    unassign: (group, role) => ({ kind: "unassignRole", group, role }),
  },
};

/** How an assignment is called among the things that resources answer for. */
export function assignmentThing(kind: AssignmentKind, owner: string, entry: string): string {
  return `${kind} of ${WORDING[kind].owner}:${JSON.stringify([owner, entry])}`;
}

/** Whether something is assigned. */
export function isAssigned(snapshot: Snapshot, kind: AssignmentKind, owner: string, entry: string): boolean {
  return snapshot[WORDING[kind].sets].get(owner)?.has(entry) === true;
}

/** Why something cannot be assigned; undefined where it can. */
export function hindrance(snapshot: Snapshot, kind: AssignmentKind, owner: string, entry: string): Problem | undefined {
  const { owners, entries, owner: what } = WORDING[kind];
  if (isMissing(snapshot, owners, owner)) return missing(what, owner);
  return isMissing(snapshot, entries, entry) ? missing(kind, entry) : undefined;
}

/** Something that does not exist. */
export function missing(kind: string, name: string): Problem {
  const type = `${kind.slice(0, 1).toUpperCase()}${kind.slice(1)}`;
  return {
    message: `there is no ${kind} ${JSON.stringify(name)}`,
    remedy: `Declare it as heimdall.${type} and pass that resource's name output here, so that it is made first.`,
  };
}

/** Assigns what is missing, each by itself; what cannot be is a problem. */
export function assignments(
  snapshot: Snapshot,
  kind: AssignmentKind,
  owner: string,
  wanted: readonly string[],
): { units: Unit<Change>[]; problems: Problem[] } {
  const units: Unit<Change>[] = [];
  const problems: Problem[] = [];
  for (const entry of wanted) {
    if (isAssigned(snapshot, kind, owner, entry)) continue;
    const problem = hindrance(snapshot, kind, owner, entry);
    if (problem === undefined) units.push([WORDING[kind].assign(owner, entry)]);
    else problems.push(problem);
  }
  return { units, problems };
}

/** What is assigned and not wanted. */
export function surplus(snapshot: Snapshot, kind: AssignmentKind, owner: string, wanted: readonly string[]): string[] {
  const kept = new Set(wanted);
  return listed(snapshot[WORDING[kind].sets], owner).filter((entry) => !kept.has(entry));
}

/** What one resource declares of a role or group as a whole. */
export interface DeclaredList {
  readonly kind: AssignmentKind;
  readonly owner: string;
  readonly wanted: readonly string[];
}

/** What is to be taken from a list. Throws where one run would take more than it may. */
export function guardList(snapshot: Snapshot, { kind, owner, wanted }: DeclaredList, run: RunOptions): string[] {
  const removed = surplus(snapshot, kind, owner, wanted).filter(
    (entry) => !run.claimed(assignmentThing(kind, owner, entry)),
  );
  const { owner: what, sets } = WORDING[kind];
  const size = snapshot[sets].get(owner)?.size ?? 0;
  guardRemovals(`${kind}s of the ${what} ${JSON.stringify(owner)}`, removed, size, run.maxRemovals);
  return removed;
}

/** Makes what is assigned to a role or group what is wanted. Throws where one run would take more than it may. */
export function assignmentDelta(snapshot: Snapshot, list: DeclaredList, run: RunOptions): Delta<Snapshot, Change> {
  const { kind, owner, wanted } = list;
  const taken = guardList(snapshot, list, run).map((entry): Unit<Change> => [WORDING[kind].unassign(owner, entry)]);
  const { units, problems } = assignments(snapshot, kind, owner, wanted);
  return { units: [...taken, ...units], problems };
}
