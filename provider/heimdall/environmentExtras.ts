import type { RunOptions } from "../core/resource.js";
import { assignmentThing, surplus, type AssignmentKind } from "./assignments.js";
import type { DeclaredEnvironment } from "./environmentArguments.js";
import { mappingThing } from "./mapping.js";
import { SUPERADMIN, mappingKey, type Snapshot } from "./snapshot.js";

/** What the environment has and the program has not. */
export interface Extras {
  readonly actions: readonly string[];
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  /** By method and path. */
  readonly mappings: readonly string[];
}

/** Finds it; what is ignored, and what another resource of the run has given, is not too much. */
export function extrasOf(snapshot: Snapshot, declared: DeclaredEnvironment, { claimed }: RunOptions): Extras {
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

/** All that a resource has declared, when it goes; what another resource of the run has given stays. */
export function declaredExtras(declared: DeclaredEnvironment, run: RunOptions): Extras {
  const ours = (names: Iterable<string>, thing: (name: string) => string): string[] =>
    [...names].filter((name) => !run.claimed(thing(name)));
  return {
    actions: ours(declared.actions.keys(), (name) => `action:${name}`),
    roles: ours(declared.roles.keys(), (name) => `role:${name}`),
    groups: ours(declared.groups.keys(), (name) => `group:${name}`),
    mappings: [...declared.mappings.values()].filter((each) => !run.claimed(mappingThing(each))).map(mappingKey),
  };
}

/** What a role or a group is to have. */
export interface Assigned {
  readonly kind: AssignmentKind;
  readonly owner: string;
  readonly wanted: readonly string[];
}

/** What is assigned and not wanted, without what is ignored and what another resource of the run has given. */
export function extraAssignments(
  snapshot: Snapshot,
  { ignored }: DeclaredEnvironment,
  { kind, owner, wanted }: Assigned,
  run: RunOptions,
): string[] {
  return surplus(snapshot, kind, owner, wanted).filter(
    (entry) => !ignored(entry) && !run.claimed(assignmentThing(kind, owner, entry)),
  );
}
