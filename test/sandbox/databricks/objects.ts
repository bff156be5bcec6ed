import { catalogName } from "./dialect.js";
import { Refused } from "./metastore.js";

/*
 * Tables and views as Databricks SQL declares them and its information_schema tells of them: what DuckDB says otherwise or
 * keeps otherwise (comments, the text of a view as it was given, tables that are only appended to).
 */

const NAME = "((?:`[^`]+`|\\w+)(?:\\.(?:`[^`]+`|\\w+)){0,2})";
const LITERAL = "'(?:[^'\\\\]|\\\\[\\s\\S]|'')*'";
const CREATE_TABLE = new RegExp(
  `^CREATE TABLE (IF NOT EXISTS )?${NAME} \\(([\\s\\S]+?)\\)(?: COMMENT (${LITERAL}))?(?: TBLPROPERTIES \\(([^)]*)\\))?$`,
);
const ADD_COLUMNS = new RegExp(`^ALTER TABLE ${NAME} ADD COLUMNS? \\(([\\s\\S]+)\\)$`);
const CREATE_VIEW = new RegExp(`^CREATE (OR REPLACE )?VIEW ${NAME}(?: COMMENT (${LITERAL}))? AS ([\\s\\S]+)$`);
const DROP_VIEW = new RegExp(`^DROP VIEW (IF EXISTS )?${NAME}$`);
const WRITES = new RegExp(`^(?:MERGE INTO|UPDATE|DELETE FROM) ${NAME}`);
const INFORMATION = /(`[^`]+`|\w+)\.information_schema\.(tables|views|columns|schemata)\b/g;
const FROM_JSON = /from_json\((:\w+), 'ARRAY<STRUCT<([^']*)>>'\)/g;

/** What DuckDB is told before anything else: where the facts are that it does not keep, and views on them. */
export const INFORMATION_SCHEMA = `
CREATE TABLE memory.main.described (name VARCHAR PRIMARY KEY, comment VARCHAR, text VARCHAR);
CREATE MACRO memory.main.schemata_of(c) AS TABLE
  SELECT lower(schema_name) AS schema_name FROM duckdb_schemas() WHERE database_name = c AND NOT internal;
CREATE MACRO memory.main.tables_of(c) AS TABLE
  SELECT lower(o.s) AS table_schema, lower(o.n) AS table_name, o.t AS table_type, d.comment
  FROM (
    SELECT schema_name AS s, table_name AS n, 'MANAGED' AS t FROM duckdb_tables() WHERE database_name = c
    UNION ALL SELECT schema_name, view_name, 'VIEW' FROM duckdb_views() WHERE database_name = c AND NOT internal
  ) o LEFT JOIN memory.main.described d ON d.name = lower(c || '.' || o.s || '.' || o.n);
CREATE MACRO memory.main.views_of(c) AS TABLE
  SELECT lower(v.schema_name) AS table_schema, lower(v.view_name) AS table_name, d.text AS view_definition
  FROM duckdb_views() v LEFT JOIN memory.main.described d ON d.name = lower(c || '.' || v.schema_name || '.' || v.view_name)
  WHERE v.database_name = c AND NOT v.internal;
CREATE MACRO memory.main.columns_of(c) AS TABLE
  SELECT lower(schema_name) AS table_schema, lower(table_name) AS table_name, lower(column_name) AS column_name
  FROM duckdb_columns() WHERE database_name = c AND NOT internal;
`;

/** Tables to which rows can only be added, by full name in lower case. */
export type AppendOnly = Set<string>;

/** A statement in words that are translated further one by one, in this order. */
export function declaredObjects(sql: string, catalogs: ReadonlySet<string>, appendOnly: AppendOnly): string[] {
  const text = sql.trim().replace(/;$/, "");
  const table = CREATE_TABLE.exec(text);
  if (table !== null) {
    const [, ifNotExists = "", name = "", columns = "", comment = "NULL", properties = ""] = table;
    if (/'delta\.appendOnly'\s*=\s*'true'/.test(properties)) appendOnly.add(plain(name));
    return [`CREATE TABLE ${ifNotExists}${name} (${columns})`, described(name, comment, "NULL")];
  }
  const added = ADD_COLUMNS.exec(text);
  if (added !== null) {
    const [, name = "", columns = ""] = added;
    return columns.split(/,\s*(?![^<(]*[>)])/).map((column) => `ALTER TABLE ${name} ADD COLUMN ${column}`);
  }
  const view = CREATE_VIEW.exec(text);
  if (view !== null) {
    const [, orReplace = "", name = "", comment = "NULL", query = ""] = view;
    const stored = `'${query.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
    return [`CREATE ${orReplace}VIEW ${name} AS ${query}`, described(name, comment, stored)];
  }
  const dropped = DROP_VIEW.exec(text);
  if (dropped !== null) {
    const [, , name = ""] = dropped;
    return [text, `DELETE FROM memory.main.described WHERE name = '${inDuckDb(name)}'`];
  }
  refuseChanges(text, appendOnly);
  return [queryText(text, catalogs)];
}

/** Delta's refusal of what changes a row: https://docs.databricks.com/aws/en/error-messages/error-classes. */
function refuseChanges(text: string, appendOnly: AppendOnly): void {
  const name = WRITES.exec(text)?.[1];
  if (name === undefined || !appendOnly.has(plain(name))) return;
  if (text.startsWith("MERGE") && !/WHEN MATCHED|WHEN NOT MATCHED BY SOURCE/i.test(text)) return;
  throw new Refused(
    400,
    "DELTA_CANNOT_MODIFY_APPEND_ONLY",
    "[DELTA_CANNOT_MODIFY_APPEND_ONLY] This table is configured to only allow appends.",
  );
}

/** information_schema, and arrays of rows in JSON, as DuckDB has them. */
function queryText(text: string, catalogs: ReadonlySet<string>): string {
  return text
    .replace(INFORMATION, (_, catalog: string, table: string) => {
      const name = catalog.replaceAll("`", "").toLowerCase();
      if (!catalogs.has(name)) {
        throw new Refused(
          400,
          "NO_SUCH_CATALOG_EXCEPTION",
          `[NO_SUCH_CATALOG_EXCEPTION] Catalog '${name}' was not found.`,
        );
      }
      return `memory.main.${table}_of('${catalogName(name)}')`;
    })
    .replace(/\bexplode\(/g, "unnest(")
    .replace(FROM_JSON, (_, rows: string, fields: string) => {
      const types = fields
        .split(", ")
        .map((field) => field.split(": ").map((part) => part.replace("STRING", "VARCHAR")));
      return `from_json(${rows}, '[${JSON.stringify(Object.fromEntries(types))}]')`;
    });
}

function described(name: string, comment: string, text: string): string {
  return `INSERT OR REPLACE INTO memory.main.described VALUES ('${inDuckDb(name)}', ${comment}, ${text})`;
}

/** A full name in lower case, without quotation marks. */
function plain(name: string): string {
  return name.replaceAll("`", "").toLowerCase();
}

function inDuckDb(name: string): string {
  return `dbx_${plain(name)}`;
}
