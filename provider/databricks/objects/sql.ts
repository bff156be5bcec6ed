import { literal, quoted, quotedName } from "../identifiers.js";
import type { ColumnDefinition, ObjectChange } from "./catalog.js";

/** A change as the statement that does it: https://docs.databricks.com/aws/en/sql/language-manual. */
export function statementOf(change: ObjectChange): string {
  switch (change.kind) {
    case "createSchema":
      return `CREATE SCHEMA IF NOT EXISTS ${quotedName(change.schema)}`;
    case "createTable": {
      const { name, columns, comment, appendOnly } = change.table;
      const properties = appendOnly === true ? " TBLPROPERTIES ('delta.appendOnly' = 'true')" : "";
      return (
        `CREATE TABLE IF NOT EXISTS ${quotedName(change.schema)}.${quoted(name)} (${columnList(columns)}) ` +
        `COMMENT ${literal(comment)}${properties}`
      );
    }
    case "addColumns":
      return `ALTER TABLE ${quotedName(change.schema)}.${quoted(change.table)} ADD COLUMNS (${columnList(change.columns)})`;
    case "replaceView":
      return `CREATE OR REPLACE VIEW ${quotedName(change.name)} COMMENT ${literal(change.comment)} AS ${change.query}`;
    case "dropView":
      return `DROP VIEW IF EXISTS ${quotedName(change.name)}`;
  }
}

function columnList(columns: readonly ColumnDefinition[]): string {
  return columns.map(({ name, type }) => `${quoted(name)} ${type}`).join(", ");
}

const QUOTED_OR_BLANK = /('(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S])*"|`(?:[^`]|``)*`)|\s+/g;

/** The text of a view without what does not count: blanks outside of quotation marks, and a semicolon at its end. */
export function canonicalText(query: string): string {
  return query
    .trim()
    .replace(/;\s*$/, "")
    .replace(QUOTED_OR_BLANK, (_, kept: string | undefined) => kept ?? " ")
    .trim();
}

/** What a schema holds. Names are parameters; a catalog that is not there is an error of the service. */
export function readStatements(schema: string): {
  readonly objects: string;
  readonly columns: string;
  readonly parameters: { readonly schema: string };
} {
  const [catalog = "", name = ""] = schema.split(".");
  const from = `${quoted(catalog)}.information_schema`;
  return {
    objects:
      `SELECT t.table_name, t.table_type, t.comment, v.view_definition FROM ${from}.schemata s ` +
      `LEFT JOIN ${from}.tables t ON t.table_schema = s.schema_name ` +
      `LEFT JOIN ${from}.views v ON v.table_schema = t.table_schema AND v.table_name = t.table_name ` +
      "WHERE s.schema_name = :schema",
    columns: `SELECT table_name, column_name FROM ${from}.columns WHERE table_schema = :schema`,
    parameters: { schema: name.toLowerCase() },
  };
}
