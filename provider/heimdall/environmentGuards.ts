import { RosterError } from "../core/errors.js";
import { guardRemovals } from "../core/removals.js";
import type { RunOptions } from "../core/resource.js";
import type { AssignmentKind } from "./assignments.js";
import type { DeclaredEnvironment } from "./environmentArguments.js";
import { extraAssignments, type Extras } from "./environmentExtras.js";
import { ROLES_WITHIN_REACH, SUPERADMIN, type Snapshot } from "./snapshot.js";

/** Refuses, before anything is done, what would remove too much, and what the service could not do. */
export function guardEnvironment(
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

/** How many roles there may be at one time, until those that are too much are gone. */
export function rolesAtMost(snapshot: Snapshot, declared: DeclaredEnvironment): number {
  return new Set([SUPERADMIN, ...snapshot.roles.keys(), ...declared.roles.keys()]).size;
}
