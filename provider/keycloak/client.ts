import * as z from "zod";
import { clientCredentials } from "../core/clientCredentials.js";
import type { Connection } from "../core/connections.js";
import { RosterError } from "../core/errors.js";
import type { Http, Refusal } from "../core/http.js";
import { baseUrlOf, openConnection } from "../core/httpConnection.js";
import { statusOf, type Explanation } from "../core/httpErrors.js";
import { segment } from "../core/httpRequest.js";
import { numberSetting, requiredSetting } from "../core/settingValues.js";
import type { TokenSource } from "../core/tokens.js";
import { groupRecord, userRecord, type GroupRecord, type UserRecord } from "./records.js";
import { missingRoles, roleRemedy, type Role } from "./roles.js";
import { connections, type KeycloakSettings } from "./settings.js";

/** Which users Keycloak is asked for. */
export type UserQuery = Readonly<Record<string, string | undefined>>;

/** A realm of Keycloak, as far as it is read. Everything rejects with a RosterError. */
export interface KeycloakClient {
  /** For messages: `realm company`. */
  readonly realm: string;
  /** Entries in a page. */
  readonly pageSize: number;
  /** Requests at once. */
  readonly concurrency: number;
  /** Logs in. Gives the roles that the account lacks; undefined where its token does not say. */
  logIn(): Promise<readonly Role[] | undefined>;
  /** What to do where roles are missing. */
  roleRemedy(missing: readonly Role[]): string;
  users(query: UserQuery, first: number, max: number): Promise<readonly UserRecord[]>;
  userCount(query: UserQuery): Promise<number>;
  /** The groups that are in no other group. */
  groups(first: number, max: number): Promise<readonly GroupRecord[]>;
  /** All groups, at any depth. */
  groupCount(): Promise<number>;
  /** The groups that are in a group. */
  children(group: string, first: number, max: number): Promise<readonly GroupRecord[]>;
  /** Who is in a group itself; who is only in a group inside of it is not. */
  members(group: string, first: number, max: number): Promise<readonly UserRecord[]>;
}

const whole = (least: number, most: number): { fits: (value: number) => boolean; expected: string } => ({
  fits: (value) => Number.isInteger(value) && value >= least && value <= most,
  expected: `a whole number from ${String(least)} to ${String(most)}`,
});

/** Opens a realm; the first request logs in. Throws a RosterError that names a setting that is missing or wrong. */
export function openKeycloak(connection: Connection<KeycloakSettings>): KeycloakClient {
  const realm = requiredSetting(connections, connection, "realm");
  const clientId = requiredSetting(connections, connection, "clientId");
  requiredSetting(connections, connection, "clientSecret");
  const pageSize = numberSetting(connections, connection, "pageSize", whole(2, 10_000));
  const concurrency = numberSetting(connections, connection, "concurrency", whole(1, 100));
  baseUrlOf(connections, connection);
  let entry: Promise<Entrance> | undefined;
  const enter = (): Promise<Entrance> => (entry ??= findEntrance(connection, concurrency));
  const read = async <T>(path: string, query: UserQuery, schema: z.ZodType<T>): Promise<T> =>
    (await enter()).http.read({ method: "GET", path, query }, schema);
  const users = z.array(userRecord);
  const groups = z.array(groupRecord);
  const page = (first: number, max: number): UserQuery => ({ first: String(first), max: String(max) });
  const inGroup = (group: string): string => `/groups/${segment(group)}`;

  return {
    realm,
    pageSize,
    concurrency,
    async logIn() {
      const { tokens } = await enter();
      return missingRoles(await tokens.token(), realm);
    },
    roleRemedy: (missing) => roleRemedy(clientId, realm, missing),
    // Said each time, because what is left out is not the same in all versions.
    users: (query, first, max) =>
      read("/users", { ...query, ...page(first, max), briefRepresentation: "false" }, users),
    userCount: (query) => read("/users/count", query, z.number()),
    groups: (first, max) => read("/groups", { ...page(first, max), briefRepresentation: "false" }, groups),
    groupCount: async () => (await read("/groups/count", {}, z.object({ count: z.number() }))).count,
    children: (group, first, max) =>
      read(`${inGroup(group)}/children`, { ...page(first, max), briefRepresentation: "false" }, groups),
    members: (group, first, max) =>
      read(`${inGroup(group)}/members`, { ...page(first, max), briefRepresentation: "true" }, users),
  };
}

/** Where the realm is, and how to get in. */
interface Entrance {
  readonly tokens: TokenSource;
  readonly http: Http;
}

