import type { EnvironmentData } from "../../provider/heimdall/types.js";
import type { KeysOf } from "../core/knownKeys.js";
import { readWith } from "../core/source.js";
import type { SourceConnection } from "./sourceConnection.js";

/** What to read. */
export interface GetEnvironmentOptions {
  /** The environment. Default: the connection "heimdall" (HEIMDALL_URL, HEIMDALL_TOKEN). */
  readonly connection?: SourceConnection;
  /** Whether to read the members (CPFs) of groups, one request for each group. Default false. */
  readonly members?: boolean;
  /** Names that are left out, as in `heimdall.Environment`. Default: none. */
  readonly ignore?: readonly string[];
}

const KEYS: KeysOf<GetEnvironmentOptions> = {
  connection: true,
  members: true,
  ignore: true,
};

/**
 * Reads a whole environment of Heimdall: every action, role, mapping and group, with the actions of roles and the roles
 * of groups, sorted. Nothing but GET is sent, at most 8 at once: a request for each 100 actions and roles, one for
 * mappings and groups each, and one for each role and each group.
 *
 * Rejects where anything cannot be read: nothing that failed looks empty. Lists are held against the count that the
 * service gives, and read again where they changed meanwhile. With more than 50 roles it rejects, because the service
 * cannot tell the actions of all of them. `superadmin` is left out: it is the service's own.
 *
 * Source: Heimdall's admin API, https://github.com/prefeitura-rio/heimdall.
 *
 * @example
 * const staging = await heimdall.getEnvironment({ connection: "staging" });
 * const unused = staging.actions.filter(({ name }) => !staging.mappings.some(({ action }) => action === name));
 */
export function getEnvironment(options: GetEnvironmentOptions = {}): Promise<EnvironmentData> {
  return readWith(
    "heimdall.getEnvironment",
    options,
    KEYS,
    async ({ connection, members = false, ignore }, sources) => {
      const { openSource, readEnvironment } = await import("../../provider/heimdall/read.js");
      return readEnvironment(openSource(connection, sources), { members, ignore });
    },
  );
}
