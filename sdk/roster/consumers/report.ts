import type { Consumer } from "../../databricks/dataProduct/consumer.js";
import type { BarChart, Page } from "../report/page.js";
import type { ConsumersReport, ConsumerStatistics } from "./formats.js";
import { selected, shortDay, type Selection } from "./list.js";
import type { LoadedProduct } from "./product.js";
import type { Usage } from "./readUsage.js";
import { factsOf, sourcesSection } from "./sources.js";
import type { MonthRow, PatternRow } from "./usage.js";

const GB = 1024 ** 3;

/** What a report is made of, besides the consumers' use. */
export interface Patterns {
  /** Use by month. */
  readonly months: readonly MonthRow[];
  /** Use by hour and weekday. */
  readonly pattern: readonly PatternRow[];
}

/** The use of a product in a period. */
export function reportConsumers(
  { folder, evaluation, now }: LoadedProduct,
  usage: Usage,
  { months, pattern }: Patterns,
  selection: Selection,
  days: number,
): ConsumersReport {
  const isAll = selection.status === "all" && selection.consumers.length === 0;
  const consumers = selected(evaluation.consumers, selection).filter(({ grantedFrom }) => grantedFrom !== undefined);
  const statistics = statisticsOf(consumers, usage, isAll);
  return {
    product: folder.product.name,
    generated_at: now.toISOString(),
    sources: { ...usage.coverage, sources: [...usage.coverage.sources] },
    period_days: days,
    from: usage.period.from.toISOString(),
    to: usage.period.to.toISOString(),
    total_consumers: new Set(consumers.map(({ consumerId }) => consumerId.toLowerCase())).size,
    totals: {
      queries: sum(statistics.map(({ total_queries: queries }) => queries ?? 0)),
      gb_scanned: sum(statistics.map(({ total_gb_scanned: gb }) => gb ?? 0)),
      users: statistics.filter(({ total_queries: queries }) => (queries ?? 0) > 0).length,
    },
    consumer_stats: statistics,
    growth: growthOf(evaluation.consumers, now),
    months: months.map(({ bytes, ...month }) => ({ ...month, gb_scanned: bytes / GB })),
    pattern: pattern.map(({ weekday, hour, queries }) => ({
      day_of_week: weekday,
      hour_of_day: hour,
      query_count: queries,
    })),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Each consumer once, by the request that tells most; then who uses the product without a request. */
function statisticsOf(consumers: readonly Consumer[], usage: Usage, withOthers: boolean): ConsumerStatistics[] {
  const byId = new Map<string, Consumer>();
  for (const consumer of consumers) {
    const before = byId.get(consumer.consumerId.toLowerCase());
    if (before === undefined || Date.parse(before.grantedFrom ?? "") < Date.parse(consumer.grantedFrom ?? "")) {
      byId.set(consumer.consumerId.toLowerCase(), consumer);
    }
  }
  const known = [...byId].map(([id, consumer]) =>
    consumer.type === "group" ? unknownUse(consumer) : usedBy(id, consumer.name, consumer.status, usage),
  );
  const others = [...usage.used.keys()].filter((id) => !byId.has(id));
  const rest = withOthers ? others.map((id) => usedBy(id, id, "no request", usage)) : [];
  return [...known, ...rest].sort(
    (a, b) => (b.total_queries ?? -1) - (a.total_queries ?? -1) || (a.consumer_id < b.consumer_id ? -1 : 1),
  );
}

function usedBy(id: string, name: string, status: string, { used }: Usage): ConsumerStatistics {
  const row = used.get(id);
  return {
    consumer_id: id,
    consumer_name: name,
    status,
    total_queries: row?.queries ?? 0,
    total_gb_scanned: (row?.bytes ?? 0) / GB,
    avg_query_time_sec: row?.seconds ?? null,
    last_query_time: row?.last ?? null,
  };
}

/** Use is recorded by person; which of a group's people asked on the group's account nobody knows. */
function unknownUse({ consumerId, name, status }: Consumer): ConsumerStatistics {
  return {
    consumer_id: consumerId,
    consumer_name: name,
    status,
    total_queries: null,
    total_gb_scanned: null,
    avg_query_time_sec: null,
    last_query_time: null,
  };
}

/** New consumers by the month in which they first had access. */
function growthOf(consumers: readonly Consumer[], now: Date): ConsumersReport["growth"] {
  const first = new Map<string, string>();
  for (const { consumerId, grantedFrom } of consumers) {
    if (grantedFrom === undefined || Date.parse(grantedFrom) > now.getTime()) continue;
    const before = first.get(consumerId.toLowerCase());
    if (before === undefined || grantedFrom < before) first.set(consumerId.toLowerCase(), grantedFrom);
  }
  const counts = new Map<string, number>();
  for (const at of first.values()) counts.set(at.slice(0, 7), (counts.get(at.slice(0, 7)) ?? 0) + 1);
  let cumulative = 0;
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([month, count]) => ({ month, new_consumers: count, cumulative_consumers: (cumulative += count) }));
}

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
/** Consumers in the chart; the table has all. */
const TOP = 20;

/** A report for people. */
export function reportPage(report: ConsumersReport): Page {
  const { consumer_stats: stats, totals, months, growth, period_days: days } = report;
  const main = {
    caption: `Use by consumer in ${String(days)} days, most queries first`,
    empty: "No consumer is as asked for.",
    columns: [
      { heading: "Consumer", key: "consumer_id", kind: "text" as const },
      { heading: "Name", key: "consumer_name", kind: "text" as const },
      { heading: "Request", key: "status", kind: "state" as const },
      { heading: "Queries", key: "total_queries", kind: "number" as const },
      { heading: "GB scanned", key: "total_gb_scanned", kind: "number" as const, digits: 2 },
      { heading: "Average seconds", key: "avg_query_time_sec", kind: "number" as const, digits: 2 },
      { heading: "Last query", key: "last_query_time", kind: "text" as const },
    ],
    rows: stats.map((each) => [
      each.consumer_id,
      each.consumer_name,
      each.status,
      each.total_queries,
      each.total_gb_scanned,
      each.avg_query_time_sec ?? (each.total_queries === null ? null : ""),
      shortDay(each.last_query_time) ?? (each.total_queries === null ? null : ""),
    ]),
  };
  return {
    title: `Use of ${report.product}`,
    facts: [
      ["Period", `${report.from.slice(0, 10)} to ${report.to.slice(0, 10)}`],
      ["Days", String(days)],
      ["Consumers who had access", String(report.total_consumers)],
      ["Principals who asked", String(totals.users)],
      ["Queries", totals.queries.toLocaleString("en-US")],
      ["GB scanned", totals.gb_scanned.toLocaleString("en-US", { maximumFractionDigits: 1 })],
      ...factsOf(report),
    ],
    sections: [
      {
        id: "top",
        heading: "Top consumers",
        charts: [
          topOf(`Most queries in ${String(days)} days`, "queries", stats, ({ total_queries: queries }) => queries),
          topOf(`Most GB scanned in ${String(days)} days`, "GB", stats, ({ total_gb_scanned: gb }) => gb),
        ],
      },
      {
        id: "growth",
        heading: "Growth",
        charts: [
          columnsOf(
            "Consumers with access so far, by month of the first grant",
            "consumers",
            toNow(growth, report.to),
            ({ cumulative_consumers: n }) => n,
          ),
          columnsOf("Consumers who asked something, by month", "consumers", months, ({ consumers }) => consumers),
          columnsOf("Queries by month", "queries", months, ({ queries }) => queries),
          columnsOf("GB scanned by month", "GB", months, ({ gb_scanned: gb }) => gb),
        ],
      },
      {
        id: "pattern",
        heading: "Pattern of access",
        charts: [
          {
            kind: "heat",
            title: `Queries by hour and day, in ${String(days)} days`,
            unit: "queries",
            label: "Hour",
            columns: WEEKDAYS,
            rows: hoursOf(report),
          },
        ],
      },
      { id: "consumers", heading: "All consumers", table: main },
      sourcesSection(report.sources),
    ],
    main: {
      ...main,
      rows: stats.map((each) => [
        each.consumer_id,
        each.consumer_name,
        each.status,
        each.total_queries,
        each.total_gb_scanned,
        each.avg_query_time_sec,
        each.last_query_time,
      ]),
    },
  };
}

/** The consumers with most of something. */
function topOf(
  title: string,
  unit: string,
  stats: readonly ConsumerStatistics[],
  value: (row: ConsumerStatistics) => number | null,
): BarChart {
  const bars = stats.map((each) => ({ label: each.consumer_id, value: value(each) ?? 0 }));
  const most = bars.filter((each) => each.value > 0).sort((a, b) => b.value - a.value);
  return { kind: "bars", title, unit, label: "Consumer", digits: digitsOf(unit), bars: most.slice(0, TOP) };
}

const digitsOf = (unit: string): number => (unit === "GB" ? 1 : 0);

/** Growth with the months in which nobody was new: so many consumers there were then too. */
function toNow(growth: ConsumersReport["growth"], to: string): ConsumersReport["growth"] {
  const [first] = growth;
  if (first === undefined) return [];
  const byMonth = new Map(growth.map((each) => [each.month, each]));
  const all: ConsumersReport["growth"] = [];
  const last = new Date(Date.parse(to) - 1).toISOString().slice(0, 7);
  for (let month = first.month, total = 0; month <= last; month = nextMonth(month)) {
    total = byMonth.get(month)?.cumulative_consumers ?? total;
    all.push({ month, new_consumers: byMonth.get(month)?.new_consumers ?? 0, cumulative_consumers: total });
  }
  return all;
}

function nextMonth(month: string): string {
  const [year = NaN, number = NaN] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 7);
}

function columnsOf<T extends { readonly month: string }>(
  title: string,
  unit: string,
  rows: readonly T[],
  value: (row: T) => number,
): BarChart {
  return {
    kind: "columns",
    title,
    unit,
    digits: digitsOf(unit),
    label: "Month",
    bars: rows.map((row) => ({ label: row.month, value: value(row) })),
  };
}

function hoursOf({ pattern }: ConsumersReport): { label: string; values: number[] }[] {
  const counts = new Map(
    pattern.map((each) => [`${String(each.day_of_week)} ${String(each.hour_of_day)}`, each.query_count]),
  );
  return Array.from({ length: 24 }, (_, hour) => ({
    label: `${String(hour).padStart(2, "0")}:00`,
    values: WEEKDAYS.map((_name, day) => counts.get(`${String(day + 1)} ${String(hour)}`) ?? 0),
  }));
}
