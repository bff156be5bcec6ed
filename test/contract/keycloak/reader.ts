import type { Reading } from "../../../provider/core/reading.js";
import type { GroupList, GroupSelection } from "../../../provider/keycloak/groupLists.js";
import type { Person } from "../../../provider/keycloak/people.js";
import type { User } from "../../../provider/keycloak/records.js";
import * as source from "../../../provider/keycloak/read.js";
import type { UserSelection } from "../../../provider/keycloak/users.js";
import { REALM, secretOf } from "./realm.js";

/** Reads a realm as a program does, and remembers what it was warned of. */
export interface Reader {
  readonly warnings: string[];
  users(selection?: UserSelection): Promise<Reading<User>>;
  people(selection?: UserSelection): Promise<Reading<Person>>;
  groups(selection?: GroupSelection): Promise<Reading<GroupList>>;
}

/** A reader for a realm; settings of the connection that are given come before those that fit the suite's realm. */
export function readerOf(url: string, settings: Readonly<Record<string, string>> = {}): Reader {
  const clientId = settings["clientId"] ?? "reader";
  const warnings: string[] = [];
  const from: source.RealmSource = {
    connection: {
      name: "keycloak",
      url,
      realm: REALM.realm,
      clientId,
      clientSecret: secretOf(clientId),
      pageSize: "200",
      ...settings,
    },
    sources: { environment: {}, config: undefined },
    warn: (text) => warnings.push(text),
  };
  return {
    warnings,
    users: (selection = {}) => source.users(from, selection),
    people: (selection = {}) => source.people(from, selection),
    groups: (selection = {}) => source.groups(from, selection),
  };
}
