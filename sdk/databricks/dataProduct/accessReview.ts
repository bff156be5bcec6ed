import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { stringify } from "yaml";
import * as z from "zod";
import { readDocument, type DocumentProblem } from "../../core/documents.js";
import { day, email, entry, list, text } from "../../core/fields.js";

/*
 * A review of access, as one reviewer fills it in: a file of its own for each, so that each commits their own
 * decisions.
 */

const reviewed = entry("a consumer under review", {
  consumer: text("the principal"),
  request: text("the id of a request"),
  permissions: list(text("a permission"), "permissions").default([]).describe("What the consumer has."),
  last_access: text("a day, or unknown").optional().describe("The latest event known."),
  activity: text("a word").optional(),
  decision: z
    .enum(["keep", "reduce", "revoke"], { error: "must be keep, reduce or revoke" })
    .nullish()
    .describe("What becomes of the access: keep, reduce (with take) or revoke. Empty until it is decided."),
  take: list(text("a permission"), "permissions").nullish().describe("For reduce: the permissions that are taken."),
  reason: text("why").nullish().describe("Why; needed for reduce and revoke."),
}).superRefine(({ decision, take, reason }, context) => {
  const say = (path: string, message: string): void => context.addIssue({ code: "custom", path: [path], message });
  if (decision === "reduce" && (take ?? []).length === 0) say("take", "is missing: which permissions are taken");
  const needsReason = decision === "reduce" || decision === "revoke";
  if (needsReason && (reason ?? "") === "") say("reason", `is missing: why the decision is ${decision}`);
});

/** The YAML of one reviewer's file of a review. */
export const accessReview = entry("a review of access", {
  $schema: z.string().optional(),
  product_name: text("the name of the product"),
  review: text("which review, such as 2027-Q1"),
  reviewer: email("the e-mail address of the reviewer"),
  due: day().describe("By when the decisions are to be there."),
  consumers: list(reviewed, "consumers"),
}).describe("A review of access to a data product, for one reviewer to fill in.");

/** A reviewer's file as it was read. */
export type AccessReview = z.output<typeof accessReview>;

/** A reviewer's file, and where it is. */
export interface PlacedReview {
  /** The file, as it is named in messages. */
  readonly file: string;
  /** What it says. */
  readonly data: AccessReview;
}

/** The reviewers' files of a folder as they were read. */
export interface ReadAccessReviews {
  /** Those that could be read, in the order of their names. */
  readonly files: readonly PlacedReview[];
  /** What is wrong with the others. */
  readonly problems: readonly DocumentProblem[];
}

/** The folder of a product's reviews, within the product's: in it is a folder for each review. */
export const REVIEWS = "reviews";

/** Reads the files of one review, one for each reviewer. A folder that is not there holds none. */
export function readAccessReviews(folder: string): ReadAccessReviews {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /\.(ya?ml|json)$/.test(name)) : [];
  const read = names.sort().map((name) => {
    const file = path.join(folder, name);
    return { file, ...readDocument(file, accessReview) };
  });
  return {
    files: read.flatMap(({ file, data }) => (data === undefined ? [] : [{ file, data }])),
    problems: read.flatMap((each) => each.problems),
  };
}

/** The day of the latest use that a file knows of somebody; undefined where it says another thing, such as `unknown`. */
export function lastUseOf({ last_access: last = "" }: AccessReview["consumers"][number]): string | undefined {
  return /^\d{4}-\d{2}-\d{2}$/.test(last) ? last : undefined;
}

/** A consumer as a new file shows it. */
export interface ToReview {
  /** The principal. */
  readonly consumer: string;
  /** The id of the request. */
  readonly request: string;
  /** What they have. */
  readonly permissions: readonly string[];
  /** The latest event known, or `unknown`. */
  readonly last_access: string;
  /** Whether they use it. */
  readonly activity: string;
}

/** A new file, with what the reviewer has to know in front of the decisions. */
export function reviewText(
  head: { readonly product_name: string; readonly review: string; readonly reviewer: string; readonly due: string },
  consumers: readonly ToReview[],
): string {
  const body = consumers.map((each) => ({ ...each, decision: null, reason: null }));
  return (
    "# A review of access. For each consumer fill in decision: keep, reduce or revoke, with a reason for the latter two;\n" +
    "# for reduce also the permissions that are taken, as take: [SELECT on customers table]. Commit the file yourself.\n" +
    stringify({ ...head, consumers: body }, { lineWidth: 0, nullStr: "" }).replace(/: +$/gm, ":")
  );
}
