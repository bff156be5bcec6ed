import type { Delta, RunOptions, Unit } from "../core/resource.js";
import { NO_DELTA, doing, impossible, inStages, sideBySide } from "../core/delta.js";
import { guardRemovals } from "../core/removals.js";
import { encodeNames } from "../core/lines.js";
import {
  NOTHING,
  encodeEntries,
  isKnown,
  readAccess,
  type AccessArguments,
  type DeclaredAccess,
} from "./accessArguments.js";
import { isOwnAccount, type Catalog } from "./catalog.js";
import type { Change } from "./changes.js";
import { liveMembersOf, membershipThings, revocations } from "./memberships.js";
import { dropDelta } from "./roleDrop.js";
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
  const users = leaving(before.users, model, declared, run);
  const groups = leaving(before.groups, model, declared, run);
  guardRemovals("users", users, before.users.size, run.maxRemovals);
  guardRemovals("groups", groups, before.groups.size, run.maxRemovals);
  return sideBySide(
    // With a group all rows of its members go at once, and each of the users has none of them left then.
    [...groups, ...users].map((name) =>
      whileOurs(departure(model, name, fateOf(name, before, how), before, run), () => !run.claimed(`role:${name}`)),
    ),
  );
}

/** A drop takes a while: as soon as another resource of the run has the role, the rest of it is left. */
function whileOurs(delta: Delta<Catalog, Change>, isOurs: () => boolean): Delta<Catalog, Change> {
  const { next } = delta;
  if (next === undefined) return delta;
  return { ...delta, next: (model) => (isOurs() ? whileOurs(next(model), isOurs) : NO_DELTA) };
}

/** The names that the state has and the program has not, as far as they are there. */
function leaving(
  names: ReadonlyMap<string, unknown>,
  model: Catalog,
  declared: DeclaredAccess,
  { claimed }: RunOptions,
): string[] {
  return [...names.keys()]
    .filter(
      (name) =>
        !isKnown(declared, name) && !declared.ignored(name) && model.roles.has(name) && !claimed(`role:${name}`),
    )
    .sort();
}

function fateOf(name: string, before: DeclaredAccess, how: Departure["how"]): "disable" | "drop" | "keep" {
  const entry = before.users.get(name) ?? before.groups.get(name);
  return entry?.onRemove ?? how ?? (before.adopted.has(name) ? "disable" : "drop");
}

/**
 * The arguments with the users and groups that should have left and are still there, each with what is to become of
 * it: what a failed run leaves in the state, so that the next one knows of them.
 */
export function withLeft<A extends AccessArguments>(model: Catalog, args: A, previous: A, run: RunOptions): A {
  const [declared, before] = [readAccess(args), readAccess(previous)];
  const fate = (name: string): string => fateOf(name, before, previous.onRemove);
  const left = <T extends { name: string }>(entries: ReadonlyMap<string, T>): T[] =>
    leaving(entries, model, declared, run)
      .filter((name) => fate(name) !== "keep")
      .flatMap((name) => entries.get(name) ?? []);
  const [users, groups] = [left(before.users), left(before.groups)];
  if (users.length + groups.length === 0) return args;
  const entries = (all: readonly { name: string }[]): string =>
    encodeEntries(all.map(({ name, ...attributes }) => ({ name, attributes })));
  const pinned = <T extends { name: string }>(all: readonly T[]): T[] =>
    all.map((entry) => ({ ...entry, onRemove: fate(entry.name) }));
  const lists = groups.flatMap(({ name }) => {
    const text = previous.members?.[name];
    return text === undefined ? [] : [[name, text] as const];
  });
  const adopted = [...users, ...groups].map(({ name }) => name).filter((name) => before.adopted.has(name));
  return {
    ...args,
    ...(users.length === 0 ? {} : { users: entries([...declared.users.values(), ...pinned(users)]) }),
    ...(groups.length === 0 ? {} : { groups: entries([...declared.groups.values(), ...pinned(groups)]) }),
    ...(lists.length === 0 ? {} : { members: { ...args.members, ...Object.fromEntries(lists) } }),
    ...(adopted.length === 0 ? {} : { adopted: encodeNames([...declared.adopted, ...adopted]) }),
  };
}

function departure(
  model: Catalog,
  name: string,
  fate: "disable" | "drop" | "keep",
  before: DeclaredAccess,
  run: RunOptions,
): Delta<Catalog, Change> {
  if (fate === "keep") return NO_DELTA;
  const user = before.users.get(name);
  if (fate === "drop") return dropDelta(model, name, (user ?? before.groups.get(name))?.reassignTo);
  const refused = refusedRemoval(model, name);
  if (refused !== undefined) return impossible(refused);
  // A group that was adopted stays; what we gave through it goes.
  if (user === undefined) return doing(...takeBack(model, name, before, run));
  const given = (["superuser", "createdb", "createrole", "replication", "bypassrls"] as const).filter(
    (right) => user[right] === true,
  );
  const attributes = { login: false, ...Object.fromEntries(given.map((right) => [right, false])) };
  return doing<Change>({ kind: "alterRole", name, attributes });
}

/**
 * Takes away all that was declared: members, then users and groups. Members of a group that can be dropped as it is go
 * with it; only where it is there all the same they are taken out one by one.
 */
export function dismissal(model: Catalog, before: DeclaredAccess, leaving: Departure): Delta<Catalog, Change> {
  const all = { ...leaving, run: { ...leaving.run, maxRemovals: Infinity } };
  const goes = new Set([...before.lists.keys()].filter((group) => takesMembersAlong(model, group, before, all)));
  const emptied = (seen: Catalog, wanted: (group: string) => boolean): Delta<Catalog, Change> =>
    sideBySide(
      [...before.lists.keys()].filter(wanted).map((group) => doing(...takeBack(seen, group, before, all.run))),
    );
  return inStages<Catalog, Change>(
    (seen) => emptied(seen, (group) => !goes.has(group)),
    (seen) => departures(seen, NOTHING, before, all),
    (seen) => emptied(seen, (group) => goes.has(group)),
  )(model);
}

/** Whether a group is dropped by one statement, and its members go with it. */
function takesMembersAlong(model: Catalog, name: string, before: DeclaredAccess, { how, run }: Departure): boolean {
  const group = before.groups.get(name);
  if (!model.facts.dropEndsMemberships || group === undefined || fateOf(name, before, how) !== "drop") return false;
  if (before.ignored(name) || run.claimed(`role:${name}`)) return false;
  if (hasLeavingGrantor(model, name, before)) return false;
  const { units, problems, next } = dropDelta(model, name, group.reassignTo);
  return problems.length === 0 && next === undefined && units.length === 1;
}

/** Whether somebody let others into a group who leaves too, maybe before it: that is refused as long as they are in. */
function hasLeavingGrantor(model: Catalog, group: string, before: DeclaredAccess): boolean {
  const members = [...(model.members.get(group)?.values() ?? [])];
  return members.some((rows) => rows.some(({ grantor }) => isKnown(before, grantor)));
}

/** Takes the members that we gave out of a group that stays. */
function takeBack(model: Catalog, group: string, before: DeclaredAccess, { claimed }: RunOptions): Unit<Change> {
  const live = new Set(liveMembersOf(model)(group));
  const thing = membershipThings(group);
  const ours = (before.lists.get(group) ?? []).map(({ name }) => name);
  return revocations(
    model,
    group,
    ours.filter((name) => live.has(name) && !isOwnAccount(model, name) && !claimed(thing(name))),
  );
}
