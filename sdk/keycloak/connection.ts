/**
 * Which realm of Keycloak is read: the name of a connection, or a name with values of the program.
 *
 * A name alone is the usual form: the settings come from the environment (`ROSTER_<NAME>_CLIENT_SECRET`, ...; for the
 * connection "keycloak" also `KEYCLOAK_BASE_URL`, `KEYCLOAK_REALM`, `KEYCLOAK_CLIENT_ID`, `KEYCLOAK_CLIENT_SECRET` and
 * `KEYCLOAK_TIMEOUT`) or from Pulumi config (`roster:connections.<name>.clientSecret`, ...). The environment counts
 * before config, and config before the program. The program itself reads Keycloak, so nothing of this enters a
 * resource, and values have to be plain ones.
 *
 * @example
 * const users = await keycloak.getUsers({ connection: { name: "keycloak", realm: "partners", concurrency: 2 } });
 */
export type Connection = string | ConnectionSettings;

/** A connection with values of the program. */
export interface ConnectionSettings {
  /** The connection's name: letters, digits, `-` and `_`. It finds the environment and the config that go with it. */
  readonly name: string;
  /** The address of the server, with or without the base path `/auth` of older ones. Required, here or elsewhere. */
  readonly url?: string;
  /** The realm. Required, here or in environment or config. */
  readonly realm?: string;
  /** A client of that realm whose service account may read. Required, here or in environment or config. */
  readonly clientId?: string;
  /** The secret of the client. Required, here or elsewhere; it does not belong in the text of a program. */
  readonly clientSecret?: string;
  /** Requests at once. Default 4. */
  readonly concurrency?: number;
  /** Users, groups or members in one request. Default 500. */
  readonly pageSize?: number;
  /** Certificates that are trusted besides those of Node.js: a path, or PEM text. */
  readonly ca?: string;
  /** Seconds to wait for a connection. Default 10. */
  readonly connectTimeout?: number;
  /** Seconds without an answer to a request. Default 30. */
  readonly silenceTimeout?: number;
  /** Seconds for one request with all its attempts and the waits that the server asks for. Default 300. */
  readonly overallTimeout?: number;
}
