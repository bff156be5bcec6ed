import { fold } from "../metastore.js";
import type { Live } from "./context.js";
import type { OpenIntent, Writer } from "./events.js";
import type { LedgerRow } from "./merge.js";
import { changeNotices, messageRows, type Channel, type Notice } from "./notices.js";
import { addMessages, appendEvents, consumerRows, recordConsumers, type Standing } from "./records.js";
import type { LedgerRequest } from "./request.js";

/** What is to be closed. */
export interface Closing {
  readonly writer: Writer;
  readonly requests: readonly LedgerRequest[];
  readonly done: readonly OpenIntent[];
  readonly rows: readonly LedgerRow[];
  /** Who is told of what was done; nobody where it is left out. */
  readonly channels: readonly Channel[] | undefined;
  /** What they are told besides. */
  readonly notices?: readonly Notice[];
  /** With this, how consumers stand is written too. */
  readonly standing?: Standing;
}

/**
 * Writes what was done. In this order, because a run can be killed at any point: messages first, as only an intent that
 * is open leads to one; then the end of the intents; and last how consumers stand, which every run can see again. Gives
 * how many messages there are.
 */
export async function closeIntents(
  { store }: Live,
  { writer, requests, done, rows, channels, notices = [], standing }: Closing,
): Promise<number> {
  const messages = messageRows(writer, channels, [...changeNotices(writer, done, requests), ...notices]);
  await store.merge(addMessages, messages);
  await store.merge(appendEvents, rows);
  if (standing === undefined) return messages.length;
  const changed = new Set(done.map(({ consumer }) => fold(consumer)));
  await store.merge(recordConsumers, consumerRows(writer, requests, standing, changed));
  return messages.length;
}
