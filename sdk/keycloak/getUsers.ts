import type { Reading } from "../../provider/core/reading.js";
import type { User } from "../../provider/keycloak/types.js";
import type { KeysOf } from "../core/knownKeys.js";
import { readWith, tell, warn } from "../core/source.js";
import type { Connection } from "./connection.js";

export type { Reading, User };

/** Which users to read. */
export interface GetUsersOptions {
  /** Which realm. Default: the connection "keycloak" (KEYCLOAK_BASE_URL, KEYCLOAK_REALM, KEYCLOAK_CLIENT_ID, ...). */
  readonly connection?: Connection;
  /** Whether to give users who are disabled too. Default false: who may not log in is nobody. */
  readonly includeDisabled?: boolean;
  /** Whether to give the accounts of clients too; not where a filter is given. Default false. */
  readonly includeServiceAccounts?: boolean;
  /** Text to look for in user names, names and e-mail addresses. What is found is not complete. Default: none. */
  readonly search?: string;
  /** Values that attributes of the users have. What is found is not complete. Default: none. */
  readonly withAttributes?: Readonly<Record<string, string>>;
  /** Give no more users than this; where there are more, what is given is not complete. Default: all. */
  readonly maxUsers?: number;
}

/** Those options, for `expectKeys`. */
export const GET_USERS_KEYS: KeysOf<GetUsersOptions> = {
  connection: true,
  includeDisabled: true,
  includeServiceAccounts: true,
  search: true,
  withAttributes: true,
  maxUsers: true,
};

/**
 * Reads the users of a realm of Keycloak, sorted by user name: one request for each 499 users, and one for their
 * number. What is read stays on disk, in a file without a name, and memory does not grow with the realm.
 *
 * `complete` says whether this is everything: it is false after a filter, after `maxUsers`, and where a page could not
 * be read to the end or the users are fewer than Keycloak counts; `shortfalls` says why, and a warning is shown. What
 * removes people has to leave them alone then. Who is disabled, or the account of a client, is left out and does not
 * make it incomplete. Rejects where nothing can be read: a wrong secret, an unknown realm, a role that is missing.
 *
 * The service account needs the roles view-users (with query-users and query-groups) and view-realm of
 * realm-management. Attributes that the realm's user profile does not show to administrators are not there.
 *
 * Source: https://www.keycloak.org/docs-api/latest/rest-api/index.html, GET /admin/realms/{realm}/users.
 *
 * @example
 * const users = await keycloak.getUsers();
 * for await (const user of users) console.log(user.username, user.attributes["department"]?.[0]);
 */
export function getUsers(options: GetUsersOptions = {}): Promise<Reading<User>> {
  return readWith("keycloak.getUsers", options, GET_USERS_KEYS, async ({ connection, ...selection }, sources) => {
    const { users } = await import("../../provider/keycloak/read.js");
    return users({ connection, sources, warn, tell }, selection);
  });
}
