import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import type { InactiveConsumer } from "../../../provider/databricks/ledger/reviewNotices.js";
import type { DocumentProblem } from "../../core/documents.js";
import { lastUseOf, readAccessReviews, REVIEWS, type AccessReview } from "./accessReview.js";
import { isGranted } from "./consumer.js";
import { dayOf } from "./period.js";
import type { ProductFolder } from "./readProduct.js";
import type { Consumer } from "./types.js";

/*
 * Who does not use their access, as the reviewers' files say that `roster consumers <product> review` wrote. A run does
 * not look at usage itself: so it needs no system tables, and who is asked is what reviewers see in their files.
 */

/** Who is to be asked, and what is wrong with the reviewers' files. */
export interface InactiveConsumers {
  /** One for each consumer and review. */
  readonly inactive: readonly InactiveConsumer[];
  /** What cannot be read; nobody is asked because of it. */
  readonly problems: readonly DocumentProblem[];
}

/**
 * The consumers who are inactive by reviews whose day is to come, who still have the access and about whom nobody has
 * decided. Of whom use is unknown is not among them.
 *
 * @param folder The product's folder.
 * @param consumers Its requests as they were judged.
 * @param now The time of the run.
 */
export function inactiveConsumers(
  { folder, product }: ProductFolder,
  consumers: readonly Consumer[],
  now: Date,
): InactiveConsumers {
  const read = reviewFolders(path.join(folder, REVIEWS)).map(readAccessReviews);
  const asked = read
    .flatMap(({ files }) => files)
    .filter(({ data: { due } }) => Date.parse(due) > now.getTime())
    .flatMap(({ file, data }): InactiveConsumer[] => {
      const { review, due, reviewer } = data;
      const named = path.relative(folder, file).split(path.sep).join("/");
      return entriesOf(data, consumers).map(({ consumer, lastAccess }) => ({
        review,
        due: dayOf(due),
        consumer: consumer.consumerId,
        requests: [consumer.requestId],
        lastAccess,
        reviewers: [{ reviewer, file: named }],
        unanswered: product.policy.unanswered_review,
        to: [...new Set([reviewer, ...addressOf(consumer)])],
      }));
    });
  return { inactive: together(asked), problems: read.flatMap(({ problems }) => problems) };
}

function reviewFolders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((each) => each.isDirectory())
    .map(({ name }) => path.join(folder, name))
    .sort();
}

interface Entry {
  readonly consumer: Consumer;
  readonly lastAccess: string | undefined;
}

/** The undecided entries of a file that are of access which somebody still has. */
function entriesOf({ consumers: entries }: AccessReview, consumers: readonly Consumer[]): Entry[] {
  return entries.flatMap((entry): Entry[] => {
    const { consumer: id, request, activity, decision } = entry;
    if (activity !== "inactive" || (decision ?? undefined) !== undefined) return [];
    const consumer = consumers.find(
      (each) => each.requestId === request && each.consumerId.toLowerCase() === id.toLowerCase(),
    );
    if (consumer === undefined || !isGranted(consumer)) return [];
    return [{ consumer, lastAccess: lastUseOf(entry) }];
  });
}

/** Where a consumer gets mail: a person at the address, and for a service principal whoever asked for it. */
function addressOf({ type, consumerId, requester }: Consumer): string[] {
  const address = type === "person" ? consumerId : requester;
  return address.includes("@") ? [address.toLowerCase()] : [];
}

/** A consumer with several requests is asked about once, whoever reviews them. */
function together(asked: readonly InactiveConsumer[]): InactiveConsumer[] {
  const by = new Map<string, InactiveConsumer>();
  for (const each of asked) {
    const key = JSON.stringify([each.review, each.consumer.toLowerCase()]);
    const other = by.get(key);
    by.set(key, other === undefined ? each : both(other, each));
  }
  return [...by].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

function both(one: InactiveConsumer, other: InactiveConsumer): InactiveConsumer {
  const reviewers = [...one.reviewers, ...other.reviewers];
  return {
    ...one,
    due: [one.due, other.due].sort()[0] ?? one.due,
    requests: [...one.requests, ...other.requests],
    lastAccess: [one, other]
      .flatMap(({ lastAccess }) => lastAccess ?? [])
      .sort()
      .at(-1),
    reviewers: reviewers.filter(({ file }, index) => reviewers.findIndex((each) => each.file === file) === index),
    to: [...new Set([...one.to, ...other.to])],
  };
}
