import { NO_DELTA, doing } from "../core/delta.js";
import { canonicalJson } from "../core/lines.js";
import type { Delta } from "../core/resource.js";
import type { Change } from "./changes.js";
import type { Known } from "./known.js";
import { differences } from "./reader.js";

/**
 * A record as it is, as far as anybody can tell: what the Client API shows of the fields that were declared, and else
 * what the state says. Undefined where it is known not to be there.
 */
export function observeRecord(
  { entries }: Known,
  key: string,
  args: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | undefined {
  const entry = entries.get(key);
  if (entry?.kind === "gone") return undefined;
  return entry?.kind === "seen" ? { ...args, ...differences(args, entry.fields) } : args;
}

/** Sends a record, unless this run has just done so. */
export function recordDelta(
  { entries }: Known,
  key: string,
  change: Extract<Change, { kind: "indexPerson" | "indexTeam" }>,
): Delta<unknown, Change> {
  const record = change.kind === "indexPerson" ? change.person : change.team;
  const entry = entries.get(key);
  const sent =
    entry?.kind === "sent" && canonicalJson([entry.record, entry.version]) === canonicalJson([record, change.version]);
  return sent ? NO_DELTA : doing<Change>(change);
}
