import type { Connection } from "../core/connections.js";
import { unfitSetting } from "../core/settingValues.js";
import type { Dialect } from "./dialect.js";
import { postgresDialect } from "./postgresDialect.js";
import { redshiftDialect } from "./redshift/redshiftDialect.js";
import type { PostgresSettings } from "./settings.js";

/** The dialects by the value of the setting. */
const DIALECTS: ReadonlyMap<string, Dialect> = new Map([
  ["postgres", postgresDialect],
  ["redshift", redshiftDialect],
]);

/** The dialect of a connection's server. Throws a RosterError for one that does not exist. */
export function dialectOf(connection: Connection<PostgresSettings>): Dialect {
  // What is not known yet is not connected to either.
  if (connection.unknown.includes("dialect")) return postgresDialect;
  const found = DIALECTS.get(connection.settings.dialect.value ?? "");
  if (found !== undefined) return found;
  throw unfitSetting(connection, "dialect", [...DIALECTS.keys()].join(" or "));
}
