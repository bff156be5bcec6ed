import { isOver } from "../core/instants.js";
import { guardRemovals } from "../core/removals.js";
import type { Problem, RunOptions, Unit } from "../core/resource.js";
import { applyTo, type Change } from "./changes.js";
import { grantThing, isNotOurs, type GrantList } from "./grantLists.js";
import { assignmentsOn, fold, privilegesOf, type Metastore } from "./metastore.js";
import { isKept } from "./ownAccess.js";
import { ALL_PRIVILEGES, OPEN_SOURCE_PRIVILEGES, isPartOfAll } from "./privileges.js";
import { OPEN_SOURCE_TYPES, securableOf } from "./securables.js";

/** What brings grants to what is declared: one unit for each principal on each securable. */
export interface GrantDelta {
  readonly units: readonly Unit<Change>[];
  readonly problems: readonly Problem[];
}

/**
 * Makes the privileges on a securable those of a list, whoever gave them. Throws where one run would take everything
 * from more principals than it may; those whose grants have ended by themselves are not counted.
 */
export function wholeDelta(metastore: Metastore, list: GrantList, run: RunOptions, before?: GrantList): GrantDelta {
  const { securable, principals } = list;
  const live = [...assignmentsOn(metastore, securable)].filter(
    ([, assignment]) => !isNotOurs(metastore, list, assignment),
  );
  const leaving = live.filter(([key]) => !principals.has(key)).map(([, { principal }]) => principal);
  const early = leaving.filter((principal) => !hasEnded(before, principal, run.now)).sort();
  guardRemovals(`principals with privileges on ${securable}`, early, live.length, run.maxRemovals);
  const removals = leaving.map((principal) => wholeChange(metastore, securable, principal, new Set()));
  const others = [...principals].map(([key, wanted]) => {
    const [first] = wanted.values();
    return wholeChange(metastore, securable, first?.principal ?? key, new Set(wanted.keys()));
  });
  return collected(metastore, securable, [...removals, ...others]);
}

/** Whether all that somebody had was given until a time that has come. */
function hasEnded(before: GrantList | undefined, principal: string, now: Date): boolean {
  const had = [...(before?.principals.get(fold(principal))?.values() ?? [])];
  return had.length > 0 && had.every(({ until }) => isOver(until, now));
}

function wholeChange(metastore: Metastore, securable: string, principal: string, wanted: ReadonlySet<string>): Change {
  const held = privilegesOf(metastore, securable, principal);
  // With ALL PRIVILEGES there is nothing to give besides, and nothing that it would help to take.
  const covered = (privilege: string): boolean => wanted.has(ALL_PRIVILEGES) && isPartOfAll(privilege);
  return {
    securable,
    principal: spelled(metastore, securable, principal),
    add: [...wanted].filter((privilege) => !held.has(privilege) && !covered(privilege)),
    remove: [...held].filter(
      (privilege) => !wanted.has(privilege) && !covered(privilege) && !isKept(metastore, principal, privilege),
    ),
  };
}

/**
 * Gives what is declared and takes back what was declared before; what others gave is left alone. Throws where one run
 * would take everything from more principals than it may.
 */
export function addedDelta(
  metastore: Metastore,
  list: GrantList,
  before: GrantList | undefined,
  run: RunOptions,
): GrantDelta {
  const { securable, principals } = list;
  const earlier = before?.principals ?? new Map<string, never>();
  const names = [...new Set([...earlier.keys(), ...principals.keys()])].filter((key) => !list.ignored(key));
  const changes = names.map((key) => {
    const [wanted, had] = [principals.get(key), earlier.get(key)];
    const [first] = [...(wanted?.values() ?? []), ...(had?.values() ?? [])];
    return addedChange(metastore, securable, first?.principal ?? key, {
      wanted: [...(wanted?.keys() ?? [])],
      had: [...(had?.keys() ?? [])],
      run,
    });
  });
  const leaving = changes.filter(({ principal, remove }) => remove.length > 0 && !principals.has(fold(principal)));
  const left = leaving
    .map(({ principal }) => principal)
    .filter((each) => !hasEnded(before, each, run.now))
    .sort();
  guardRemovals(`principals with privileges on ${securable}`, left, earlier.size, run.maxRemovals);
  return collected(metastore, securable, changes);
}

