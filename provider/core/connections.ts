import * as z from "zod";
import { RosterError } from "./errors.js";
import { registerSecret } from "./redact.js";
import { UNKNOWN } from "./unknown.js";
import { keyAdvice } from "./unknownKeys.js";

/** One setting of a system's connections, for instance `host`. */
export interface SettingSpec {
  /** The environment variable that the system's users know already. It is read for the default connection only. */
  readonly variable?: string;
  /** That variable is read for every connection. */
  readonly everywhere?: true;
  /** Secrets are kept out of every message. */
  readonly secret?: true;
  /** The value where nobody gives one. */
  readonly default?: string;
  /** The same where it depends on the value of a setting that stands before this one. */
  readonly defaultBy?: { readonly setting: string; readonly values: Readonly<Record<string, string>> };
  /**
   * Says which system it is: connections that agree in these settings lead to the same one, whatever their names. Some
   * say so only where another setting has one of these values.
   */
  readonly place?: true | { readonly setting: string; readonly values: readonly string[] };
}

/** All settings that a system's connections take, by name. */
export type SettingSpecs = Readonly<Record<string, SettingSpec>>;

/** What a system tells the core about its connections. */
export interface ConnectionSpec<S extends SettingSpecs = SettingSpecs> {
  /** The name of the connection that a resource uses where it names none. */
  readonly defaultName: string;
  readonly settings: S;
}

/** The `connection` argument of a resource: a name, or a name with values of the program. */
export type ConnectionArg = string | ({ readonly name: string } & Readonly<Record<string, string>>);

/** Where the settings of a connection are looked for. */
export interface SettingSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The value of the stack's config key `roster:connections`: JSON, an object of connections by name. */
  readonly config: string | undefined;
}

/** One value of a connection and where it came from. */
export interface Setting {
  readonly value: string | undefined;
  /** For messages: `environment variable PGHOST`, `Pulumi config roster:connections.postgres.host`, ... */
  readonly source: string;
}

/** A connection with all its settings found. */
export interface Connection<S extends SettingSpecs = SettingSpecs> {
  readonly name: string;
  readonly settings: Readonly<Record<keyof S, Setting>>;
  /** The settings whose value is not known before the update. */
  readonly unknown: readonly string[];
}

const NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;

/**
 * The zod schema of a `connection` argument. Settings are texts; numbers are taken too and become texts.
 */
export function connectionArgument(spec: ConnectionSpec): z.ZodType<ConnectionArg | undefined> {
  const name = z.string("must have a name").regex(NAME, "must be letters, digits, - and _, beginning with a letter");
  const value = textSetting("must be a text or a number");
  const values = Object.fromEntries(Object.keys(spec.settings).map((setting) => [setting, value.optional()]));
  const inline = z.strictObject(
    { name, ...values },
    {
      error: (issue) =>
        issue.code === "unrecognized_keys"
          ? issue.keys.map((key) => `has no setting ${key}: ${settingAdvice(spec, key)}`).join("; ")
          : "must be the name of a connection, or an object with its name and settings",
    },
  );
  return z
    .unknown()
    .transform((given, context): ConnectionArg => {
      // Chosen by hand and not with a union, which says only that nothing fits.
      const parsed = (typeof given === "string" ? name : inline).safeParse(given);
      if (parsed.success) return parsed.data;
      for (const { path, message } of parsed.error.issues)
        context.addIssue({ code: "custom", path: [...path], message });
      return z.NEVER;
    })
    .transform((given) => (given === spec.defaultName ? undefined : given))
    .optional();
}

function settingAdvice({ settings }: ConnectionSpec, key: string): string {
  return keyAdvice(key, "it", Object.keys(settings));
}

function textSetting(error: string): z.ZodType<string> {
  return z.union([z.string(), z.number().transform(String)], { error });
}

/** The name in a `connection` argument. */
export function connectionName(spec: ConnectionSpec, arg: ConnectionArg | undefined): string {
  if (arg === undefined) return spec.defaultName;
  return typeof arg === "string" ? arg : arg.name;
}

/**
 * Finds every setting of a connection: first the environment (`ROSTER_<CONNECTION>_<SETTING>`, then for the default
 * connection the variable that users of the system know), then Pulumi config, then the program, then the default.
 * Throws a RosterError where the config is not of the expected form.
 *
 * @example
 * resolveConnection(spec, "warehouse", { environment: process.env, config: undefined }).settings.host.value
 */
