import type { SettingSources } from "../core/connections.js";
import { statusOf } from "../core/httpErrors.js";
import { sourceConnection } from "../core/sources.js";
import { openCivis, type CivisClient } from "./client.js";
import type { ChildGroups, GroupSummary, UserSummary } from "./records.js";
import { connections } from "./settings.js";
import type { ChildPermission, Group, GroupReading, Member, User } from "./types.js";

export type { ChildPermission, Group, GroupReading, Member, User } from "./types.js";

/** What is read besides the groups and their members. */
export interface ReadOptions {
  /** Whether to ask for the groups that each group has permissions on: one request for each group. */
  readonly childGroups: boolean;
}

/** All users, sorted by user name. */
export async function readUsers(client: CivisClient): Promise<User[]> {
  return (await client.users()).map(userOf).sort(byUsername);
}

/**
 * All groups with their members, in as few requests as there can be: the lists of groups have members without e-mail
 * and state, the list of users has both. A group is asked for by itself only where it has a member whom the list of
 * users does not show. What fails is an error; a group whose members are not all shown is marked.
 */
export async function readGroups(client: CivisClient, { childGroups }: ReadOptions): Promise<GroupReading> {
  const [listed, users] = await Promise.all([client.groups(), usersById(client)]);
  const shortfalls: string[] = [];
  const groups = await Promise.all(
    listed.map(async (summary): Promise<Group> => {
      const [members, children] = await Promise.all([
        membersOf(client, summary, users),
        childGroups ? client.childGroups(summary.id) : undefined,
      ]);
      const missing = missingFrom(summary, members);
      if (missing !== undefined) shortfalls.push(missing);
      return {
        id: summary.id,
        name: summary.name,
        ...(summary.organizationName === undefined ? {} : { organization: summary.organizationName }),
        members: members.sort(byUsername),
        complete: missing === undefined,
        ...(children === undefined ? {} : { children: idsOf(children) }),
      };
    }),
  );
  groups.sort((one, other) => (one.name < other.name ? -1 : 1));
  return { groups, complete: shortfalls.length === 0, shortfalls: shortfalls.sort() };
}

async function usersById(client: CivisClient): Promise<ReadonlyMap<number, UserSummary>> {
  try {
    return new Map((await client.users()).map((user) => [user.id, user]));
  } catch (error) {
    // A key that may not list users still sees those of its groups, group by group.
    if (statusOf(error) === 403) return new Map();
    throw error;
  }
}

async function membersOf(
  client: CivisClient,
  { id, members }: GroupSummary,
  users: ReadonlyMap<number, UserSummary>,
): Promise<Member[]> {
  const known = members.flatMap((member) => users.get(member.id) ?? []);
  if (known.length === members.length) return known.map(memberOf);
  return (await client.group(id)).members.map(({ id: user, username, name, email, active }) => ({
    ...identity({ id: user, username, name, email }),
    active,
  }));
}

/** Platform counts the members whom it shows, and those whom it does not show to this key. */
function missingFrom(
  { name, memberCount, totalMemberCount }: GroupSummary,
  members: readonly Member[],
): string | undefined {
  const active = members.filter((member) => member.active).length;
  // Members who are not active may be left out of lists: they count for nothing here.
  if (active >= memberCount) return undefined;
  const shown = `${String(members.length)} of them (${String(active)} active)`;
  return (
    `the group ${JSON.stringify(name)} has ${String(totalMemberCount)} members (${String(memberCount)} active), ` +
    `and Civis Platform showed ${shown}`
  );
}

function idsOf(children: ChildGroups): Record<ChildPermission, number[]> {
  const ids = (permission: ChildPermission): number[] => children[permission].map(({ id }) => id);
  return { manageable: ids("manageable"), writeable: ids("writeable"), readable: ids("readable") };
}

function userOf(summary: UserSummary): User {
  return { ...memberOf(summary), suspended: summary.suspended };
}

function memberOf({ id, user, name, email, active }: UserSummary): Member {
  return { ...identity({ id, username: user, name, email }), active };
}

function identity({
  id,
  username,
  name,
  email,
}: {
  id: number;
  username: string;
  name: string | undefined;
  email: string | undefined;
}): Omit<Member, "active"> {
  return {
    id,
    username,
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
  };
}

function byUsername(one: { username: string }, other: { username: string }): number {
  return one.username < other.username ? -1 : 1;
}

/** Opens the Civis Platform that a program reads. Throws a RosterError that names a setting. */
export function openSource(connection: unknown, sources: SettingSources): CivisClient {
  return openCivis(sourceConnection(connections, connection, sources));
}
