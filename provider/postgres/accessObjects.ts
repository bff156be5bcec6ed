import type * as z from "zod";
import { decodeLines, encodeLines, encodeNames, type Entry } from "../core/lines.js";
import { hasUnknown } from "../core/unknown.js";
import {
  databaseAttributes,
  defined,
  mapValues,
  schemaAttributes,
  type DefaultTarget,
  type GrantTarget,
  type Lists,
  type ObjectArguments,
} from "./accessObjectArguments.js";
import { partOf, type Part } from "./accessPart.js";
import type { Catalog } from "./catalog.js";
import { contradictoryGrants, type GrantList } from "./contradictoryGrants.js";
import { databaseDefinition } from "./database.js";
import { defaultPrivilegesDefinition } from "./defaultPrivileges.js";
import { whileStill } from "./futures.js";
import { grantDefinition } from "./grantResource.js";
import { isOver } from "./members.js";
import { schemaDefinition } from "./schema.js";

/*
 * What the databases, schemas and privileges of an Access mean: each entry of a list (accessObjectArguments.ts) is a
 * part, which the definition of the single resource plans and observes.
 */

const additive = grantDefinition("postgres.Grant", false);
const exact = grantDefinition("postgres.Privileges", true);

/** What an Access declares besides roles, in the order in which it is made. */
export interface DeclaredObjects {
  readonly databases: readonly Part[];
  readonly schemas: readonly Part[];
  readonly privileges: readonly Part[];
}

const NONE: DeclaredObjects = { databases: [], schemas: [], privileges: [] };
const read = new WeakMap<ObjectArguments, DeclaredObjects>();

/** Reads the texts; one call needs them several times. */
export function readObjects(args: ObjectArguments | undefined): DeclaredObjects {
  if (args === undefined) return NONE;
  const known = read.get(args) ?? readTexts(args);
  read.set(args, known);
  return known;
}

function readTexts({ databases, schemas, grants, defaultPrivileges }: ObjectArguments): DeclaredObjects {
  return {
    databases: isKnown(databases) ? decodeLines(databases).map(databasePart) : [],
    schemas: known(schemas).flatMap(([database, text]) =>
      isKnown(text) ? decodeLines(text).map((entry) => schemaPart(database, entry)) : [],
    ),
    privileges: [
      ...known(grants).flatMap(([database, byTarget]) => granted(database, byTarget, grantParts)),
      ...known(defaultPrivileges).flatMap(([database, byTarget]) => granted(database, byTarget, defaultParts)),
    ],
  };
}

/** Why lists of privileges cannot stand side by side; each is a sentence about an argument. */
export function contradictoryPrivileges({
  grants,
  defaultPrivileges,
}: ObjectArguments): { property: string; reason: string }[] {
  return [
    ...contradictoryGrants(listsIn(grants, false)).map((reason) => ({ property: "grants", reason })),
    ...contradictoryGrants(listsIn(defaultPrivileges, true)).map((reason) => ({
      property: "defaultPrivileges",
      reason,
    })),
  ];
}

/** The lists of privileges of an Access. */
export function grantLists({ grants, defaultPrivileges }: ObjectArguments): GrantList[] {
  return [...listsIn(grants, false), ...listsIn(defaultPrivileges, true)];
}

function listsIn(all: Lists | undefined, future: boolean): GrantList[] {
  return known(all).flatMap(([database, byTarget]) =>
    Object.entries(byTarget)
      .filter(([, text]) => isKnown(text))
      // Default privileges are always all that somebody gets.
      .map(([target, text]) => ({
        database,
        future,
        text,
        target: { exact: future, ...(JSON.parse(target) as GrantTarget) },
      })),
  );
}

function isKnown(text: string | undefined): text is string {
  return text !== undefined && !hasUnknown(text);
}

function known<V>(all: Readonly<Record<string, V>> | undefined): [string, V][] {
  return all === undefined || hasUnknown(all) ? [] : Object.entries(all);
}

/** Those attributes of an entry that are arguments of the single resource; a refresh adds others, for people. */
function picked(attributes: Readonly<Record<string, unknown>> | undefined, from: z.ZodObject): Record<string, unknown> {
  const names = Object.keys(from.shape);
  return Object.fromEntries(Object.entries(attributes ?? {}).filter(([name]) => names.includes(name)));
}

function databasePart(entry: Entry): Part {
  const { name, attributes } = entry;
  const nothing = { allowConnections: undefined, endSessions: undefined, connection: undefined };
  return partOf(
    databaseDefinition,
    { ...nothing, name, ...picked(attributes, databaseAttributes) },
    {
      path: ["databases"],
      entry,
    },
  );
}