/** Servers before version 17 had everything below /auth, newer ones where they are told to. */
function basesOf(url: string): string[] {
  return url.endsWith("/auth") ? [url, url.slice(0, -"/auth".length)] : [url, `${url}/auth`];
}

async function findEntrance(connection: Connection<KeycloakSettings>, concurrency: number): Promise<Entrance> {
  const url = baseUrlOf(connections, connection);
  const failures: RosterError[] = [];
  for (const base of basesOf(url)) {
    const entrance = entranceAt(connection, base, concurrency);
    try {
      await entrance.tokens.token();
      return entrance;
    } catch (error) {
      if (!(error instanceof RosterError) || !isNoSuchPath(error)) throw error;
      failures.push(error);
    }
  }
  const [first] = failures;
  throw new RosterError(`connection ${connection.name} (${url}) does not answer like Keycloak`, {
    ...first?.details,
    fault: "place",
    remedy:
      "Check the url: it is what stands before /realms in the address of the realm. It was tried with and without /auth.",
  });
}

/** Keycloak answers 404 for a realm that it has not too, and then says so. */
function isNoSuchPath(error: RosterError): boolean {
  return [404, 405].includes(statusOf(error) ?? 0) && !isNoSuchRealm(error.details.said ?? "");
}

function isNoSuchRealm(said: string): boolean {
  return said.includes("Realm does not exist") || said.includes("Realm not found");
}

function entranceAt(connection: Connection<KeycloakSettings>, base: string, concurrency: number): Entrance {
  const { name, settings } = connection;
  const at = (path: string): Connection<KeycloakSettings> => ({
    ...connection,
    settings: { ...settings, url: { value: base + path, source: settings.url.source } },
  });
  const realm = requiredSetting(connections, connection, "realm");
  const clientId = requiredSetting(connections, connection, "clientId");
  const token = at(`/realms/${segment(realm)}/protocol/openid-connect/token`);
  const tokens = clientCredentials({
    open: () =>
      openConnection(connections, token, {
        concurrency: 1,
        explain: (refusal) => explainLogin(refusal, connection, `connection ${name} (${base})`),
      }),
    clientId,
    clientSecret: requiredSetting(connections, connection, "clientSecret"),
    scope: undefined,
    origin: `the token of client ${clientId} (from ${settings.clientId.source})`,
  });
  let latest = "";
  const watched: TokenSource = {
    ...tokens,
    async token() {
      latest = await tokens.token();
      return latest;
    },
  };
  const http = openConnection(connections, at(`/admin/realms/${segment(realm)}`), {
    concurrency,
    readOnly: true,
    tokens: watched,
    explain: ({ status }) =>
      status === 403
        ? {
            headline: `connection ${name} (${base}): client ${clientId} may not read this in realm ${realm}`,
            remedy: roleRemedy(clientId, realm, missingRoles(latest, realm) ?? []),
          }
        : undefined,
  });
  return { tokens: watched, http };
}

/** What Keycloak means when it gives no token. Answers observed on Keycloak 26.4. */
function explainLogin(
  { body }: Refusal,
  { settings }: Connection<KeycloakSettings>,
  where: string,
): Explanation | undefined {
  const said = JSON.stringify(body ?? "");
  const client = JSON.stringify(settings.clientId.value);
  const realm = JSON.stringify(settings.realm.value);
  if (isNoSuchRealm(said)) {
    return {
      headline: `${where} has no realm ${realm}`,
      remedy: `Check the realm (from ${settings.realm.source}).`,
      fault: "place",
    };
  }
  if (said.includes("not enabled to retrieve service account")) {
    return {
      headline: `${where}: client ${client} of realm ${realm} has no service account`,
      remedy: "In the settings of the client, switch on Service accounts roles.",
    };
  }
  if (said.includes("Public client")) {
    return {
      headline: `${where}: client ${client} of realm ${realm} is public and has no secret`,
      remedy: "In the settings of the client, switch on Client authentication and Service accounts roles.",
    };
  }
  if (/invalid_client|unauthorized_client/.test(said)) {
    return {
      headline: `${where} refuses client ${client} of realm ${realm}`,
      remedy:
        `Check that the client exists and is enabled (clientId is from ${settings.clientId.source}), and its secret ` +
        `(clientSecret is from ${settings.clientSecret.source}). After a rotation in config, run pulumi up first.`,
      // Older servers refuse with 400.
      fault: "login",
    };
  }
  return undefined;
}
