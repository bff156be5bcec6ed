import { matcher } from "../../provider/core/names.js";

/** Somebody in a group of another system. */
export interface SourceUser {
  /** The user's name there. */
  readonly username: string;
  /** Undefined where there is none. */
  readonly email?: string | undefined;
  /** Whether the account is active; who is not is in no database group. */
  readonly active: boolean;
}

/** A group of another system. */
export interface SourceGroup<U extends SourceUser = SourceUser> {
  /** What the system itself knows it by. */
  readonly id: string;
  /** What people know it by. */
  readonly name: string;
  /** Who is in the group itself. */
  readonly members: readonly U[];
  /** Whether `members` is everybody. */
  readonly complete: boolean;
  /** The ids of the groups whose members count as its own where an entry says `nested`. */
  readonly children: readonly string[];
}

/** The groups of another system, as they were read. */
export interface GroupSource<U extends SourceUser = SourceUser> {
  /** What people call the system, for messages: `Civis Platform`. */
  readonly system: string;
  /** As far as they are known. */
  readonly groups: readonly SourceGroup<U>[];
  /** Whether these are all groups that there are. */
  readonly complete: boolean;
}

/** What an entry of a crosswalk says about the group of the database, whatever feeds it. */
export interface EntryOptions {
  /** The group of the database. Several entries may name one: their members add up. */
  readonly databaseGroup: string;
  /** For whoever reads the crosswalk. */
  readonly notes?: string | undefined;
  /** Whether the database group is created where it is missing. Default true. */
  readonly create?: boolean | undefined;
  /** What happens to the database group when the entry leaves. Default: what the GroupSync's `onRemove` says. */
  readonly onRemove?: "drop" | "keep" | undefined;
}

/** Which group of the other system feeds which group of the database. */
export interface CrosswalkEntry extends EntryOptions {
  /** The id of the group in the other system. Counts before the name. */
  readonly id?: string | undefined;
  /** The name of the group in the other system. */
  readonly name?: string | undefined;
  /** Whether a group that is empty, gone or not shown whole may empty the database group. Default false. */
  readonly mayEmpty?: boolean | undefined;
  /** Whether members of the group's child groups count too, at any depth. Default false. */
  readonly nested?: boolean | undefined;
}

/** How users of the other system become users of the database. */
export interface UserRules<U extends SourceUser = SourceUser> {
  /** Patterns of names that are left alone, of the other system's users and of the database's. */
  readonly ignoreUsers: readonly string[];
  /** The name of somebody in the database; undefined for somebody who has none. */
  readonly userMap: (user: U) => string | undefined;
}

/** A group of the database and who is to be in it. */
export interface FedGroup {
  /** Names of users of the database, sorted. */
  readonly members: readonly string[];
  /** Nobody is to be taken out, because the source may lack somebody. */
  readonly incomplete?: true;
  /** Not to be created where it is missing. */
  readonly create?: false;
  /** What happens to it when it leaves. */
  readonly onRemove?: "drop" | "keep";
}

/** What a crosswalk makes of a source. */
export interface Crosswalked {
  /** By the name of the database group. */
  readonly groups: Readonly<Record<string, FedGroup>>;
  /** The names of the source's groups that no entry names, sorted. */
  readonly unmapped: readonly string[];
  /** The user names for which the user map has no name in the database, sorted. */
  readonly unnamed: readonly string[];
  /** What the reader should know of: a sentence each. */
  readonly warnings: readonly string[];
}

/** The user's name is the same in the database. */
export function byUsername({ username }: Pick<SourceUser, "username">): string {
  return username;
}

/** The user's name in the database is the e-mail address, in lower case. Who has no address has no user. */
export function byEmail({ email }: Pick<SourceUser, "email">): string | undefined {
  return email === undefined || email === "" ? undefined : email.toLowerCase();
}

/**
 * Says who is to be in which group of the database. Several entries for one group add up. A group that is not there,
 * that has nobody to give, or whose members are not all known takes nobody out of the database, unless its entry says
 * that it may; of a source that is not complete none can say so. Throws an Error for a name that several groups have,
 * and for an entry without a name.
 */
export function crosswalk<U extends SourceUser>(
  source: GroupSource<U>,
  entries: readonly CrosswalkEntry[],
  rules: UserRules<U>,
): Crosswalked {
  const fed = new Map<string, Feed[]>();
  const mapped = new Set<string>();
  const unnamed = new Set<string>();
  const warnings: string[] = [];
  for (const entry of entries) {
    const feed = feedOf(source, entry, rules);
    fed.set(entry.databaseGroup, [...(fed.get(entry.databaseGroup) ?? []), feed]);
    if (feed.group !== undefined) mapped.add(feed.group.id);
    for (const name of feed.unnamed) unnamed.add(name);
    warnings.push(...feed.warnings);
  }
  return {
    groups: Object.fromEntries([...fed].map(([group, feeds]) => [group, merged(feeds)])),
    unmapped: source.groups
      .filter(({ id }) => !mapped.has(id))
      .map(({ name }) => name)
      .sort(),
    unnamed: [...unnamed].sort(),
    warnings,
  };
}