/** What one principal is to be given, and what it was given before. */
export interface Addition {
  readonly wanted: readonly string[];
  readonly had: readonly string[];
  readonly run: Pick<RunOptions, "claimed">;
}

/** Gives a principal what it lacks, and takes what it was given before and is not wanted any more. */
export function addedChange(
  metastore: Metastore,
  securable: string,
  principal: string,
  { wanted, had, run }: Addition,
): Change {
  const held = privilegesOf(metastore, securable, principal);
  const remove = had.filter(
    (privilege) =>
      !wanted.includes(privilege) &&
      held.has(privilege) &&
      !isKept(metastore, principal, privilege) &&
      !run.claimed(grantThing(securable, principal, privilege)),
  );
  const hasAll = wanted.includes(ALL_PRIVILEGES) || (held.has(ALL_PRIVILEGES) && !remove.includes(ALL_PRIVILEGES));
  return {
    securable,
    principal: spelled(metastore, securable, principal),
    add: wanted.filter((privilege) => !held.has(privilege) && !(hasAll && isPartOfAll(privilege))),
    remove,
  };
}

/** The service's spelling of somebody who has something there already. */
function spelled(metastore: Metastore, securable: string, principal: string): string {
  return assignmentsOn(metastore, securable).get(fold(principal))?.principal ?? principal;
}

/** Changes as units, without those that change nothing and without what the server does not have. */
export function collected(metastore: Metastore, securable: string, changes: readonly Change[]): GrantDelta {
  const openSource = metastore.edition === "open source";
  const foreign = openSource ? foreignPrivileges(changes) : [];
  const { type } = securableOf(securable);
  if (openSource && !OPEN_SOURCE_TYPES.has(type)) {
    return { units: [], problems: [{ message: `the open-source Unity Catalog has no ${type}, such as ${securable}` }] };
  }
  const units = changes
    .map((change) => ({ ...change, add: change.add.filter((privilege) => !foreign.includes(privilege)) }))
    .filter(({ add, remove }) => add.length + remove.length > 0)
    .map((change): Unit<Change> => [change]);
  return { units, problems: foreign.map((privilege) => foreignPrivilege(privilege, securable)) };
}

function foreignPrivileges(changes: readonly Change[]): string[] {
  const added = new Set(changes.flatMap(({ add }) => add));
  return [...added].filter((privilege) => !OPEN_SOURCE_PRIVILEGES.has(privilege)).sort();
}

function foreignPrivilege(privilege: string, securable: string): Problem {
  return {
    message: `the open-source Unity Catalog has no privilege ${privilege} to give on ${securable}`,
    remedy: `It has ${[...OPEN_SOURCE_PRIVILEGES].join(", ")}.`,
  };
}

/** A securable that is not there. */
export function missingSecurable(securable: string): Problem {
  const { type, name } = securableOf(securable);
  return {
    message: `there is no ${type.replaceAll("_", " ")} ${JSON.stringify(name)}`,
    remedy:
      "Check the name. If this program makes it, pass that resource's full name here, so that it is made first. If it was " +
      "dropped, take it out of the program: what was given on it went with it, also where it is made again.",
  };
}

/** Takes back what a list gave, and nothing else; of the whole list, however long it is. */
export function takeBack(metastore: Metastore, list: GrantList, run: RunOptions): GrantDelta {
  const nobody = { ...list, principals: new Map<string, never>() };
  return addedDelta(metastore, nobody, list, { ...run, maxRemovals: Infinity });
}

/** Puts a list into a metastore that was not read. */
export function assumeList(metastore: Metastore, { securable, principals }: GrantList): void {
  for (const wanted of principals.values()) {
    for (const [privilege, { principal }] of wanted) {
      applyTo(metastore, { securable, principal, add: [privilege], remove: [] });
    }
  }
}
