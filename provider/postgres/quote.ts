/**
 * The words that PostgreSQL 14 to 18 do not take as a name without quotation marks everywhere: what
 * `pg_get_keywords()` gives with a category other than "unreserved". A test holds the list against real servers.
 */
const KEYWORDS = new Set(
  (
    "all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast " +
    "char character check coalesce collate collation column concurrently constraint create cross current_catalog " +
    "current_date current_role current_schema current_time current_timestamp current_user dec decimal default deferrable " +
    "desc distinct do else end except exists extract false fetch float for foreign freeze from full grant greatest group " +
    "grouping having ilike in initially inner inout int integer intersect interval into is isnull join json json_array " +
    "json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize json_table json_value " +
    "lateral leading least left like limit localtime localtimestamp merge_action national natural nchar none normalize " +
    "not notnull null nullif numeric offset on only or order out outer overlaps overlay placing position precision primary " +
    "real references returning right row select session_user setof similar smallint some substring symmetric system_user " +
    "table tablesample then time timestamp to trailing treat trim true union unique user using values varchar variadic " +
    "verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi " +
    "xmlroot xmlserialize xmltable"
  ).split(" "),
);

/** Names in one GRANT or REVOKE: enough to be few statements, few enough to be read. */
export const NAMES_IN_A_STATEMENT = 500;

/**
 * A name as SQL takes it. Names that need no quotation marks get none, so that a plan reads as a person would write it.
 *
 * @example
 * identifier("ana")   // ana
 * identifier("Ana B") // "Ana B"
 */
export function identifier(name: string): string {
  if (/^[a-z_][a-z0-9_]*$/.test(name) && !KEYWORDS.has(name)) return name;
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * The name of a configuration parameter: one of an extension has parts.
 *
 * @example
 * parameterName("auto_explain.log_min_duration") // auto_explain.log_min_duration
 */
export function parameterName(name: string): string {
  return name.split(".").map(identifier).join(".");
}

/**
 * A text as SQL takes it, whatever `standard_conforming_strings` says: a backslash makes it an escape string.
 *
 * @example
 * literal("it's") // 'it''s'
 */
export function literal(text: string): string {
  const doubled = text.replaceAll("'", "''");
  return text.includes("\\") ? `E'${doubled.replaceAll("\\", "\\\\")}'` : `'${doubled}'`;
}

/**
 * A comment that is safe in front of any statement: a name with a newline cannot end it.
 *
 * @example
 * comment("adopts what exists") // -- adopts what exists
 */
export function comment(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is replaced
  return `-- ${text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ")}`;
}

/**
 * The psql variable that stands for a secret in a plan: `:'ana_password'` after `\set ana_password ...`.
 */
export function variable(...words: readonly string[]): string {
  return `:'${words.join("_").replace(/[^A-Za-z0-9_]/g, "_")}'`;
}

/**
 * The psql command that goes on in another database. Written so that no name is taken for a connection string.
 *
 * @example
 * connectTo("app") // \connect app
 */
export function connectTo(database: string): string {
  if (/^[a-z_][a-z0-9_]*$/.test(database)) return `\\connect ${database}`;
  const value = database.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
  return `\\connect -reuse-previous=on "dbname='${value.replaceAll('"', '""')}'"`;
}
