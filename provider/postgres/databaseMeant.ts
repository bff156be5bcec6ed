import type { Connection } from "../core/connections.js";
import { isShared, type ObjectKind } from "./objectKinds.js";

/**
 * The database that arguments are about: where they name none, the connection's. Two connections can lead to two
 * databases of one server. Undefined where the connection is not known, or does not say the name that the server has
 * for it, as through Civis Platform.
 */
export function databaseMeant(
  { database }: { readonly database?: string | undefined },
  connection: Connection | undefined,
): string | undefined {
  if (database !== undefined || connection?.settings["via"]?.value === "civis") return database;
  return connection?.settings["database"]?.value;
}

/** The same for privileges: what all databases of a server share is in none of them. */
export function databaseOf(
  args: { readonly on: ObjectKind; readonly database?: string | undefined },
  connection: Connection | undefined,
): string | undefined {
  return isShared(args.on) && args.on !== "database" ? undefined : databaseMeant(args, connection);
}
