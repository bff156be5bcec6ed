import type * as pulumi from "@pulumi/pulumi";
import { withSecretSettings, type ServiceSettings } from "../core/connection.js";

/**
 * Which Databricks workspace, or open-source Unity Catalog server, a resource is in: the name of a connection, or a
 * name with values of the program.
 *
 * A name alone is the usual form: the settings come from the environment (`ROSTER_<NAME>_URL`, `ROSTER_<NAME>_TOKEN`,
 * ...; for the connection "databricks" also the variables of Databricks' own tools: `DATABRICKS_HOST`,
 * `DATABRICKS_TOKEN`, `DATABRICKS_CLIENT_ID`, `DATABRICKS_CLIENT_SECRET`, `DATABRICKS_CONFIG_PROFILE`,
 * `DATABRICKS_WAREHOUSE_ID`) or from Pulumi config (`roster:connections.<name>.url`, ...), and nothing of them enters a
 * resource. The environment counts before config, config before the program, and a profile of `.databrickscfg` gives
 * what is still missing.
 *
 * @example
 * const connection = { name: "databricks", url: "https://adb-123.4.azuredatabricks.net", profile: "PROD" };
 */
export type Connection = string | ConnectionSettings;

/** A connection with values of the program. */
export interface ConnectionSettings extends ServiceSettings {
  /** The address of the workspace. Required, here, in environment or config, or in the profile. */
  readonly url?: pulumi.Input<string>;
  /** A personal access token. Always a secret. */
  readonly token?: pulumi.Input<string>;
  /** Instead of a token: the application id of a service principal, for OAuth (machine to machine). */
  readonly clientId?: pulumi.Input<string>;
  /** The service principal's OAuth secret. Always a secret. */
  readonly clientSecret?: pulumi.Input<string>;
  /** Where OAuth tokens are made. Default: `<url>/oidc/v1/token`. */
  readonly tokenUrl?: pulumi.Input<string>;
  /** What an OAuth token is to be good for. Default `all-apis`. */
  readonly scope?: pulumi.Input<string>;
  /** A profile of the configuration file. Default: none, also not `DEFAULT`. */
  readonly profile?: pulumi.Input<string>;
  /** The configuration file of Databricks' tools. Default `~/.databrickscfg`. */
  readonly configFile?: pulumi.Input<string>;
  /** The id of the SQL warehouse that runs statements. */
  readonly warehouse?: pulumi.Input<string>;
  /**
   * Seconds until a change has to be seen, and for which something just made may not be there yet: Databricks is
   * eventually consistent. Default 20.
   */
  readonly settleTimeout?: pulumi.Input<string | number>;
  /** Seconds without a sign from the service. Default 60. */
  readonly silenceTimeout?: pulumi.Input<string | number>;
}

/** A connection as it goes to the engine: what is secret is marked so. */
export function connectionInput(connection: Connection | undefined): pulumi.Input<unknown> {
  return withSecretSettings(connection, ["token", "clientSecret"]);
}
