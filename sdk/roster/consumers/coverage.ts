import * as z from "zod";
import type { StatementRunner } from "../../../provider/databricks/read.js";
import { rowsOf } from "./scope.js";
import { HISTORY_DAYS, LINEAGE_DAYS } from "./usage.js";

/** A source of usage: how far back it goes, and how fresh it is. */
export interface Source {
  /** The system table. */
  readonly name: string;
  /** Days that Databricks keeps its records; null where that is not documented. */
  readonly keeps_days: number | null;
  /** The oldest record that is there, whoever's it is. Null where there is none. */
  readonly oldest: string | null;
  /** The latest one: records come minutes to hours late, and an old one here says that the table is not fed. */
  readonly newest: string | null;
}

/** What the sources can tell. */
export interface Coverage {
  /** The system tables. */
  readonly sources: readonly Source[];
  /** In which time zone hours are. */
  readonly time_zone: string;
}

const row = z.object({
  name: z.string(),
  oldest: z.string().nullable(),
  newest: z.string().nullable(),
  zone: z.string(),
});

/** Asks the sources what they hold. */
export async function coverageOf(runner: StatementRunner): Promise<Coverage> {
  const tables = [
    ["system.query.history", "start_time", HISTORY_DAYS],
    ["system.access.table_lineage", "event_time", LINEAGE_DAYS],
  ] as const;
  const sql = tables
    .map(
      ([name, column]) =>
        `SELECT '${name}' AS name, MIN(${column}) AS oldest, MAX(${column}) AS newest, current_timezone() AS zone FROM ${name}`,
    )
    .join("\nUNION ALL ");
  const rows = await rowsOf(runner, { sql }, row);
  return {
    time_zone: rows[0]?.zone ?? "UTC",
    sources: tables.map(([name, , days]): Source => {
      const found = rows.find((each) => each.name === name);
      return { name, keeps_days: days, oldest: found?.oldest ?? null, newest: found?.newest ?? null };
    }),
  };
}
