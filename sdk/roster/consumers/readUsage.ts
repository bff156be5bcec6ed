import type { StatementRunner } from "../../../provider/databricks/read.js";
import { coverageOf, type Coverage } from "./coverage.js";
import { daysBefore, type Scope } from "./scope.js";
import { accessByTable, usageByConsumer, type AccessRow, type Period, type UsageRow } from "./usage.js";

/** What the system tables tell of a product's consumers. */
export interface Usage {
  /** What the sources can tell. */
  readonly coverage: Coverage;
  /** In which use is counted. */
  readonly period: Period;
  /** By principal in lower case. */
  readonly used: ReadonlyMap<string, UsageRow>;
  /** By principal in lower case, a row a table. */
  readonly accesses: ReadonlyMap<string, readonly AccessRow[]>;
}

/** Reads who used a product in the last days, and when everybody last did. */
export async function readUsage(runner: StatementRunner, scope: Scope, now: Date, days: number): Promise<Usage> {
  const period = { from: daysBefore(now, days), to: now };
  const [coverage, used, rows] = await Promise.all([
    coverageOf(runner),
    usageByConsumer(runner, scope, period),
    accessByTable(runner, scope, now),
  ]);
  const accesses = new Map<string, AccessRow[]>();
  for (const row of rows) {
    const of = accesses.get(row.consumer);
    if (of === undefined) accesses.set(row.consumer, [row]);
    else of.push(row);
  }
  return { coverage, period, used: new Map(used.map((row) => [row.consumer, row])), accesses };
}

/** Asking system tables fails in few ways, and each has its remedy. */
export function explained(error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  if (
    !/TABLE_OR_VIEW_NOT_FOUND|SCHEMA_NOT_FOUND|INSUFFICIENT_PERMISSIONS|PERMISSION_DENIED|42P01|42501/.test(message)
  ) {
    return error instanceof Error ? error : new Error(message);
  }
  return new Error(
    `${message}\n  system tables: the account needs USE CATALOG on system, and USE SCHEMA and SELECT on system.query and ` +
      "system.access; both schemas have to be enabled by an admin of the account. --offline does without usage",
  );
}
