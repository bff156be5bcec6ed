import { canonicalJson } from "../core/lines.js";
import { guardRemovals } from "../core/removals.js";
import type { Delta, RunOptions, Unit } from "../core/resource.js";
import { matchParts, type Part } from "./accessPart.js";
import type { DeclaredObjects } from "./accessObjects.js";
import type { Catalog } from "./catalog.js";
import type { Change } from "./changes.js";
import { NAMES_IN_A_STATEMENT } from "./quote.js";

/** What an Access wants besides roles, and what it wanted before. */
export interface ObjectChange {
  readonly declared: DeclaredObjects;
  readonly before: DeclaredObjects;
  readonly run: RunOptions;
}

type Section = keyof DeclaredObjects;

/** Makes and changes the databases, schemas or privileges that are declared. */
export function objectsDelta(model: Catalog, change: ObjectChange, section: Section): Delta<Catalog, Change> {
  const { declared, before } = change;
  const { previousOf } = matchParts(declared[section], before[section]);
  const run = withOwn(change);
  return together(declared[section].map((part) => part.delta(model, previousOf(part), run)));
}

/** Takes away what the state has and the program has not: privileges; databases and schemas only where they say so. */
export function goneDelta(model: Catalog, change: ObjectChange, section: Section): Delta<Catalog, Change> {
  const { declared, before } = change;
  const { gone } = matchParts(declared[section], before[section]);
  const run = withOwn(change);
  return together(gone.filter((part) => isTakenAway(part, section)).map((part) => part.remove(model, run)));
}

/** Throws where one run would take away more than it may: a list may have come back empty or cut. */
export function guardObjects({ declared, before, run }: ObjectChange): void {
  for (const section of ["databases", "schemas", "privileges"] as const) {
    const { gone } = matchParts(declared[section], before[section]);
    const taken = gone.filter((part) => isTakenAway(part, section));
    guardRemovals(
      section,
      taken.map(({ key }) => key()),
      before[section].length,
      run.maxRemovals,
    );
  }
}

/** What should have left and is still there. */
export function remaining(model: Catalog, { declared, before }: ObjectChange): Part[] {
  return (["databases", "schemas", "privileges"] as const).flatMap((section) => {
    const { gone } = matchParts(declared[section], before[section]);
    return gone.filter((part) => isTakenAway(part, section) && part.observe(model) !== undefined);
  });
}

/** An Access does not know which databases and schemas it has made: they go only where that is said. */
function isTakenAway({ args }: Part, section: Section): boolean {
  return section === "privileges" || ("onRemove" in args && args.onRemove === "drop");
}

/** What another part of the same Access gives is not taken away by the one that goes. */
function withOwn({ declared, run }: ObjectChange): RunOptions {
  let own: Set<string> | undefined;
  const things = (): Set<string> => (own ??= new Set(declared.privileges.flatMap((part) => part.things())));
  return { ...run, claimed: (thing) => things().has(thing) || run.claimed(thing) };
}

function together(deltas: readonly Delta<Catalog, Change>[]): Delta<Catalog, Change> {
  return {
    units: mergedUnits(deltas.flatMap(({ units }) => units)),
    problems: deltas.flatMap(({ problems }) => problems),
  };
}

type Privileged = Extract<Change, { readonly grantees: readonly string[] }>;

/** Privileges that many get on the same objects are one change, as they will be one statement. */
function mergedUnits(units: readonly Unit<Change>[]): Unit<Change>[] {
  const merged = new Map<string, Privileged>();
  const others: Unit<Change>[] = [];
  for (const unit of units) {
    const [change] = unit;
    if (change === undefined || unit.length > 1 || !("grantees" in change)) {
      others.push(unit);
      continue;
    }
    const { grantees, ...rest } = change;
    const key = canonicalJson(rest);
    const found = merged.get(key);
    merged.set(key, found === undefined ? change : { ...found, grantees: [...found.grantees, ...grantees] });
  }
  return [...others, ...[...merged.values()].flatMap(chunked)];
}

function chunked(change: Privileged): Unit<Change>[] {
  const count = Math.ceil(change.grantees.length / NAMES_IN_A_STATEMENT);
  return Array.from({ length: count }, (_, index) => [
    { ...change, grantees: change.grantees.slice(index * NAMES_IN_A_STATEMENT, (index + 1) * NAMES_IN_A_STATEMENT) },
  ]);
}
