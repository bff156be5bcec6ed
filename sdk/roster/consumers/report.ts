import type { Consumer } from "../../databricks/dataProduct/consumer.js";
import type { ConsumersReport, ConsumerStatistics } from "./formats.js";
import { selected, type Selection } from "./list.js";
import type { LoadedProduct } from "./product.js";
import type { Usage } from "./readUsage.js";
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
