import type * as z from "zod";
import type { ParameterValue, StatementRunner } from "../../../provider/databricks/read.js";

/** What a data product is made of, by full names. */
export interface Scope {
  /** `main.customer_360.customers`. */
  readonly tables: readonly string[];
  /** `main.customer_360`: everything in it. */
  readonly schemas: readonly string[];
}

/** A condition on lineage, with the values of its parameters. */
export interface Condition {
  /** The text. */
  readonly sql: string;
  /** By the names of its markers. */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
}

/**
 * Whether a column of names in system.access.table_lineage is of the product. Unity Catalog keeps names in lower case.
 *
 * @param end Which end of an event: `source` for what was read, `target` for what was written.
 */
export function ofScope({ tables, schemas }: Scope, end: "source" | "target"): Condition {
  const parts = [
    ...(tables.length === 0
      ? []
      : [`l.${end}_table_full_name IN (${tables.map((_, n) => `:table${String(n)}`).join(", ")})`]),
    ...schemas.map(
      (_, n) => `(l.${end}_table_catalog = :catalog${String(n)} AND l.${end}_table_schema = :schema${String(n)})`,
    ),
  ];
  return {
    sql: parts.length === 0 ? "FALSE" : `(${parts.join(" OR ")})`,
    parameters: Object.fromEntries([
      ...tables.map((name, n) => [`table${String(n)}`, name.toLowerCase()] as const),
      ...schemas.flatMap((name, n) => {
        const [catalog = "", schema = ""] = name.toLowerCase().split(".");
        return [[`catalog${String(n)}`, catalog] as const, [`schema${String(n)}`, schema] as const];
      }),
    ]),
  };
}

/** A day as a parameter. */
export const day = (at: Date): ParameterValue => ({ type: "DATE", value: at.toISOString().slice(0, 10) });
/** A moment as a parameter. */
/** A moment as a parameter. */
export const moment = (at: Date): ParameterValue => ({
  type: "TIMESTAMP",
  value: at.toISOString().slice(0, 23).replace("T", " "),
});

/** So many days before a moment. */
export function daysBefore(at: Date, days: number): Date {
  return new Date(at.getTime() - days * 86_400_000);
}

/** Runs a query and holds its rows against a schema: what comes out has exact types. */
export async function rowsOf<T>(
  runner: StatementRunner,
  statement: Parameters<StatementRunner["run"]>[0],
  schema: z.ZodType<T>,
): Promise<T[]> {
  const { rows } = await runner.run({ repeatable: true, ...statement });
  return rows.map((row) => schema.parse(row));
}
