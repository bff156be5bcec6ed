import { Refused } from "./metastore.js";

/*
 * Databricks SQL as DuckDB understands it. The two are close: INTERVAL 90 DAYS, DATE_TRUNC, HOUR, MERGE, STRUCT, MAP and
 * names of three parts are the same. What is not: quotation marks, escapes in literals, markers of parameters, and the
 * names `main` and `system`, which DuckDB keeps for itself.
 */

/** Stands before the name of each catalog. */
const CATALOG_PREFIX = "dbx_";

/** One of: comment, literal, quoted name, marker, word, or any other character. */
const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\]|\\[\s\S]|'')*'|`(?:[^`]|``)*`|::|:[A-Za-z_]\w*|[A-Za-z_]\w*|[\s\S]/g;

/** A parameter of a statement. */
export interface Parameter {
  readonly name: string;
  readonly value?: string | null;
  readonly type?: string;
}

/** How DuckDB calls the types of Databricks SQL, where it calls them otherwise. */
const TYPES: Readonly<Record<string, string>> = {
  STRING: "VARCHAR",
  LONG: "BIGINT",
  BYTE: "TINYINT",
  SHORT: "SMALLINT",
};

/** A statement for DuckDB. Refuses markers without a value, as the service does. */
export function translate(sql: string, catalogs: ReadonlySet<string>, parameters: readonly Parameter[]): string {
  const tokens = sql.match(TOKEN) ?? [];
  const known = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  return tokens
    .map((token, index) => {
      if (token.startsWith("'")) return literal(token);
      if (token.startsWith("`")) return named(token.slice(1, -1).replaceAll("``", "`"), tokens, index, catalogs, true);
      if (/^:[A-Za-z_]/.test(token)) return marker(token.slice(1), known);
      if (/^[A-Za-z_]/.test(token)) return named(token, tokens, index, catalogs, false);
      return token;
    })
    .join("");
}

/** A literal with its escapes carried out. */
function literal(token: string): string {
  const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "0": "\u0000" };
  const text = token
    .slice(1, -1)
    .replace(/\\([\s\S])/g, (_, character: string) => (character === "'" ? "''" : (escapes[character] ?? character)));
  return `'${text}'`;
}

/** A catalog's name where a longer name begins with it; every other name as it is. */
function named(
  name: string,
  tokens: readonly string[],
  index: number,
  catalogs: ReadonlySet<string>,
  quoted: boolean,
): string {
  const begins = tokens[index - 1] !== "." && tokens[index + 1] === ".";
  const full = begins && catalogs.has(name.toLowerCase()) ? catalogName(name) : name;
  return quoted || full !== name ? `"${full.replaceAll('"', '""')}"` : full;
}

/** How DuckDB calls a catalog. */
export function catalogName(name: string): string {
  return `${CATALOG_PREFIX}${name.toLowerCase()}`;
}

function marker(name: string, known: ReadonlyMap<string, Parameter>): string {
  const parameter = known.get(name);
  if (parameter === undefined) {
    throw new Refused(400, "UNBOUND_SQL_PARAMETER", `[UNBOUND_SQL_PARAMETER] Found the unbound parameter: ${name}.`);
  }
  const type = parameter.type ?? "STRING";
  return `CAST($${name} AS ${TYPES[type.toUpperCase()] ?? type})`;
}

/** A message of DuckDB as the service would word its names. */
export function untranslated(message: string): string {
  return message.replaceAll(CATALOG_PREFIX, "");
}

/** The type of a column as the service calls it. */
export function typeName(duckType: string): string {
  const base = duckType.toUpperCase();
  const names: Readonly<Record<string, string>> = {
    VARCHAR: "STRING",
    BIGINT: "LONG",
    HUGEINT: "LONG",
    INTEGER: "INT",
    SMALLINT: "SHORT",
    TINYINT: "BYTE",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMP",
  };
  if (base.endsWith("[]")) return "ARRAY";
  const word = /^[A-Z]+/.exec(base)?.[0] ?? base;
  return names[base] ?? names[word] ?? word;
}

/** A value as JSON_ARRAY has it: text, or null. */
export function written(value: unknown, type: string): string | null {
  if (value === null || value === undefined) return null;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (type !== "TIMESTAMP") return text;
  // DuckDB: 2026-01-02 03:04:05.6+00.
  const [date = "", time = "00:00:00"] = text.replace(/\+00$/, "").split(" ");
  const [whole = "", fraction = ""] = time.split(".");
  return `${date}T${whole}.${fraction.padEnd(3, "0").slice(0, 3)}Z`;
}
