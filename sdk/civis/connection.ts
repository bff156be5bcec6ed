/**
 * Which Civis Platform is read: the name of a connection, or a name with values of the program.
 *
 * A name alone is the usual form: the settings come from the environment (`ROSTER_<NAME>_API_KEY`, ...; for the
 * connection "civis" also `CIVIS_API_KEY` and `CIVIS_API_ENDPOINT`) or from Pulumi config
 * (`roster:connections.<name>.apiKey`, ...). The environment counts before config, and config before the program. The
 * program itself reads Platform, so nothing of this enters a resource, and values have to be plain ones.
 *
 * @example
 * const { groups } = await civis.getGroups({ connection: { name: "civis", concurrency: 2 } });
 */
export type Connection = string | ConnectionSettings;

/** A connection with values of the program. */
export interface ConnectionSettings {
  /** The connection's name: letters, digits, `-` and `_`. It finds the environment and the config that go with it. */
  readonly name: string;
  /** The address of the API. Default `https://api.civisanalytics.com`. */
  readonly url?: string;
  /** An API key. Required, here or in environment or config; it does not belong in the text of a program. */
  readonly apiKey?: string;
  /** How the key is sent: "bearer" (the default), or "basic", with the key as user name and an empty password. */
  readonly auth?: "bearer" | "basic";
  /** Requests at once. Default 4. */
  readonly concurrency?: number;
  /** Certificates that are trusted besides those of Node.js: a path, or PEM text. */
  readonly ca?: string;
  /** Seconds to wait for a connection. Default 10. */
  readonly connectTimeout?: number;
  /** Seconds without a sign from the service. Default 60. */
  readonly silenceTimeout?: number;
  /** Seconds for one request with all its attempts and the waits that the service asks for. Default 300. */
  readonly overallTimeout?: number;
}
