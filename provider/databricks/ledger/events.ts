import { canonicalJson } from "../../core/lines.js";
import { fold, type Metastore } from "../metastore.js";
import { isLive, type WantedChange } from "./changes.js";
import { digest } from "./digest.js";
import type { LedgerRow } from "./merge.js";
import { isNone, pick, type Privileges } from "./request.js";

/*
 * The events of the audit log. A change has two rows: its intent, before any grant changes, and after that what became
 * of it. Their ids follow from the product, the consumer, the request, the kind of change and its generation, so that a
 * run that is repeated writes the same rows, of which a MERGE adds none.
 */

/** What becomes of an intent: it was done, or what it was for was given up. `intent` is the intent itself. */
export type Phase = "intent" | "done" | "abandoned";

/** The kinds of change; `adopt` is for what was there before the ledger, and has no intent. */
export type ChangeKind = WantedChange["change"] | "adopt";

/** An intent of which the log has no end yet. */
export interface OpenIntent {
  readonly changeId: string;
  readonly consumer: string;
  readonly request: string;
  readonly change: ChangeKind;
  readonly generation: number;
  readonly added: Privileges;
  readonly removed: Privileges;
  readonly reason: string;
  readonly decidedBy: string | undefined;
  readonly evidence: string | undefined;
}

/** What the log says: the latest generation of each kind of change, and the intents without an end. */
export interface History {
  /** By `changeKey`. */
  readonly generations: ReadonlyMap<string, number>;
  readonly open: readonly OpenIntent[];
}

/** Who runs this, for which product and when. */
export interface Writer {
  readonly product: string;
  readonly runBy: string | undefined;
  /** ISO 8601. */
  readonly at: string;
}

type ChangeName = Pick<OpenIntent, "consumer" | "request" | "change">;

/** What generations are counted by. */
export function changeKey({ consumer, request, change }: ChangeName): string {
  return JSON.stringify([fold(consumer), request, change]);
}

/** The id of a change: the same for the same change in every run. **Frozen**: rows that are there have it. */
export function changeId(product: string, name: ChangeName, generation: number): string {
  return digest([product, name.request, fold(name.consumer), name.change, generation]);
}

/** Intents that are to be written, and ends of earlier ones that no run got to write. */
export interface Reconciled {
  readonly intents: readonly OpenIntent[];
  readonly rows: readonly LedgerRow[];
  /** Earlier intents that have turned out to be done. */
  readonly done: readonly OpenIntent[];
}

/**
 * Before grants change: what the log has open is kept where it is still what is about to change; what is true is done,
 * and what is neither is given up. Everything else that is about to change gets an intent of the next generation.
 */
export function beforeChanges(
  writer: Writer,
  history: History,
  wanted: readonly WantedChange[],
  metastore: Metastore,
): Reconciled {
  const generations = new Map(history.generations);
  const byKey = new Map(wanted.map((each) => [changeKey(each), each]));
  const kept: OpenIntent[] = [];
  const done: OpenIntent[] = [];
  const rows: LedgerRow[] = [];
  for (const intent of history.open) {
    const now = byKey.get(changeKey(intent));
    if (now !== undefined && isSame(now, intent)) {
      kept.push(intent);
      byKey.delete(changeKey(intent));
      continue;
    }
    const true_ = whatIsTrue(intent, metastore);
    const came = !isNone(true_.added) || !isNone(true_.removed);
    if (came) done.push({ ...intent, ...true_ });
    rows.push(rowOf(writer, { ...intent, ...(came ? true_ : {}) }, came ? "done" : "abandoned"));
  }
  const fresh = [...byKey].map(([key, each]): OpenIntent => {
    const generation = (generations.get(key) ?? 0) + 1;
    generations.set(key, generation);
    return { ...each, generation, changeId: changeId(writer.product, each, generation) };
  });
  // Those that are open already are written once more: where they are there, nothing is added.
  const intents = [...kept, ...fresh];
  return { intents, done, rows: [...rows, ...intents.map((intent) => rowOf(writer, intent, "intent"))] };
}

/** After grants have changed: what is true now is done. What is not stays open for the next run. */
export function afterChanges(
  writer: Writer,
  open: readonly OpenIntent[],
  metastore: Metastore,
): Pick<Reconciled, "done" | "rows"> {
  const done = open.flatMap((intent): OpenIntent[] => {
    const true_ = whatIsTrue(intent, metastore);
    return isNone(true_.added) && isNone(true_.removed) ? [] : [{ ...intent, ...true_ }];
  });
  return { done, rows: done.map((intent) => rowOf(writer, intent, "done")) };
}

function isSame(wanted: WantedChange, intent: OpenIntent): boolean {
  return canonicalJson([wanted.added, wanted.removed]) === canonicalJson([intent.added, intent.removed]);
}

/** What of an intent is true now. */
function whatIsTrue(
  { consumer, added, removed }: OpenIntent,
  metastore: Metastore,
): Pick<OpenIntent, "added" | "removed"> {
  const has = (securable: string, privilege: string): boolean => isLive(metastore, consumer, securable, privilege);
  return { added: pick(added, has), removed: pick(removed, (securable, privilege) => !has(securable, privilege)) };
}

/** An intent, or its end, as a row of the log. */
export function rowOf({ product, runBy, at }: Writer, intent: OpenIntent, phase: Phase): LedgerRow {
  return {
    event_id: `${intent.changeId}.${phase === "intent" ? "intent" : "end"}`,
    change_id: intent.changeId,
    phase,
    product_name: product,
    consumer_id: fold(intent.consumer),
    request_id: intent.request,
    change: intent.change,
    generation: intent.generation,
    privileges_added: canonicalJson(intent.added),
    privileges_removed: canonicalJson(intent.removed),
    event_time: at,
    run_by: runBy ?? null,
    decided_by: intent.decidedBy ?? null,
    reason: intent.reason,
    evidence: intent.evidence ?? null,
  };
}
