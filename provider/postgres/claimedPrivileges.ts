import type { RunOptions } from "../core/resource.js";
import { databaseName, type Catalog } from "./catalog.js";
import { creators } from "./futures.js";
import { ALL, type ObjectKind } from "./objectKinds.js";

/*
 * What privileges answer for, as others of the run may ask: what one gives is not taken away by another that goes.
 */

/** No object has this name: it stands for those that come later. */
export const LATER = "\u0000later";

/** Where, on what, and who. */
interface Answered {
  readonly database?: string | undefined;
  readonly kind: ObjectKind;
  readonly schema?: string | undefined;
  readonly grantee: string;
}

/** A privilege on an object, on all of a schema (null), or on what comes later. */
export function privilegeThing(
  { database = "", kind, schema, grantee }: Answered,
  name: string | null,
  privilege: string,
): string {
  return `privilege:${JSON.stringify([database, kind, schema ?? null, name, grantee, privilege])}`;
}

/** All that somebody gets on what an owner, or anybody, will make. */
export function defaultsThing({ database = "", kind, schema, grantee }: Answered, owner: string | undefined): string {
  return `defaults:${JSON.stringify([database, owner, schema, kind, grantee])}`;
}

/** Where a database can be meant: the connection's may have no name. */
function placesOf(catalog: Catalog, answered: Answered): Answered[] {
  const database = databaseName(catalog, answered.database);
  const own = database === catalog.server?.database ? [{ ...answered, database: undefined }] : [];
  return [{ ...answered, database }, ...own];
}

/** Whether a privilege on an object is given by another resource, or another part, of the run. */
export function isPrivilegeClaimed(
  catalog: Catalog,
  answered: Answered,
  { claimed }: RunOptions,
): (name: string, privilege: string) => boolean {
  const places = placesOf(catalog, answered);
  return (name, privilege) =>
    places.some((place) =>
      (name === LATER ? [LATER] : [name, null]).some((each) =>
        [privilege, ALL].some((of) => claimed(privilegeThing(place, each, of))),
      ),
    );
}

/** Whether another resource, or another part, of the run looks after what somebody gets on what an owner will make. */
export function areDefaultsClaimed(
  catalog: Catalog,
  answered: Answered,
  { claimed }: RunOptions,
): (owner: string) => boolean {
  const places = placesOf(catalog, answered);
  const makers = new Set(creators(catalog, databaseName(catalog, answered.database), answered.schema ?? ""));
  return (owner) =>
    places.some((place) =>
      [owner, ...(makers.has(owner) ? [undefined] : [])].some((of) => claimed(defaultsThing(place, of))),
    );
}
