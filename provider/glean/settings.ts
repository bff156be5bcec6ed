import type { ConnectionSpec } from "../core/connections.js";
import { httpSettings, tokenSettings } from "../core/httpConnection.js";

/** The settings of a connection to Glean. */
const settings = {
  ...httpSettings,
  /** The address of the deployment: `https://<instance>-be.glean.com`. */
  url: { variable: "GLEAN_API_URL", place: true },
  /** Seconds without a sign from the service. */
  silenceTimeout: { variable: "GLEAN_TIMEOUT", default: "30" },
  ...tokenSettings,
  /** A token of the Indexing API that may write people. */
  token: { variable: "GLEAN_API_TOKEN", secret: true },
  /** A token of the Client API, to see what Glean shows; the Indexing API reads nothing back. */
  clientToken: { variable: "GLEAN_CLIENT_TOKEN", secret: true },
  /** A custom data source that has to be there and open to the token before anything is sent. */
  datasource: { variable: "GLEAN_DATASOURCE" },
  /** Requests in a second; Glean takes 30 of one token. 0 is no limit. */
  requestsPerSecond: { default: "30" },
  /** Requests at once. */
  concurrency: { default: "16" },
} as const;

/** The settings' type, for what reads them. */
export type GleanSettings = typeof settings;

/** What the core needs to know of Glean's connections. */
export const connections: ConnectionSpec<GleanSettings> = { defaultName: "glean", settings };
