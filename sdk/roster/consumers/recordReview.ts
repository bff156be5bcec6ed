import { lastUseOf, type AccessReview } from "../../databricks/dataProduct/accessReview.js";
import type { ConsumersReview } from "./formats.js";
import type { Workspace } from "./look.js";
import type { LoadedProduct } from "./product.js";
import { explained } from "./readUsage.js";

/** A review that was carried out. */
export interface AppliedReview {
  /** The reviewers' files. */
  readonly files: readonly AccessReview[];
  /** What they came to. */
  readonly decisions: ConsumersReview["decisions"];
}

/**
 * Writes the decisions of a review into access_reviews of the product's ledger, where it has one: a row for each
 * request, which a second time changes and does not double.
 */
export async function recordReview(
  { folder, now }: LoadedProduct,
  { files, decisions }: AppliedReview,
  workspace: Workspace | undefined,
): Promise<void> {
  const { ledger, name } = folder.product;
  if (ledger === undefined) return;
  if (workspace === undefined) {
    process.stderr.write("The ledger does not tell of this review, because of --offline: run it again without\n");
    return;
  }
  const asked = new Map(
    files.flatMap((file) => file.consumers.map((entry) => [entry.request, { entry, file }] as const)),
  );
  const { writeReviews } = await import("../../../provider/databricks/read.js");
  const rows = decisions.flatMap((decision) => {
    const of = asked.get(decision.request_id);
    return of === undefined ? [] : [{ of, decision }];
  });
  try {
    await writeReviews(
      workspace.connection,
      workspace.sources,
      `${ledger.catalog}.${ledger.schema}`,
      rows.map(({ of: { file, entry }, decision }) => {
        const { activity } = entry;
        const last = lastUseOf(entry);
        return {
          product: name,
          review: file.review,
          consumer: decision.consumer_id,
          request: decision.request_id,
          reviewer: decision.reviewer,
          decision: decision.decision,
          reason: decision.reason,
          inactive: activity === undefined || activity === "unknown" ? null : activity === "inactive",
          lastAccess: last === undefined ? null : `${last}T00:00:00.000Z`,
          due: new Date(file.due).toISOString(),
          at: now.toISOString(),
        };
      }),
    );
  } catch (error) {
    throw explainedLedger(error);
  }
}

/** Writing to a ledger that no `pulumi up` has made yet has its remedy. */
function explainedLedger(error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  if (!/TABLE_OR_VIEW_NOT_FOUND|SCHEMA_NOT_FOUND|42P01|42704/.test(message)) return explained(error);
  return new Error(
    `${message}\n  The request files are changed, and the ledger does not tell of it: pulumi up makes its tables. Run the same command again after that`,
  );
}
