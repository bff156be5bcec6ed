import { eachAtOnce } from "../core/atOnce.js";
import { readingOf, type Reading } from "../core/reading.js";
import { Shortfalls } from "../core/shortfalls.js";
import { Spool } from "../core/spool.js";
import type { KeycloakClient } from "./client.js";
import { readGroups, readMembers, type Group } from "./groups.js";
import type { User } from "./records.js";
import { isWanted, type UserSelection } from "./users.js";
import type { GroupList, Member } from "./types.js";

export type { GroupList, Member } from "./types.js";

/** Which groups are read with their members. */
export interface GroupSelection extends Pick<UserSelection, "includeDisabled" | "includeServiceAccounts"> {
  readonly membersOf?: ((group: Group) => boolean) | undefined;
}

/** Members are in memory for the groups of one part. */
const GROUPS_IN_A_PART = 50;

/** The groups of a realm with their members, sorted by path. */
export async function readGroupLists(client: KeycloakClient, selection: GroupSelection): Promise<Reading<GroupList>> {
  const { membersOf = (): boolean => true } = selection;
  const shortfalls = new Shortfalls();
  const groups = await readGroups(client, shortfalls);
  const parts = Math.max(1, Math.ceil(groups.length / GROUPS_IN_A_PART));
  const lists = new Spool<GroupList>(parts);
  try {
    await eachAtOnce(groups.entries(), client.concurrency, async ([index, group]) => {
      const list = membersOf(group) ? await listOf(client, group, selection, shortfalls) : { ...group, complete: true };
      if (list !== undefined) lists.add(Math.floor(index / GROUPS_IN_A_PART), list);
    });
    return readingOf(inOrder(lists, parts), shortfalls.reasons);
  } finally {
    lists.close();
  }
}

async function listOf(
  client: KeycloakClient,
  group: Group,
  selection: UserSelection,
  shortfalls: Shortfalls,
): Promise<GroupList | undefined> {
  const members = new Map<string, Member>();
  const how = await readMembers(client, group, shortfalls, (user) => {
    if (isWanted(selection, user)) members.set(user.id, memberOf(user));
  });
  if (how === "gone") return undefined;
  const sorted = [...members.values()].sort((a, b) => (a.username < b.username ? -1 : 1));
  return { ...group, members: sorted, complete: how === "complete" };
}

function memberOf({ attributes: _attributes, createdAt: _createdAt, ...member }: User): Member {
  return member;
}

function* inOrder(lists: Spool<GroupList>, parts: number): Generator<GroupList, void, undefined> {
  for (let part = 0; part < parts; part += 1) {
    yield* [...lists.read(part)].sort((a, b) => (a.path < b.path ? -1 : 1));
  }
}
