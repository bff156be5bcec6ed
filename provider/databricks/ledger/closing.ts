import { fold } from "../metastore.js";
import type { Live } from "./context.js";
import type { OpenIntent, Writer } from "./events.js";
import type { LedgerRow } from "./merge.js";
import { addMessages, appendEvents, consumerRows, recordConsumers, type Standing } from "./records.js";
import type { LedgerRequest } from "./request.js";

/** What is to be closed. */
export interface Closing {
  readonly writer: Writer;
  readonly requests: readonly LedgerRequest[];
  readonly done: readonly OpenIntent[];
  readonly rows: readonly LedgerRow[];
  /** What somebody is told of it. */
  readonly messages: readonly LedgerRow[];
  /** With this, how consumers stand is written too. */
  readonly standing?: Standing;
}

/**
 * Writes what was done. In this order, because a run can be killed at any point: messages first, as only an intent that is
 * open leads to one; then the end of the intents; and last how consumers stand, which every run can see again.
 */
export async function closeIntents(
  { store }: Live,
  { writer, requests, done, rows, messages, standing }: Closing,
): Promise<void> {
  await store.merge(addMessages, messages);
  await store.merge(appendEvents, rows);
  if (standing === undefined) return;
  const changed = new Set(done.map(({ consumer }) => fold(consumer)));
  await store.merge(recordConsumers, consumerRows(writer, requests, standing, changed));
}
