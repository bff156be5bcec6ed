import type { SettingSources } from "../core/connections.js";
import { RosterError } from "../core/errors.js";
import type { Reading } from "../core/reading.js";
import { sourceConnection } from "../core/sources.js";
import { openKeycloak, type KeycloakClient } from "./client.js";
import { readGroupLists, type GroupList, type GroupSelection } from "./groupLists.js";
import { readPeople, readUsers, type Person } from "./people.js";
import type { User } from "./records.js";
import { connections } from "./settings.js";
import type { UserSelection } from "./users.js";

/** A program's realm, and how a warning reaches the program's user. */
export interface RealmSource {
  readonly connection: unknown;
  readonly sources: SettingSources;
  readonly warn: (text: string) => void;
  /** How progress is shown. Default: on the console. */
  readonly tell?: ((text: string) => void) | undefined;
}

/** Reads the users of a realm. */
export async function users(from: RealmSource, selection: UserSelection): Promise<Reading<User>> {
  checkSelection(selection);
  return read(from, (client) => readUsers(client, selection, from.tell));
}

/** Reads the users of a realm with their groups. */
export async function people(from: RealmSource, selection: UserSelection): Promise<Reading<Person>> {
  checkSelection(selection);
  return read(from, (client) => readPeople(client, selection, from.tell));
}

/** Reads the groups of a realm with their members. */
export function groups(from: RealmSource, selection: GroupSelection): Promise<Reading<GroupList>> {
  return read(from, (client) => readGroupLists(client, selection));
}

function checkSelection({ maxUsers }: UserSelection): void {
  if (maxUsers === undefined || (Number.isInteger(maxUsers) && maxUsers > 0)) return;
  throw new RosterError(`maxUsers is ${String(maxUsers)}, which is not valid`, {
    remedy: "It is a whole number from 1 on; left out, all users are read.",
  });
}

async function read<T>(
  from: RealmSource,
  reading: (client: KeycloakClient) => Promise<Reading<T>>,
): Promise<Reading<T>> {
  const client = openKeycloak(sourceConnection(connections, from.connection, from.sources));
  await checkRoles(client, from.warn);
  const done = await reading(client);
  const [first, ...others] = done.shortfalls;
  if (first !== undefined) {
    const more = others.length === 0 ? "" : ` (and ${String(others.length)} more reasons)`;
    from.warn(`Not everything of realm ${client.realm} was read: ${first}${more}.`);
  }
  return done;
}

/** Keycloak answers with an empty list where a role is missing. So roles are looked at before anything is read. */
async function checkRoles(client: KeycloakClient, warn: (text: string) => void): Promise<void> {
  const missing = (await client.logIn()) ?? [];
  if (missing.length === 0) return;
  // Nothing that is read takes view-realm; it is one of the four that people are told to give.
  if (missing.length === 1 && missing[0] === "view-realm") {
    warn(`The client for realm ${client.realm} has no role view-realm. ${client.roleRemedy(missing)}`);
    return;
  }
  throw new RosterError(
    `the client for realm ${client.realm} lacks ${missing.length === 1 ? "the role" : "the roles"} ${missing.join(", ")}`,
    {
      said: "without them Keycloak shows fewer users and groups than there are, or none",
      remedy: client.roleRemedy(missing),
      fault: "permission",
    },
  );
}
