import type { BarChart, Cell, Page, Section, Table } from "../report/page.js";
import type { ConsumersReport, ConsumerStatistics } from "./formats.js";
import { shortDay } from "./list.js";
import { factsOf, sourcesSection } from "./sources.js";

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
/** Consumers in the chart; the table has all. */
const TOP = 20;

/** A report for people. */
export function reportPage(report: ConsumersReport): Page {
  const { totals } = report;
  const table = usageTable(report, false);
  return {
    title: `Use of ${report.product}`,
    facts: [
      ["Period", `${report.from.slice(0, 10)} to ${report.to.slice(0, 10)}`],
      ["Days", String(report.period_days)],
      ["Consumers who had access", String(report.total_consumers)],
      ["Principals who asked", String(totals.users)],
      ["Queries", totals.queries.toLocaleString("en-US")],
      ["GB scanned", totals.gb_scanned.toLocaleString("en-US", { maximumFractionDigits: 1 })],
      ...factsOf(report),
    ],
    sections: [
      topSection(report),
      growthSection(report),
      patternSection(report),
      { id: "consumers", heading: "All consumers", table },
      sourcesSection(report.sources),
    ],
    main: usageTable(report, true),
  };
}

/** The use of each consumer. People read days, and nothing where there is no value; with `raw` values are as they are. */
function usageTable({ consumer_stats: stats, period_days: days }: ConsumersReport, raw: boolean): Table {
  const shown = (each: ConsumerStatistics): Cell[] => {
    if (raw) return [each.avg_query_time_sec, each.last_query_time];
    const none = each.total_queries === null ? null : "";
    return [each.avg_query_time_sec ?? none, shortDay(each.last_query_time) ?? none];
  };
  return {
    caption: `Use by consumer in ${String(days)} days, most queries first`,
    empty: "No consumer is as asked for.",
    columns: [
      { heading: "Consumer", key: "consumer_id", kind: "text" },
      { heading: "Name", key: "consumer_name", kind: "text" },
      { heading: "Request", key: "status", kind: "state" },
      { heading: "Queries", key: "total_queries", kind: "number" },
      { heading: "GB scanned", key: "total_gb_scanned", kind: "number", digits: 2 },
      { heading: "Average seconds", key: "avg_query_time_sec", kind: "number", digits: 2 },
      { heading: "Last query", key: "last_query_time", kind: "text" },
    ],
    rows: stats.map((each) => [
      each.consumer_id,
      each.consumer_name,
      each.status,
      each.total_queries,
      each.total_gb_scanned,
      ...shown(each),
    ]),
  };
}

function topSection({ consumer_stats: stats, period_days: days }: ConsumersReport): Section {
  return {
    id: "top",
    heading: "Top consumers",
    charts: [
      topOf(`Most queries in ${String(days)} days`, "queries", stats, ({ total_queries: queries }) => queries),
      topOf(`Most GB scanned in ${String(days)} days`, "GB", stats, ({ total_gb_scanned: gb }) => gb),
    ],
  };
}

function growthSection({ growth, months, to }: ConsumersReport): Section {
  const title = "Consumers with access so far, by month of the first grant";
  return {
    id: "growth",
    heading: "Growth",
    charts: [
      columnsOf(title, "consumers", toNow(growth, to), ({ cumulative_consumers: n }) => n),
      columnsOf("Consumers who asked something, by month", "consumers", months, ({ consumers }) => consumers),
      columnsOf("Queries by month", "queries", months, ({ queries }) => queries),
      columnsOf("GB scanned by month", "GB", months, ({ gb_scanned: gb }) => gb),
    ],
  };
}

function patternSection(report: ConsumersReport): Section {
  const title = `Queries by hour and day, in ${String(report.period_days)} days`;
  return {
    id: "pattern",
    heading: "Pattern of access",
    charts: [{ kind: "heat", title, unit: "queries", label: "Hour", columns: WEEKDAYS, rows: hoursOf(report) }],
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
