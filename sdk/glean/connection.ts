import type * as pulumi from "@pulumi/pulumi";
import { withSecretSettings, type ClientCredentials, type ServiceSettings } from "../core/connection.js";

/**
 * Which deployment of Glean a resource is in: the name of a connection, or a name with values of the program.
 *
 * A name alone is the usual form: the settings come from the environment (`ROSTER_<NAME>_URL`, `ROSTER_<NAME>_TOKEN`,
 * ...; for the connection "glean" also `GLEAN_API_URL`, `GLEAN_API_TOKEN`, `GLEAN_DATASOURCE`, `GLEAN_TIMEOUT`,
 * `GLEAN_CLIENT_TOKEN`) or from Pulumi config (`roster:connections.<name>.url`, ...), and nothing of them enters a
 * resource. The environment counts before config, and config before the program.
 *
 * @example
 * new glean.Person("ana", { email: "ana@example.com", department: "Data", connection: "glean-staging" });
 */
export type Connection = string | ConnectionSettings;

/** A connection with values of the program. */
export interface ConnectionSettings extends ServiceSettings, ClientCredentials {
  /** `https://<instance>-be.glean.com`. Required, here or in environment or config. */
  readonly url?: pulumi.Input<string>;
  /** A token of the Indexing API with the scope for people. Required unless it comes in another way. Always a secret. */
  readonly token?: pulumi.Input<string>;
  /**
   * A token of Glean's Client API, with which drift is found. The Indexing API reads nothing back: without this one
   * Roster believes its state. Default: none. Always a secret.
   */
  readonly clientToken?: pulumi.Input<string>;
  /** A custom data source that has to be there and open to the token before anything is sent. Default: not asked. */
  readonly datasource?: pulumi.Input<string>;
  /** Requests in a second. Default 30, which is what Glean takes of one token; 0 is no limit. */
  readonly requestsPerSecond?: pulumi.Input<string | number>;
  /** Requests at once. Default 16. */
  readonly concurrency?: pulumi.Input<string | number>;
  /** Seconds without a sign from the service. Default 30. */
  readonly silenceTimeout?: pulumi.Input<string | number>;
}

/** A connection as it goes to the engine: what is secret is marked so. */
export function connectionInput(connection: Connection | undefined): pulumi.Input<unknown> {
  return withSecretSettings(connection, ["token", "clientSecret", "clientToken"]);
}
