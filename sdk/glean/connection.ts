import * as pulumi from "@pulumi/pulumi";

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
export interface ConnectionSettings {
  /** The connection's name: letters, digits, `-` and `_`. It finds the environment and the config that go with it. */
  readonly name: string;
  /** `https://<instance>-be.glean.com`. Required, here or in environment or config. */
  readonly url?: pulumi.Input<string>;
  /** A token of the Indexing API with the scope for people. Required unless it comes in another way. Always a secret. */
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
  /** Certificates that are trusted besides those of Node.js: a path, or PEM text. */
  readonly ca?: pulumi.Input<string>;
  /** Seconds to wait for a connection. Default 10. */
  readonly connectTimeout?: pulumi.Input<string | number>;
  /** Seconds without a sign from the service. Default 30. */
  readonly silenceTimeout?: pulumi.Input<string | number>;
  /** Seconds for one request with all its attempts. Default 300. */
  readonly overallTimeout?: pulumi.Input<string | number>;
}

const SECRETS = ["token", "clientSecret", "clientToken"] as const;

/** A connection as it goes to the engine: what is secret is marked so. */
export function connectionInput(connection: Connection | undefined): pulumi.Input<unknown> {
  if (connection === undefined || typeof connection === "string") return connection;
  const secrets = SECRETS.flatMap((name) => {
    const value = connection[name];
    return value === undefined ? [] : [[name, pulumi.secret(value)] as const];
  });
  return { ...connection, ...Object.fromEntries(secrets) };
}
