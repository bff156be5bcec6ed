import { fold } from "../metastore.js";
import { digest } from "./digest.js";
import type { Writer } from "./events.js";
import { dayOf, messageRows, said, type Channel, type Notice } from "./notices.js";
import { inWords, type LedgerRequest } from "./request.js";

/*
 * What is told of a review: that one of all access is due, and of each consumer who does not use theirs.
 */

/** A review of all access that is due. */
export interface ReviewDue {
  /** Such as `2027-Q1`. */
  readonly review: string;
  /** A day: `2027-01-31`. */
  readonly due: string;
  /** Who is told of it by mail. */
  readonly to: readonly string[];
}

/** A consumer who did not use their access, by a review in which nobody has decided about it yet. */
export interface InactiveConsumer {
  readonly review: string;
  /** A day: `2027-01-31`. */
  readonly due: string;
  /** The principal. */
  readonly consumer: string;
  /** The requests that give the access. */
  readonly requests: readonly string[];
  /** The day of the latest use known. */
  readonly lastAccess?: string | undefined;
  /** Who decides, and in which file, from the product's folder on. */
  readonly reviewers: readonly { readonly reviewer: string; readonly file: string }[];
  /** What becomes of the access where nobody answers. */
  readonly unanswered: "list" | "revoke";
  /** Who is told of it by mail. */
  readonly to: readonly string[];
}

/** The reviews of a product. */
export interface Reviewing {
  readonly review?: ReviewDue | undefined;
  readonly inactive?: readonly InactiveConsumer[] | undefined;
}

/** What is told because of reviews: by ids that are the same in every run, so that each is told once. */
export function reviewNotices(
  { product }: Pick<Writer, "product">,
  requests: readonly LedgerRequest[],
  { review, inactive = [] }: Reviewing,
): Notice[] {
  return [
    ...(review === undefined ? [] : [dueNotice(product, review)]),
    ...inactive.map((each) => inactiveNotice(product, each, requests)),
  ];
}

function dueNotice(product: string, { review, due, to }: ReviewDue): Notice {
  return {
    eventId: digest([product, "review", review]),
    kind: "review_due",
    subject: `[${said(product)}] Access review ${said(review)} is due`,
    concerns: to,
    lines: [
      `All access to ${said(product)} is to be reviewed by ${dayOf(due)}.`,
      `roster consumers ${said(product)} review makes a file for each reviewer.`,
    ],
  };
}

/** The consumer and the reviewer get the same words, so that each sees what the other was told. */
function inactiveNotice(product: string, inactive: InactiveConsumer, requests: readonly LedgerRequest[]): Notice {
  const { review, consumer, due, lastAccess, reviewers, unanswered, to } = inactive;
  const giving = requests.filter((each) => inactive.requests.includes(each.request));
  const name = said(giving[0]?.name ?? consumer);
  const who = name === consumer ? name : `${name} (${said(consumer)})`;
  const since = lastAccess === undefined ? "lately" : `since ${said(lastAccess)}`;
  return {
    eventId: digest([product, "inactive", review, fold(consumer)]),
    kind: "inactive",
    subject: `[${said(product)}] Access still needed? ${name} (review ${said(review)})`,
    concerns: to,
    lines: [
      `${who} has access to ${said(product)}, and did not use it ${since}.`,
      ...giving.flatMap(({ grants }) => inWords(grants)).map((each) => `  ${said(each)}`),
      `Review ${said(review)} asks by ${dayOf(due)} whether it is still needed. Who needs it tells whoever decides:`,
      ...reviewers.map(({ reviewer, file }) => `  ${said(reviewer)}, in ${said(file)}`),
      ...(unanswered === "revoke" ? ["What nobody has decided by then is revoked."] : []),
    ],
  };
}

/** Reviews of a product, and through what somebody is told of them. */
export interface Telling extends Reviewing {
  readonly product: string;
  readonly channels?: readonly Channel[] | undefined;
}

/** Who is told what of reviews, as a preview shows it: a line for each channel. */
export function shownReviews(telling: Telling, requests: readonly LedgerRequest[]): string[] {
  const { product, channels = [] } = telling;
  const writer = { product, runBy: undefined, at: "" };
  return reviewNotices(writer, requests, telling).flatMap((notice) =>
    channels.flatMap((channel) => {
      const rows = messageRows(writer, [channel], [notice]);
      if (rows.length === 0) return [];
      const people = rows.flatMap(({ recipient }) => (recipient === null ? [] : [String(recipient)]));
      const whom = people.length === 0 ? channel.name : `${people.join(", ")} (${channel.name})`;
      return [`-- told once: ${whom}: ${notice.subject}`];
    }),
  );
}
