import * as z from "zod";
import type { Properties, Resource } from "../core/resource.js";
import { defineStep } from "../core/step.js";
import { wantedChanges } from "./ledger/changes.js";
import {
  allSecurables,
  grantingArguments,
  openLive,
  requestsOf,
  situationOf,
  writerOf,
  type GrantingArguments,
  type Live,
} from "./ledger/context.js";
import { closeIntents } from "./ledger/closing.js";
import { deliverAndWarn } from "./ledger/delivery.js";
import { drifted } from "./ledger/drift.js";
import { beforeChanges } from "./ledger/events.js";
import { mergeStatement } from "./ledger/merge.js";
import { appendEvents, recordRequests, recordSecurables, requestRows, securableRows } from "./ledger/records.js";
import { securableKey } from "./securables.js";
import { connections } from "./settings.js";

/**
 * `databricks.LedgerIntents`: comes before the grants of a data product, and writes what they are about to change,
 * because of which request. Deleted after the grants, it writes what became of them.
 */
export const LedgerIntents: Resource = defineStep<z.ZodObject<typeof grantingArguments>, Live>({
  token: "databricks.LedgerIntents",
  connections,
  schema: z.strictObject(grantingArguments),
  key: ({ product }) => [product],
  describe: ({ product }) => `databricks.LedgerIntents ${JSON.stringify(product)}`,
  open: openLive,
  compared: ["ledger", "digest", "securables", "shared", "ignore", "channels"],
  check: ({ args, olds }) => Promise.resolve({ args, plan: isUnchanged(args, olds) ? [] : planOf(args) }),
  compare: ({ olds }) => Promise.resolve({ more: olds?.["unrecorded"] !== undefined }),
  look: ({ args, session }) => drifted(session(), args),

  async apply({ host, args, found, session }) {
    const live = session();
    const requests = await requestsOf(found);
    const situation = await situationOf(live, args, requests);
    const writer = writerOf(host, args.product, situation.metastore);
    const before = await live.store.securables(args.product);
    await live.store.merge(recordSecurables, securableRows(writer, args.securables, before));
    await live.store.merge(recordRequests, requestRows(writer, requests));
    const history = await live.store.history(args.product);
    // What an earlier run has done and did not get to tell of is told now.
    const { rows, done } = beforeChanges(writer, history, wantedChanges(situation), situation.metastore);
    await closeIntents(live, { writer, requests, done, rows, channels: args.channels });
    return { outs: args };
  },

  async remove({ host, args, session }) {
    if (args.onRemove === "keep") return;
    const live = session();
    const recorded = await live.store.recorded(args.product);
    const metastore = await live.metastore(allSecurables(args, recorded));
    const writer = writerOf(host, args.product, metastore);
    const history = await live.store.history(args.product);
    // Nothing is about to change any more: what has not come true by now is given up.
    const { rows, done } = beforeChanges(writer, history, [], metastore);
    const standing = { recorded, metastore, whole: args.securables.map(securableKey) };
    const { channels } = args;
    const messages = await closeIntents(live, { writer, requests: [], done, rows, channels, standing });
    // The outbox has left the stack before.
    if (messages > 0) await deliverAndWarn(host, live.store, args);
  },
});

function isUnchanged(args: GrantingArguments, olds: Properties | undefined): boolean {
  return olds?.["digest"] === args.digest && olds["unrecorded"] === undefined;
}

function planOf({ ledger, product }: GrantingArguments): string[] {
  return [
    `-- what is about to change for ${product} is written before any grant changes; :rows holds it`,
    mergeStatement(ledger, appendEvents),
  ];
}
