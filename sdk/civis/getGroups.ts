import type { ChildPermission, Group, GroupReading, Member } from "../../provider/civis/types.js";
import type { KeysOf } from "../core/knownKeys.js";
import { readWith } from "../core/source.js";
import type { Connection } from "./connection.js";

export type { ChildPermission, Group, GroupReading, Member };

/** What to read. */
export interface GetGroupsOptions {
  /** Which Civis Platform. Default: the connection "civis" (CIVIS_API_KEY, CIVIS_API_ENDPOINT). */
  readonly connection?: Connection;
  /**
   * Whether to ask for the groups that each group has permissions on, which is what Platform calls its child groups:
   * one request for each group. Default false.
   */
  readonly childGroups?: boolean;
}

const KEYS: KeysOf<GetGroupsOptions> = {
  connection: true,
  childGroups: true,
};

/**
 * Reads the groups of Civis Platform that the key may see, with their members: user name, e-mail, and whether the
 * account is active. Two requests do for 1,000 groups and 10,000 users; a group whose members the list of users does
 * not show takes one more.
 *
 * What fails rejects, and nothing that failed looks empty: each list is held against the count that comes with it. A
 * group whose members are not all shown to the key has `complete: false`, and is told in `shortfalls`. A 429 is waited
 * for as long as the service asks.
 *
 * Source: https://api.civisanalytics.com, GET /groups/, GET /users/ and GET /groups/{id}/child_groups.
 *
 * @example
 * const { groups, complete } = await civis.getGroups();
 * const analysts = groups.find(({ name }) => name === "Data Analysts");
 * const active = analysts?.members.filter((member) => member.active).map(({ username }) => username);
 */
export function getGroups(options: GetGroupsOptions = {}): Promise<GroupReading> {
  return readWith("civis.getGroups", options, KEYS, async ({ connection, childGroups = false }, sources) => {
    const { openSource, readGroups } = await import("../../provider/civis/read.js");
    return readGroups(openSource(connection, sources), { childGroups });
  });
}
