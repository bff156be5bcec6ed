import type { Reading } from "../../provider/core/reading.js";
import type { Group, GroupList, Member } from "../../provider/keycloak/types.js";
import type { KeysOf } from "../core/knownKeys.js";
import { readWith, warn } from "../core/source.js";
import type { Connection } from "./connection.js";

export type { Group, GroupList, Member };

/** Which groups to read. */
export interface GetGroupsOptions {
  /** Which realm. Default: the connection "keycloak" (KEYCLOAK_BASE_URL, KEYCLOAK_REALM, KEYCLOAK_CLIENT_ID, ...). */
  readonly connection?: Connection;
  /**
   * Whose members to read: at least one request for each group. Asked once for each group, and for a group that is in
   * another one after that one. Default: those of every group.
   */
  readonly membersOf?: (group: Group) => boolean;
  /** Whether to give members who are disabled too. Default false. */
  readonly includeDisabled?: boolean;
  /** Whether to give members who are accounts of clients too. Default false. */
  readonly includeServiceAccounts?: boolean;
}

const KEYS: KeysOf<GetGroupsOptions> = {
  connection: true,
  membersOf: true,
  includeDisabled: true,
  includeServiceAccounts: true,
};

/**
 * Reads the groups of a realm of Keycloak at every level, sorted by path, with their own members: who is in
 * `/data/analysts` is not a member of `/data`. One request for each 499 groups at the top, one for each group that has
 * groups in it, and one for each 499 members of each group. What is read stays on disk and not in memory.
 *
 * A list of members that could not be read to the end has `complete: false`, and then so has the whole; `shortfalls`
 * says why, and a warning is shown. A group that is deleted while it is read is not there. Rejects where nothing can be
 * read: a wrong secret, an unknown realm, a role that is missing.
 *
 * Source: https://www.keycloak.org/docs-api/latest/rest-api/index.html, GET /admin/realms/{realm}/groups.
 *
 * @example
 * const groups = await keycloak.getGroups({ membersOf: ({ path }) => path.startsWith("/data/") });
 * for await (const { path, members = [] } of groups) console.log(path, members.map(({ username }) => username));
 */
export function getGroups(options: GetGroupsOptions = {}): Promise<Reading<GroupList>> {
  return readWith("keycloak.getGroups", options, KEYS, async ({ connection, ...selection }, sources) => {
    const { groups } = await import("../../provider/keycloak/read.js");
    return groups({ connection, sources, warn }, selection);
  });
}
