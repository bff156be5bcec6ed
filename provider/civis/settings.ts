import type { ConnectionSpec } from "../core/connections.js";
import { httpSettings } from "../core/httpConnection.js";

/** The settings of a connection to Civis Platform. */
const settings = {
  ...httpSettings,
  /** The address of the API. */
  url: { variable: "CIVIS_API_ENDPOINT", default: "https://api.civisanalytics.com", place: true },
  /** An API key of somebody who sees the groups and the users. */
  apiKey: { variable: "CIVIS_API_KEY", secret: true },
  /** How the key is sent: "bearer", or "basic", with the key as user name and an empty password. */
  auth: { default: "bearer" },
  /** Requests at once. */
  concurrency: { default: "4" },
} as const;

/** The settings' type, for what reads them. */
export type CivisSettings = typeof settings;

/** What the core needs to know of Civis Platform's connections. */
export const connections: ConnectionSpec<CivisSettings> = { defaultName: "civis", settings };