interface Feed {
  readonly entry: CrosswalkEntry;
  readonly group: SourceGroup | undefined;
  readonly members: readonly string[];
  readonly unnamed: readonly string[];
  readonly incomplete: boolean;
  readonly warnings: readonly string[];
}

function feedOf<U extends SourceUser>(source: GroupSource<U>, entry: CrosswalkEntry, rules: UserRules<U>): Feed {
  const group = find(source, entry);
  const parts = group === undefined ? [] : [group, ...(entry.nested === true ? descendants(source, group) : [])];
  const { members, unnamed } = namesOf(
    parts.flatMap((part) => part.members),
    rules,
  );
  const doubt = doubtOf(source, entry, group, parts, members);
  // What a read did not get to is not known to be gone, whatever an entry allows.
  const settled = doubt === undefined || (entry.mayEmpty === true && source.complete);
  const kept = settled ? "" : ` Nobody is taken out of ${JSON.stringify(entry.databaseGroup)}.`;
  return {
    entry,
    group,
    members,
    unnamed,
    incomplete: !settled,
    warnings: [...(doubt === undefined ? [] : [`${doubt}.${kept}`]), ...renamed(entry, group)],
  };
}

/** Why what a group gives may not be everything; undefined where it is. */
function doubtOf<U extends SourceUser>(
  source: GroupSource<U>,
  entry: CrosswalkEntry,
  group: SourceGroup<U> | undefined,
  parts: readonly SourceGroup<U>[],
  members: readonly string[],
): string | undefined {
  const named = entry.name === undefined ? `with id ${entry.id ?? ""}` : JSON.stringify(entry.name);
  if (group === undefined) return `${source.system} has no group ${named}, or does not show it`;
  const partial = parts.find(({ complete }) => !complete);
  if (partial !== undefined) return `the members of the group ${JSON.stringify(partial.name)} are not all known`;
  if (!source.complete) return `the group ${JSON.stringify(group.name)} was read from a source that is not complete`;
  return members.length === 0 ? `the group ${JSON.stringify(group.name)} has nobody to give` : undefined;
}

/** The id counts: a group that has another name now is still the one that was meant. */
function renamed({ id, name }: CrosswalkEntry, group: SourceGroup | undefined): string[] {
  if (id === undefined || name === undefined || group === undefined || group.name === name) return [];
  return [`the group with id ${id} is called ${JSON.stringify(group.name)} now, and not ${JSON.stringify(name)}.`];
}

function find<U extends SourceUser>(
  { groups }: GroupSource<U>,
  { id, name, databaseGroup }: CrosswalkEntry,
): SourceGroup<U> | undefined {
  if (id !== undefined) return groups.find((group) => group.id === id);
  if (name === undefined) throw new Error(`the entry for ${JSON.stringify(databaseGroup)} has neither name nor id`);
  const [found, other] = groups.filter((group) => group.name === name);
  if (found === undefined || other === undefined) return found;
  throw new Error(
    `there are several groups ${JSON.stringify(name)} (ids ${found.id} and ${other.id}): the entry for ` +
      `${JSON.stringify(databaseGroup)} has to give the id`,
  );
}

/** The groups below a group, each once, also where they form a circle. */
function descendants<U extends SourceUser>({ groups }: GroupSource<U>, top: SourceGroup<U>): SourceGroup<U>[] {
  const known = new Map(groups.map((group) => [group.id, group]));
  const found = new Map<string, SourceGroup<U>>([[top.id, top]]);
  // A map can be added to while it is walked, and then walks on.
  for (const group of found.values()) {
    for (const id of group.children) {
      const child = known.get(id);
      if (child !== undefined && !found.has(id)) found.set(id, child);
    }
  }
  found.delete(top.id);
  return [...found.values()];
}

function namesOf<U extends SourceUser>(
  users: readonly U[],
  { ignoreUsers, userMap }: UserRules<U>,
): { members: string[]; unnamed: string[] } {
  const ignored = matcher(ignoreUsers);
  const members = new Set<string>();
  const unnamed = new Set<string>();
  for (const user of users) {
    if (!user.active || ignored(user.username)) continue;
    const name = userMap(user);
    if (name === undefined || name === "") unnamed.add(user.username);
    else if (!ignored(name)) members.add(name);
  }
  return { members: [...members].sort(), unnamed: [...unnamed] };
}

function merged(feeds: readonly Feed[]): FedGroup {
  const onRemove = feeds.find(({ entry }) => entry.onRemove !== undefined)?.entry.onRemove;
  return {
    members: [...new Set(feeds.flatMap(({ members }) => members))].sort(),
    ...(feeds.some(({ incomplete }) => incomplete) ? { incomplete: true as const } : {}),
    ...(feeds.every(({ entry }) => entry.create === false) ? { create: false as const } : {}),
    ...(onRemove === undefined ? {} : { onRemove }),
  };
}
