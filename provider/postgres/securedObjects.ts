import type { Problem } from "../core/resource.js";
import { isMissingDatabase, type Catalog } from "./catalog.js";
import { partsOf, placeOf, shownName, type DatabaseCatalog, type SecuredObject } from "./databaseCatalog.js";
import type { ObjectKind } from "./objectKinds.js";

/** Where privileges are given, and on what. */
export interface ObjectSet {
  readonly database: string;
  readonly kind: ObjectKind;
  readonly schema: string | undefined;
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
  if (isMissingDatabase(catalog, database)) return { found: [], problems: [missingDatabase(database)] };
  if (kind === "database") {
    const { owner, acl } = catalog.databases.get(database) ?? NOTHING;
    return { found: [{ name: database, owner, acl }], problems: [] };
  }
  const inside = catalog.inside.get(database);
  const known = catalog.server === undefined ? undefined : inside;
  if (schema === undefined) return { found: [], problems: [] };
  if (known !== undefined && !known.schemas.has(schema))
    return { found: [], problems: [missingSchema(database, schema)] };
  if (kind === "schema") {
    const { owner, acl } = inside?.schemas.get(schema) ?? NOTHING;
    return { found: [{ name: schema, owner, acl }], problems: [] };
  }
  if (set.names === undefined && known !== undefined) {
    const all = [...(known.objects.get(placeOf(kind, schema)) ?? [])].map(([name, of]) => ({ name, ...of }));
    return { found: all.sort(byName), problems: [] };
  }
  return findNamed(inside, known === undefined, set, schema);
}

function findNamed(
  inside: DatabaseCatalog | undefined,
  unseen: boolean,
  { database, kind, names = [ALL_OF_IT] }: ObjectSet,
  schema: string,
): FoundObjects {
  const found: NamedObject[] = [];
  const problems: Problem[] = [];
  for (const name of names) {
    const object = inside?.objects.get(placeOf(kind, schema))?.get(name) ?? columnOf(inside, kind, schema, name);
    if (object !== undefined) found.push({ name, ...object });
    else if (unseen) found.push({ name, ...NOTHING });
    else problems.push(missingObject(inside, database, kind, schema, name));
  }
  return { found: found.sort(byName), problems };
}

/** A column on which nobody has anything is in no catalog: it is there as far as its table is. */
function columnOf(
  inside: DatabaseCatalog | undefined,
  kind: ObjectKind,
  schema: string,
  name: string,
): SecuredObject | undefined {
  if (kind !== "column") return undefined;
  const table = inside?.objects.get(placeOf("table", schema))?.get(partsOf(name)[0]);
  return table === undefined ? undefined : { owner: table.owner, acl: new Map() };
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

/** A schema that does not exist. */
export function missingSchema(database: string, schema: string): Problem {
  return {
    message: `there is no schema ${JSON.stringify(schema)} in database ${JSON.stringify(database)}`,
    remedy: "Declare it as postgres.Schema and pass that resource's name output here, so that it is made first.",
  };
}

function missingObject(
  inside: DatabaseCatalog | undefined,
  database: string,
  kind: ObjectKind,
  schema: string,
  name: string,
): Problem {
  const sought = kind === "column" ? `table ${schema}.${partsOf(name)[0]}` : `${kind} ${shownName(kind, schema, name)}`;
  const others = kind === "function" || kind === "procedure" ? overloads(inside, kind, schema, partsOf(name)[0]) : [];
  return {
    message: `there is no ${sought} in database ${JSON.stringify(database)}`,
    remedy:
      others.length > 0
        ? `There is ${others.join(", ")}.`
        : "Make it first, or take it off the list. Upper and lower case differ.",
  };
}

function overloads(inside: DatabaseCatalog | undefined, kind: ObjectKind, schema: string, name: string): string[] {
  const names = [...(inside?.objects.get(placeOf(kind, schema))?.keys() ?? [])];
  return names.filter((other) => partsOf(other)[0] === name).map((other) => shownName(kind, schema, other));
}

/** Whether a set stands for all of a schema of which nobody knows what is in it. */
export function isAllOfIt(names: readonly string[]): boolean {
  return names.length === 1 && names[0] === ALL_OF_IT;
}
