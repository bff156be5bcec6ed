import type { ConnectionSpec } from "../core/connections.js";
import { httpSettings, tokenSettings } from "../core/httpConnection.js";

/** The settings of a connection to Heimdall. */
const settings = {
  ...httpSettings,
  /** The address of the service, without `/api/v1`. */
  url: { variable: "HEIMDALL_URL", place: true },
  ...tokenSettings,
  /** A JSON Web Token of somebody with the role `heimdall-admin` of the client `superapp`. */
  token: { variable: "HEIMDALL_TOKEN", secret: true },
  tokenUrl: { variable: "HEIMDALL_TOKEN_URL" },
  clientId: { variable: "HEIMDALL_CLIENT_ID" },
  clientSecret: { variable: "HEIMDALL_CLIENT_SECRET", secret: true },
  /** Whether a role or group may be deleted and made again to change its description. */
  recreate: { default: "false" },
  /** Where what is taken from a role or group is kept until it is put back. */
  restoreFolder: { default: ".roster" },
  /** Where the target is written to before a change; none by default. */
  backupFolder: {},
} as const;

/** The settings' type, for what reads them. */
export type HeimdallSettings = typeof settings;

/** What the core needs to know of Heimdall's connections. */
export const connections: ConnectionSpec<HeimdallSettings> = { defaultName: "heimdall", settings };
