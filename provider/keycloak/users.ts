import { RosterError } from "../core/errors.js";
import { readPages } from "../core/pages.js";
import type { Shortfalls } from "../core/shortfalls.js";
import type { KeycloakClient, UserQuery } from "./client.js";
import { SERVICE_ACCOUNT, userOf, type User } from "./records.js";

/** Which users are wanted. */
export interface UserSelection {
  readonly includeDisabled?: boolean | undefined;
  readonly includeServiceAccounts?: boolean | undefined;
  /** Text that Keycloak looks for in user names, names and e-mail addresses. */
  readonly search?: string | undefined;
  /** Values of attributes that users have. */
  readonly withAttributes?: Readonly<Record<string, string>> | undefined;
  readonly maxUsers?: number | undefined;
}

/** Whether a user is one of those that are wanted. Keycloak's own filter for `enabled` brings service accounts in. */
export function isWanted({ includeDisabled, includeServiceAccounts }: UserSelection, user: User): boolean {
  return (user.enabled || includeDisabled === true) && (!user.serviceAccount || includeServiceAccounts === true);
}

/** The users of a realm, as they come. */
export interface UserPages {
  /** How many Keycloak counts. */
  readonly expected: number;
  /** Gives everything that is read to `take`, also who is not wanted. */
  read(take: (user: User) => void): Promise<void>;
  /** The same for the service accounts of the realm, which are in no list of users. */
  readServiceAccounts(take: (user: User) => void): Promise<void>;
  /** To be called with how many different users were read: notes in the shortfalls what does not add up. */
  verify(different: number): Promise<void>;
}

/** Opens a realm's list of users. Throws a RosterError where there is nobody that the account may see. */
export async function openUsers(
  client: KeycloakClient,
  selection: UserSelection,
  shortfalls: Shortfalls,
): Promise<UserPages> {
  const query = queryOf(selection);
  const expected = await client.userCount(query);
  const filters = filtersOf(selection);
  if (filters !== undefined) shortfalls.add(`only users were asked for that have ${filters}`);
  const { maxUsers = Infinity } = selection;
  let cut = false;
  let wanted = 0;

  /** Passes users on for as long as there is room; false where there was none for one of them. */
  function takeSome(page: readonly User[], take: (user: User) => void): boolean {
    for (const user of page) {
      if (wanted === maxUsers) return false;
      if (isWanted(selection, user)) wanted += 1;
      take(user);
    }
    return true;
  }

  function endHere(): void {
    cut = true;
    shortfalls.add(`maxUsers is ${String(maxUsers)}, and the realm has ${String(expected)} users`);
  }

  async function read(take: (user: User) => void): Promise<void> {
    const size = Math.min(client.pageSize, Math.max(2, maxUsers));
    const ahead = maxUsers === Infinity ? client.concurrency - 1 : 0;
    const fetch = async (first: number, max: number): Promise<User[]> =>
      (await client.users(query, first, max)).map(userOf);
    let seen = 0;
    try {
      for await (const page of readPages({ size, ahead, expected, fetch, key: ({ username }) => username })) {
        const all = takeSome(page, take);
        seen += page.length;
        if (all && (wanted < maxUsers || seen >= expected)) continue;
        endHere();
        return;
      }
    } catch (error) {
      // Nothing was read at all: then there is nothing to go on with.
      if (seen === 0) throw error;
      shortfalls.failed("the list of users", error);
      cut = true;
    }
  }

  // Keycloak lists service accounts only where a user name is asked for.
  async function readServiceAccounts(take: (user: User) => void): Promise<void> {
    const asked = selection.includeServiceAccounts === true && filters === undefined;
    if (!asked || cut || !shortfalls.goOn()) return;
    const fetch = async (first: number, max: number): Promise<User[]> =>
      (await client.users({ username: SERVICE_ACCOUNT }, first, max)).map(userOf);
    try {
      for await (const page of readPages({ size: client.pageSize, fetch, key: ({ username }) => username })) {
        // Keycloak looks for the text anywhere in the name.
        const accounts = page.filter(({ serviceAccount }) => serviceAccount);
        if (takeSome(accounts, take)) continue;
        endHere();
        return;
      }
    } catch (error) {
      shortfalls.failed("the list of service accounts", error);
    }
  }

  async function verify(different: number): Promise<void> {
    if (cut || different >= expected) return;
    // Keycloak counts users whom it does not show: to an account without view-users, every one.
    if (different === 0) throw invisible(client, expected);
    const now = await client.userCount(query);
    if (different >= now) return;
    shortfalls.add(
      `Keycloak counts ${String(Math.min(expected, now))} users, and its pages had ${String(different)} of them`,
    );
  }

  return { expected, read, readServiceAccounts, verify };
}

function queryOf({ search, withAttributes }: UserSelection): UserQuery {
  const entries = Object.entries(withAttributes ?? {});
  return {
    ...(search === undefined ? {} : { search }),
    ...(entries.length === 0
      ? {}
      : { q: entries.map(([name, value]) => `${quoted(name)}:${quoted(value)}`).join(" ") }),
  };
}

/** Keycloak's grammar of searches takes white space in quotation marks. */
function quoted(text: string): string {
  return /[\s":]/.test(text) ? `"${text.replaceAll('"', '\\"')}"` : text;
}

function filtersOf({ search, withAttributes }: UserSelection): string | undefined {
  const said = [
    ...(search === undefined ? [] : [`${JSON.stringify(search)} in their names or addresses`]),
    ...Object.entries(withAttributes ?? {}).map(([name, value]) => `${name} ${JSON.stringify(value)}`),
  ];
  return said.length === 0 ? undefined : said.join(" and ");
}

/** The error for an account that is shown nobody of those whom Keycloak counts. */
export function invisible(client: KeycloakClient, counted: number): RosterError {
  return new RosterError(`Keycloak shows none of the ${String(counted)} users of realm ${client.realm}`, {
    said: "an empty list, which is what it gives to an account that may ask for users and not see them",
    remedy: client.roleRemedy(["view-users"]),
    fault: "permission",
  });
}
