import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { problemLines } from "../../core/place.js";
import {
  readAccessReviews,
  REVIEWS,
  reviewText,
  type AccessReview,
  type PlacedReview,
} from "../../databricks/dataProduct/accessReview.js";
import { isGranted, type Consumer } from "../../databricks/dataProduct/consumer.js";
import { withRevocation } from "../../databricks/dataProduct/editRequest.js";
import { daysAfter } from "../../databricks/dataProduct/period.js";
import { DAYS_TO_ANSWER, reviewOf } from "../../databricks/dataProduct/reviewPeriod.js";
import { permissionText } from "../../databricks/dataProduct/permissions.js";
import { readPermissions } from "../../databricks/dataProduct/readProduct.js";
import { activityOf } from "./activity.js";
import { commitTo, editHere, type FileEdit } from "./commit.js";
import { consumersReview, type ConsumersReview } from "./formats.js";
import { usageOf, type Looking } from "./look.js";
import { writeResult } from "./output.js";
import type { LoadedProduct } from "./product.js";
import { recordReview } from "./recordReview.js";
import { reviewPage } from "./reviewPage.js";

/** How a review is held. */
export interface Reviewing {
  /** Which; that of today where it is left out. */
  readonly review?: string;
  /** By when reviewers answer. */
  readonly due?: string;
  /** Carries out what they decided. */
  readonly apply?: boolean;
  /** The branch to commit to; true for a name of our choice. */
  readonly commit?: string | true;
}

/**
 * `roster consumers <product> review`: makes a file for each reviewer; with `apply` carries out what they decided.
 * Tells whether decisions are missing after their date.
 */
export async function review(product: LoadedProduct, flags: Reviewing, looking: Looking): Promise<boolean> {
  const name = flags.review ?? reviewOf(product.folder.product.policy.review_every, product.now);
  if (!/^[\w-]+$/.test(name)) throw new Error(`${JSON.stringify(name)} is no name of a review: 2027-Q1 is one`);
  const folder = path.join(product.folder.folder, REVIEWS, name);
  const made = flags.apply === true ? [] : await makeFiles(product, folder, { name, due: flags.due }, looking);
  const files = readFiles(folder);
  // Only decisions need somebody to have made files: where nobody has access, there is nothing to ask.
  if (files.length === 0 && flags.apply === true)
    throw new Error(
      `there are no files in ${folder}: roster consumers ${product.folder.product.name} review makes them`,
    );
  const decisions = files.flatMap(({ data }) => decisionsOf(product, data));
  const edits = flags.apply === true ? decisions.flatMap(({ edit }) => edit ?? []) : [];
  const told = decisions.map(({ edit, ...decision }) => ({
    ...decision,
    applied: flags.apply === true && decision.applied,
  }));
  if (edits.length > 0) {
    const message = `Apply the review ${name} of ${product.folder.product.name}`;
    const sign = product.folder.product.policy.evidence === "signed_commit";
    const branch = flags.commit === true ? `roster/review-${name}` : flags.commit;
    if (branch === undefined) editHere(edits);
    else process.stderr.write(`Committed to ${branch}: ${commitTo(edits, { branch, message, sign })}\n`);
  }
  if (flags.apply === true) {
    const reviewed = files.map(({ data }) => data);
    await recordReview(product, { files: reviewed, decisions: told }, looking.workspace);
  }
  const due =
    files
      .map(({ data }) => data.due)
      .sort()
      .at(-1) ?? daysAfter(product.now.toISOString(), DAYS_TO_ANSWER);
  const data: ConsumersReview = {
    product: product.folder.product.name,
    review: name,
    due,
    ...countsOf(files),
    files: files.map(({ file, data: { reviewer, consumers } }) => ({
      file,
      reviewer,
      consumers: consumers.length,
      made: made.includes(file),
    })),
    decisions: told,
  };
  const { format, output, report } = looking;
  writeResult({ data, schema: consumersReview, page: reviewPage(data, product.now) }, { format, output, report });
  return (
    told.some(({ decision, applied }) => decision === "unanswered" && !applied) &&
    Date.parse(due) <= product.now.getTime()
  );
}

/** Who has to say whether somebody's access is still needed: their manager, else the owner; never they themselves. */
function reviewerOf({ approvals, consumerId, requester }: Consumer, owner: string): string {
  const manager = approvals.find(({ role }) => role === "manager");
  const person = manager?.person ?? manager?.approver;
  return person === undefined || person === consumerId || person === requester ? owner : person;
}

