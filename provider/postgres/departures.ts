import type { Delta, Problem, RunOptions, Unit } from "../core/resource.js";
import { guardRemovals } from "../core/removals.js";
import { isKnown, type DeclaredAccess } from "./accessArguments.js";
import { isOwnAccount, type Catalog } from "./catalog.js";
import type { Change } from "./changes.js";
import { liveMembersOf, membershipThing, revocations } from "./memberships.js";
import { refusedRemoval } from "./roles.js";

/** How entries leave where they do not say so themselves, and what the run may do. */
export interface Departure {
  readonly how: "disable" | "drop" | "keep" | undefined;
  readonly run: RunOptions;
}

/** What leaves the program: users and groups that the state has and the program has not. */
export function departures(
  model: Catalog,
  declared: DeclaredAccess,
  before: DeclaredAccess,
  { how, run }: Departure,
): Delta<Catalog, Change> {
  const leaving = (names: Iterable<string>): string[] =>
    [...names]
      .filter(
        (name) =>
          !isKnown(declared, name) && !declared.ignored(name) && model.roles.has(name) && !run.claimed(`role:${name}`),
      )
      .sort();
  const users = leaving(before.users.keys());
  const groups = leaving(before.groups.keys());
  guardRemovals("users", users, before.users.size, run.maxRemovals);
  guardRemovals("groups", groups, before.groups.size, run.maxRemovals);
  const problems: Problem[] = [];
  const units = [...users, ...groups].map((name): Unit<Change> => {
    const entry = before.users.get(name) ?? before.groups.get(name);
    const fate = entry?.onRemove ?? how ?? (before.adopted.has(name) ? "disable" : "drop");
    const refused = fate === "keep" ? undefined : refusedRemoval(model, name);
    if (refused !== undefined) problems.push(refused);
    return refused === undefined ? departure(model, name, fate, before, run) : [];
  });
  return { units: units.filter((unit) => unit.length > 0), problems };
}

function departure(
  model: Catalog,
  name: string,
  fate: "disable" | "drop" | "keep",
  before: DeclaredAccess,
  run: RunOptions,
): Unit<Change> {
  if (fate === "keep") return [];
  if (fate === "drop") return [{ kind: "dropRole", name }];
  const user = before.users.get(name);
  // A group that was adopted stays; what we gave through it goes.
  if (user === undefined) return takeBack(model, name, before, run);
  const given = (["superuser", "createdb", "createrole", "replication", "bypassrls"] as const).filter(
    (right) => user[right] === true,
  );
  const attributes = { login: false, ...Object.fromEntries(given.map((right) => [right, false])) };
  return [{ kind: "alterRole", name, attributes }];
}

/** Takes the members that we gave out of a group that stays. */
export function takeBack(model: Catalog, group: string, before: DeclaredAccess, { claimed }: RunOptions): Unit<Change> {
  const live = new Set(liveMembersOf(model)(group));
  const ours = (before.lists.get(group) ?? []).map(({ name }) => name);
  return revocations(
    model,
    group,
    ours.filter((name) => live.has(name) && !isOwnAccount(model, name) && !claimed(membershipThing(group, name))),
  );
}
