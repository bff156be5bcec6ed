/**
 * An environment of Heimdall that the program itself reads: the name of a connection, or a name with values. As
 * `heimdall.Connection`, but with plain values only: nothing of it goes through the engine or into state.
 *
 * @example
 * const staging = await heimdall.getEnvironment({ connection: { name: "staging", url: "https://staging.example.com" } });
 */
export type SourceConnection = string | SourceConnectionSettings;

/** A connection with values of the program; see `heimdall.ConnectionSettings` for what each is. */
export interface SourceConnectionSettings {
  /** The connection's name: letters, digits, `-` and `_`. It finds the environment and the config that go with it. */
  readonly name: string;
  /** The address of the service, without `/api/v1`. Required, here or in environment or config. */
  readonly url?: string;
  /** A token, from where the program keeps its secrets: it does not belong in its text. */
  readonly token?: string;
  /** Instead of a token: the token endpoint of an OpenID Connect provider. */
  readonly tokenUrl?: string;
  /** The client at `tokenUrl`. */
  readonly clientId?: string;
  /** The client's secret. */
  readonly clientSecret?: string;
  /** What the token is to be good for. Default: what the provider gives. */
  readonly scope?: string;
  /** Instead of a token: a command that prints one. */
  readonly tokenCommand?: string;
  /** Instead of a token: a JavaScript module that makes one. */
  readonly tokenModule?: string;
  /** Certificates that are trusted besides those of Node.js: a path, or PEM text. */
  readonly ca?: string;
  /** Seconds to wait for a connection. Default 10. */
  readonly connectTimeout?: number;
  /** Seconds without a sign from the service. Default 60. */
  readonly silenceTimeout?: number;
  /** Seconds for one request with all its attempts. Default 300. */
  readonly overallTimeout?: number;
}
