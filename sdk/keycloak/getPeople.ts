import type { Reading } from "../../provider/core/reading.js";
import type { Person } from "../../provider/keycloak/types.js";
import { readWith, tell, warn } from "../core/source.js";
import { GET_USERS_KEYS, type GetUsersOptions } from "./getUsers.js";

export type { Person };

/** Which people to read: the options of `keycloak.getUsers`. */
export type GetPeopleOptions = GetUsersOptions;

/**
 * Reads the users of a realm of Keycloak with the groups that they are in, sorted by user name. Keycloak tells of no
 * user in which groups the user is, so this takes the requests of `keycloak.getUsers`, and one for each page of the
 * members of each group. Memory does not grow with the realm. `groups` are the paths of the groups that somebody is in:
 * being in `/data/analysts` puts nobody into `/data`.
 *
 * For `complete`, for what rejects and for the roles that are needed see `keycloak.getUsers`. A group that is deleted
 * while it is read has no members any more.
 *
 * @example
 * const people = await keycloak.getPeople({ maxUsers: 10 });
 * for await (const { email, groups } of people) console.log(email, groups.includes("/data/analysts"));
 */
export function getPeople(options: GetPeopleOptions = {}): Promise<Reading<Person>> {
  return readWith("keycloak.getPeople", options, GET_USERS_KEYS, async ({ connection, ...selection }, sources) => {
    const { people } = await import("../../provider/keycloak/read.js");
    return people({ connection, sources, warn, tell }, selection);
  });
}
