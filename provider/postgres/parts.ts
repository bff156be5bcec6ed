import type { Catalog } from "./catalog.js";
import { placeOfChange, type Change } from "./changes.js";

/*
 * The parts in which a server is read. What its databases share is always read, but for privileges on parameters, which
 * few ask for; another part names databases whose inside is read too.
 */

/** The inside of a database; without a name, of the connection's own. */
export function insideOf(database: string | undefined): string {
  return `inside:${database ?? ""}`;
}

/** The inside of every database in which a role owns or holds something. */
export function holdingsOf(role: string): string {
  return `holdings:${role}`;
}

/** The privileges on parameters. */
export const PARAMETERS = "parameters";

/** The parts in which a change shows; none where that is always read. */
export function partsOfChange(change: Change): string[] {
  if ((change.kind === "grant" || change.kind === "revoke") && change.target.kind === "parameter") return [PARAMETERS];
  const place = placeOfChange(change);
  return place === undefined ? [] : [insideOf(place)];
}

/** The databases that a part names. */
export function databasesOf(catalog: Catalog, part: string): string[] {
  if (part === PARAMETERS) return [];
  const colon = part.indexOf(":");
  const name = part.slice(colon + 1);
  if (part.startsWith("holdings:")) {
    // What takes no connections cannot be looked into.
    return [...(catalog.holdings?.get(name) ?? [])].filter(
      (database) => catalog.databases.get(database)?.allowConnections,
    );
  }
  return [name === "" ? (catalog.server?.database ?? "") : name];
}
