import type { AppliedRun } from "../core/resource.js";
import type { Change } from "./changes.js";

/** How many of one kind were made, changed and deleted. */
export interface Count {
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
}

/** What a run did, in numbers. */
export interface Tally {
  readonly actions: Count;
  readonly roles: Count;
  readonly mappings: Count;
  readonly groups: Count;
  /** Actions of roles and roles of groups. */
  readonly assignments: Omit<Count, "updated">;
  /** Members of groups. */
  readonly members: Omit<Count, "updated">;
  /** Requests that changed something. */
  readonly total: number;
}

type Kind = Change["kind"];

/** Counts changes. What was deleted and made again under the same name was changed. */
export function tally(changes: readonly Change[]): Tally {
  const of = (...kinds: Kind[]): number => changes.filter(({ kind }) => kinds.includes(kind)).length;
  const named = (kind: Kind): string[] =>
    changes.flatMap((each) => (each.kind === kind && "name" in each ? [each.name] : []));
  const count = (what: "Action" | "Role" | "Group"): Count => {
    const created = named(`create${what}`);
    const deleted = named(`delete${what}`);
    const again = created.filter((name) => deleted.includes(name)).length;
    const updated = what === "Action" ? of("updateAction") : 0;
    return { created: created.length - again, updated: updated + again, deleted: deleted.length - again };
  };
  const requests = changes.filter(({ kind }) => !NO_REQUESTS.has(kind));
  return {
    actions: count("Action"),
    roles: count("Role"),
    mappings: { created: of("createMapping"), updated: of("updateMapping"), deleted: of("deleteMapping") },
    groups: count("Group"),
    assignments: { created: of("assignAction", "assignRole"), deleted: of("unassignAction", "unassignRole") },
    members: { created: of("addMember"), deleted: of("removeMember") },
    total: requests.length,
  };
}

const NO_REQUESTS = new Set<Kind>(["checkHealth", "writeBackup", "keepRestore", "dropRestore"]);

/** A tally as a plan ends with it: `Actions: +2 ~1 -1`. */
export function tallyLines(changes: readonly Change[]): string[] {
  const { actions, roles, mappings, groups, assignments, members, total } = tally(changes);
  const line = (
    name: string,
    { created, updated, deleted }: { created: number; updated?: number; deleted: number },
  ) => {
    const changed = updated === undefined ? "" : ` ~${String(updated)}`;
    return `${name}: +${String(created)}${changed} -${String(deleted)}`;
  };
  return [
    line("Actions", actions),
    line("Roles", roles),
    line("Mappings", mappings),
    line("Groups", groups),
    line("Assignments", assignments),
    ...(members.created + members.deleted === 0 ? [] : [line("Members", members)]),
    `Requests that change something: ${String(total)}`,
  ];
}

/** What a run did, as an output. */
export interface Summary extends Tally {
  /** How many things failed or could not be done. */
  readonly errors: number;
  readonly seconds: number;
}

/** The summary of a run. */
export function summaryOf({ changes, errors, seconds }: AppliedRun<Change>): Summary {
  return { ...tally(changes), errors, seconds };
}
