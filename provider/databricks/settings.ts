import type { ConnectionSpec } from "../core/connections.js";
import { httpSettings, tokenSettings } from "../core/httpConnection.js";

/**
 * The settings of a connection to a Databricks workspace, or to an open-source Unity Catalog server. Variables and
 * names are those of Databricks' own tools: https://docs.databricks.com/aws/en/dev-tools/auth/env-vars
 */
const settings = {
  ...httpSettings,
  /** The address of the workspace: https://adb-123.4.azuredatabricks.net. */
  url: { variable: "DATABRICKS_HOST", place: true },
  ...tokenSettings,
  /** A personal access token. */
  token: { variable: "DATABRICKS_TOKEN", secret: true },
  /** The application id of a service principal. */
  clientId: { variable: "DATABRICKS_CLIENT_ID" },
  /** An OAuth secret of the service principal. */
  clientSecret: { variable: "DATABRICKS_CLIENT_SECRET", secret: true },
  /** A profile of the configuration file, which gives what is not given otherwise. */
  profile: { variable: "DATABRICKS_CONFIG_PROFILE", place: true },
  /** The configuration file of Databricks' tools. */
  configFile: { variable: "DATABRICKS_CONFIG_FILE", default: "~/.databrickscfg", place: true },
  /** The id of the SQL warehouse that runs statements. */
  warehouse: { variable: "DATABRICKS_WAREHOUSE_ID" },
  /** Seconds until a change has to be seen, and for which something just made may not be there yet. */
  settleTimeout: { default: "20" },
} as const;

/** The settings' type, for what reads them. */
export type DatabricksSettings = typeof settings;

/** What the core needs to know of Databricks' connections. */
export const connections: ConnectionSpec<DatabricksSettings> = { defaultName: "databricks", settings };
