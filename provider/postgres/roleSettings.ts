import * as z from "zod";
import type { Problem } from "../core/resource.js";
import { isMissingDatabase, type Catalog } from "./catalog.js";
import type { Change } from "./changes.js";
import { identifier, literal } from "./quote.js";
import { missingDatabase } from "./securedObjects.js";

/** Parameters by name, as the server keeps them. */
export type Parameters = Readonly<Record<string, string>>;

/** What is set for a role: for all databases, and for some. Undefined where nobody looks after it. */
export interface DeclaredSettings {
  readonly settings?: Parameters | undefined;
  readonly databaseSettings?: Readonly<Record<string, Parameters>> | undefined;
}

/** Parameters whose value is a list of names, which the server quotes one by one (GUC_LIST_QUOTE in its source). */
const LISTS = new Set([
  "search_path",
  "temp_tablespaces",
  "local_preload_libraries",
  "session_preload_libraries",
  "shared_preload_libraries",
  "unix_socket_directories",
]);

const NAME = /^[a-z_][a-z0-9_$]*(\.[a-z_][a-z0-9_$]*)*$/;

const name = z
  .string()
  .transform((text) => text.toLowerCase())
  .refine((text) => NAME.test(text), "must be the name of a parameter, such as search_path");

const text = z.string().refine((value) => !value.includes("\u0000") && value.isWellFormed(), "must be Unicode text");

const value = z.union([text, z.number(), z.boolean(), z.array(text)], {
  error: "must be a text, a number, a truth value, or for a list of names an array of texts",
});

const parameters = z.record(z.string(), value).transform((given, context): Parameters => {
  const entries = Object.entries(given).map(([key, of]): [string, string] => {
    const parsed = name.safeParse(key);
    if (parsed.success) return [parsed.data, kept(parsed.data, of)];
    context.addIssue({ code: "custom", path: [key], message: parsed.error.issues[0]?.message ?? "" });
    return [key, ""];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
});

/** The arguments that set parameters for a role. */
export const settingArguments = {
  settings: parameters.optional(),
  databaseSettings: z.record(z.string().min(1), parameters).optional(),
};

/** A value as the server keeps it. */
function kept(parameter: string, given: string | number | boolean | readonly string[]): string {
  if (typeof given === "boolean") return given ? "on" : "off";
  if (typeof given === "number") return String(given);
  if (typeof given !== "string") return LISTS.has(parameter) ? listText(given) : given.join(", ");
  return LISTS.has(parameter) ? listText(namesIn(given)) : given;
}

function listText(names: readonly string[]): string {
  return names.map(identifier).join(", ");
}

/** The names in a list as SQL writes it: `"$user", public`. */
function namesIn(list: string): string[] {
  const names = list.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(?:,|$)/g);
  return [...names]
    .filter(([all]) => all !== "")
    .map(([, quoted, bare]) =>
      quoted === undefined ? (bare ?? "").trim().toLowerCase() : quoted.replaceAll('""', '"'),
    );
}

/** A value that the server keeps, as ALTER ROLE takes it. */
export function parameterValue(parameter: string, keptText: string): string {
  if (!LISTS.has(parameter)) return literal(keptText);
  const names = namesIn(keptText);
  return names.length === 0 ? "''" : names.map((each) => (each === "" ? "''" : identifier(each))).join(", ");
}

/** What is set for a role, in the form of arguments; only what is looked after. */
export function observedSettings(catalog: Catalog, role: string, declared: DeclaredSettings): DeclaredSettings {
  const live = (database: string): Parameters => {
    const set = [...(catalog.settings.get(role)?.get(database) ?? [])];
    const canonical = set.map(([key, of]): [string, string] => [key, kept(key, of)]);
    return Object.fromEntries(canonical.sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  const databases = new Set([
    ...Object.keys(declared.databaseSettings ?? {}),
    ...[...(catalog.settings.get(role) ?? [])]
      .filter(([database, set]) => database !== "" && set.size > 0)
      .map(([database]) => database),
  ]);
  return {
    ...(declared.settings === undefined ? {} : { settings: live("") }),
    ...(declared.databaseSettings === undefined
      ? {}
      : { databaseSettings: Object.fromEntries([...databases].map((database) => [database, live(database)])) }),
  };
}

/** What brings the parameters of a role to what is declared, and what hinders it. */
export interface SettingDelta {
  readonly changes: readonly Change[];
  readonly problems: readonly Problem[];
}

const NOTHING: SettingDelta = { changes: [], problems: [] };

/**
 * Sets what is declared and takes back what is set besides, as far as anybody looks after it. `liveName` is the name
 * that the role has so far.
 */
export function settingDelta(
  catalog: Catalog,
  name: string,
  liveName: string,
  declared: DeclaredSettings = {},
): SettingDelta {
  if (declared.settings === undefined && declared.databaseSettings === undefined) return NOTHING;
  const live = observedSettings(catalog, liveName, declared);
  const databases = Object.keys(live.databaseSettings ?? {}).sort();
  const absent = databases.filter((database) => isMissingDatabase(catalog, database));
  const perDatabase = databases.flatMap((database) =>
    absent.includes(database)
      ? []
      : parameterChanges(name, database, live.databaseSettings?.[database], declared.databaseSettings?.[database]),
  );
  return {
    changes: [...parameterChanges(name, "", live.settings, declared.settings), ...perDatabase],
    problems: absent.map(missingDatabase),
  };
}

/** Whether the parameters of a role are not as declared. */
export function settingsDiffer(catalog: Catalog, role: string, declared: DeclaredSettings): boolean {
  const { changes, problems } = settingDelta(catalog, role, role, declared);
  return changes.length + problems.length > 0;
}

function parameterChanges(role: string, database: string, live: Parameters = {}, wanted: Parameters = {}): Change[] {
  const set = (key: string, to: string | null): Change => ({
    kind: "setParameter",
    role,
    database,
    name: key,
    value: to,
  });
  const gone = Object.keys(live).filter((key) => wanted[key] === undefined);
  const differing = Object.entries(wanted).filter(([key, of]) => live[key] !== of);
  return [...gone.map((key) => set(key, null)), ...differing.map(([key, of]) => set(key, of))];
}
