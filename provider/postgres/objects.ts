import type { Catalog } from "./catalog.js";
import { builtInAcl, partsOf, placeOf, type SecuredObject } from "./databaseCatalog.js";
import { isShared, type ObjectKind } from "./objectKinds.js";

/** Where a catalog keeps the objects of a kind. */
export interface Place {
  /** Says nothing for what databases share. */
  readonly database: string;
  readonly kind: ObjectKind;
  /** For kinds that are in a schema. */
  readonly schema?: string | undefined;
}

/** The objects of a kind in one place, by name; undefined where there are none, or nobody has looked. */
export function objectsAt(
  catalog: Catalog,
  { database, kind, schema = "" }: Place,
): Map<string, SecuredObject> | undefined {
  if (isShared(kind)) return catalog.shared.get(kind);
  return catalog.inside.get(database)?.objects.get(placeOf(kind, schema));
}

/**
 * An object that is there. A column or a parameter on which nobody has anything is in no catalog: a column is there as
 * far as its table is, and a parameter belongs to the role that initdb made.
 */
export function objectAt(catalog: Catalog, place: Place, name: string): SecuredObject | undefined {
  const listed = objectsAt(catalog, place)?.get(name);
  if (listed !== undefined) return listed;
  if (place.kind === "column") {
    const table = objectsAt(catalog, { ...place, kind: "table" })?.get(partsOf(name)[0]);
    return table === undefined ? undefined : { owner: table.owner, acl: new Map() };
  }
  if (place.kind !== "parameter" || catalog.server === undefined) return undefined;
  const { bootstrapUser } = catalog.server;
  return { owner: bootstrapUser, acl: builtInAcl(catalog, "parameter", bootstrapUser) };
}

/** Puts an object in its place, unless its database is one of which nothing is known. */
export function putObject(catalog: Catalog, place: Place, name: string, object: SecuredObject): void {
  const { database, kind, schema = "" } = place;
  const of = objectsAt(catalog, place) ?? new Map<string, SecuredObject>();
  of.set(name, object);
  if (isShared(kind)) catalog.shared.set(kind, of);
  else catalog.inside.get(database)?.objects.set(placeOf(kind, schema), of);
}
