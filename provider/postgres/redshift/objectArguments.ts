import { decodeNames, encodeNames } from "../../core/lines.js";
import type { Adapted } from "../../core/system.js";
import { hasUnknown } from "../../core/unknown.js";
import { lacking, type Lacking } from "../lacking.js";
import { ALL, type ObjectKind } from "../objectKinds.js";
import { facts } from "./facts.js";
import { foldFor, type Fold, type Given } from "./folding.js";
import { refusedDatabaseName } from "./names.js";

type Properties = Readonly<Record<string, unknown>>;
type Failure = Adapted["failures"][number];

/** What databases of Redshift do not have. */
export const DATABASE: Lacking = {
  template: "databases of Amazon Redshift are not made from others; leave it out",
  encoding: "databases of Amazon Redshift are all in UTF-8; leave it out",
  locale: "Amazon Redshift has no locales; leave it out",
  localeProvider: "Amazon Redshift has no locales; leave it out",
  allowConnections: "every database of Amazon Redshift takes connections; connectionLimit: 0 lets superusers in alone",
  comment: "comments on databases of Amazon Redshift cannot be read back; leave it out",
  endSessions: "Amazon Redshift has no DROP DATABASE WITH (FORCE); end the sessions with PG_TERMINATE_BACKEND",
};

/** What schemas of Redshift do not have. */
export const SCHEMA: Lacking = { comment: "Amazon Redshift has no comments on schemas; leave it out" };

/** What is said to kinds of objects that Redshift has not, or on which it has no privileges. */
const NO_KIND: Readonly<Record<string, string>> = {
  sequence: "Amazon Redshift has no sequences, and IDENTITY columns need no privilege; leave it out",
  type: "Amazon Redshift has no privileges on types; leave it out",
  tablespace: "Amazon Redshift has no tablespaces; leave it out",
  parameter: "Amazon Redshift has no privileges on parameters; leave it out",
  "foreign data wrapper": "Amazon Redshift has no foreign data wrappers; external schemas stand for them there",
  "foreign server": 'Amazon Redshift has no foreign servers; grant USAGE on the external schema instead (on: "schema")',
};

/** What a grant asks for, of a resource or of an Access. */
export interface GrantWords {
  readonly on?: unknown;
  readonly columns?: unknown;
  readonly privileges?: unknown;
  readonly grantOption?: unknown;
}

/** What Redshift refuses of a grant. */
export function refusedGrant({ on, columns, privileges, grantOption }: GrantWords): Failure[] {
  const reason = NO_KIND[String(on)];
  if (reason !== undefined) return [{ property: "on", reason }];
  const kind = (columns === undefined ? on : "column") as ObjectKind;
  const option =
    columns !== undefined && grantOption === true
      ? [{ property: "grantOption", reason: "Amazon Redshift has none for columns; leave it out" }]
      : [];
  return [...refusedPrivileges(kind, privileges), ...option];
}

/** What Redshift refuses of default privileges. */
export function refusedDefaults({ on, privileges }: GrantWords): Failure[] {
  const reason =
    on === "schema"
      ? "Amazon Redshift has no default privileges on schemas; grant on each schema (postgres.Grant)"
      : NO_KIND[String(on)];
  return reason === undefined ? refusedPrivileges(on as ObjectKind, privileges) : [{ property: "on", reason }];
}

function refusedPrivileges(kind: ObjectKind, privileges: unknown): Failure[] {
  if (hasUnknown(privileges) || !Array.isArray(privileges)) return [];
  const known = Object.keys(facts.kinds[kind].privileges);
  const strange = (privileges as readonly string[]).filter((name) => name !== ALL && !known.includes(name));
  return strange.map((name) => ({ property: "privileges", reason: strangePrivilege(kind, name, known) }));
}

function strangePrivilege(kind: ObjectKind, name: string, known: readonly string[]): string {
  const there = `${known.join(", ")} and ALL`;
  const what = `Amazon Redshift has no privilege ${name} on a ${kind}; there are ${there}`;
  if (name !== "CONNECT") return what;
  return `${what}. Everybody may connect to every database: protect what is in it with USAGE on its schemas`;
}

/** Why a database may not be called so; what exists may. */
export function refusedNewDatabase(name: unknown, existing: unknown): Failure[] {
  const reason = typeof name === "string" && existing !== "adopt" ? refusedDatabaseName(name) : undefined;
  return reason === undefined ? [] : [{ property: "name", reason }];
}

/** `postgres.Database` in Redshift. */
export async function adaptDatabase(given: Given): Promise<Adapted> {
  const { args } = given;
  const fold = await foldFor(given, [args["name"]]);
  const failures = [...lacking(args, DATABASE), ...refusedNewDatabase(args["name"], args["existing"])];
  return { args: { ...args, ...foldedTexts(args, fold, ["name"]) }, failures };
}

/** `postgres.Schema` in Redshift. */
export async function adaptSchema(given: Given): Promise<Adapted> {
  const { args } = given;
  const fold = await foldFor(given, [args["database"], args["name"]]);
  return { args: { ...args, ...foldedTexts(args, fold, ["database", "name"]) }, failures: lacking(args, SCHEMA) };
}

/** `postgres.Grant` and `postgres.Privileges` in Redshift. */
export async function adaptGrant(given: Given): Promise<Adapted> {
  const { args } = given;
  const { database, schema, objects, columns, grantee } = args;
  const names = [database, schema, objects, grantee, ...(Array.isArray(columns) ? (columns as unknown[]) : [])];
  const fold = await foldFor(given, names);
  const changed = {
    ...foldedTexts(args, fold, ["database", "schema"]),
    ...foldedHolder(args, fold),
    ...(typeof objects === "string" && !hasUnknown(objects)
      ? { objects: encodeNames([...new Set(decodeNames(objects).map((name) => fold.name(name)))]) }
      : {}),
    ...(Array.isArray(columns) && !hasUnknown(columns) ? { columns: foldedNames(columns as string[], fold) } : {}),
  };
  return { args: { ...args, ...changed }, failures: refusedGrant(args) };
}

/** `postgres.DefaultPrivileges` in Redshift. */
export async function adaptDefaultPrivileges(given: Given): Promise<Adapted> {
  const { args } = given;
  const fold = await foldFor(given, [args["database"], args["schema"], args["grantee"]]);
  const changed = { ...foldedTexts(args, fold, ["database", "schema"]), ...foldedHolder(args, fold) };
  return { args: { ...args, ...changed }, failures: refusedDefaults(args) };
}

/** A list of names, folded and in order. */
export function foldedNames(names: readonly string[], fold: Fold): string[] {
  return [...new Set(names.map((name) => fold.name(name)))].sort();
}

function foldedTexts(args: Properties, fold: Fold, properties: readonly string[]): Properties {
  return Object.fromEntries(
    properties.flatMap((property) => {
      const text = args[property];
      return typeof text === "string" ? [[property, fold.name(text)]] : [];
    }),
  );
}

function foldedHolder({ grantee }: Properties, fold: Fold): Properties {
  return typeof grantee === "string" ? { grantee: fold.holder(grantee) } : {};
}
