import type { ConnectionSpec } from "../core/connections.js";
import { httpSettings } from "../core/httpConnection.js";

/** The settings of a connection to a realm of Keycloak. */
const settings = {
  ...httpSettings,
  /** The address of the server; the base path /auth of older servers is found out. */
  url: { variable: "KEYCLOAK_BASE_URL", place: true },
  realm: { variable: "KEYCLOAK_REALM", place: true },
  /** A client with service accounts enabled. */
  clientId: { variable: "KEYCLOAK_CLIENT_ID" },
  clientSecret: { variable: "KEYCLOAK_CLIENT_SECRET", secret: true },
  /** Seconds without an answer to a request. */
  silenceTimeout: { variable: "KEYCLOAK_TIMEOUT", default: "30" },
  /** Requests at once. */
  concurrency: { default: "4" },
  /** Users, groups or members in one page. */
  pageSize: { default: "500" },
} as const;

/** The settings' type, for what reads them. */
export type KeycloakSettings = typeof settings;

/** What the core needs to know of connections to Keycloak. */
export const connections: ConnectionSpec<KeycloakSettings> = { defaultName: "keycloak", settings };
