import { quoted, quotedName } from "../identifiers.js";
import type { TableDefinition } from "../objects/catalog.js";

/** A cell of a row of the ledger; dates as ISO 8601. */
export type Cell = string | number | boolean | null;

/** A row of a table of the ledger. */
export type LedgerRow = Readonly<Record<string, Cell>>;

/** How rows go into a table. */
export interface Merging {
  readonly table: TableDefinition;
  /** The columns that tell rows apart. */
  readonly keys: readonly string[];
  /** What becomes of a row that is there already: left out, it stays as it is. */
  readonly update?: {
    readonly columns: readonly string[];
    /** Columns that get an expression of `t`, the row that is there, and `s`, the one that comes. */
    readonly expressions?: Readonly<Record<string, string>>;
  };
  /** A row that is not there is not added. */
  readonly existingOnly?: true;
}

/**
 * The statement that merges the rows of one parameter, `:rows`, which holds them as JSON: no value of a row is ever
 * part of the text, whatever it holds. https://docs.databricks.com/aws/en/sql/language-manual/delta-merge-into.
 */
export function mergeStatement(ledger: string, { table, keys, update, existingOnly }: Merging): string {
  const fields = table.columns.map(({ name, type }) => `${name}: ${type}`).join(", ");
  const on = keys.map((key) => `t.${quoted(key)} = s.${quoted(key)}`).join(" AND ");
  const names = table.columns.map(({ name }) => quoted(name));
  const set = update?.columns.map((name) => {
    const value = update.expressions?.[name] ?? `s.${quoted(name)}`;
    return `${quoted(name)} = ${value}`;
  });
  return (
    `MERGE INTO ${quotedName(`${ledger}.${table.name}`)} AS t ` +
    `USING (SELECT r.* FROM (SELECT explode(from_json(:rows, 'ARRAY<STRUCT<${fields}>>')) AS r)) AS s ON ${on}` +
    (set === undefined ? "" : ` WHEN MATCHED THEN UPDATE SET ${set.join(", ")}`) +
    (existingOnly === true
      ? ""
      : ` WHEN NOT MATCHED THEN INSERT (${names.join(", ")}) VALUES (${names.map((name) => `s.${name}`).join(", ")})`)
  );
}

/** Rows in one statement at most, and characters of their JSON: a statement with its parameters has a limit of 16 MiB. */
const MOST_ROWS = 2000;
const MOST_CHARACTERS = 4_000_000;

/** Rows as texts of JSON, each for one statement; no two rows of one key, of which MERGE could not choose. */
export function batchesOf(rows: readonly LedgerRow[], keys: readonly string[]): string[] {
  const last = new Map(rows.map((row) => [JSON.stringify(keys.map((key) => row[key])), row]));
  const batches: string[] = [];
  let batch: string[] = [];
  let size = 0;
  const close = (): void => {
    if (batch.length > 0) batches.push(`[${batch.join(",")}]`);
    batch = [];
    size = 0;
  };
  for (const row of last.values()) {
    const text = JSON.stringify(row);
    if (batch.length >= MOST_ROWS || size + text.length > MOST_CHARACTERS) close();
    batch.push(text);
    size += text.length;
  }
  close();
  return batches;
}
