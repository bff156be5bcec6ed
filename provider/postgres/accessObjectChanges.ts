import { chunks } from "../core/chunks.js";
import { canonicalJson } from "../core/lines.js";
import { guardRemovals } from "../core/removals.js";
import type { Delta, RunOptions, Unit } from "../core/resource.js";
import { matchParts, type Matched, type Part } from "./accessPart.js";
import type { DeclaredObjects } from "./accessObjects.js";
import type { Catalog } from "./catalog.js";
import { schemaThings, type Change } from "./changes.js";
import { whileStill } from "./futures.js";
import { NAMES_IN_A_STATEMENT } from "./quote.js";

/** What an Access wants besides roles, and what it wanted before. */
export interface ObjectChange {
  readonly declared: DeclaredObjects;
  readonly before: DeclaredObjects;
  readonly run: RunOptions;
}

type Section = keyof DeclaredObjects;

const SECTIONS = ["databases", "schemas", "privileges"] as const;
const matched = new WeakMap<ObjectChange, Map<Section, Matched>>();

/** How a section of the program and of the state belong together: worked out once for all stages of a change. */
function matchOf(change: ObjectChange, section: Section): Matched {
  const sections = matched.get(change) ?? new Map<Section, Matched>();
  matched.set(change, sections);
  const match = sections.get(section) ?? matchParts(change.declared[section], change.before[section]);
  sections.set(section, match);
  return match;
}

/** What the state has and the program has not, as far as it is to be taken away. */
function leavingOf(model: Catalog, change: ObjectChange, section: Section): Part[] {
  return matchOf(change, section).gone.filter(
    // Of privileges another resource may have some: their own definition looks what is left to take.
    (part) => isTakenAway(part, section) && (section === "privileges" || isLeft(model, part, change.run)),
  );
}

/** Whether a database or a schema is there still, and no other resource's. */
function isLeft(model: Catalog, part: Part, run: RunOptions): boolean {
  return part.observe(model) !== undefined && !isElsewhere(model, part, run);
}

/** Whether another resource of the run has the database or the schema. */
function isElsewhere(model: Catalog, { origin, things }: Part, { claimed }: RunOptions): boolean {
  const [section, database] = origin.path;
  const names = section === "schemas" ? schemaThings(model, { database, name: origin.entry.name }) : things();
  return [...names].some(claimed);
}

/** Makes and changes what is declared, without the privileges on later objects of all owners, which come at last. */
export function objectsDelta(model: Catalog, change: ObjectChange, section: Section): Delta<Catalog, Change> {
  return declaredDelta(model, change, section, (part) => !isForAllMakers(part));
}

/**
 * Gives the privileges on later objects of all owners, when nothing changes any more who can create some: the run makes
 * owners, lets some create in a schema, and takes that from others.
 */
export function makersDelta(model: Catalog, change: ObjectChange): Delta<Catalog, Change> {
  return declaredDelta(model, change, "privileges", isForAllMakers);
}

function declaredDelta(
  model: Catalog,
  change: ObjectChange,
  section: Section,
  which: (part: Part) => boolean,
): Delta<Catalog, Change> {
  const { previousOf } = matchOf(change, section);
  const run = withOwn(change);
  const parts = change.declared[section].filter(which);
  return whileStill(model, (still) => together(parts.map((part) => part.delta(still, previousOf(part), run))));
}

function isForAllMakers({ args, origin }: Part): boolean {
  if (origin.path[0] === "defaultPrivileges") return !("owner" in args) || args.owner === undefined;
  return "future" in args && args.future === true;
}

/** Takes away what the state has and the program has not: privileges; databases and schemas only where they say so. */
export function goneDelta(model: Catalog, change: ObjectChange, section: Section): Delta<Catalog, Change> {
  const run = withOwn(change);
  const parts = leavingOf(model, change, section);
  const databases = section === "schemas" ? leavingOf(model, change, "databases") : [];
  const leaving = new Set(databases.map(({ origin }) => origin.entry.name));
  return whileStill(model, (still) =>
    together(
      parts.map((part) => {
        const delta = part.remove(still, run);
        const [, database = ""] = part.origin.path;
        // What keeps a schema from going alone goes with its database.
        return leaving.has(database) ? { ...delta, problems: [] } : delta;
      }),
    ),
  );
}

/** Throws where one run would take away more than it may: a list may have come back empty or cut. */
export function guardObjects(model: Catalog, change: ObjectChange): void {
  for (const section of SECTIONS) {
    // Simple names need no quotation marks in a list whose entries have some.
    const taken = leavingOf(model, change, section).map(({ label }) => label().replace(/"([\w.@-]+)"/g, "$1"));
    guardRemovals(section, taken, change.before[section].length, change.run.maxRemovals);
  }
}

/** What should have left and is still there. */
export function remaining(model: Catalog, change: ObjectChange): Part[] {
  return SECTIONS.flatMap((section) => leavingOf(model, change, section)).filter(
    (part) => part.observe(model) !== undefined,
  );
}

/** An Access does not know which databases and schemas it has made: they go only where that is said. */
function isTakenAway({ args }: Part, section: Section): boolean {
  return section === "privileges" || ("onRemove" in args && args.onRemove === "drop");
}

/** What another part of the same Access gives is not taken away by the one that goes. */
function withOwn({ declared, run }: ObjectChange): RunOptions {
  let own: Set<string> | undefined;
  const things = (): Set<string> => (own ??= new Set(declared.privileges.flatMap((part) => [...part.things()])));
  return { ...run, claimed: (thing) => things().has(thing) || run.claimed(thing) };
}

function together(deltas: readonly Delta<Catalog, Change>[]): Delta<Catalog, Change> {
  return {
    units: mergedUnits(deltas.flatMap(({ units }) => units)),
    problems: deltas.flatMap(({ problems }) => problems),
  };
}

type Privileged = Extract<Change, { readonly grantees: readonly string[] }>;

/** Privileges that many get on the same objects are one change for each statement that they will be. */
function mergedUnits(units: readonly Unit<Change>[]): Unit<Change>[] {
  const merged = new Map<string, { readonly change: Privileged; readonly grantees: string[] }>();
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
    if (found === undefined) merged.set(key, { change, grantees: [...grantees] });
    else for (const grantee of grantees) found.grantees.push(grantee);
  }
  const alike = [...merged.values()].flatMap(({ change, grantees }) =>
    chunks(grantees, NAMES_IN_A_STATEMENT).map((some): Unit<Change> => [{ ...change, grantees: some }]),
  );
  return [...others, ...alike];
}
