import * as z from "zod";
import type { StatementRunner } from "../../../provider/databricks/read.js";
import { day, daysBefore, moment, ofScope, rowsOf, type Condition, type Scope } from "./scope.js";

/*
 * Who used a data product, from Databricks' system tables. A statement is of the product where lineage says that it
 * read one of its tables: query history alone does not tell tables. Its bytes are all that it read, of other tables
 * too.
 */

/** Days that system.query.history keeps: https://docs.databricks.com/aws/en/admin/system-tables/query-history. */
export const HISTORY_DAYS = 365;
/** Days that system.access.table_lineage keeps: https://docs.databricks.com/aws/en/admin/system-tables/lineage. */
export const LINEAGE_DAYS = 395;

/** From when until when. */
export interface Period {
  /** The first moment. */
  readonly from: Date;
  /** The moment after the last. */
  readonly to: Date;
}

/**
 * The statements of a period that read the product, as the common table expressions `touched` and `used`: the principal
 * as which a statement ran, when, how many bytes, how long. Lineage's day may differ from the statement's by one.
 */
export function statementsOf(scope: Scope, { from, to }: Period): Condition {
  const { sql, parameters } = ofScope(scope, "source");
  return {
    sql: `WITH touched AS (
  SELECT DISTINCT l.statement_id AS id FROM system.access.table_lineage l
  WHERE l.event_date >= :first_day AND l.event_date <= :last_day AND l.statement_id IS NOT NULL AND ${sql}
), used AS (
  SELECT h.statement_id AS id, lower(coalesce(h.executed_as, h.executed_by)) AS consumer, h.start_time AS moment,
    coalesce(h.read_bytes, 0) AS bytes, h.total_duration_ms AS took
  FROM system.query.history h JOIN touched t ON t.id = h.statement_id
  WHERE h.start_time >= :since AND h.start_time < :until AND coalesce(h.executed_as, h.executed_by) IS NOT NULL
)`,
    parameters: {
      ...parameters,
      first_day: day(daysBefore(from, 1)),
      last_day: day(daysBefore(to, -1)),
      since: moment(from),
      until: moment(to),
    },
  };
}

const count = z.coerce.number();
const usageRow = z.object({
  consumer: z.string(),
  queries: count,
  bytes: count,
  seconds: z.coerce.number().nullable(),
  last: z.string(),
});
/** What a consumer did in a period. `seconds` is the average duration, `last` when the last query began. */
export type UsageRow = z.output<typeof usageRow>;

/** Usage by consumer, most queries first. */
export function usageByConsumer(runner: StatementRunner, scope: Scope, period: Period): Promise<UsageRow[]> {
  const { sql, parameters } = statementsOf(scope, period);
  return rowsOf(
    runner,
    {
      sql: `${sql}
SELECT consumer, COUNT(DISTINCT id) AS queries, SUM(bytes) AS bytes, AVG(took) / 1000 AS seconds, MAX(moment) AS last
FROM used GROUP BY consumer ORDER BY queries DESC, consumer`,
      parameters,
    },
    usageRow,
  );
}

const patternRow = z.object({ weekday: count, hour: count, queries: count });
/** How many queries began in an hour of a weekday: 1 is Sunday, as in Databricks SQL. */
export type PatternRow = z.output<typeof patternRow>;

/** Usage by hour of the day and day of the week, in the time zone of the warehouse. */
export function usagePattern(runner: StatementRunner, scope: Scope, period: Period): Promise<PatternRow[]> {
  const { sql, parameters } = statementsOf(scope, period);
  return rowsOf(
    runner,
    {
      sql: `${sql}
SELECT DAYOFWEEK(moment) AS weekday, HOUR(moment) AS hour, COUNT(DISTINCT id) AS queries
FROM used GROUP BY DAYOFWEEK(moment), HOUR(moment) ORDER BY weekday, hour`,
      parameters,
    },
    patternRow,
  );
}

const monthRow = z.object({ month: z.string(), queries: count, consumers: count, bytes: count });
/** A month: `2026-12`. */
export type MonthRow = z.output<typeof monthRow>;

/** Usage by month. */
export function usageByMonth(runner: StatementRunner, scope: Scope, period: Period): Promise<MonthRow[]> {
  const { sql, parameters } = statementsOf(scope, period);
  return rowsOf(
    runner,
    {
      sql: `${sql}
SELECT substr(CAST(CAST(moment AS DATE) AS STRING), 1, 7) AS month, COUNT(DISTINCT id) AS queries,
  COUNT(DISTINCT consumer) AS consumers, SUM(bytes) AS bytes
FROM used GROUP BY substr(CAST(CAST(moment AS DATE) AS STRING), 1, 7) ORDER BY month`,
      parameters,
    },
    monthRow,
  );
}

const accessRow = z.object({
  consumer: z.string(),
  table: z.string(),
  read: z.string().nullable(),
  written: z.string().nullable(),
});
/** When a consumer last read and last wrote a table; null for never, as far as is known. */
export type AccessRow = z.output<typeof accessRow>;

/**
 * The latest events known of each consumer and table, as far back as the sources go: by the principal in lineage, and
 * by the one as whom the statement ran.
 */
export function accessByTable(runner: StatementRunner, scope: Scope, now: Date): Promise<AccessRow[]> {
  const [source, target] = [ofScope(scope, "source"), ofScope(scope, "target")];
  const side = (end: "source" | "target", { sql }: Condition): string =>
    `SELECT lower(l.${end}_table_full_name) AS name, '${end}' AS side, l.created_by AS author, l.event_time AS moment,
    l.statement_id AS id FROM system.access.table_lineage l WHERE l.event_date >= :oldest AND ${sql}`;
  return rowsOf(
    runner,
    {
      sql: `WITH events AS (
  ${side("source", source)}
  UNION ALL
  ${side("target", target)}
), known AS (
  SELECT lower(author) AS consumer, name, side, moment FROM events WHERE author IS NOT NULL
  UNION ALL
  SELECT lower(coalesce(h.executed_as, h.executed_by)) AS consumer, e.name, e.side, h.start_time AS moment
  FROM events e JOIN system.query.history h ON h.statement_id = e.id
  WHERE h.start_time >= :oldest AND coalesce(h.executed_as, h.executed_by) IS NOT NULL
)
SELECT consumer, name AS \`table\`, MAX(CASE WHEN side = 'source' THEN moment END) AS \`read\`,
  MAX(CASE WHEN side = 'target' THEN moment END) AS written
FROM known GROUP BY consumer, name ORDER BY consumer, name`,
      parameters: { ...source.parameters, oldest: day(daysBefore(now, LINEAGE_DAYS)) },
    },
    accessRow,
  );
}
