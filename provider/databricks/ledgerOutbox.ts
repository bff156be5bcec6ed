import * as z from "zod";
import { asRosterError, RosterError } from "../core/errors.js";
import { openMessenger } from "../core/notify/index.js";
import type { Host, Resource } from "../core/resource.js";
import { defineStep } from "../core/step.js";
import { channels, ledgerArguments, openLive, type Live } from "./ledger/context.js";
import { deliverAndWarn } from "./ledger/delivery.js";
import { connections } from "./settings.js";

const outboxArguments = {
  ...ledgerArguments,
  channels,
  /** Changes where there are messages that were not there before; not known before the run. */
  told: z.string(),
  /** What of the grants failed, in words; empty for nothing, and not known before they are made. */
  leftover: z.string(),
};

type OutboxArguments = z.output<z.ZodObject<typeof outboxArguments>>;

/**
 * `databricks.LedgerOutbox`: the end of a data product's chain where somebody is told. It delivers messages, those of
 * earlier runs too, and then fails for the privileges that could not be changed.
 */
export const LedgerOutbox: Resource = defineStep<z.ZodObject<typeof outboxArguments>, Live>({
  token: "databricks.LedgerOutbox",
  connections,
  schema: z.strictObject(outboxArguments),
  key: ({ product }) => [product],
  describe: ({ product }) => `databricks.LedgerOutbox ${JSON.stringify(product)}`,
  open: openLive,
  compared: ["ledger", "channels", "told", "leftover"],
  later: ["told", "leftover"],
  check({ host, args, dryRun }) {
    if (dryRun) expectConnections(host, args);
    return Promise.resolve({ args });
  },
  compare({ host, args, olds }) {
    const count = Number(olds?.["undelivered"] ?? 0);
    // Here and not in a plan, because `check` does not see what the last run came to.
    if (count > 0) {
      host.warn(
        `${named(args)}: messages of an earlier run wait to be delivered (${String(count)}), and go with this one`,
      );
    }
    return Promise.resolve({ more: count > 0 });
  },

  async apply({ host, args, session }) {
    const undelivered = await deliverAndWarn(host, session().store, args);
    const outs = { ...args, undelivered };
    // Nothing is kept, so that the next run comes by here again.
    return args.leftover === "" ? { outs } : { outs, error: new RosterError(args.leftover) };
  },

  remove: () => Promise.resolve(),
});

function named({ product }: OutboxArguments): string {
  return `databricks.DataProduct ${JSON.stringify(product)}`;
}

/** A connection that cannot be is told in the preview: as a warning, because access does not wait for it. */
function expectConnections(host: Host, args: OutboxArguments): void {
  for (const { kind, name } of args.channels ?? []) {
    try {
      openMessenger(kind, name, { environment: host.environment, config: host.connections }).close();
    } catch (error) {
      host.warn(`${named(args)}: messages through ${name} will wait: ${asRosterError(error).message}`);
    }
  }
}