export function resolveConnection<S extends SettingSpecs>(
  spec: ConnectionSpec<S>,
  arg: ConnectionArg | undefined,
  sources: SettingSources,
): Connection<S> {
  const name = connectionName(spec, arg);
  const configured = configuredConnection(spec, name, sources.config);
  const given: Readonly<Record<string, string>> = typeof arg === "object" ? arg : {};
  const settings: Record<string, Setting> = {};
  for (const [setting, how] of Object.entries(spec.settings)) {
    const found = findSetting(spec, name, setting, { ...sources, configured, given, before: settings });
    if (how.secret) registerSecret(found.value === UNKNOWN ? undefined : found.value);
    settings[setting] = found;
  }
  const unknown = Object.keys(settings).filter((setting) => settings[setting]?.value === UNKNOWN);
  return { name, settings: settings as Record<keyof S, Setting>, unknown };
}

/** The environment variable of ours for a setting: connection "warehouse-eu", setting sslRootCert: ROSTER_WAREHOUSE_EU_SSL_ROOT_CERT. */
export function variableName(connection: string, setting: string): string {
  const words = setting.replace(/[A-Z]/g, (letter) => `_${letter}`);
  return `ROSTER_${connection}_${words}`.toUpperCase().replace(/[^A-Z0-9]/g, "_");
}

interface Candidates extends SettingSources {
  readonly configured: Readonly<Record<string, string>>;
  readonly given: Readonly<Record<string, string>>;
  /** The settings that stand before this one. */
  readonly before: Readonly<Record<string, Setting>>;
}

function findSetting(spec: ConnectionSpec, connection: string, setting: string, from: Candidates): Setting {
  const how = spec.settings[setting];
  const own = variableName(connection, setting);
  const known = connection === spec.defaultName || how?.everywhere ? how?.variable : undefined;
  for (const variable of [own, known]) {
    const value = variable === undefined ? undefined : from.environment[variable];
    if (variable !== undefined && value !== undefined && value !== "") {
      return { value, source: `environment variable ${variable}` };
    }
  }
  const configured = from.configured[setting];
  if (configured !== undefined) return { value: configured, source: configPath(connection, setting) };
  const given = from.given[setting];
  if (given !== undefined) return { value: given, source: "the program" };
  const by = how?.defaultBy;
  const standard = by === undefined ? how?.default : by.values[from.before[by.setting]?.value ?? ""];
  return { value: standard, source: standard === undefined ? "not set" : "the default" };
}

/** How a setting of a connection is called in Pulumi config, as `pulumi config set --path` takes it. */
export function configPath(connection: string, setting: string): string {
  return `Pulumi config roster:connections.${connection}.${setting}`;
}

/** What to do where a setting is missing: the three places, with the exact spelling for this connection. */
export function howToSet(spec: ConnectionSpec, connection: string, setting: string): string {
  const how = spec.settings[setting];
  const counts = connection === spec.defaultName || how?.everywhere;
  const known = counts && how?.variable !== undefined ? ` or ${how.variable}` : "";
  const secret = how?.secret ? "--secret " : "";
  return (
    `set the environment variable ${variableName(connection, setting)}${known}, ` +
    `or run: pulumi config set ${secret}--path roster:connections.${connection}.${setting} <value>`
  );
}

const configSchema = z.record(
  z.string(),
  z.record(z.string(), textSetting("must be a text or a number"), "must be an object of settings"),
  "must be JSON",
);

function configuredConnection(spec: ConnectionSpec, name: string, config: string | undefined): Record<string, string> {
  if (config === undefined || config === "") return {};
  const parsed = configSchema.safeParse(parseJson(config));
  if (!parsed.success) {
    throw new RosterError("Pulumi config roster:connections is not an object of connections by name", {
      said: parsed.error.issues.map(({ path, message }) => ["it", ...path].join(".").concat(" ", message)).join("; "),
      remedy: howToSet(spec, name, Object.keys(spec.settings)[0] ?? "host").replace(/^.*, or run/, "run for instance"),
    });
  }
  const settings = Object.hasOwn(parsed.data, name) ? (parsed.data[name] ?? {}) : {};
  const strange = Object.keys(settings).filter((setting) => !Object.hasOwn(spec.settings, setting));
  if (strange.length > 0) {
    throw new RosterError(
      `Pulumi config roster:connections.${name} has a setting that does not exist: ${strange.join(", ")}`,
      {
        remedy: strange.map((setting) => `${setting}: ${settingAdvice(spec, setting)}`).join("\n"),
      },
    );
  }
  return settings;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the schema says what is expected, without repeating a text that may hold a password.
    return undefined;
  }
}
