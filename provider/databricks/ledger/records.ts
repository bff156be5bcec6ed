import { canonicalJson } from "../../core/lines.js";
import { fold, type Metastore } from "../metastore.js";
import { securableOf } from "../securables.js";
import { granted, isLive, type Recorded } from "./changes.js";
import { changeId, changeKey, rowOf, type History, type Writer } from "./events.js";
import type { LedgerRow, Merging } from "./merge.js";
import {
  byConsumer,
  heldOf,
  inWords,
  isNone,
  pick,
  privilegesOfHeld,
  type LedgerRequest,
  type Privileges,
} from "./request.js";
import { ACCESS_REQUESTS, AUDIT_LOG, CONSUMER_ACCESS, OUTBOX, PRODUCT_SECURABLES } from "./tables.js";

/*
 * What the tables hold besides the audit log: how things stand. Written again by every run that changes something.
 */

const others = (columns: Merging["table"]["columns"], keys: readonly string[]): string[] =>
  columns.map(({ name }) => name).filter((name) => !keys.includes(name));

const CONSUMER_KEYS = ["product_name", "consumer_id"];
const REQUEST_KEYS = ["product_name", "request_id"];
const SECURABLE_KEYS = ["product_name", "securable_type", "full_name"];

/** Appends events; one that is there stays as it is. */
export const appendEvents: Merging = { table: AUDIT_LOG, keys: ["event_id"] };

/** Puts messages into the outbox; one that is there stays as it is, delivered or not. */
export const addMessages: Merging = { table: OUTBOX, keys: ["notification_id"] };

/** Says what became of messages. */
export const markMessages: Merging = {
  table: OUTBOX,
  keys: ["notification_id"],
  update: { columns: ["delivered_at", "attempts", "last_error"] },
  existingOnly: true,
};

/** Says how consumers stand. Access that goes on was granted when it was granted first. */
export const recordConsumers: Merging = {
  table: CONSUMER_ACCESS,
  keys: CONSUMER_KEYS,
  update: {
    columns: others(CONSUMER_ACCESS.columns, CONSUMER_KEYS),
    expressions: {
      access_granted_date:
        "CASE WHEN t.status IN ('active', 'expiring') THEN t.access_granted_date ELSE COALESCE(s.access_granted_date, t.access_granted_date) END",
      granted_by:
        "CASE WHEN t.status IN ('active', 'expiring') THEN t.granted_by ELSE COALESCE(s.granted_by, t.granted_by) END",
    },
  },
};

/** Says how requests stand. */
export const recordRequests: Merging = {
  table: ACCESS_REQUESTS,
  keys: REQUEST_KEYS,
  update: { columns: others(ACCESS_REQUESTS.columns, REQUEST_KEYS) },
};

/** Says what belongs to a product. */
export const recordSecurables: Merging = {
  table: PRODUCT_SECURABLES,
  keys: SECURABLE_KEYS,
  update: { columns: ["removed_at"] },
};

/** The securables of a product, and those that have left it. */
export function securableRows({ product, at }: Writer, now: readonly string[], before: readonly string[]): LedgerRow[] {
  const row = (securable: string, removed: string | null): LedgerRow => {
    const { type, name } = securableOf(securable);
    return { product_name: product, securable_type: type, full_name: name.toLowerCase(), removed_at: removed };
  };
  const left = before.filter((each) => !now.some((other) => other.toLowerCase() === each.toLowerCase()));
  return [...now.map((each) => row(each, null)), ...left.map((each) => row(each, at))];
}

/** The requests as they were judged. */
export function requestRows({ product, at }: Writer, requests: readonly LedgerRequest[]): LedgerRow[] {
  return requests.map((each) => ({
    product_name: product,
    request_id: each.request,
    consumer_id: fold(each.consumer),
    consumer_name: each.name,
    consumer_type: each.type,
    requester: each.requester,
    business_unit: each.businessUnit ?? null,
    requested_date: each.requestedOn ?? null,
    justification: each.justification,
    use_cases: canonicalJson(each.useCases),
    requested_permissions: inWords(each.requested).join("; "),
    // In the document's words: what has its access was approved.
    status: each.status === "active" || each.status === "expiring" ? "approved" : each.status,
    reason: each.reason ?? null,
    approver: each.approvedBy ?? null,
    approved_date: each.approvedOn ?? null,
    evidence: each.evidence ?? null,
    conditions: each.conditions ?? null,
    expires_date: each.expires ?? null,
    renews: each.renews ?? null,
    file: each.file ?? null,
    updated_at: at,
  }));
}

/** What somebody has of what the requests give. */
function given(requests: readonly LedgerRequest[], metastore: Metastore): Privileges {
  const wanted = privilegesOfHeld(heldOf(...requests.map(({ grants }) => grants)));
  const consumer = requests[0]?.consumer ?? "";
  return pick(wanted, (securable, privilege) => isLive(metastore, consumer, securable, privilege));
}