function schemaPart(database: string, entry: Entry): Part {
  const { name, attributes } = entry;
  const args = { database, name, connection: undefined, ...picked(attributes, schemaAttributes) };
  return partOf(schemaDefinition, args, { path: ["schemas", database], entry });
}

/** What makes parts of the entries of a list: what they have in common is read once for all of them. */
type PartsOf = (database: string, target: string) => (entry: Entry) => Part;

function granted(database: string, byTarget: Readonly<Record<string, string>>, parts: PartsOf): Part[] {
  return Object.entries(byTarget).flatMap(([target, text]) =>
    isKnown(text) ? decodeLines(text).map(parts(database, target)) : [],
  );
}

function grantParts(database: string, target: string): (entry: Entry) => Part {
  const { exact: whole, objects: names, ...rest } = JSON.parse(target) as GrantTarget;
  const common = {
    ...rest,
    ...(names === undefined ? {} : { objects: encodeNames(names) }),
    ...(database === "" ? {} : { database }),
    until: undefined,
    connection: undefined,
  };
  const path: Part["origin"]["path"] = ["grants", database, target];
  return (entry) => partOf(whole ? exact : additive, { ...common, grantee: entry.name }, { path, entry });
}

function defaultParts(database: string, target: string): (entry: Entry) => Part {
  const common = { ...(JSON.parse(target) as DefaultTarget), database, connection: undefined };
  const path: Part["origin"]["path"] = ["defaultPrivileges", database, target];
  return (entry) => partOf(defaultPrivilegesDefinition, { ...common, grantee: entry.name }, { path, entry });
}

/** The texts with what is live in place of what is declared. What is not there is left out. */
export function observedObjects(catalog: Catalog, args: ObjectArguments): ObjectArguments {
  return whileStill(catalog, (still) => observedIn(still, args));
}

function observedIn(catalog: Catalog, args: ObjectArguments): ObjectArguments {
  const { databases, schemas, grants, defaultPrivileges } = args;
  const observed = (entry: Entry, part: Part): Entry[] => {
    const live = part.observe(catalog);
    if (live === undefined) return [];
    return [{ name: entry.name, attributes: liveAttributes(entry, part, live) }];
  };
  const list = (text: string, part: (entry: Entry) => Part): string =>
    encodeLines(decodeLines(text).flatMap((entry) => observed(entry, part(entry))));
  const byTarget = (all: Readonly<Lists>, parts: PartsOf): Lists =>
    mapValues(all, (targets, database) => mapValues(targets, (text, target) => list(text, parts(database, target))));
  return {
    ...(databases === undefined ? {} : { databases: list(databases, databasePart) }),
    ...(schemas === undefined
      ? {}
      : { schemas: mapValues(schemas, (text, database) => list(text, (entry) => schemaPart(database, entry))) }),
    ...(grants === undefined ? {} : { grants: byTarget(grants, grantParts) }),
    ...(defaultPrivileges === undefined ? {} : { defaultPrivileges: byTarget(defaultPrivileges, defaultParts) }),
  };
}

/** A live thing as the attributes of its entry, without what names it. */
function liveAttributes(
  { attributes }: Entry,
  { args }: Part,
  live: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const { name: _called, database: _in, connection: _via, ...rest } = live;
  if (!("grantee" in args)) return defined(rest);
  // A list's target says what its grantees get: attributes are only what differs from that, and the end.
  const differs = Object.entries(rest).filter(([property]) => !(property in args));
  return defined({ until: attributes?.["until"], ...Object.fromEntries(differs) });
}

/** The texts without privileges that are over. */
export function lastingObjects(args: ObjectArguments, now: Date): ObjectArguments {
  const { grants } = args;
  if (grants === undefined) return {};
  const lasting = (text: string): string =>
    encodeLines(
      decodeLines(text).filter(({ attributes }) => !isOver(attributes?.["until"] as string | undefined, now)),
    );
  return { grants: mapValues(grants, (byTarget) => mapValues(byTarget, lasting)) };
}

/** Arguments with further entries: what should have left, and did not. */
export function withParts(args: ObjectArguments, parts: readonly Part[]): ObjectArguments {
  const result: Record<string, unknown> = {};
  for (const { origin } of parts) {
    const [argument, ...rest] = origin.path;
    const now = result[argument] ?? (args as Readonly<Record<string, unknown>>)[argument];
    result[argument] = withEntry(now, rest, origin.entry);
  }
  return result;
}

function withEntry(at: unknown, [key, ...rest]: readonly string[], entry: Entry): unknown {
  if (key === undefined) {
    const others = decodeLines((at as string | undefined) ?? "").filter(({ name }) => name !== entry.name);
    return encodeLines([...others, entry]);
  }
  const all = (at ?? {}) as Readonly<Record<string, unknown>>;
  return { ...all, [key]: withEntry(all[key], rest, entry) };
}
