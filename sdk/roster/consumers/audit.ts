import { isGranted, type Consumer } from "../../databricks/dataProduct/consumer.js";
import { dayOf } from "../../databricks/dataProduct/period.js";
import { permissionText } from "../../databricks/dataProduct/permissions.js";
import { activityOf } from "./activity.js";
import type { PermissionChange } from "./changes.js";
import { findingsOfFiles } from "./fileFindings.js";
import { found } from "./finding.js";
import type { AuditFinding, ConsumersAudit } from "./formats.js";
import { countGrants, findingsOfGrants, type LiveGrants } from "./grantFindings.js";
import { selected, type Counting, type Selection } from "./list.js";
import type { LoadedProduct } from "./product.js";
import type { Usage } from "./readUsage.js";
import type { Unusual } from "./unusual.js";

/** What the live systems tell for an audit; all undefined where they were not asked. */
export interface Observed {
  /** Who used it. */
  readonly usage: Usage | undefined;
  /** Who has what. */
  readonly grants: LiveGrants | undefined;
  /** Use that is unlike the past. */
  readonly unusual: Unusual | undefined;
  /** Changes of privileges. */
  readonly changes: readonly PermissionChange[] | undefined;
}

/** Audits a product's access: its files, what is granted, and how it is used. */
export function auditConsumers(
  product: LoadedProduct,
  observed: Observed,
  selection: Selection,
  { days, inactiveDays }: Counting,
): ConsumersAudit {
  const { folder, evaluation, now } = product;
  const consumers = selected(evaluation.consumers, selection);
  const { usage, grants, unusual, changes } = observed;
  const all = [
    ...(grants === undefined ? [] : findingsOfGrants(product, grants)),
    ...consumers.filter(isGranted).flatMap((consumer) => findingsOfUse(consumer, product, usage, inactiveDays)),
    ...findingsOfFiles(product),
    ...unusualFindings(unusual, evaluation.consumers),
  ];
  const isAll = selection.status === "all" && selection.consumers.length === 0;
  const meant = new Set(consumers.flatMap(({ requestId, consumerId }) => [requestId, consumerId.toLowerCase()]));
  const isMeant = ({ consumer_id: id, request_id: request }: AuditFinding): boolean =>
    isAll || meant.has(request ?? "") || meant.has(id?.toLowerCase() ?? "");
  return {
    product: folder.product.name,
    generated_at: now.toISOString(),
    sources: usage === undefined ? null : { ...usage.coverage, sources: [...usage.coverage.sources] },
    inactive_days: inactiveDays,
    period_days: days,
    checked: { requests: consumers.length, grants: grants === undefined ? null : countGrants(grants) },
    findings: all.filter(isMeant),
    unknown_activity: consumers.filter(isGranted).flatMap((consumer) => {
      const { activity, activity_reason: reason } = activityOf(consumer, usage, inactiveDays, now);
      return activity === "unknown"
        ? [{ consumer_id: consumer.consumerId, request_id: consumer.requestId, reason }]
        : [];
    }),
    permission_changes:
      changes?.map(({ added, removed, ...change }) => ({ ...change, added: [...added], removed: [...removed] })) ??
      null,
  };
}

/** Who does not use their access, or a part of it. Of whom nothing is known is nothing found. */
function findingsOfUse(
  consumer: Consumer,
  { now }: LoadedProduct,
  usage: Usage | undefined,
  inactiveDays: number,
): AuditFinding[] {
  const { activity, activity_reason: reason } = activityOf(consumer, usage, inactiveDays, now);
  if (activity === "inactive") return [found("inactive_consumer", consumer, `${consumer.consumerId}: ${reason}`)];
  if (activity !== "active" || usage === undefined || isYoung(consumer, inactiveDays, now)) return [];
  const accesses = usage.accesses.get(consumer.consumerId.toLowerCase()) ?? [];
  return consumer.permissions.flatMap((permission) => {
    const used = { SELECT: "read", MODIFY: "written" }[permission.privilege] as "read" | "written" | undefined;
    const [type, name = ""] = permission.securable.toLowerCase().split(" ");
    if (used === undefined || type !== "table") return [];
    if (accesses.some((each) => each.table === name && each[used] !== null)) return [];
    const told = `${consumer.consumerId} never used ${permissionText(permission)}, as far as lineage goes back, and uses other tables of the product`;
    return [found("unused_permission", consumer, told)];
  });
}

function isYoung({ grantedFrom }: Consumer, days: number, now: Date): boolean {
  return grantedFrom !== undefined && now.getTime() - Date.parse(grantedFrom) < days * 86_400_000;
}

function unusualFindings(unusual: Unusual | undefined, consumers: readonly Consumer[]): AuditFinding[] {
  if (unusual === undefined) return [];
  const byId = new Map(consumers.map((each) => [each.consumerId.toLowerCase(), each]));
  const gb = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GB`;
  const about = (kind: "unusual_volume" | "unusual_hour", id: string, message: string): AuditFinding => {
    const consumer = byId.get(id);
    return consumer === undefined
      ? { kind, consumer_id: id, request_id: null, message, file: null, line: null }
      : found(kind, consumer, message);
  };
  return [
    ...unusual.volumes.map(({ consumer, day, bytes, most, days }) =>
      about(
        "unusual_volume",
        consumer,
        `${consumer} read ${gb(bytes)} on ${day}; the most of the ${String(days)} days of use before were ${gb(most)}`,
      ),
    ),
    ...unusual.hours.map(({ consumer, hour, queries, last, past }) =>
      about(
        "unusual_hour",
        consumer,
        `${consumer} asked ${String(queries)} times between ${String(hour)} and ${String(hour + 1)} o'clock, last on ${dayOf(last)}, and never at such an hour in ${String(past)} queries before`,
      ),
    ),
  ];
}
