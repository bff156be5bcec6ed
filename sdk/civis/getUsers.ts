import type { User } from "../../provider/civis/types.js";
import type { KeysOf } from "../core/knownKeys.js";
import { readWith } from "../core/source.js";
import type { Connection } from "./connection.js";

export type { User };

/** What to read. */
export interface GetUsersOptions {
  /** Which Civis Platform. Default: the connection "civis" (CIVIS_API_KEY, CIVIS_API_ENDPOINT). */
  readonly connection?: Connection;
}

const KEYS: KeysOf<GetUsersOptions> = {
  connection: true,
};

/**
 * Reads the users of Civis Platform that the key may see, also those who are not active, sorted by user name. One
 * request does for 10,000 users. What fails rejects, and so does a list that is not whole.
 *
 * Source: https://api.civisanalytics.com, GET /users/.
 *
 * @example
 * const users = await civis.getUsers();
 * const left = users.filter(({ active }) => !active).map(({ username }) => username);
 */
export function getUsers(options: GetUsersOptions = {}): Promise<User[]> {
  return readWith("civis.getUsers", options, KEYS, async ({ connection }, sources) => {
    const { openSource, readUsers } = await import("../../provider/civis/read.js");
    return readUsers(openSource(connection, sources));
  });
}
