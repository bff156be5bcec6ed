import { defaultAcl, type Acl } from "./acl.js";
import { KINDS, privilegesOf, type Facts, type Known, type ObjectKind } from "./objectKinds.js";

/** A database of a server, as all of its databases know it. */
export interface Database {
  readonly name: string;
  readonly owner: string;
  readonly encoding: string;
  readonly collate: string;
  readonly ctype: string;
  /** libc, icu or builtin. */
  readonly provider: string;
  /** The locale of a provider other than libc. */
  readonly locale: string | undefined;
  /** Connections at a time; -1 for no limit. */
  readonly connectionLimit: number;
  readonly allowConnections: boolean;
  readonly comment: string | undefined;
  readonly acl: Acl;
}

/** A schema. */
export interface Schema {
  readonly name: string;
  readonly owner: string;
  readonly comment: string | undefined;
  readonly acl: Acl;
}

/** Something that is in a schema, or beside schemas in a database or a server. */
export interface SecuredObject {
  readonly owner: string;
  readonly acl: Acl;
}

/** What is known of the inside of one database. Schemas and objects in it are values: they are replaced, never changed. */
export interface DatabaseCatalog {
  /** The database was not read: it is to be made, and this is what a new one looks like. */
  readonly assumed: boolean;
  schemas: Map<string, Schema>;
  /**
   * By kind and schema (`placeOf`; "" for what is in none), then by name (`nameOf`). Of columns only those that have an
   * ACL, of languages only those that privileges can be given on.
   */
  objects: Map<string, Map<string, SecuredObject>>;
  /** By owner, schema and kind (`defaultPlace`): what objects get that the owner makes there. Those that differ from what is built in. */
  defaults: Map<string, DefaultAcl>;
}

/** The default privileges of what a role makes, in a schema or ("") in all of them. */
export interface DefaultAcl {
  readonly owner: string;
  readonly schema: string;
  readonly kind: ObjectKind;
  readonly acl: Acl;
}

/** Where the objects of a kind in a schema are kept. */
export function placeOf(kind: ObjectKind, schema: string): string {
  return JSON.stringify([kind, schema]);
}

/** The kind and the schema of a place. */
export function kindAndSchema(place: string): [ObjectKind, string] {
  return JSON.parse(place) as [ObjectKind, string];
}

/** Where default privileges are kept. The kind is one under which they are (`defaultsKind`). */
export function defaultPlace(owner: string, schema: string, kind: ObjectKind): string {
  return JSON.stringify([owner, schema, kind]);
}

/** The name under which an object is kept: of a column with its table, of a routine with the types of its arguments. */
export function nameOf(name: string, detail: string | undefined): string {
  return detail === undefined ? name : JSON.stringify([name, detail]);
}

/** The parts of a name that `nameOf` made of two. */
export function partsOf(name: string): [string, string] {
  return JSON.parse(name) as [string, string];
}

/** The name of an object for people. */
export function shownName(kind: ObjectKind, schema: string, name: string): string {
  if (KINDS[kind].within !== "schema") return name;
  if (kind === "column") return [schema, ...partsOf(name)].join(".");
  if (kind !== "function" && kind !== "procedure") return `${schema}.${name}`;
  const [routine, types] = partsOf(name);
  return `${schema}.${routine}(${types})`;
}

/** An independent copy. */
export function copyDatabase({ assumed, schemas, objects, defaults }: DatabaseCatalog): DatabaseCatalog {
  return {
    assumed,
    schemas: new Map(schemas),
    objects: new Map([...objects].map(([place, of]) => [place, new Map(of)])),
    defaults: new Map(defaults),
  };
}

/** A database of which nothing is known. */
export function blankDatabase(): DatabaseCatalog {
  return { assumed: true, schemas: new Map(), objects: new Map(), defaults: new Map() };
}

/** The server on which a database is to be made. */
interface NewOn {
  readonly facts: Facts;
  readonly server: { readonly version: number; readonly bootstrapUser: string } | undefined;
}

/**
 * What is in a database that is to be made from template1 as PostgreSQL ships it: the schema public, in which until
 * version 14 everybody may create, and two languages.
 */
export function newDatabase({ facts, server }: NewOn): DatabaseCatalog {
  const modern = server === undefined || server.version >= 150000;
  const bootstrapUser = server?.bootstrapUser ?? "";
  const owner = modern ? "pg_database_owner" : bootstrapUser;
  const all = privilegesOf("schema", { facts, server });
  const acl = defaultAcl(owner, all, modern ? ["USAGE"] : ["USAGE", "CREATE"]);
  const standard: Schema = { name: "public", owner, comment: "standard public schema", acl };
  const own = builtInAcl({ facts, server }, "language", bootstrapUser);
  const languages = ["sql", "plpgsql"].map((name) => [name, { owner: bootstrapUser, acl: own }] as const);
  return {
    ...blankDatabase(),
    schemas: new Map([["public", standard]]),
    objects: new Map([[placeOf("language", ""), new Map(languages)]]),
  };
}

/** The privileges that objects of a kind get when a role makes them there: what is set, or what is built in. */
export function defaultsOf(
  catalog: Known,
  database: DatabaseCatalog,
  owner: string,
  schema: string,
  kind: ObjectKind,
): Acl {
  const set = database.defaults.get(defaultPlace(owner, schema, catalog.facts.defaultsKind(kind)));
  if (set !== undefined) return set.acl;
  // Those of a schema are added to those of the whole database, and there are none where nobody said so.
  return schema === "" ? builtInAcl(catalog, kind, owner) : new Map();
}

/** Who has what on a new object of a kind. */
export function builtInAcl(catalog: Known, kind: ObjectKind, owner: string): Acl {
  return defaultAcl(owner, privilegesOf(kind, catalog), catalog.facts.kinds[kind].toPublic);
}
