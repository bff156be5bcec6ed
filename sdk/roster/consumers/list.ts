import type { Consumer } from "../../databricks/dataProduct/consumer.js";
import { dayOf } from "../../databricks/dataProduct/period.js";
import { permissionText } from "../../databricks/dataProduct/permissions.js";
import type { Page, Table } from "../report/page.js";
import { activityOf } from "./activity.js";
import type { ConsumersList, ListedConsumer } from "./formats.js";
import type { LoadedProduct } from "./product.js";
import type { Usage } from "./readUsage.js";
import { factsOf, sourcesSection } from "./sources.js";

/** What of a product's consumers is shown. */
export interface Selection {
  /** In which status. */
  readonly status: StatusFilter;
  /** Principals, names or ids of requests; none for all. */
  readonly consumers: readonly string[];
}

/** What `--status` can be. `active` has those that end soon with it. */
export const STATUSES = ["all", "active", "pending", "revoked", "expiring", "expired", "rejected"] as const;
/** One of them. */
export type StatusFilter = (typeof STATUSES)[number];

/** The consumers that are meant. */
export function selected(consumers: readonly Consumer[], { status, consumers: wanted }: Selection): Consumer[] {
  const names = wanted.map((each) => each.toLowerCase());
  return consumers.filter((consumer) => {
    const fits =
      status === "all" || consumer.status === status || (status === "active" && consumer.status === "expiring");
    const { consumerId, requestId, name } = consumer;
    return (
      fits && (names.length === 0 || [consumerId, requestId, name].some((each) => names.includes(each.toLowerCase())))
    );
  });
}

/** How usage is counted. */
export interface Counting {
  /** Days of the period in which use is counted. */
  readonly days: number;
  /** Days without use after which a consumer is inactive. */
  readonly inactiveDays: number;
}

/** The consumers of a product, with what is known of their use. */
export function listConsumers(
  { folder, evaluation, now }: LoadedProduct,
  usage: Usage | undefined,
  selection: Selection,
  { days, inactiveDays }: Counting,
): ConsumersList {
  return {
    product: folder.product.name,
    generated_at: now.toISOString(),
    sources: usage?.coverage === undefined ? null : { ...usage.coverage, sources: [...usage.coverage.sources] },
    period_days: days,
    inactive_days: inactiveDays,
    consumers: selected(evaluation.consumers, selection).map((each) => listed(each, usage, inactiveDays, now)),
  };
}

function listed(consumer: Consumer, usage: Usage | undefined, inactiveDays: number, now: Date): ListedConsumer {
  const used = usage?.used.get(consumer.consumerId.toLowerCase());
  const isCounted = usage !== undefined && consumer.type !== "group";
  return {
    request_id: consumer.requestId,
    consumer_id: consumer.consumerId,
    consumer_name: consumer.name,
    consumer_type: consumer.type,
    business_unit: consumer.businessUnit ?? null,
    status: consumer.status,
    reason: consumer.reason,
    requested_date: consumer.requestedOn ?? null,
    permissions: consumer.permissions.map(permissionText),
    access_granted_date: consumer.grantedFrom ?? null,
    access_expires_date: consumer.expires ?? null,
    granted_by: consumer.approvals.map(({ person, approver }) => person ?? approver),
    evidence: consumer.evidence,
    justification: consumer.justification,
    ...activityOf(consumer, usage, inactiveDays, now),
    total_queries: isCounted ? (used?.queries ?? 0) : null,
    total_bytes_scanned: isCounted ? (used?.bytes ?? 0) : null,
    file: consumer.place.file,
    line: consumer.place.line,
  };
}

/** The list for people. */
export function listPage(list: ConsumersList): Page {
  const counts = new Map<string, number>();
  for (const { status } of list.consumers) counts.set(status, (counts.get(status) ?? 0) + 1);
  const inactive = list.consumers.filter(({ activity, status }) => activity === "inactive" && isOpen(status));
  const main = consumersTable(list);
  return {
    title: `Consumers of ${list.product}`,
    facts: [
      ["Consumers", String(list.consumers.length)],
      ...[...counts].map(([status, count]) => [`of them ${status}`, String(count)] as const),
      [`Inactive for ${String(list.inactive_days)} days`, list.sources === null ? "unknown" : String(inactive.length)],
      ...factsOf(list),
    ],
    sections: [
      { id: "consumers", heading: "Consumers", table: main },
      {
        id: "without-access",
        heading: "Without access, and why",
        table: withoutTable(list.consumers.filter(({ status }) => !isOpen(status)).sort(byRequest)),
      },
      {
        id: "inactive",
        heading: "Inactive consumers",
        text: ["They have access, and did not use it lately. Whose use nobody knows is not among them."],
        table: {
          caption: "Inactive consumers",
          empty: "None.",
          columns: [
            { heading: "Consumer", key: "consumer_id", kind: "text" },
            { heading: "Last access", key: "last_access_date", kind: "text" },
            { heading: "Request", key: "file", kind: "code" },
          ],
          rows: inactive.map((each) => [each.consumer_id, shortDay(each.last_access_date), each.file]),
        },
      },
      sourcesSection(list.sources),
    ],
    main: fullTable(list),
  };
}

