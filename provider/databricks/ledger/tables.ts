import type { ColumnDefinition, TableDefinition } from "../objects/catalog.js";

/*
 * The tables of a ledger. Their names and columns are what dashboards and queries of users are written on: a column is
 * added at the end and never renamed or taken out.
 */

function table(
  name: string,
  comment: string,
  columns: Readonly<Record<string, ColumnDefinition["type"]>>,
): TableDefinition {
  return { name, comment, columns: Object.entries(columns).map(([each, type]) => ({ name: each, type })) };
}

/** What belongs to which product: from here the views know whose usage a query is. */
export const PRODUCT_SECURABLES = table("product_securables", "The tables and schemas of each data product", {
  product_name: "STRING",
  securable_type: "STRING",
  full_name: "STRING",
  removed_at: "TIMESTAMP",
});

/** One row for each consumer of a product, as it is now. */
export const CONSUMER_ACCESS = table("consumer_access", "Who has access to which data product, and who had", {
  product_name: "STRING",
  consumer_id: "STRING",
  consumer_name: "STRING",
  consumer_type: "STRING",
  business_unit: "STRING",
  request_id: "STRING",
  permissions: "STRING",
  status: "STRING",
  access_granted_date: "TIMESTAMP",
  access_expires_date: "TIMESTAMP",
  granted_by: "STRING",
  approved_by: "STRING",
  evidence: "STRING",
  justification: "STRING",
  revoked_date: "TIMESTAMP",
  revoked_by: "STRING",
  revocation_reason: "STRING",
  updated_at: "TIMESTAMP",
});

/** One row for each request, as its file says and as it was judged. */
export const ACCESS_REQUESTS = table("access_requests", "Requests for access to data products", {
  product_name: "STRING",
  request_id: "STRING",
  consumer_id: "STRING",
  consumer_name: "STRING",
  consumer_type: "STRING",
  requester: "STRING",
  business_unit: "STRING",
  requested_date: "TIMESTAMP",
  justification: "STRING",
  use_cases: "STRING",
  requested_permissions: "STRING",
  status: "STRING",
  reason: "STRING",
  approver: "STRING",
  approved_date: "TIMESTAMP",
  evidence: "STRING",
  conditions: "STRING",
  expires_date: "TIMESTAMP",
  renews: "STRING",
  file: "STRING",
  updated_at: "TIMESTAMP",
});

/** Two rows for each grant, change and revocation: what was to be done, and what was. */
export const AUDIT_LOG: TableDefinition = {
  ...table(
    "access_audit_log",
    "Each grant, change and revocation: who, when, why, on what evidence. Only appended to",
    {
      event_id: "STRING",
      change_id: "STRING",
      phase: "STRING",
      product_name: "STRING",
      consumer_id: "STRING",
      request_id: "STRING",
      change: "STRING",
      generation: "BIGINT",
      privileges_added: "STRING",
      privileges_removed: "STRING",
      event_time: "TIMESTAMP",
      run_by: "STRING",
      decided_by: "STRING",
      reason: "STRING",
      evidence: "STRING",
    },
  ),
  appendOnly: true,
};

/** What reviewers decided. */
export const ACCESS_REVIEWS = table("access_reviews", "Reviews of access, one decision a row", {
  product_name: "STRING",
  review: "STRING",
  review_date: "TIMESTAMP",
  consumer_id: "STRING",
  request_id: "STRING",
  reviewer: "STRING",
  decision: "STRING",
  reason: "STRING",
  inactive: "BOOLEAN",
  last_access_date: "TIMESTAMP",
  due_date: "TIMESTAMP",
  decided_date: "TIMESTAMP",
});

/** Messages, one row for each and each channel, until they are delivered and after. */
export const OUTBOX = table("notification_outbox", "Notifications, delivered and to be delivered", {
  notification_id: "STRING",
  event_id: "STRING",
  product_name: "STRING",
  kind: "STRING",
  channel: "STRING",
  recipient: "STRING",
  subject: "STRING",
  body: "STRING",
  created_at: "TIMESTAMP",
  delivered_at: "TIMESTAMP",
  attempts: "BIGINT",
  last_error: "STRING",
});

/** All of them. */
export const LEDGER_TABLES: readonly TableDefinition[] = [
  PRODUCT_SECURABLES,
  CONSUMER_ACCESS,
  ACCESS_REQUESTS,
  AUDIT_LOG,
  ACCESS_REVIEWS,
  OUTBOX,
];
