import type { Connection } from "../core/connections.js";
import { unfitSetting } from "../core/settingValues.js";
import { connect, type Client } from "./client.js";
import { connectThroughCivis } from "./clientCivis.js";
import { dialectOf } from "./dialects.js";
import type { PostgresSettings } from "./settings.js";

/** Whether statements go through Civis Platform. Throws a RosterError for a way that does not exist. */
export function isThroughCivis(connection: Connection<PostgresSettings>): boolean {
  const { value } = connection.settings.via;
  if (value === "civis") return true;
  if (value === "direct" || connection.unknown.includes("via")) return false;
  throw unfitSetting(connection, "via", '"direct" or "civis"');
}

/** Connects in the way that the connection's settings say. */
export async function dial(connection: Connection<PostgresSettings>): Promise<Client> {
  return isThroughCivis(connection) ? connectThroughCivis(connection, dialectOf(connection)) : connect(connection);
}
