import * as pulumi from "@pulumi/pulumi";

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
export interface ConnectionSettings {
  /** The connection's name: letters, digits, `-` and `_`. It finds the environment and the config that go with it. */
  readonly name: string;
  /** The address of the service, without `/api/v1`. Required, here or in environment or config. */
  readonly url?: pulumi.Input<string>;
  /** A JSON Web Token of an administrator (`resource_access.superapp.roles` has `heimdall-admin`). Always a secret. */
  readonly token?: pulumi.Input<string>;
  /** Instead of a token: the token endpoint of an OpenID Connect provider. */
  readonly tokenUrl?: pulumi.Input<string>;
  /** The client at `tokenUrl`. */
  readonly clientId?: pulumi.Input<string>;
  /** The client's secret. Always a secret. */
  readonly clientSecret?: pulumi.Input<string>;
  /** What the token is to be good for. Default: what the provider gives. */
  readonly scope?: pulumi.Input<string>;
  /** Instead of a token: a command that prints one, or JSON with `token` and `expiresAt`. */
  readonly tokenCommand?: pulumi.Input<string>;
  /** Instead of a token: a JavaScript module whose default export is a function that returns one. */
  readonly tokenModule?: pulumi.Input<string>;
  /** Certificates that are trusted besides those of Node.js: a path, or PEM text. */
  readonly ca?: pulumi.Input<string>;
  /** Seconds to wait for a connection. Default 10. */
  readonly connectTimeout?: pulumi.Input<string | number>;
  /** Seconds without a sign from the service. Default 60. */
  readonly silenceTimeout?: pulumi.Input<string | number>;
  /** Seconds for one request with all its attempts. Default 300. */
  readonly overallTimeout?: pulumi.Input<string | number>;
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
  if (connection === undefined || typeof connection === "string") return connection;
  const { token, clientSecret } = connection;
  return {
    ...connection,
    ...(token === undefined ? {} : { token: pulumi.secret(token) }),
    ...(clientSecret === undefined ? {} : { clientSecret: pulumi.secret(clientSecret) }),
  };
}
