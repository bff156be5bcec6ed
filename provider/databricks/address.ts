import type { Connection, Setting } from "../core/connections.js";
import { MISSING_SETTING, RosterError } from "../core/errors.js";
import { requiredSetting } from "../core/settingValues.js";
import { readProfile } from "./profiles.js";
import { connections, type DatabricksSettings } from "./settings.js";

/** The ways to log in: a profile's count only where the connection has none of its own. */
const LOGINS = ["token", "clientId", "tokenCommand", "tokenModule"] as const;

/**
 * The connection with what its profile gives, and with the token endpoint that follows from the address. Throws a
 * RosterError where the profile or the address is missing.
 */
export function completed(connection: Connection<DatabricksSettings>): Connection<DatabricksSettings> {
  const { settings } = withProfile(connection);
  const url = addressOf({ ...connection, settings });
  const follows = (own: Setting, value: string): Setting =>
    own.value === undefined ? { value, source: "the default" } : own;
  return {
    ...connection,
    settings: {
      ...settings,
      url: { value: url, source: settings.url.source },
      tokenUrl: follows(settings.tokenUrl, `${url}/oidc/v1/token`),
      scope: follows(settings.scope, "all-apis"),
    },
  };
}

function withProfile(connection: Connection<DatabricksSettings>): Connection<DatabricksSettings> {
  const { settings } = connection;
  const name = settings.profile.value;
  if (name === undefined || name === "") return connection;
  const file = settings.configFile.value ?? "";
  const profile = readProfile(name, file);
  const from = (key: string, own: Setting): Setting => {
    const value = profile.get(key);
    if ((own.value ?? "") !== "" || value === undefined || value === "") return own;
    return { value, source: `profile ${name} of ${file}` };
  };
  const loggedIn = LOGINS.some((login) => (settings[login].value ?? "") !== "");
  const login = loggedIn
    ? {}
    : {
        token: from("token", settings.token),
        clientId: from("client_id", settings.clientId),
        clientSecret: from("client_secret", settings.clientSecret),
      };
  if (!loggedIn && !["token", "client_id"].some((key) => profile.has(key))) throw noLogin(name, file, profile);
  return {
    ...connection,
    settings: {
      ...settings,
      ...login,
      url: from("host", settings.url),
      warehouse: from("warehouse_id", settings.warehouse),
    },
  };
}

function noLogin(name: string, file: string, profile: ReadonlyMap<string, string>): RosterError {
  const kind = profile.get("auth_type");
  return new RosterError(`profile ${name} of ${file} has neither a token nor a client_id`, {
    said: kind === undefined ? undefined : `it logs in by auth_type = ${kind}`,
    remedy:
      "For every other way to log in give the connection a tokenCommand, for instance " +
      "`databricks auth token --profile " +
      `${name} --output json | jq -r .access_token\`.`,
    code: MISSING_SETTING,
  });
}

/** People leave out https:// and add a slash. */
function addressOf(connection: Connection<DatabricksSettings>): string {
  const text = requiredSetting(connections, connection, "url").trim();
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  return full.replace(/\/+$/, "");
}
