import type { ReviewDue } from "../../../provider/databricks/ledger/reviewNotices.js";
import { isGranted } from "./consumer.js";
import { dayOf, daysAfter } from "./period.js";
import type { Product } from "./product.js";
import type { Consumer } from "./types.js";

/*
 * Access is reviewed once in each period of the calendar.
 */

type Every = Product["policy"]["review_every"];

/** Days that reviewers have, where nobody says otherwise. */
export const DAYS_TO_ANSWER = 30;

const MONTHS: Readonly<Record<Every, number>> = { month: 1, quarter: 3, half_year: 6, year: 12 };

/** The name of the review that a day is in: `2027-Q1`, `2027-01`, `2027-H1`, `2027`. */
export function reviewOf(every: Every, now: Date): string {
  const [year, month] = [String(now.getUTCFullYear()), now.getUTCMonth()];
  switch (every) {
    case "month":
      return `${year}-${String(month + 1).padStart(2, "0")}`;
    case "quarter":
      return `${year}-Q${String(Math.floor(month / 3) + 1)}`;
    case "half_year":
      return `${year}-H${month < 6 ? "1" : "2"}`;
    case "year":
      return year;
  }
}

/**
 * The review of a period, from its first day on; undefined where nobody has access since before it, so that a new
 * product begins with the next one.
 *
 * @param product The product.
 * @param consumers Its requests as they were judged.
 * @param now The time of the run.
 */
export function reviewDue(product: Product, consumers: readonly Consumer[], now: Date): ReviewDue | undefined {
  const { review_every: every } = product.policy;
  const first = now.getUTCMonth() - (now.getUTCMonth() % MONTHS[every]);
  const begins = new Date(Date.UTC(now.getUTCFullYear(), first, 1)).toISOString();
  const isOld = ({ grantedFrom }: Consumer): boolean =>
    grantedFrom !== undefined && Date.parse(grantedFrom) < Date.parse(begins);
  if (!consumers.some((each) => isGranted(each) && isOld(each))) return undefined;
  return {
    review: reviewOf(every, now),
    due: dayOf(daysAfter(begins, DAYS_TO_ANSWER)),
    to: product.data_owner,
  };
}
