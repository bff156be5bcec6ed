import type { Connection } from "../core/connections.js";
import type { Http } from "../core/http.js";
import { openConnection } from "../core/httpConnection.js";
import { registerSecret } from "../core/redact.js";
import { numberSetting, requiredSetting, unfitSetting } from "../core/settingValues.js";
import { staticToken } from "../core/tokens.js";
import { readNumbered } from "./pages.js";
import {
  childGroups,
  groupDetail,
  groupSummary,
  userSummary,
  type ChildGroups,
  type GroupDetail,
  type GroupSummary,
  type UserSummary,
} from "./records.js";
import { connections, type CivisSettings } from "./settings.js";

/** The most that `GET /groups/` gives in one page. */
const GROUPS_IN_A_PAGE = 1000;
/** The most that `GET /users/` gives in one page. */
const USERS_IN_A_PAGE = 10_000;

/** Civis Platform, as far as it is read. Every read is whole, or an error: nothing that failed looks empty. */
export interface CivisClient {
  readonly http: Http;
  /** The groups that the key sees, with their members as lists know them. */
  groups(): Promise<GroupSummary[]>;
  /** One group with all that is known of its members. */
  group(id: number): Promise<GroupDetail>;
  /** The groups that a group has permissions on. */
  childGroups(id: number): Promise<ChildGroups>;
  /** Everybody, also who is not active. */
  users(): Promise<UserSummary[]>;
}

/** Opens Civis Platform; nothing is sent yet, and never anything but GET. Throws a RosterError that names a setting. */
export function openCivis(connection: Connection<CivisSettings>): CivisClient {
  const http = openConnection(connections, connection, {
    readOnly: true,
    concurrency: numberSetting(connections, connection, "concurrency", {
      fits: (value) => Number.isInteger(value) && value >= 1 && value <= 100,
      expected: "a whole number from 1 to 100",
    }),
    tokens: staticToken(
      requiredSetting(connections, connection, "apiKey"),
      `the API key from ${connection.settings.apiKey.source}`,
    ),
    ...authorization(connection),
  });
  return {
    http,
    groups: () =>
      readNumbered(http, {
        path: "/groups/",
        query: { include_members: true },
        limit: GROUPS_IN_A_PAGE,
        entry: groupSummary,
        idOf: ({ id }) => id,
      }),
    group: (id) => http.read({ method: "GET", path: `/groups/${String(id)}` }, groupDetail),
    childGroups: (id) => http.read({ method: "GET", path: `/groups/${String(id)}/child_groups` }, childGroups),
    users: () =>
      readNumbered(http, {
        path: "/users/",
        // Without the groups of each user, which nobody reads and which make the answer several times as long.
        query: { account_status: "all", exclude_groups: true },
        limit: USERS_IN_A_PAGE,
        entry: userSummary,
        idOf: ({ id }) => id,
      }),
  };
}

function authorization(connection: Connection<CivisSettings>): { authorization?: (token: string) => string } {
  const { auth } = connection.settings;
  if (auth.value === "bearer") return {};
  if (auth.value !== "basic") throw unfitSetting(connection, "auth", '"bearer" or "basic"');
  return { authorization: (key) => `Basic ${basic(key)}` };
}

function basic(key: string): string {
  return registerSecret(Buffer.from(`${key}:`).toString("base64"));
}
