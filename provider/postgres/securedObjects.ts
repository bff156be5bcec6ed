import type { Problem } from "../core/resource.js";
import { isMissingDatabase, type Catalog } from "./catalog.js";
import { partsOf, shownName, type SecuredObject } from "./databaseCatalog.js";
import { KINDS, isShared, type ObjectKind } from "./objectKinds.js";
import { objectAt, objectsAt, type Place } from "./objects.js";

/** Where privileges are given, and on what. */
export interface ObjectSet extends Place {
  /** As `nameOf` writes them; undefined for all of the schema. */
  readonly names: readonly string[] | undefined;
}

/** An object with its name. */
export interface NamedObject extends SecuredObject {
  readonly name: string;
}

/** The objects of a set. */
export interface FoundObjects {
  readonly found: readonly NamedObject[];
  /** What is not there. */
  readonly problems: readonly Problem[];
}

/** Stands for all of a schema where nobody knows what is in it. No object can have this name. */
const ALL_OF_IT = "\u0000";

const NOTHING: SecuredObject = { owner: "", acl: new Map() };

/** Finds the objects of a set. Where the database was not read, all that is named counts as there. */
export function findObjects(catalog: Catalog, set: ObjectSet): FoundObjects {
  const { database, kind, schema } = set;
  if (isShared(kind) && kind !== "database") return findNamed(catalog, set, catalog.server === undefined);
  if (isMissingDatabase(catalog, database)) return { found: [], problems: [missingDatabase(database)] };
  if (kind === "database") {
    const { owner, acl } = catalog.databases.get(database) ?? NOTHING;
    return { found: [{ name: database, owner, acl }], problems: [] };
  }
  const inside = catalog.inside.get(database);
  const known = catalog.server === undefined ? undefined : inside;
  if (KINDS[kind].within === "schema" || kind === "schema") {
    if (schema === undefined) return { found: [], problems: [] };
    if (known !== undefined && !known.schemas.has(schema))
      return { found: [], problems: [missingSchema(database, schema)] };
    if (kind === "schema") {
      const { owner, acl } = inside?.schemas.get(schema) ?? NOTHING;
      return { found: [{ name: schema, owner, acl }], problems: [] };
    }
  }
  if (set.names === undefined && known !== undefined) {
    const all = [...(objectsAt(catalog, set) ?? [])].map(([name, of]) => ({ name, ...of }));
    return { found: all.sort(byName), problems: [] };
  }
  return findNamed(catalog, set, known === undefined);
}

function findNamed(catalog: Catalog, set: ObjectSet, unseen: boolean): FoundObjects {
  const found: NamedObject[] = [];
  const problems: Problem[] = [];
  for (const name of set.names ?? [ALL_OF_IT]) {
    const object = objectAt(catalog, set, name);
    if (object !== undefined) found.push({ name, ...object });
    else if (unseen) found.push({ name, ...NOTHING });
    else problems.push(missingObject(catalog, set, name));
  }
  return { found: found.sort(byName), problems };
}

function byName(a: NamedObject, b: NamedObject): number {
  return a.name < b.name ? -1 : 1;
}

/** A database that does not exist. */
export function missingDatabase(database: string): Problem {
  return {
    message: `there is no database ${JSON.stringify(database)}`,
    remedy: "Declare it as postgres.Database and pass that resource's name output here, so that it is made first.",
  };
}

/** A schema that does not exist, or that is the server's own: what comes with the server is not read. */
export function missingSchema(database: string, schema: string): Problem {
  if (/^pg_|^information_schema$/.test(schema)) {
    return {
      message: `schema ${JSON.stringify(schema)} comes with the server, and Roster gives and takes no privileges in it`,
      remedy:
        "Declare membership in a predefined role instead, such as pg_read_all_stats, or make a view in a schema of your own and give privileges on that.",
    };
  }
  return {
    message: `there is no schema ${JSON.stringify(schema)} in database ${JSON.stringify(database)}`,
    remedy: "Declare it as postgres.Schema and pass that resource's name output here, so that it is made first.",
  };
}

function missingObject(catalog: Catalog, set: ObjectSet, name: string): Problem {
  const { database, kind, schema = "" } = set;
  const sought = kind === "column" ? `table ${schema}.${partsOf(name)[0]}` : `${kind} ${shownName(kind, schema, name)}`;
  const others = kind === "function" || kind === "procedure" ? overloads(catalog, set, partsOf(name)[0]) : [];
  const where = isShared(kind) ? "" : ` in database ${JSON.stringify(database)}`;
  return {
    message: `there is no ${sought}${where}`,
    remedy: others.length > 0 ? `There is ${others.join(", ")}.` : (MAKING[kind] ?? MAKE_IT),
  };
}

const MAKE_IT = "Make it first, or take it off the list. Upper and lower case differ.";

/** Where what is missing comes from, for kinds where that is not a matter of course. */
const MAKING: Partial<Record<ObjectKind, string>> = {
  language:
    "Make it first (CREATE EXTENSION), or take it off the list. A language that is not trusted, such as c, is for superusers alone: no privileges can be given on it.",
  "foreign data wrapper": `It comes with an extension, such as CREATE EXTENSION postgres_fdw. ${MAKE_IT}`,
  "foreign server": `CREATE SERVER makes one. ${MAKE_IT}`,
};

function overloads(catalog: Catalog, set: ObjectSet, name: string): string[] {
  const names = [...(objectsAt(catalog, set)?.keys() ?? [])];
  return names
    .filter((other) => partsOf(other)[0] === name)
    .map((other) => shownName(set.kind, set.schema ?? "", other));
}

/** Whether a set stands for all of a schema of which nobody knows what is in it. */
export function isAllOfIt(names: readonly string[]): boolean {
  return names.length === 1 && names[0] === ALL_OF_IT;
}
