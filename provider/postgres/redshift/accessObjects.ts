import { canonicalJson, decodeLines, encodeLines } from "../../core/lines.js";
import type { Adapted } from "../../core/system.js";
import { hasUnknown } from "../../core/unknown.js";
import { lackingInList } from "../lacking.js";
import { foldFor, type Fold, type Given } from "./folding.js";
import { DATABASE, SCHEMA, foldedNames, refusedDefaults, refusedGrant, type GrantWords } from "./objectArguments.js";

type Properties = Readonly<Record<string, unknown>>;
type Failure = Adapted["failures"][number];
type Lists = Readonly<Record<string, string>>;
/** Lists by what they are about, by database. */
type Targets = Readonly<Record<string, Lists>>;

/** A target of an Access: what a list of grantees is about. */
interface Target extends GrantWords {
  readonly schema?: string;
  readonly objects?: readonly string[];
  readonly columns?: readonly string[];
}

/** Databases, schemas and privileges of a `postgres.Access` in Redshift: what becomes of the arguments, and what is refused. */
export async function adaptAccessObjects(given: Given): Promise<Adapted> {
  const { args } = given;
  const failures: Failure[] = [
    ...lackingInList(args, "databases", DATABASE),
    ...lackingInList(args, "schemas", SCHEMA),
    ...refusedTargets(args, "grants", refusedGrant),
    ...refusedTargets(args, "defaultPrivileges", refusedDefaults),
  ];
  const groups = hasUnknown(args["groups"]) ? "" : ((args["groups"] as string | undefined) ?? "");
  const fold = await foldFor(given, objectNames(args), new Set(decodeLines(groups).map(({ name }) => name)));
  const attempt = (property: string, change: (value: unknown) => unknown): Properties => {
    const value = args[property];
    if (value === undefined || hasUnknown(value)) return {};
    try {
      return { [property]: change(value) };
    } catch (error) {
      failures.push({ property, reason: (error as Error).message });
      return {};
    }
  };
  const changed = {
    ...attempt("databases", (text) => foldedLines(text as string, (name) => fold.name(name))),
    ...attempt("schemas", (all) =>
      byDatabase(all as Lists, fold, (text) => foldedLines(text, (name) => fold.name(name))),
    ),
    ...attempt("grants", (all) => byDatabase(all as Targets, fold, (targets) => foldedTargets(targets, fold))),
    ...attempt("defaultPrivileges", (all) =>
      byDatabase(all as Targets, fold, (targets) => foldedTargets(targets, fold)),
    ),
  };
  return { args: { ...args, ...changed }, failures };
}

function targetsOf(args: Properties, property: string): { text: string; target: Target; list: string }[] {
  const all = args[property];
  if (all === undefined || hasUnknown(all)) return [];
  return Object.values(all as Readonly<Record<string, Lists>>).flatMap((lists) =>
    Object.entries(lists).map(([text, list]) => ({ text, target: JSON.parse(text) as Target, list })),
  );
}

/** Every name in these arguments, as far as they are known. */
function objectNames(args: Properties): string[] {
  const known = (property: string): unknown => (hasUnknown(args[property]) ? undefined : args[property]);
  const inList = (text: string): string[] => decodeLines(text).map(({ name }) => name);
  const { databases = "", schemas = {} } = { databases: known("databases"), schemas: known("schemas") };
  return [
    ...inList(databases as string),
    ...Object.entries(schemas as Lists).flatMap(([database, text]) => [database, ...inList(text)]),
    ...["grants", "defaultPrivileges"].flatMap((property) => [
      ...Object.keys(known(property) ?? {}),
      ...targetsOf(args, property).flatMap(({ target: { schema = "", objects = [], columns = [] }, list }) => [
        ...[schema, ...objects, ...columns],
        ...inList(list),
      ]),
    ]),
  ];
}

function refusedTargets(args: Properties, property: string, refused: (target: Target) => Failure[]): Failure[] {
  const reasons = targetsOf(args, property).flatMap(({ target }) =>
    refused(target).map((failure) => `${failure.property}: ${failure.reason}`),
  );
  return [...new Set(reasons)].map((reason) => ({ property, reason }));
}

function foldedLines(text: string, name: (text: string) => string): string {
  return encodeLines(decodeLines(text).map((entry) => ({ ...entry, name: name(entry.name) })));
}

function foldedTargets(targets: Lists, fold: Fold): Record<string, string> {
  return withoutTwice(
    Object.entries(targets).map(([text, list]) => [
      foldedTarget(JSON.parse(text) as Target, fold),
      foldedLines(list, (name) => fold.holder(name)),
    ]),
  );
}

function foldedTarget({ schema, objects, columns, ...rest }: Target, fold: Fold): string {
  return canonicalJson({
    ...rest,
    ...(schema === undefined ? {} : { schema: fold.name(schema) }),
    ...(objects === undefined ? {} : { objects: foldedNames(objects, fold) }),
    ...(columns === undefined ? {} : { columns: foldedNames(columns, fold) }),
  });
}

function byDatabase<V>(
  all: Readonly<Record<string, V>>,
  fold: Fold,
  change: (value: V) => unknown,
): Record<string, unknown> {
  const entries = Object.entries(all);
  return withoutTwice(entries.map(([database, value]) => [fold.name(database), change(value)]));
}

/** Throws where two names have become one. */
function withoutTwice<V>(entries: readonly (readonly [string, V])[]): Record<string, V> {
  const result = new Map<string, V>();
  for (const [name, value] of entries) {
    if (result.has(name)) throw new RangeError(`${name} is there twice: upper and lower case are the same here`);
    result.set(name, value);
  }
  return Object.fromEntries(result);
}
