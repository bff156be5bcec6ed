import type { Delta, Problem, Unit } from "../core/resource.js";
import { actionDeletion } from "./action.js";
import type { Change } from "./changes.js";
import type { DeclaredEnvironment } from "./environmentArguments.js";
import type { Extras } from "./environmentExtras.js";
import { groupsWith, roleDeletion } from "./recreation.js";
import { SUPERADMIN, type Snapshot } from "./snapshot.js";

/** Deletes groups and mappings, which nothing needs. */
export function leaves(seen: Snapshot, extra: Extras): Delta<Snapshot, Change> {
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

/** Deletes roles; a group that is ignored keeps its own. */
export function roleDeletions(
  seen: Snapshot,
  { ignored }: DeclaredEnvironment,
  names: readonly string[],
): Delta<Snapshot, Change> {
  const live = names.filter((name) => seen.roles.has(name));
  return deletions("role", live, {
    heldBy: (name) => groupsWith(seen, name).filter(ignored),
    deletion: (name) => roleDeletion(seen, name),
  });
}

/** Deletes actions. The service takes mappings and assignments with them; those that are ignored are not ours to lose. */
export function actionDeletions(
  seen: Snapshot,
  { ignored }: DeclaredEnvironment,
  names: readonly string[],
): Delta<Snapshot, Change> {
  const live = names.filter((name) => seen.actions.has(name));
  return deletions("action", live, {
    heldBy: (name) => {
      const roles = [...seen.roleActions].filter(([role, actions]) => actions.has(name) && isForeign(role, ignored));
      const mappings = [...seen.mappings].filter(([key, { action }]) => action === name && ignored(key));
      return [...roles, ...mappings].map(([holder]) => holder);
    },
    deletion: (name) => actionDeletion(seen, name),
  });
}

/** What nothing that is ignored needs is deleted; the rest is a problem each. */
function deletions(
  kind: "action" | "role",
  names: readonly string[],
  of: { readonly heldBy: (name: string) => readonly string[]; readonly deletion: (name: string) => Unit<Change> },
): Delta<Snapshot, Change> {
  const problems: Problem[] = [];
  const units = names.flatMap((name): Unit<Change>[] => {
    const holders = of.heldBy(name);
    if (holders.length === 0) return [of.deletion(name)];
    problems.push(heldByIgnored(kind, name, holders));
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