async function makeFiles(
  product: LoadedProduct,
  folder: string,
  { name, due }: { readonly name: string; readonly due: string | undefined },
  { workspace, counting }: Looking,
): Promise<string[]> {
  const { evaluation, now, folder: read } = product;
  const [owner = ""] = read.product.data_owner;
  const usage = await usageOf(product, counting.days, workspace);
  const byReviewer = new Map<string, Consumer[]>();
  for (const consumer of evaluation.consumers.filter(isGranted)) {
    const reviewer = reviewerOf(consumer, owner);
    const of = byReviewer.get(reviewer);
    if (of === undefined) byReviewer.set(reviewer, [consumer]);
    else of.push(consumer);
  }
  if (byReviewer.size === 0) return [];
  const end = (due ?? daysAfter(now.toISOString(), DAYS_TO_ANSWER)).slice(0, 10);
  mkdirSync(folder, { recursive: true });
  return [...byReviewer].flatMap(([reviewer, consumers]) => {
    const file = path.join(folder, `${reviewer.replace(/[^\w@.+-]/g, "_")}.yaml`);
    if (existsSync(file)) return [];
    const shown = consumers.map((consumer) => {
      const { activity, last_access_date: last } = activityOf(consumer, usage, counting.inactiveDays, now);
      const permissions = consumer.permissions.map(permissionText);
      return {
        consumer: consumer.consumerId,
        request: consumer.requestId,
        permissions,
        last_access: last?.slice(0, 10) ?? "unknown",
        activity,
      };
    });
    writeFileSync(file, reviewText({ product_name: read.product.name, review: name, reviewer, due: end }, shown));
    return [file];
  });
}

function readFiles(folder: string): readonly PlacedReview[] {
  const { files, problems } = readAccessReviews(folder);
  if (problems.length > 0)
    throw new Error(`the review cannot be read, and nothing was changed:\n  ${problemLines(problems).join("\n  ")}`);
  return files;
}

/** How many consumers a review asks about; who has several requests is one, and inactive where one of them is. */
function countsOf(
  files: readonly PlacedReview[],
): Pick<ConsumersReview, "total_consumers" | "inactive_count" | "unknown_count"> {
  const by = new Map<string, Set<string>>();
  for (const { consumer, activity = "unknown" } of files.flatMap(({ data }) => data.consumers)) {
    const key = consumer.toLowerCase();
    by.set(key, (by.get(key) ?? new Set()).add(activity));
  }
  const all = [...by.values()];
  return {
    total_consumers: all.length,
    inactive_count: all.filter((of) => of.has("inactive")).length,
    unknown_count: all.filter((of) => of.has("unknown") && of.size === 1).length,
  };
}

type Decided = ConsumersReview["decisions"][number] & { readonly edit: FileEdit | undefined };

/** What a reviewer decided, and what that changes in the requests' files; what is done already is changed no more. */
function decisionsOf(
  { folder, evaluation, now }: LoadedProduct,
  { consumers, reviewer, review: name, due }: AccessReview,
): Decided[] {
  const isOver = Date.parse(due) <= now.getTime();
  return consumers.map(({ consumer: id, request: requestId, decision, take, reason }): Decided => {
    const consumer = evaluation.consumers.find((each) => each.requestId === requestId);
    const file = folder.requests.find((each) => each.id === requestId)?.file;
    const told = { consumer_id: id, request_id: requestId, reviewer, reason: reason ?? null };
    const revoking = (why: string, permissions?: readonly string[]): FileEdit | undefined =>
      consumer === undefined || file === undefined || !isGranted(consumer)
        ? undefined
        : { file, edit: (text) => withRevocation(text, { reason: why, by: reviewer, permissions }) };
    if (decision === "keep") return { ...told, decision, applied: true, edit: undefined };
    if (decision === "revoke")
      return { ...told, decision, applied: true, edit: revoking(`${reason ?? ""} (review ${name})`) };
    if (decision === "reduce") {
      const { permissions, mistakes } = readPermissions(take ?? [], folder.product);
      const [mistake] = mistakes.values();
      if (mistake !== undefined) throw new Error(`the review of ${id} by ${reviewer}: ${mistake}. Nothing was changed`);
      const taken = permissions.map(permissionText);
      const has = consumer?.permissions.map(permissionText) ?? [];
      const edit = taken.some((each) => has.includes(each))
        ? revoking(`${reason ?? ""} (review ${name})`, taken)
        : undefined;
      return { ...told, decision, applied: true, edit };
    }
    const isRevoked = isOver && folder.product.policy.unanswered_review === "revoke";
    const edit = isRevoked ? revoking(`Nobody answered the review ${name} by ${due.slice(0, 10)}`) : undefined;
    return { ...told, decision: "unanswered", applied: isRevoked, edit };
  });
}
