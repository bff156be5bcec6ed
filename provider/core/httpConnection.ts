import { readFileSync } from "node:fs";
import { clientCredentials, type ClientCredentials } from "./clientCredentials.js";
import type { Connection, ConnectionSpec, SettingSpec, SettingSpecs } from "./connections.js";
import { MISSING_SETTING, RosterError } from "./errors.js";
import { openHttp, type Http, type HttpOptions } from "./http.js";
import { SECONDS, numberSetting, requiredSetting, shownAddress, unfitSetting } from "./settingValues.js";
import { commandTokens, moduleTokens, staticToken, type TokenSource } from "./tokens.js";

/** The settings that every service that speaks HTTP has. */
export const httpSettings = {
  /** The address of the service: https://birds.example.com. */
  url: { place: true },
  /** Certificates that are trusted besides those of Node.js: a file, or PEM text. */
  ca: {},
  /** Seconds to wait for a connection. */
  connectTimeout: { default: "10" },
  /** Seconds without a sign from the service. */
  silenceTimeout: { default: "60" },
  /** Seconds for one request with all its attempts. */
  overallTimeout: { default: "300" },
} as const satisfies SettingSpecs;

/** The settings of tokens, one kind or another. */
export const tokenSettings = {
  /** A token as it is. */
  token: { secret: true },
  /** The token endpoint of an OpenID Connect provider, for client credentials. */
  tokenUrl: {},
  clientId: {},
  clientSecret: { secret: true },
  /** What the token is to be good for; most providers need none. */
  scope: {},
  /** A command that prints a token. */
  tokenCommand: {},
  /** A JavaScript module that makes a token. */
  tokenModule: {},
} as const satisfies SettingSpecs;

/** Settings of a system that has those of HTTP among its own. */
export type HttpSettings = Record<keyof typeof httpSettings, SettingSpec>;
/** Settings of a system that has tokens too. */
export type TokenSettings = HttpSettings & Record<keyof typeof tokenSettings, SettingSpec>;

/** `connection birds (https://birds.example.com)`, for messages. */
export function describeHttp(connection: Connection<HttpSettings>): string {
  return `connection ${connection.name} (${shownAddress(connection.settings.url.value ?? "no url")})`;
}

/** The address of the service without a slash at its end. Throws a RosterError where it is none. */
export function baseUrlOf(spec: ConnectionSpec<HttpSettings>, connection: Connection<HttpSettings>): string {
  return addressOf(spec, connection, "url");
}

function addressOf<S extends SettingSpecs>(
  spec: ConnectionSpec<S>,
  connection: Connection<S>,
  name: keyof S & string,
): string {
  const text = requiredSetting(spec, connection, name);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const fits = url !== undefined && /^https?:$/.test(url.protocol) && url.search + url.hash === "";
  // Its own message, which does not repeat the password.
  if (url !== undefined && url.username + url.password !== "") {
    throw new RosterError(`the ${name} of connection ${connection.name} holds a user name or password`, {
      remedy: "Take it out of the address: it would appear in messages. Credentials have settings of their own.",
      code: MISSING_SETTING,
    });
  }
  if (!fits) throw unfitSetting(connection, name, "an address that begins with https:// or http://, without ? or #");
  return text.replace(/\/+$/, "");
}

/** What a system adds to its connection's settings. */
export type HttpExtras = Pick<HttpOptions, "authorization" | "headers" | "rate" | "readOnly" | "explain" | "pause"> & {
  readonly concurrency: number;
  readonly tokens?: TokenSource | undefined;
};

/** Opens a service as a connection's settings say. Throws a RosterError that names the setting that is wrong. */
export function openConnection(
  spec: ConnectionSpec<HttpSettings>,
  connection: Connection<HttpSettings>,
  extras: HttpExtras,
): Http {
  return openHttp({
    ...extras,
    description: describeHttp(connection),
    baseUrl: baseUrlOf(spec, connection),
    ca: authorityOf(connection),
    ...timeLimits(spec, connection),
  });
}

type TimeSettings = Readonly<Record<"connectTimeout" | "silenceTimeout" | "overallTimeout", SettingSpec>>;

/** How long a connection waits, in seconds, as its settings say. Throws a RosterError where one is no number. */
export function timeLimits<S extends TimeSettings>(
  spec: ConnectionSpec<S>,
  connection: Connection<S>,
): Pick<HttpOptions, keyof TimeSettings> {
  const seconds = (name: keyof TimeSettings): number => numberSetting(spec, connection, name, SECONDS);
  return {
    connectTimeout: seconds("connectTimeout"),
    silenceTimeout: seconds("silenceTimeout"),
    overallTimeout: seconds("overallTimeout"),
  };
}

/** The certificate in the setting `ca`, as PEM text. Throws a RosterError where it cannot be read. */
export function authorityOf(connection: Connection<{ readonly ca: SettingSpec }>): string | undefined {
  const { value, source } = connection.settings.ca;
  if (value === undefined || value === "" || value.includes("-----BEGIN")) return value === "" ? undefined : value;
  try {
    return readFileSync(value, "utf8");
  } catch (error) {
    throw new RosterError(`the ca of connection ${connection.name} cannot be read (from ${source})`, {
      said: (error as Error).message,
      remedy: "Give the path of a PEM file, or its text.",
      code: MISSING_SETTING,
    });
  }
}

/**
 * Where a connection's tokens come from, as its settings say: `token`, or `tokenUrl`, `clientId` and `clientSecret`, or
 * `tokenCommand`, or `tokenModule`. Throws a RosterError where none of them is given, or several.
 */
export function tokensOf(
  spec: ConnectionSpec<TokenSettings>,
  connection: Connection<TokenSettings>,
  { inHeader }: Pick<ClientCredentials, "inHeader"> = {},
): TokenSource {
  const kinds = ["token", "clientId", "tokenCommand", "tokenModule"] as const;
  const given = kinds.filter((kind) => (connection.settings[kind].value ?? "") !== "");
  const kind = given[0] ?? "token";
  if (given.length > 1) {
    const named = given.map((each) => `${each} (from ${connection.settings[each].source})`).join(", ");
    throw new RosterError(`connection ${connection.name} has several kinds of tokens: ${named}`, {
      remedy: "Give one of them.",
      code: MISSING_SETTING,
    });
  }
  // Names every way to give the first kind.
  const value = requiredSetting(spec, connection, kind);
  const { source } = connection.settings[kind];
  switch (kind) {
    case "clientId": {
      const tokenUrl = addressOf(spec, connection, "tokenUrl");
      return clientCredentials({
        open: (headers) =>
          openConnection(
            spec,
            { ...connection, settings: { ...connection.settings, url: connection.settings.tokenUrl } },
            { concurrency: 1, headers },
          ),
        clientId: value,
        clientSecret: requiredSetting(spec, connection, "clientSecret"),
        scope: connection.settings.scope.value,
        inHeader,
        origin: `the token for client ${value} (from ${source}) of ${tokenUrl}`,
      });
    }
    case "tokenCommand":
      return commandTokens(value, `the command in tokenCommand (from ${source})`);
    case "tokenModule":
      return moduleTokens(value, `the module in tokenModule (from ${source})`);
    case "token":
      return staticToken(value, `the token from ${source}`);
  }
}
