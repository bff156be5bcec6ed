import * as z from "zod";
import { RosterError } from "../core/errors.js";
import type { Properties, Resource } from "../core/resource.js";
import { defineStep, type Found } from "../core/step.js";
import { wantedChanges } from "./ledger/changes.js";
import { closeIntents } from "./ledger/closing.js";
import { grantingArguments, openLive, requestsOf, situationOf, writerOf, type Live } from "./ledger/context.js";
import { drifted } from "./ledger/drift.js";
import { afterChanges, beforeChanges } from "./ledger/events.js";
import { digestOf, expiryNotices } from "./ledger/notices.js";
import { adoptionRows } from "./ledger/records.js";
import { reviewNotices, shownReviews } from "./ledger/reviewNotices.js";
import { connections } from "./settings.js";

const inactiveConsumer = z.strictObject({
  review: z.string(),
  due: z.string(),
  consumer: z.string(),
  requests: z.array(z.string()),
  lastAccess: z.string().optional(),
  reviewers: z.array(z.strictObject({ reviewer: z.string(), file: z.string() })),
  unanswered: z.enum(["list", "revoke"]),
  to: z.array(z.string()),
});

const doneArguments = {
  ...grantingArguments,
  /** What of the grants failed, in words; empty for nothing, and not known before they are made. */
  leftover: z.string(),
  /** A review of all access, and who is told that it is due. */
  review: z.strictObject({ review: z.string(), due: z.string(), to: z.array(z.string()) }).optional(),
  /** Who does not use their access, by the files of a review in which nobody has decided about them yet. */
  inactive: z.array(inactiveConsumer).optional(),
};

const telling = z.object(doneArguments).pick({ product: true, review: true, inactive: true, channels: true });

/**
 * `databricks.LedgerDone`: comes after the grants of a data product, and writes what is now true, and whom to tell of
 * it; where nobody is told, it then fails for the privileges that could not be changed. Deleted before the grants, it
 * writes that they are about to go.
 */
export const LedgerDone: Resource = defineStep<z.ZodObject<typeof doneArguments>, Live>({
  token: "databricks.LedgerDone",
  connections,
  schema: z.strictObject(doneArguments),
  key: ({ product }) => [product],
  describe: ({ product }) => `databricks.LedgerDone ${JSON.stringify(product)}`,
  open: openLive,
  compared: ["ledger", "digest", "securables", "shared", "ignore", "channels", "review", "inactive", "leftover"],
  later: ["leftover"],
  check: async ({ args, olds, found, dryRun }) => ({ args, plan: dryRun ? await planOf(args, olds, found) : [] }),
  compare: ({ olds }) => Promise.resolve({ more: olds?.["unrecorded"] !== undefined }),
  look: ({ args, session }) => drifted(session(), args),

  async apply({ host, args, found, olds, session }) {
    const live = session();
    const requests = await requestsOf(found);
    const { recorded, metastore, whole } = await situationOf(live, args, requests);
    const writer = writerOf(host, args.product, metastore);
    const history = await live.store.history(args.product);
    const { done, rows } = afterChanges(writer, history.open, metastore);
    const adopted = adoptionRows(writer, history, requests, recorded, metastore);
    const standing = { recorded, metastore, whole };
    const { channels = [] } = args;
    const notices = [...expiryNotices(writer, requests), ...reviewNotices(writer, requests, args)];
    await closeIntents(live, { writer, requests, done, rows: [...rows, ...adopted], channels, notices, standing });
    const isEnd = channels.length === 0;
    // Also what an earlier run wrote, which was killed before it could send.
    const waiting = isEnd ? [] : await live.store.undelivered(args.product);
    const outs = { ...args, told: waiting.length === 0 ? (olds?.["told"] ?? "") : digestOf(waiting) };
    // The end of the chain fails, so that the rest of it is not skipped. Nothing is kept: the next run comes by here again.
    return args.leftover === "" || !isEnd ? { outs } : { outs, error: new RosterError(args.leftover) };
  },

  async remove({ host, args, session }) {
    if (args.onRemove === "keep") return;
    const live = session();
    // As if there were no requests any more: that is what the grants are about to be.
    const situation = await situationOf(live, args, []);
    const writer = writerOf(host, args.product, situation.metastore);
    const given = { ...situation, whole: [] };
    const reason = "the data product, or its ledger, left the program";
    const leaving = wantedChanges(given).map((each) => ({ ...each, reason }));
    const history = await live.store.history(args.product);
    const { rows, done } = beforeChanges(writer, history, leaving, situation.metastore);
    await closeIntents(live, { writer, requests: [], done, rows, channels: args.channels });
  },
});

/** Whom reviews tell, without those whom the last run told; whom an earlier one told, the ledger knows and not the state. */
async function planOf(
  args: z.output<typeof telling>,
  olds: Properties | undefined,
  found: Found | undefined,
): Promise<string[]> {
  if (args.review === undefined && args.inactive === undefined) return [];
  const requests = found === undefined ? [] : await requestsOf(found);
  const before = telling.safeParse(olds);
  const told = before.success ? shownReviews(before.data, requests) : [];
  return shownReviews(args, requests).filter((line) => !told.includes(line));
}