function isOpen(status: ListedConsumer["status"]): boolean {
  return status === "active" || status === "expiring";
}

/** What waits for a decision first, and what waits longest before the rest. */
function byRequest(a: ListedConsumer, b: ListedConsumer): number {
  const waits = (each: ListedConsumer): number => Number(each.status === "pending");
  const [one, other] = [a.requested_date ?? "", b.requested_date ?? ""];
  return waits(b) - waits(a) || (one < other ? -1 : Number(one > other));
}

/** A day for people; null where it is not known. */
export function shortDay(instant: string | null): string | null {
  return instant === null ? null : dayOf(instant);
}

function withoutTable(consumers: readonly ListedConsumer[]): Table {
  return {
    caption: "Consumers without access",
    empty: "None.",
    columns: [
      { heading: "Consumer", key: "consumer_id", kind: "text" },
      { heading: "Status", key: "status", kind: "state" },
      { heading: "Requested", key: "requested_date", kind: "text" },
      { heading: "Reason", key: "reason", kind: "text" },
      { heading: "Justification", key: "justification", kind: "text" },
      { heading: "Request", key: "file", kind: "code" },
    ],
    rows: consumers.map((each) => [
      each.consumer_id,
      each.status,
      shortDay(each.requested_date),
      each.reason,
      each.justification,
      each.file,
    ]),
  };
}

function consumersTable({ consumers, period_days: days }: ConsumersList): Table {
  return {
    caption: `Consumers with their permissions, and their use in ${String(days)} days`,
    empty: "No consumer is as asked for.",
    columns: [
      { heading: "Consumer", key: "consumer_id", kind: "text" },
      { heading: "Status", key: "status", kind: "state" },
      { heading: "Permissions", key: "permissions", kind: "text" },
      { heading: "Granted", key: "access_granted_date", kind: "text" },
      { heading: "Expires", key: "access_expires_date", kind: "text" },
      { heading: "Last access", key: "last_access_date", kind: "text" },
      { heading: "Activity", key: "activity", kind: "state" },
      { heading: "Queries", key: "total_queries", kind: "number" },
      { heading: "GB", key: "gb", kind: "number", digits: 1 },
    ],
    rows: consumers.map((each) => [
      each.consumer_id,
      each.status,
      each.permissions.map(brief).join(";\n"),
      shortDay(each.access_granted_date) ?? "",
      shortDay(each.access_expires_date) ?? "",
      shortDay(each.last_access_date),
      each.activity,
      each.total_queries,
      each.total_bytes_scanned === null ? null : each.total_bytes_scanned / 1024 ** 3,
    ]),
  };
}

/** `SELECT on customers` of `SELECT on table main.customer_360.customers`. */
function brief(permission: string): string {
  return permission.replace(
    / on (\S+) \S*?([^.]+)$/,
    (_, type: string, name: string) => ` on ${type === "table" ? "" : `${type} `}${name}`,
  );
}

function fullTable({ consumers }: ConsumersList): Table {
  const keys = [
    "request_id",
    "consumer_id",
    "consumer_name",
    "consumer_type",
    "business_unit",
    "status",
    "reason",
    "requested_date",
    "permissions",
    "access_granted_date",
    "access_expires_date",
    "granted_by",
    "evidence",
    "justification",
    "activity",
    "last_access_date",
    "total_queries",
    "total_bytes_scanned",
    "file",
  ] as const satisfies readonly (keyof ListedConsumer)[];
  return {
    caption: "Consumers",
    empty: "",
    columns: keys.map((key) => ({ heading: key, key, kind: "text" })),
    rows: consumers.map((each) =>
      keys.map((key) => {
        const value = each[key];
        return typeof value === "object" && value !== null ? value.join("; ") : value;
      }),
    ),
  };
}
