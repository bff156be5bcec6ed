import type { Health } from "../../provider/heimdall/types.js";
import type { KeysOf } from "../core/knownKeys.js";
import { readWith } from "../core/source.js";
import type { SourceConnection } from "./sourceConnection.js";

/** What to look at. */
export interface CheckHealthOptions {
  /** The environment. Default: the connection "heimdall" (HEIMDALL_URL, HEIMDALL_TOKEN). */
  readonly connection?: SourceConnection;
}

const KEYS: KeysOf<CheckHealthOptions> = {
  connection: true,
};

/**
 * Looks whether an environment of Heimdall is well: the service answers, it takes the token, whose token it is and
 * until when, whether it is an administrator's, and whether it may write. Nothing but GET is sent.
 *
 * What is wrong stands in `problems`. Rejects only where the connection itself is not usable, for instance without an
 * address. A `heimdall.Environment` asks this by itself before it changes anything.
 *
 * @example
 * const { mayWrite, expires, problems } = await heimdall.checkHealth({ connection: "production" });
 */
export function checkHealth(options: CheckHealthOptions = {}): Promise<Health> {
  return readWith("heimdall.checkHealth", options, KEYS, async ({ connection }, sources) => {
    const { openSource, readHealth } = await import("../../provider/heimdall/read.js");
    return readHealth(openSource(connection, sources));
  });
}
