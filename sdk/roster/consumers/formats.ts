import * as z from "zod";

/*
 * What `roster consumers ... --json` writes; schemas/consumers-*.schema.json are made from this. Null is what is
 * not known.
 */

const instant = z.string().describe("ISO 8601 in UTC.");
const count = z.number().int().nonnegative();

const source = z.strictObject({
  name: z.string().describe("The system table."),
  keeps_days: count.nullable().describe("Days that Databricks keeps its records; null where that is not documented."),
  oldest: instant.nullable().describe("Its oldest record, whoever's it is."),
  newest: instant.nullable().describe("Its latest record: an old one says that the table is not fed."),
});

const sources = z
  .strictObject({ time_zone: z.string().describe("In which hours are."), sources: z.array(source) })
  .nullable()
  .describe("What usage was read of; null where the system tables were not asked (--offline).");

/** A request with who has it, and what is known of their use. */
const consumer = z.strictObject({
  request_id: z.string(),
  consumer_id: z.string().describe("The principal as Databricks knows it."),
  consumer_name: z.string(),
  consumer_type: z.enum(["person", "group", "service_principal"]),
  business_unit: z.string().nullable(),
  status: z.enum(["pending", "active", "expiring", "expired", "revoked", "rejected"]),
  reason: z.string().describe("Why it has this status."),
  requested_date: instant.nullable().describe("When it was asked for."),
  permissions: z.array(z.string()),
  access_granted_date: instant.nullable(),
  access_expires_date: instant.nullable(),
  granted_by: z.array(z.string()).describe("Who approved, by the evidence."),
  evidence: z.enum(["none", "commit", "review", "signed_commit"]),
  justification: z.string(),
  activity: z
    .enum(["active", "inactive", "new", "unknown"])
    .describe("`new`: access is younger than the days after which a consumer is inactive, and nothing is known yet."),
  activity_reason: z.string(),
  last_access_date: instant.nullable().describe("The latest event known of lineage or query history."),
  total_queries: count.nullable().describe("In the period."),
  total_bytes_scanned: z.number().nullable().describe("In the period, of all that the statements read."),
  file: z.string(),
  line: count,
});

const head = {
  product: z.string(),
  generated_at: instant,
  sources,
};

/** `roster consumers <product> list --json`. */
export const consumersList = z.strictObject({
  ...head,
  period_days: count,
  inactive_days: count,
  consumers: z.array(consumer),
});
/** The consumers of a product. */
export type ConsumersList = z.output<typeof consumersList>;
/** One of them. */
export type ListedConsumer = ConsumersList["consumers"][number];

/** What an audit can find. */
export const FINDINGS = {
  expired_access: "Access that has ended and is still granted",
  revoked_access: "Access that was taken back and is still granted",
  inactive_consumer: "Inactive consumers",
  unused_permission: "Permissions that were never used",
  beyond_product: "Privileges beyond what the product allows",
  beyond_request: "Privileges beyond what the request asked for",
  unexplained_grant: "Grants that no request explains",
  missing_justification: "Missing justification",
  missing_approval: "Missing approval",
  missing_evidence: "Approval without evidence",
  missing_compliance: "Missing compliance",
  broken_rule: "Requests that break another rule",
  unusual_volume: "Unusual volume",
  unusual_hour: "Unusual hours",
} as const;
/** The kind of a finding. */
export type FindingKind = keyof typeof FINDINGS;

const finding = z.strictObject({
  kind: z.enum(Object.keys(FINDINGS) as [FindingKind, ...FindingKind[]]),
  consumer_id: z.string().nullable(),
  request_id: z.string().nullable(),
  message: z.string(),
  file: z.string().nullable(),
  line: count.nullable(),
});
/** Something that an audit found. */
export type AuditFinding = z.output<typeof finding>;

const change = z.strictObject({
  at: instant,
  by: z.string(),
  securable: z.string(),
  principal: z.string(),
  added: z.array(z.string()),
  removed: z.array(z.string()),
});

/** `roster consumers <product> audit --json`. */
export const consumersAudit = z.strictObject({
  ...head,
  inactive_days: count,
  period_days: count.describe("Days of which changes of permissions are told."),
  checked: z.strictObject({ requests: count, grants: count.nullable().describe("Null where they were not read.") }),
  findings: z.array(finding),
  unknown_activity: z
    .array(z.strictObject({ consumer_id: z.string(), request_id: z.string(), reason: z.string() }))
    .describe("Of whom nothing is known: no finding, as nobody knows that they are inactive."),
  permission_changes: z.array(change).nullable(),
});
/** An audit. */
export type ConsumersAudit = z.output<typeof consumersAudit>;

const statistics = z.strictObject({
  consumer_id: z.string(),
  consumer_name: z.string(),
  status: z.string().describe("The request's; `no request` for a principal that uses the product without one."),
  total_queries: count.nullable(),
  total_gb_scanned: z.number().nullable(),
  avg_query_time_sec: z.number().nullable(),
  last_query_time: instant.nullable(),
});
/** The use of a consumer in a period. */
export type ConsumerStatistics = z.output<typeof statistics>;

/** `roster consumers <product> report --json`. */
export const consumersReport = z.strictObject({
  ...head,
  period_days: count,
  from: instant,
  to: instant,
  total_consumers: count,
  totals: z.strictObject({ queries: count, gb_scanned: z.number(), users: count }),
  consumer_stats: z.array(statistics),
  growth: z.array(z.strictObject({ month: z.string(), new_consumers: count, cumulative_consumers: count })),
  months: z.array(z.strictObject({ month: z.string(), queries: count, consumers: count, gb_scanned: z.number() })),
  pattern: z
    .array(z.strictObject({ day_of_week: count.describe("1 is Sunday."), hour_of_day: count, query_count: count }))
    .describe("Hours in which nothing was asked are left out."),
});
/** A report of use. */
export type ConsumersReport = z.output<typeof consumersReport>;
/** `roster consumers <product> approve|revoke --json`. */
export const consumersEdit = z.strictObject({
  action: z.enum(["approve", "revoke", "reject", "reduce"]),
  product: z.string(),
  request_id: z.string(),
  consumer_id: z.string(),
  file: z.string(),
  by: z.string(),
  role: z.enum(["manager", "data_owner"]).nullable(),
  reason: z.string().nullable(),
  branch: z.string().nullable().describe("The branch that was committed to; null where the file was edited in place."),
  commit: z.string().nullable(),
  still_missing: z.array(z.string()).describe("Approvals that are still missing."),
});
/** What approve and revoke did. */
export type ConsumersEdit = z.output<typeof consumersEdit>;

/** `roster consumers <product> review --json`. */
export const consumersReview = z.strictObject({
  product: z.string(),
  review: z.string().describe("Which: 2027-Q1."),
  due: instant,
  total_consumers: count.describe("Whom the files ask about."),
  inactive_count: count.describe("How many of them are inactive, by the files."),
  unknown_count: count.describe("Of how many nobody knows whether they use their access."),
  files: z.array(z.strictObject({ file: z.string(), reviewer: z.string(), consumers: count, made: z.boolean() })),
  decisions: z.array(
    z.strictObject({
      consumer_id: z.string(),
      request_id: z.string(),
      reviewer: z.string(),
      decision: z.enum(["keep", "reduce", "revoke", "unanswered"]),
      reason: z.string().nullable(),
      applied: z.boolean().describe("Whether the request's file was changed, or nothing had to be."),
    }),
  ),
});
/** A review. */
export type ConsumersReview = z.output<typeof consumersReview>;
