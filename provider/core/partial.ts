import type { RosterError } from "./errors.js";
import { redact } from "./redact.js";

/**
 * Pulumi's provider process sends an error with all that it carries in the trailer of an HTTP/2 answer. One of more
 * than about 70,000 characters is never sent, and neither is any answer after it: the run waits for ever. These two,
 * with the longest message, come to less than that in the encoding in which they travel.
 */
const LONGEST_PROPERTIES = 16_000;
const LONGEST_REASONS = 8_000;

/** What is true of a resource after some of its work failed. */
export interface PartialSuccess {
  readonly id: string;
  readonly properties: Record<string, unknown>;
  /** How messages call the resource. */
  readonly label: string;
  /** What failed. */
  readonly errors: readonly RosterError[];
}

/**
 * Lets an error carry what is true all the same, so that Pulumi keeps it and the next update does only the rest.
 * Properties that are too large to arrive are left out, and the state with them stays as it was: the next update
 * compares with the live system in any case.
 */
export function carry(error: RosterError, { id, properties, label, errors }: PartialSuccess): void {
  error.truth = { id, properties };
  if (Buffer.byteLength(JSON.stringify(properties)) > LONGEST_PROPERTIES) return;
  error.id = id;
  error.properties = properties;
  error.reasons = reasonsOf(errors, redact(label));
}

/** Pulumi prints them in place of the error's message, which names the resource: so each has to. */
function reasonsOf(errors: readonly RosterError[], label: string): string[] {
  const reasons: string[] = [];
  let bytes = 0;
  for (const { message } of errors) {
    const reason = message.startsWith(label) ? message : `${label}: ${message}`;
    bytes += Buffer.byteLength(reason);
    if (bytes > LONGEST_REASONS) return [...reasons, `and ${String(errors.length - reasons.length)} more`];
    reasons.push(reason);
  }
  return reasons;
}