/** What tells how consumers stand. */
export interface Standing {
  readonly recorded: ReadonlyMap<string, Recorded>;
  readonly metastore: Metastore;
  /** The product's own securables, by key. */
  readonly whole: readonly string[];
}

/**
 * The consumers of a product: those who have access now, and those who had. `changed` are those, folded, of whom this
 * run changed something. Whose access should be gone and is not stays as it stands until it is.
 */
export function consumerRows(
  writer: Writer,
  requests: readonly LedgerRequest[],
  standing: Standing,
  changed: ReadonlySet<string>,
): LedgerRow[] {
  const { recorded, metastore } = standing;
  const all = byConsumer(requests);
  const now = [...all].flatMap(([key, of]): LedgerRow[] => {
    const giving = granted(of);
    const permissions = given(giving, metastore);
    const known = recorded.get(key);
    if (!isNone(permissions)) return [activeRow(writer, giving, permissions, changed.has(key))];
    return known !== undefined && isOver(standing, known) ? [endedRow(writer, known, of)] : [];
  });
  const unexplained = [...recorded].filter(([key, known]) => !all.has(key) && isOver(standing, known));
  return [...now, ...unexplained.map(([, known]) => endedRow(writer, known, []))];
}

/** Whether somebody who is recorded as having access has nothing of the product any more. */
function isOver({ metastore, whole }: Standing, { consumer, status, permissions }: Recorded): boolean {
  if (status !== "active" && status !== "expiring") return false;
  // A catalog, and the schema of a table, are shared with others, who may go on giving them.
  const isOwn = (securable: string): boolean => whole.includes(securable) || !/^(catalog|schema) /.test(securable);
  return isNone(pick(permissions, (on, privilege) => isOwn(on) && isLive(metastore, consumer, on, privilege)));
}

/** The request that lasts longest stands for the consumer. */
function longest(requests: readonly LedgerRequest[]): LedgerRequest | undefined {
  return [...requests].sort((a, b) => ((a.expires ?? "9999") < (b.expires ?? "9999") ? -1 : 1)).at(-1);
}

function activeRow(
  { product, at, runBy }: Writer,
  requests: readonly LedgerRequest[],
  permissions: Privileges,
  isChanged: boolean,
): LedgerRow {
  const request = longest(requests);
  return {
    ...identity(product, request),
    permissions: canonicalJson(permissions),
    status: request?.status ?? "active",
    // What was there before the ledger was given when its request says so.
    access_granted_date: isChanged ? at : (request?.grantedFrom ?? at),
    access_expires_date: request?.expires ?? null,
    granted_by: runBy ?? null,
    approved_by: request?.approvedBy ?? null,
    evidence: request?.evidence ?? null,
    justification: request?.justification ?? null,
    revoked_date: null,
    revoked_by: null,
    revocation_reason: null,
    updated_at: at,
  };
}

function endedRow({ product, at }: Writer, known: Recorded, requests: readonly LedgerRequest[]): LedgerRow {
  const request = requests.find((each) => each.request === known.request) ?? requests.at(-1);
  return {
    ...identity(product, request),
    consumer_id: fold(known.consumer),
    consumer_name: request?.name ?? known.consumer,
    request_id: known.request,
    permissions: "{}",
    status: request?.status === "expired" ? "expired" : "revoked",
    access_granted_date: null,
    access_expires_date: request?.expires ?? null,
    granted_by: null,
    approved_by: request?.approvedBy ?? null,
    evidence: request?.evidence ?? null,
    justification: request?.justification ?? null,
    revoked_date: at,
    revoked_by: request?.endedBy ?? null,
    revocation_reason: request?.reason ?? "its request is gone",
    updated_at: at,
  };
}

function identity(product: string, request: LedgerRequest | undefined): LedgerRow {
  return {
    product_name: product,
    consumer_id: fold(request?.consumer ?? ""),
    consumer_name: request?.name ?? null,
    consumer_type: request?.type ?? null,
    business_unit: request?.businessUnit ?? null,
    request_id: request?.request ?? null,
  };
}

/** Access that was there before the ledger: events of its own, because nothing was changed. */
export function adoptionRows(
  writer: Writer,
  history: History,
  requests: readonly LedgerRequest[],
  recorded: ReadonlyMap<string, Recorded>,
  metastore: Metastore,
): LedgerRow[] {
  return granted(requests).flatMap((request): LedgerRow[] => {
    const { consumer } = request;
    const kinds = (["grant", "change", "adopt"] as const).map((change) =>
      changeKey({ consumer, request: request.request, change }),
    );
    if (recorded.has(fold(consumer)) || kinds.some((key) => history.generations.has(key))) return [];
    const added = given([request], metastore);
    if (isNone(added)) return [];
    const name = { consumer, request: request.request, change: "adopt" as const };
    const event = {
      ...name,
      changeId: changeId(writer.product, name, 1),
      generation: 1,
      added,
      removed: {},
      reason: request.justification,
      decidedBy: request.approvedBy,
      evidence: request.evidence,
    };
    return [rowOf(writer, event, "done")];
  });
}
