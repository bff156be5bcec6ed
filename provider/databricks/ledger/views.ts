import { literal, quoted, quotedName } from "../identifiers.js";

/*
 * What people look at: the views and the analytics of the ledger, as queries. Usage comes from Databricks' system
 * tables, which keep a year; a statement is of a product where lineage says that it read one of its tables or schemas.
 * Its bytes are all that it read, of other tables too.
 */

/** A view that is managed. */
export interface ViewDefinition {
  readonly name: string;
  readonly comment: string;
  readonly query: string;
}

/** Days that the analytics look back. */
const RECENT_DAYS = 30;

/**
 * The views that all products of a ledger share: each statement that read a product, usage by consumer, and what reviews
 * came to.
 */
export function sharedViews(ledger: string): ViewDefinition[] {
  const at = placeIn(ledger);
  const lineage = (type: string, name: string): string =>
    `SELECT s.product_name, l.statement_id FROM ${at("product_securables")} s ` +
    `JOIN system.access.table_lineage l ON ${name} = s.full_name ` +
    `WHERE s.removed_at IS NULL AND s.securable_type = '${type}' AND l.statement_id IS NOT NULL`;
  return [
    {
      name: "usage_logs",
      comment: "Each statement that read a data product",
      query: `WITH touched AS (
  ${lineage("table", "lower(l.source_table_full_name)")}
  UNION
  ${lineage("schema", "lower(concat(l.source_table_catalog, '.', l.source_table_schema))")}
)
SELECT t.product_name, lower(coalesce(h.executed_as, h.executed_by)) AS consumer_id,
  coalesce(c.consumer_name, h.executed_as, h.executed_by) AS consumer_name, h.statement_id AS query_id,
  h.start_time AS query_time, coalesce(h.read_bytes, 0) AS bytes_scanned, h.total_duration_ms AS execution_time_ms
FROM system.query.history h
JOIN touched t ON t.statement_id = h.statement_id
LEFT JOIN ${at("consumer_access")} c
  ON c.product_name = t.product_name AND c.consumer_id = lower(coalesce(h.executed_as, h.executed_by))
WHERE coalesce(h.executed_as, h.executed_by) IS NOT NULL`,
    },
    {
      name: "consumer_usage",
      comment: "How much each consumer used each data product, and when last",
      query: `SELECT product_name, consumer_id, MAX(query_time) AS last_access_date,
  COUNT(DISTINCT query_id) AS total_queries, SUM(bytes_scanned) AS total_bytes_scanned
FROM ${at("usage_logs")} GROUP BY product_name, consumer_id`,
    },
    {
      name: "access_review_reports",
      comment: "What each review of access came to: consumers, and the decisions about their requests",
      query: reviewReports(at("access_reviews")),
    },
  ];
}

/** A consumer with several requests is one, inactive where one of them is; of whom no row tells, the use is unknown. */
function reviewReports(reviews: string): string {
  const decided = (decision: string): string => `COUNT(CASE WHEN decision = '${decision}' THEN 1 END)`;
  return `WITH consumers AS (
  SELECT product_name, review, consumer_id, MIN(review_date) AS review_date, BOOL_OR(inactive) AS inactive,
    ${decided("keep")} AS kept, ${decided("reduce")} AS reduced, ${decided("revoke")} AS revoked,
    ${decided("unanswered")} AS unanswered, MAX(due_date) AS due_date, MAX(decided_date) AS last_decided_date
  FROM ${reviews} GROUP BY product_name, review, consumer_id
)
SELECT product_name, review, CAST(MIN(review_date) AS DATE) AS review_date, COUNT(*) AS total_consumers,
  COUNT(CASE WHEN inactive THEN 1 END) AS inactive_count, COUNT(CASE WHEN inactive IS NULL THEN 1 END) AS unknown_count,
  SUM(kept) AS kept, SUM(reduced) AS reduced, SUM(revoked) AS revoked, SUM(unanswered) AS unanswered,
  MAX(due_date) AS due_date, MAX(last_decided_date) AS last_decided_date
FROM consumers GROUP BY product_name, review ORDER BY product_name, review`;
}

/** Whose views they are. */
export interface ViewedProduct {
  readonly ledger: string;
  readonly product: string;
  /** After how many days without use a consumer is inactive. */
  readonly inactiveDays: number;
}

/** The views of one product: `customer_360_consumers`, `_top_consumers`, `_consumer_growth` and `_access_patterns`. */
export function productViews({ ledger, product, inactiveDays }: ViewedProduct): ViewDefinition[] {
  const at = placeIn(ledger);
  const name = (what: string): string => `${product.toLowerCase().replace(/[^a-z0-9]+/g, "_")}_${what}`;
  const recent =
    `FROM ${at("usage_logs")} WHERE product_name = ${literal(product)} ` +
    `AND query_time >= CURRENT_DATE - INTERVAL ${String(RECENT_DAYS)} DAYS`;
  return [
    {
      name: name("consumers"),
      comment: `The consumers of ${product}`,
      query: `SELECT c.consumer_id, c.consumer_name, c.consumer_type, c.access_granted_date, c.access_expires_date,
  c.granted_by, c.justification, u.last_access_date, u.total_queries, u.total_bytes_scanned,
  CASE
    WHEN c.status = 'revoked' THEN 'revoked'
    WHEN c.status = 'expired' OR c.access_expires_date < CURRENT_DATE THEN 'expired'
    WHEN u.last_access_date < CURRENT_DATE - INTERVAL ${String(inactiveDays)} DAYS THEN 'inactive'
    ELSE 'active'
  END AS status
FROM ${at("consumer_access")} c
LEFT JOIN ${at("consumer_usage")} u ON u.product_name = c.product_name AND u.consumer_id = c.consumer_id
WHERE c.product_name = ${literal(product)}
ORDER BY u.total_queries DESC`,
    },
    {
      name: name("top_consumers"),
      comment: `Who used ${product} most in the last ${String(RECENT_DAYS)} days`,
      query: `SELECT consumer_id, consumer_name, COUNT(DISTINCT query_id) AS query_count,
  SUM(bytes_scanned) / POW(1024, 3) AS gb_scanned, AVG(execution_time_ms) AS avg_time_ms, MAX(query_time) AS last_query
${recent}
GROUP BY consumer_id, consumer_name ORDER BY query_count DESC, consumer_id LIMIT 20`,
    },
    {
      name: name("consumer_growth"),
      comment: `New consumers of ${product} by month`,
      query: `SELECT DATE_TRUNC('month', access_granted_date) AS month, COUNT(*) AS new_consumers,
  SUM(COUNT(*)) OVER (ORDER BY DATE_TRUNC('month', access_granted_date)) AS cumulative_consumers
FROM ${at("consumer_access")} WHERE product_name = ${literal(product)} AND access_granted_date IS NOT NULL
GROUP BY DATE_TRUNC('month', access_granted_date) ORDER BY month`,
    },
    {
      name: name("access_patterns"),
      comment: `When ${product} was used in the last ${String(RECENT_DAYS)} days: 1 is Sunday`,
      query: `SELECT HOUR(query_time) AS hour_of_day, DAYOFWEEK(query_time) AS day_of_week,
  COUNT(DISTINCT query_id) AS query_count
${recent}
GROUP BY HOUR(query_time), DAYOFWEEK(query_time) ORDER BY query_count DESC`,
    },
  ];
}

function placeIn(ledger: string): (name: string) => string {
  return (name) => `${quotedName(ledger)}.${quoted(name)}`;
}
