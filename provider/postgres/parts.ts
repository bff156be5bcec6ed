import type { Catalog } from "./catalog.js";

/*
 * The parts in which a server is read. What its databases share is always read; a part names databases whose inside is
 * read too.
 */

/** The inside of a database; without a name, of the connection's own. */
export function insideOf(database: string | undefined): string {
  return `inside:${database ?? ""}`;
}

/** The inside of every database in which a role owns or holds something. */
export function holdingsOf(role: string): string {
  return `holdings:${role}`;
}

/** The databases that a part names. */
export function databasesOf(catalog: Catalog, part: string): string[] {
  const colon = part.indexOf(":");
  const name = part.slice(colon + 1);
  if (part.startsWith("holdings:")) {
    // What takes no connections cannot be looked into.
    return [...(catalog.holdings.get(name) ?? [])].filter(
      (database) => catalog.databases.get(database)?.allowConnections,
    );
  }
  return [name === "" ? (catalog.server?.database ?? "") : name];
}
