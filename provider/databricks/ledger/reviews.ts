import { fold } from "../metastore.js";
import type { LedgerRow, Merging } from "./merge.js";
import { ACCESS_REVIEWS } from "./tables.js";

/** What a reviewer decided about a request. Times are ISO 8601. */
export interface Reviewed {
  readonly product: string;
  /** Such as `2027-Q1`. */
  readonly review: string;
  readonly consumer: string;
  readonly request: string;
  readonly reviewer: string;
  readonly decision: "keep" | "reduce" | "revoke" | "unanswered";
  readonly reason: string | null;
  /** Whether the consumer had not used the product for long; null where nothing is known of that. */
  readonly inactive: boolean | null;
  readonly lastAccess: string | null;
  readonly due: string;
  readonly at: string;
}

/** Says what became of a review. What is decided as before was decided then. */
export const recordReviews: Merging = {
  table: ACCESS_REVIEWS,
  keys: ["product_name", "review", "request_id"],
  update: {
    columns: ["reviewer", "decision", "reason", "due_date", "decided_date"],
    expressions: { decided_date: "CASE WHEN t.decision = s.decision THEN t.decided_date ELSE s.decided_date END" },
  },
};

/** A decision as a row. */
export function reviewRow(reviewed: Reviewed): LedgerRow {
  return {
    product_name: reviewed.product,
    review: reviewed.review,
    review_date: reviewed.at,
    consumer_id: fold(reviewed.consumer),
    request_id: reviewed.request,
    reviewer: reviewed.reviewer,
    decision: reviewed.decision,
    reason: reviewed.reason,
    inactive: reviewed.inactive,
    last_access_date: reviewed.lastAccess,
    due_date: reviewed.due,
    decided_date: reviewed.decision === "unanswered" ? null : reviewed.at,
  };
}
