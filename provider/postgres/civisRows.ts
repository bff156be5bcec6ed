import * as z from "zod";
import { RosterError } from "../core/errors.js";
import type { ColumnKind, Dialect } from "./dialect.js";

/** The column that counts, beside those of a query. */
const TOTAL = "roster_total";
const ROW = "roster_row";

/** The statements of a text that we wrote ourselves: none of them holds a semicolon within. */
export function splitQueries(sql: string): string[] {
  return sql
    .split(/;\s*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}

/**
 * One page of a query. PostgreSQL gives each row as JSON, with how many there are; elsewhere rows come as they are, and
 * a page that is full may not be the last.
 */
export function pageOf({ columns }: Dialect, sql: string, limit: number, offset: number): string {
  const where = `LIMIT ${String(limit)} OFFSET ${String(offset)}`;
  if (columns !== undefined) {
    if (!/^SELECT\b/i.test(sql)) return sql;
    return `SELECT * FROM (${sql}) q ORDER BY ${everyColumn(sql)} ${where}`;
  }
  const row = `pg_catalog.row_to_json(q)::text AS ${ROW}`;
  return `SELECT ${row}, (count(*) OVER ())::text AS ${TOTAL} FROM (${sql}) q ORDER BY 1 ${where}`;
}

/** `1, 2, 3` for a query that names each of its columns with AS: in any other order pages might overlap. */
function everyColumn(sql: string): string {
  const list = sql.slice(0, sql.search(/\bFROM\b/i) >>> 0);
  return (list.match(/\bAS\b/gi) ?? [""]).map((_as, index) => String(index + 1)).join(", ");
}

/** The rows of a page, and how many there are in all as far as the page tells. */
export function rowsOfPage(
  { columns }: Dialect,
  names: readonly string[],
  rows: readonly (readonly unknown[])[],
  limit: number,
): { rows: unknown[]; total: number } {
  const found = rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]])));
  if (columns !== undefined) {
    const read = found.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, valueOf(value, columns[name])])),
    );
    return { rows: read, total: rows.length < limit ? rows.length : Infinity };
  }
  return {
    rows: found.map((row) => parsed(row[ROW])),
    total: found.length === 0 ? 0 : Number(found[0]?.[TOTAL]),
  };
}

const texts = z.union([z.string(), z.number(), z.boolean()]).transform(String);

function parsed(value: unknown): unknown {
  try {
    return JSON.parse(texts.parse(value));
  } catch {
    throw new RosterError("Civis Platform gave a row that is no JSON", { said: String(value).slice(0, 200) });
  }
}

/** A value that may have arrived as a text; Platform's own specification and examples differ in that. */
function valueOf(value: unknown, kind: ColumnKind | undefined): unknown {
  if (value === null || value === undefined || kind === undefined) return value ?? null;
  const text = texts.parse(value);
  switch (kind) {
    case "number":
      return Number(text);
    case "boolean":
      return /^(t|true|1|on|yes)$/i.test(text);
    case "numbers":
      return text
        .replace(/[{}[\]\s]/g, "")
        .split(",")
        .filter((part) => part !== "")
        .map(Number);
  }
}
