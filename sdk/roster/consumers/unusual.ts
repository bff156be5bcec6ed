import * as z from "zod";
import type { StatementRunner } from "../../../provider/databricks/read.js";
import { daysBefore, moment, rowsOf, type Scope } from "./scope.js";
import { statementsOf } from "./usage.js";

/*
 * Use that is unlike a consumer's own past. The rules are plain, so that a finding can be explained to the one whom it
 * is about: no statistics of a distribution that nobody has looked at.
 */

/** The last days, which are compared with those before them. */
export const RECENT_DAYS = 7;
/** The days before them. */
/** The days before them. */
export const PAST_DAYS = 90;
/** A day is unusual with more than so many times the bytes of the largest day of the past... */
export const VOLUME_FACTOR = 2;
/** ...and so many bytes: less is nothing that anybody carries away... */
export const VOLUME_LEAST = 10 * 1024 ** 3;
/** ...where the past has so many days on which something was read. */
export const PAST_ACTIVE_DAYS = 10;
/** An hour is unusual with so many queries, where the past has so many queries and none within an hour of it. */
export const HOUR_QUERIES = 5;
/** Queries of the past, of which none was near that hour. */
/** Queries of the past, of which none was near that hour. */
export const PAST_QUERIES = 30;

const number = z.coerce.number();
const volumeRow = z.object({ consumer: z.string(), day: z.string(), bytes: number, most: number, days: number });
/** A day on which a consumer read much more than ever: `most` is the largest day of the `days` before. */
export type UnusualVolume = z.output<typeof volumeRow>;
const hourRow = z.object({ consumer: z.string(), hour: number, queries: number, last: z.string(), past: number });
/** An hour of the day at which a consumer never queried in `past` queries before. */
export type UnusualHour = z.output<typeof hourRow>;

/** What is unusual. */
export interface Unusual {
  /** Days. */
  readonly volumes: readonly UnusualVolume[];
  /** Hours. */
  readonly hours: readonly UnusualHour[];
}

/** Looks for use in the last days that is unlike each consumer's own past. */
export async function unusualUse(runner: StatementRunner, scope: Scope, now: Date): Promise<Unusual> {
  const recent = daysBefore(now, RECENT_DAYS);
  const { sql, parameters } = statementsOf(scope, { from: daysBefore(recent, PAST_DAYS), to: now });
  const given = { ...parameters, recent: moment(recent) };
  const [volumes, hours] = await Promise.all([
    rowsOf(
      runner,
      {
        sql: `${sql}, days AS (
  SELECT consumer, CAST(moment AS DATE) AS day, moment >= :recent AS late, SUM(bytes) AS bytes
  FROM used GROUP BY consumer, CAST(moment AS DATE), moment >= :recent
), past AS (
  SELECT consumer, MAX(bytes) AS most, COUNT(*) AS days FROM days WHERE NOT late GROUP BY consumer
)
SELECT d.consumer, d.day, d.bytes, p.most, p.days FROM days d JOIN past p ON p.consumer = d.consumer
WHERE d.late AND p.days >= :active_days AND d.bytes > :least AND d.bytes > :factor * p.most ORDER BY d.bytes DESC, d.consumer`,
        parameters: { ...given, least: VOLUME_LEAST, factor: VOLUME_FACTOR, active_days: PAST_ACTIVE_DAYS },
      },
      volumeRow,
    ),
    rowsOf(
      runner,
      {
        sql: `${sql}, hours AS (
  SELECT consumer, HOUR(moment) AS hour, SUM(CASE WHEN moment >= :recent THEN 1 ELSE 0 END) AS late,
    SUM(CASE WHEN moment < :recent THEN 1 ELSE 0 END) AS early, MAX(moment) AS last
  FROM used GROUP BY consumer, HOUR(moment)
), past AS (
  SELECT consumer, SUM(early) AS queries FROM hours GROUP BY consumer
)
SELECT h.consumer, h.hour, h.late AS queries, h.last, p.queries AS past FROM hours h JOIN past p ON p.consumer = h.consumer
WHERE h.late >= :hour_queries AND p.queries >= :past_queries AND NOT EXISTS (
  SELECT 1 FROM hours o WHERE o.consumer = h.consumer AND o.early > 0 AND (h.hour - o.hour + 24) % 24 IN (0, 1, 23)
) ORDER BY h.consumer, h.hour`,
        parameters: { ...given, hour_queries: HOUR_QUERIES, past_queries: PAST_QUERIES },
      },
      hourRow,
    ),
  ]);
  return { volumes, hours };
}
