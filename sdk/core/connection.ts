import * as pulumi from "@pulumi/pulumi";

/** What connections to services that speak HTTP have in common. */
export interface ServiceSettings {
  /** The connection's name: letters, digits, `-` and `_`. It finds the environment and the config that go with it. */
  readonly name: string;
  /** Instead of a token: a command that prints one, or JSON with `token` and `expiresAt`. */
  readonly tokenCommand?: pulumi.Input<string>;
  /** Instead of a token: a JavaScript module whose default export is a function that returns one. */
  readonly tokenModule?: pulumi.Input<string>;
  /** Certificates that are trusted besides those of Node.js: a path, or PEM text. */
  readonly ca?: pulumi.Input<string>;
  /** Seconds to wait for a connection. Default 10. */
  readonly connectTimeout?: pulumi.Input<string | number>;
  /** Seconds for one request with all its attempts. Default 300. */
  readonly overallTimeout?: pulumi.Input<string | number>;
}

/** Instead of a token: a client of an OpenID Connect provider, which gives tokens for its secret. */
export interface ClientCredentials {
  /** The token endpoint of the provider. */
  readonly tokenUrl?: pulumi.Input<string>;
  /** The client at `tokenUrl`. */
  readonly clientId?: pulumi.Input<string>;
  /** The client's secret. Always a secret. */
  readonly clientSecret?: pulumi.Input<string>;
  /** What the token is to be good for. Default: what the provider gives. */
  readonly scope?: pulumi.Input<string>;
}

/** A connection as it goes to the engine: the settings of these names are secrets, whatever the program says. */
export function withSecretSettings<C extends object>(
  connection: string | C | undefined,
  names: readonly (keyof C & string)[],
): pulumi.Input<unknown> {
  if (connection === undefined || typeof connection === "string") return connection;
  const secrets = names.flatMap((name) => {
    const value = connection[name];
    return value === undefined ? [] : [[name, pulumi.secret(value)] as const];
  });
  return { ...connection, ...Object.fromEntries(secrets) };
}
