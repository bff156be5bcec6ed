import type * as pulumi from "@pulumi/pulumi";
import { withSecretSettings, type ClientCredentials, type ServiceSettings } from "../core/connection.js";

/**
 * Which environment of Heimdall a resource is in: the name of a connection, or a name with values of the program.
 *
 * A name alone is the usual form: the settings come from the environment (`ROSTER_<NAME>_URL`, `ROSTER_<NAME>_TOKEN`,
 * ...; for the connection "heimdall" also `HEIMDALL_URL`, `HEIMDALL_TOKEN`) or from Pulumi config
 * (`roster:connections.<name>.url`, ...), and nothing of them enters a resource. The environment counts before config,
 * and config before the program.
 *
 * @example
 * new heimdall.Action("read", { name: "users:read", description: "Read users", connection: "staging" });
 */
export type Connection = string | ConnectionSettings;

/** A connection with values of the program. */
export interface ConnectionSettings extends ServiceSettings, ClientCredentials {
  /** The address of the service, without `/api/v1`. Required, here or in environment or config. */
  readonly url?: pulumi.Input<string>;
  /** A JSON Web Token of an administrator (`resource_access.superapp.roles` has `heimdall-admin`). Always a secret. */
  readonly token?: pulumi.Input<string>;
  /** Seconds without a sign from the service. Default 60. */
  readonly silenceTimeout?: pulumi.Input<string | number>;
  /**
   * "true" lets the description of a role or group change, which the service can only by deleting and making it
   * again. Default "false".
   */
  readonly recreate?: pulumi.Input<"true" | "false">;
  /** The folder for what is taken from a role or group until it is put back. Default `.roster`. */
  readonly restoreFolder?: pulumi.Input<string>;
  /** The folder for backups before a change of a `heimdall.Environment`. Default: no backup. */
  readonly backupFolder?: pulumi.Input<string>;
}

/** A connection as it goes to the engine: what is secret is marked so. */
export function connectionInput(connection: Connection | undefined): pulumi.Input<unknown> {
  return withSecretSettings(connection, ["token", "clientSecret"]);
}
