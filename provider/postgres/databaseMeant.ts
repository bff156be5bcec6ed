import type { Connection } from "../core/connections.js";

/**
 * The database that arguments are about: where they name none, the connection's. Two connections can lead to two
 * databases of one server. Undefined where the connection is not known.
 */
export function databaseMeant(
  { database }: { readonly database?: string | undefined },
  connection: Connection | undefined,
): string | undefined {
  return database ?? connection?.settings["database"]?.value;
}
