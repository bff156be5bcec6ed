import { eachAtOnce } from "../core/atOnce.js";
import { RosterError } from "../core/errors.js";
import { statusOf } from "../core/httpErrors.js";
import { readPages } from "../core/pages.js";
import type { Shortfalls } from "../core/shortfalls.js";
import type { KeycloakClient } from "./client.js";
import { userOf, type GroupRecord, type User } from "./records.js";
import type { Group } from "./types.js";

export type { Group } from "./types.js";

/** All groups of a realm, sorted by path. Throws a RosterError where there is none that the account may see. */
export async function readGroups(client: KeycloakClient, shortfalls: Shortfalls): Promise<Group[]> {
  const expected = await client.groupCount();
  const found = new Map<string, Group>();
  let level = await readTop(client, shortfalls);
  while (level.length > 0) {
    const inner: Found[] = [];
    for (const { record, parentId } of level) found.set(record.id, groupOf(record, parentId));
    await eachAtOnce(level, client.concurrency, async ({ record }) => {
      for (const child of await readChildren(client, record, shortfalls)) {
        // A group that was moved while it was read can be met twice.
        if (!found.has(child.id)) inner.push({ record: child, parentId: record.id });
      }
    });
    level = inner;
  }
  if (shortfalls.reasons.length === 0 && found.size < expected) {
    await explainMissing(client, found.size, shortfalls);
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

interface Found {
  readonly record: GroupRecord;
  readonly parentId: string | undefined;
}

async function readTop(client: KeycloakClient, shortfalls: Shortfalls): Promise<Found[]> {
  const found: Found[] = [];
  const fetch = (first: number, max: number): Promise<readonly GroupRecord[]> => client.groups(first, max);
  try {
    for await (const page of readPages({ size: client.pageSize, fetch, key: ({ name }) => name })) {
      found.push(...page.map((record) => ({ record, parentId: undefined })));
    }
  } catch (error) {
    // Nothing was read at all: then there is nothing to go on with.
    if (found.length === 0) throw error;
    shortfalls.failed("the list of groups", error);
  }
  return found;
}

async function readChildren(
  client: KeycloakClient,
  { id, path, subGroupCount, subGroups }: GroupRecord,
  shortfalls: Shortfalls,
): Promise<readonly GroupRecord[]> {
  // Servers before 23 send the whole tree at once, and no counts.
  if (typeof subGroupCount !== "number") return subGroups ?? [];
  if (subGroupCount === 0 || !shortfalls.goOn()) return [];
  const found: GroupRecord[] = [];
  const fetch = (first: number, max: number): Promise<readonly GroupRecord[]> => client.children(id, first, max);
  try {
    for await (const page of readPages({ size: client.pageSize, fetch, key: ({ name }) => name })) found.push(...page);
  } catch (error) {
    if (!isGone(error)) shortfalls.failed(`the list of the groups in ${JSON.stringify(path)}`, error);
  }
  return found;
}

/** There are fewer groups than Keycloak counts: some were deleted meanwhile, or not all were shown. */
async function explainMissing(client: KeycloakClient, found: number, shortfalls: Shortfalls): Promise<void> {
  const now = await client.groupCount();
  if (found >= now) return;
  if (found === 0) {
    throw new RosterError(`Keycloak shows none of the ${String(now)} groups of realm ${client.realm}`, {
      said: "an empty list, which is what it gives to an account that may ask for groups and not see them",
      remedy: client.roleRemedy(["view-users"]),
      fault: "permission",
    });
  }
  shortfalls.add(`Keycloak counts ${String(now)} groups, and its pages had ${String(found)} of them`);
}

function groupOf({ id, name, path, attributes }: GroupRecord, parentId: string | undefined): Group {
  return { id, name, path, ...(parentId === undefined ? {} : { parentId }), attributes: attributes ?? {} };
}

/** How the members of a group were read. */
export type MembersRead =
  | "complete"
  /** Some are missing; the shortfalls say why. */
  | "incomplete"
  /** The group has been deleted meanwhile. */
  | "gone";

/** Gives a group's own members to `take`, also who is disabled and who is a service account. */
export async function readMembers(
  client: KeycloakClient,
  { id, path }: Group,
  shortfalls: Shortfalls,
  take: (user: User) => void,
): Promise<MembersRead> {
  if (!shortfalls.goOn()) return "incomplete";
  const fetch = async (first: number, max: number): Promise<User[]> =>
    (await client.members(id, first, max)).map(userOf);
  try {
    for await (const page of readPages({ size: client.pageSize, fetch, key: ({ username }) => username })) {
      page.forEach(take);
    }
    return "complete";
  } catch (error) {
    if (isGone(error)) return "gone";
    shortfalls.failed(`the list of the members of ${JSON.stringify(path)}`, error);
    return "incomplete";
  }
}

/** A group that was deleted after it had been listed. */
function isGone(error: unknown): boolean {
  return statusOf(error) === 404 && /could not find group/i.test((error as RosterError).details.said ?? "");
}
