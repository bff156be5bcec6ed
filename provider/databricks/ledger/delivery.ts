import { chunks } from "../../core/chunks.js";
import { asRosterError } from "../../core/errors.js";
import { openMessenger, type Delivery, type Messenger } from "../../core/notify/index.js";
import { redact } from "../../core/redact.js";
import type { Host } from "../../core/resource.js";
import type { LedgerRow } from "./merge.js";
import type { Channel } from "./notices.js";
import { markMessages } from "./records.js";
import { MOST_REFUSALS, type LedgerStore, type Undelivered } from "./store.js";

/** What was sent is marked after so many, so that a run that is killed sends no more than these again. */
const MARKED_AT_ONCE = 20;

/** What a channel did not take. */
interface Left {
  readonly channel: string;
  readonly count: number;
  /** Without secrets. */
  readonly error: string;
  /** How many of them are not tried again. */
  readonly givenUp: number;
}

/**
 * Delivers what waits, and warns of what was not: access does not fail because a channel is down. Gives how many
 * messages wait for the next run.
 */
export async function deliverAndWarn(
  host: Host,
  store: LedgerStore,
  { product, channels = [] }: { readonly product: string; readonly channels?: readonly Channel[] | undefined },
): Promise<number> {
  const left = channels.length === 0 ? [] : await deliver(host, store, product, channels);
  const waiting = left.reduce((sum, { count, givenUp }) => sum + count - givenUp, 0);
  if (left.length > 0) {
    const told = left.map(({ channel, count, error, givenUp }) => {
      const over = givenUp === 0 ? "" : ` (${String(givenUp)} refused ${String(MOST_REFUSALS)} times and given up)`;
      return `  ${String(count)} through ${channel}${over}: ${error}`;
    });
    host.warn(
      `databricks.DataProduct ${JSON.stringify(product)}: ${counted(left)} not delivered; grants are not concerned, ` +
        `and the next run sends what waits\n${told.join("\n")}`,
    );
  }
  return waiting;
}

function counted(left: readonly Left[]): string {
  const all = left.reduce((sum, { count }) => sum + count, 0);
  return all === 1 ? "1 message was" : `${String(all)} messages were`;
}

/**
 * Channel by channel, at least once. Where a channel is down the rest of its messages wait for the next run; a message
 * that is refused by itself costs the others nothing.
 */
async function deliver(host: Host, store: LedgerStore, product: string, channels: readonly Channel[]): Promise<Left[]> {
  const all = await store.undelivered(product);
  const left: Left[] = [];
  for (const channel of channels) {
    const messages = all.filter((each) => each.channel === channel.name);
    if (messages.length > 0) left.push(...(await through(host, store, channel, messages)));
  }
  return left;
}

async function through(
  host: Host,
  store: LedgerStore,
  { kind, name }: Channel,
  messages: readonly Undelivered[],
): Promise<Left[]> {
  let messenger: Messenger;
  try {
    messenger = openMessenger(kind, name, { environment: host.environment, config: host.connections });
  } catch (error) {
    return [{ channel: name, count: messages.length, error: asRosterError(error).message, givenUp: 0 }];
  }
  const outcomes: Outcome[] = [];
  try {
    for (let at = 0; at < messages.length && outcomes.at(-1)?.down !== true; at += MARKED_AT_ONCE) {
      const some = await send(messenger, messages.slice(at, at + MARKED_AT_ONCE));
      await store.merge(
        markMessages,
        some.map((each) => marked(host, each)),
      );
      outcomes.push(...some);
    }
  } finally {
    messenger.close();
  }
  const failed = outcomes.find(({ delivery }) => !delivery.delivered)?.delivery;
  if (failed === undefined || failed.delivered) return [];
  const count = messages.length - outcomes.filter(({ delivery }) => delivery.delivered).length;
  const givenUp = outcomes.filter(isGivenUp).length;
  return [{ channel: name, count, error: failed.error.message, givenUp }];
}

/** What became of a message. */
interface Outcome {
  readonly message: Undelivered;
  readonly delivery: Delivery;
  readonly down: boolean;
}

/** Sends messages, as many together as the channel takes, until it is down. Those that were not tried are left out. */
async function send(messenger: Messenger, messages: readonly Undelivered[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const queue = chunks(messages, messenger.atOnce);
  for (let group = queue.shift(); group !== undefined; group = queue.shift()) {
    const delivery = await messenger.send(group);
    const down = !delivery.delivered && delivery.down;
    if (!delivery.delivered && !down && group.length > 1) {
      // One of them is refused: which one, each alone tells.
      queue.unshift(...chunks(group, 1));
      continue;
    }
    outcomes.push(...group.map((message) => ({ message, delivery, down })));
    if (down) break;
  }
  return outcomes;
}

/** A message of a channel that is down was not refused: it is tried for as long as it takes. */
function attemptsOf({ message, delivery, down }: Outcome): number {
  return message.attempts + (delivery.delivered || !down ? 1 : 0);
}

function isGivenUp(outcome: Outcome): boolean {
  return !outcome.delivery.delivered && attemptsOf(outcome) >= MOST_REFUSALS;
}

function marked(host: Host, outcome: Outcome): LedgerRow {
  const { message, delivery } = outcome;
  return {
    notification_id: message.id,
    attempts: attemptsOf(outcome),
    delivered_at: delivery.delivered ? host.now().toISOString() : null,
    last_error: delivery.delivered ? null : redact(delivery.error.message),
  };
}
