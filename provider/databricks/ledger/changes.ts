import { assignmentsOn, fold, privilegesOf, type Metastore } from "../metastore.js";
import { isKept, isLeftAlone } from "../ownAccess.js";
import { ALL_PRIVILEGES, holds, isPartOfAll } from "../privileges.js";
import {
  byConsumer,
  heldOf,
  isNone,
  pick,
  privilegesOfHeld,
  type Held,
  type LedgerRequest,
  type Privileges,
} from "./request.js";

/*
 * What an update of the grants is about to change, for whom and because of which request: the live privileges against
 * the requests, and nothing that is remembered but what was given on securables that others share.
 */

/** What the ledger says of a consumer. */
export interface Recorded {
  readonly consumer: string;
  readonly request: string;
  readonly status: string;
  readonly permissions: Privileges;
}

/** What changes are computed from. */
export interface Situation {
  readonly requests: readonly LedgerRequest[];
  /** The securables on which the requests say who has anything. */
  readonly whole: readonly string[];
  readonly metastore: Metastore;
  /** By folded consumer. */
  readonly recorded: ReadonlyMap<string, Recorded>;
  readonly ignored: (principal: string) => boolean;
}

/** What is about to change for somebody. */
export interface WantedChange {
  readonly consumer: string;
  /** The request that it is because of; empty where there is none. */
  readonly request: string;
  readonly change: "grant" | "change" | "revoke";
  readonly added: Privileges;
  readonly removed: Privileges;
  readonly reason: string;
  readonly decidedBy: string | undefined;
  readonly evidence: string | undefined;
}

/** Whether somebody has a privilege now. */
export function isLive(metastore: Metastore, consumer: string, securable: string, privilege: string): boolean {
  return holds(privilegesOf(metastore, securable, consumer), privilege);
}

/** The requests that give something. */
export function granted(requests: readonly LedgerRequest[]): LedgerRequest[] {
  return requests.filter(({ grants }) => !isNone(grants));
}

/** Everything that is about to change, in the order of consumers and requests. */
export function wantedChanges(situation: Situation): WantedChange[] {
  const { requests, whole, metastore, recorded, ignored } = situation;
  const all = byConsumer(requests);
  const holders = whole.flatMap((securable) => [...assignmentsOn(metastore, securable).values()]);
  const names = new Map<string, string>();
  for (const { principal } of holders) names.set(fold(principal), principal);
  for (const { consumer } of recorded.values()) names.set(fold(consumer), consumer);
  for (const { consumer } of requests) names.set(fold(consumer), consumer);
  const others = [...names].filter(([, name]) => !ignored(name)).sort(([a], [b]) => (a < b ? -1 : 1));
  return others.flatMap(([key, consumer]) => changesFor(situation, consumer, all.get(key) ?? []));
}

function changesFor(situation: Situation, consumer: string, requests: readonly LedgerRequest[]): WantedChange[] {
  const { metastore, recorded } = situation;
  const giving = granted(requests);
  const wanted = heldOf(...giving.map(({ grants }) => grants));
  const removed = surplus(situation, consumer, wanted);
  const had = heldNow(situation, consumer, wanted);
  const found = new Map<string, { added: Privileges; removed: Privileges; because: LedgerRequest | undefined }>();
  const seen: Held = new Map();
  for (const request of giving) {
    const lacking = pick(request.grants, (securable, privilege) => {
      const first = seen.get(securable)?.has(privilege) !== true;
      return first && !isLive(metastore, consumer, securable, privilege);
    });
    for (const [securable, names] of Object.entries(lacking)) {
      seen.set(securable, new Set([...(seen.get(securable) ?? []), ...names]));
    }
    if (!isNone(lacking)) found.set(request.request, { added: lacking, removed: {}, because: request });
  }
  if (!isNone(removed)) {
    const because = lastEnded(requests) ?? giving.at(-1);
    const id = because?.request ?? recorded.get(fold(consumer))?.request ?? "";
    found.set(id, { added: found.get(id)?.added ?? {}, removed, because });
  }
  const change = wanted.size === 0 ? "revoke" : isNone(had) ? "grant" : "change";
  return [...found].map(([request, { added, removed: taken, because }]) => ({
    consumer,
    request,
    change,
    added,
    removed: taken,
    ...explained(because, isNone(taken)),
  }));
}

/** Why, by whose word and on what evidence something changes. */
function explained(
  because: LedgerRequest | undefined,
  gives: boolean,
): Pick<WantedChange, "reason" | "decidedBy" | "evidence"> {
  if (because === undefined) return { reason: "no request explains it", decidedBy: undefined, evidence: undefined };
  const { evidence } = because;
  if (gives) return { reason: because.justification, decidedBy: because.approvedBy, evidence };
  return { reason: because.reason ?? `it is ${because.status}`, decidedBy: because.endedBy, evidence };
}

/** The request that ended last among those that give nothing any more. */
function lastEnded(requests: readonly LedgerRequest[]): LedgerRequest | undefined {
  const ended = requests.filter(({ grants, status }) => isNone(grants) && status !== "pending");
  const when = ({ endedOn, expires, requestedOn }: LedgerRequest): string => endedOn ?? expires ?? requestedOn ?? "";
  return ended.sort((a, b) => (when(a) < when(b) ? -1 : 1)).at(-1);
}

/** What somebody has and is not to have: everything where requests are the whole, and else what was given through them. */
function surplus({ whole, metastore, recorded }: Situation, consumer: string, wanted: Held): Privileges {
  if (isLeftAlone(metastore, consumer) && wanted.size === 0) return {};
  const given = recorded.get(fold(consumer))?.permissions ?? {};
  const candidates = liveOn(whole, metastore, consumer);
  for (const [securable, names] of Object.entries(given)) {
    if (candidates.has(securable)) continue;
    const live = privilegesOf(metastore, securable, consumer);
    candidates.set(securable, new Set(names.filter((name) => live.has(name))));
  }
  return pick(privilegesOfHeld(candidates), (securable, privilege) => {
    const declared = wanted.get(securable);
    if (isKept(metastore, consumer, privilege) || declared?.has(privilege) === true) return false;
    return !(declared?.has(ALL_PRIVILEGES) === true && isPartOfAll(privilege));
  });
}

/** What of the product somebody has now. */
function heldNow({ whole, metastore }: Situation, consumer: string, wanted: Held): Privileges {
  const held = liveOn(whole, metastore, consumer);
  for (const [securable, names] of wanted) {
    // What is shared, such as a catalog, others give too: having it is not having the product.
    const has = held.get(securable);
    if (has === undefined) continue;
    for (const name of names) if (isLive(metastore, consumer, securable, name)) has.add(name);
  }
  return privilegesOfHeld(held);
}

/** What somebody has on securables. */
function liveOn(securables: readonly string[], metastore: Metastore, consumer: string): Held {
  return new Map(securables.map((each) => [each, new Set(privilegesOf(metastore, each, consumer))]));
}
