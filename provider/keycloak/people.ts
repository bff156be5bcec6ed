import { createHash } from "node:crypto";
import { eachAtOnce } from "../core/atOnce.js";
import { makeProgress } from "../core/progress.js";
import { merged, readingOf, type Reading } from "../core/reading.js";
import { Shortfalls } from "../core/shortfalls.js";
import { Spool } from "../core/spool.js";
import type { KeycloakClient } from "./client.js";
import { readGroups, readMembers } from "./groups.js";
import type { User } from "./records.js";
import { isWanted, openUsers, type UserSelection } from "./users.js";
import type { Person } from "./types.js";

export type { Person } from "./types.js";

/** What is known of a user until all groups are read. */
type Row = readonly [user: User, groups: readonly string[]];
/** Who is in which group, by its place in the list of groups. */
type Membership = readonly [user: string, group: number];

/** Memory holds about this many users at once. */
const USERS_IN_A_PART = 2000;
const MOST_PARTS = 256;

/** The users of a realm, sorted by user name. */
export async function readUsers(
  client: KeycloakClient,
  selection: UserSelection,
  tell?: (text: string) => void,
): Promise<Reading<User>> {
  return read({ client, selection, withGroups: false, tell }, ([user]) => user);
}

/** The users of a realm with their groups, sorted by user name. */
export async function readPeople(
  client: KeycloakClient,
  selection: UserSelection,
  tell?: (text: string) => void,
): Promise<Reading<Person>> {
  return read({ client, selection, withGroups: true, tell }, ([user, groups]) => ({ ...user, groups }));
}

interface Wanted {
  readonly client: KeycloakClient;
  readonly selection: UserSelection;
  readonly withGroups: boolean;
  readonly tell: ((text: string) => void) | undefined;
}

/**
 * Keycloak tells of no user in which groups the user is, only of each group who is in it. Both lists go to disk, cut
 * into parts by the users' ids, and are brought together part by part: memory does not grow with the realm. Users
 * come first: whoever comes into the realm later would otherwise be given without the groups.
 */
async function read<T extends User>(
  { client, selection, withGroups, tell }: Wanted,
  recordOf: (row: Row) => T,
): Promise<Reading<T>> {
  const shortfalls = new Shortfalls();
  const pages = await openUsers(client, selection, shortfalls);
  const parts = Math.min(MOST_PARTS, Math.max(1, Math.ceil(pages.expected / USERS_IN_A_PART)));
  const users = new Spool<User>(parts);
  const memberships = new Spool<Membership>(parts);
  const joined = new Spool<Row>(parts);
  try {
    const total = Math.min(pages.expected, selection.maxUsers ?? Infinity);
    const progress = makeProgress({ what: `reading realm ${client.realm}: users`, total, tell });
    const take = (user: User): void => {
      users.add(partOf(user.id, parts), user);
      progress.add(1);
    };
    await pages.read(take);
    await pages.verify(countDifferent(users, parts));
    await pages.readServiceAccounts(take);
    const groups = withGroups ? await readMemberships({ client, shortfalls, tell }, memberships, parts) : [];
    for (let part = 0; part < parts; part += 1) {
      for (const row of rowsOf(users.read(part), memberships.read(part), groups)) {
        if (isWanted(selection, row[0])) joined.add(part, row);
      }
    }
    const sorted = merged(joined, parts, ([{ username }]) => username);
    return readingOf(mapped(sorted, recordOf), shortfalls.reasons);
  } finally {
    for (const spool of [users, memberships, joined]) spool.close();
  }
}

/** Ids are random, but nobody promises how. */
function partOf(id: string, parts: number): number {
  return parts === 1 ? 0 : createHash("sha256").update(id).digest().readUInt32BE(0) % parts;
}

function countDifferent(users: Spool<User>, parts: number): number {
  let different = 0;
  for (let part = 0; part < parts; part += 1) {
    const ids = new Set<string>();
    for (const { id } of users.read(part)) ids.add(id);
    different += ids.size;
  }
  return different;
}

/** Every membership of the realm. Gives the paths of the groups. */
async function readMemberships(
  { client, shortfalls, tell }: Pick<Wanted, "client" | "tell"> & { readonly shortfalls: Shortfalls },
  memberships: Spool<Membership>,
  parts: number,
): Promise<string[]> {
  const groups = await readGroups(client, shortfalls);
  const paths = groups.map(({ path }) => path);
  const what = `reading realm ${client.realm}: members of groups, groups`;
  const progress = makeProgress({ what, total: groups.length, tell });
  await eachAtOnce(groups.entries(), client.concurrency, async ([index, group]) => {
    const how = await readMembers(client, group, shortfalls, ({ id }) => {
      memberships.add(partOf(id, parts), [id, index]);
    });
    // Who was in a group that is gone is not in it any more.
    if (how === "gone") paths[index] = "";
    progress.add(1);
  });
  return paths;
}

/** A part of the users with their groups, sorted by user name; a user who stands there twice once, as seen last. */
function rowsOf(users: Iterable<User>, memberships: Iterable<Membership>, groups: readonly string[]): Row[] {
  const rows = new Map<string, { user: User; groups: Set<string> }>();
  for (const user of users) rows.set(user.id, { user, groups: new Set() });
  for (const [user, group] of memberships) {
    const path = groups[group] ?? "";
    if (path !== "") rows.get(user)?.groups.add(path);
  }
  return [...rows.values()]
    .map(({ user, groups: paths }): Row => [user, [...paths].sort()])
    .sort(([a], [b]) => (a.username < b.username ? -1 : 1));
}

function* mapped<T, U>(records: Iterable<T>, to: (record: T) => U): Generator<U, void, undefined> {
  for (const record of records) yield to(record);
}
