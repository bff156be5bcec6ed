import { oneLine } from "../../core/notify/plainText.js";
import { fold } from "../metastore.js";
import { digest } from "./digest.js";
import type { OpenIntent, Writer } from "./events.js";
import type { LedgerRow } from "./merge.js";
import { inWords, isNone, type LedgerRequest } from "./request.js";

/*
 * What is told, to whom. Every text that comes from a request stays one line of the message, whatever it holds.
 */

/** What somebody can be told of. */
export const NOTICE_KINDS = ["approved", "revoked", "expiring", "review_due", "inactive"] as const;
/** One of them. */
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** Where messages go. */
export interface Channel {
  readonly kind: "webhook" | "mail";
  /** The connection with the address and the secrets. */
  readonly name: string;
  /** For mail: who gets it besides whom it concerns. */
  readonly to?: readonly string[] | undefined;
  /** Only these. Default: all. */
  readonly events?: readonly NoticeKind[] | undefined;
}

/** Something to tell. */
export interface Notice {
  /** The same in every run. */
  readonly eventId: string;
  readonly kind: NoticeKind;
  readonly subject: string;
  readonly lines: readonly string[];
  /** Whom it concerns, where they have an address. */
  readonly concerns: readonly string[];
}

const LONGEST = 500;
/** A text of a request in a message. */
export function said(text: string): string {
  return oneLine(text, LONGEST);
}

/** What is told of changes that were made. Access that was there before the ledger is no change. */
export function changeNotices(
  { product }: Writer,
  done: readonly OpenIntent[],
  requests: readonly LedgerRequest[],
): Notice[] {
  const byId = new Map(requests.map((each) => [each.request, each]));
  return done.flatMap((intent): Notice[] => {
    if (intent.change === "adopt") return [];
    const found = byId.get(intent.request);
    const request = found !== undefined && fold(found.consumer) === fold(intent.consumer) ? found : undefined;
    const gives = !isNone(intent.added);
    const name = said(request?.name ?? intent.consumer);
    const subject = `[${said(product)}] Access ${verbOf(intent, request)}: ${name}`;
    return [
      {
        eventId: intent.changeId,
        kind: gives ? "approved" : "revoked",
        subject,
        lines: changeLines(product, intent, request),
        concerns: addressesOf(intent.consumer, request),
      },
    ];
  });
}

function verbOf({ change, added }: OpenIntent, request: LedgerRequest | undefined): string {
  if (!isNone(added)) return change === "grant" ? "approved" : "changed";
  if (change !== "revoke") return "reduced";
  return request?.status === "expired" ? "ended" : "revoked";
}

function changeLines(product: string, intent: OpenIntent, request: LedgerRequest | undefined): string[] {
  const { consumer, change, added, removed, reason, decidedBy } = intent;
  const gives = !isNone(added);
  const name = said(request?.name ?? consumer);
  const who = name === consumer ? name : `${name} (${said(consumer)})`;
  const verb = gives ? "now has" : change === "revoke" ? "no longer has" : "has less";
  return [
    `${who} ${verb} access to ${said(product)}.`,
    ...inWords(added).map((each) => `+ ${said(each)}`),
    ...inWords(removed).map((each) => `- ${said(each)}`),
    `Reason: ${said(reason)}`,
    ...(decidedBy === undefined ? [] : [`${gives ? "Approved" : "Decided"} by: ${said(decidedBy)}`]),
    ...(gives && request?.conditions !== undefined ? [`Conditions: ${said(request.conditions)}`] : []),
    ...(gives && request?.expires !== undefined ? [`Until: ${dayOf(request.expires)}`] : []),
  ];
}

/** What is told because of the time: access that ends soon. */
export function expiryNotices({ product }: Writer, requests: readonly LedgerRequest[]): Notice[] {
  return requests.filter(({ status }) => status === "expiring").map((request) => expiryNotice(product, request));
}

function expiryNotice(product: string, request: LedgerRequest): Notice {
  const { expires = "", name, consumer, request: id } = request;
  return {
    eventId: digest([product, id, "expiring", expires]),
    kind: "expiring",
    subject: `[${said(product)}] Access ends soon: ${said(name)}`,
    concerns: addressesOf(consumer, request),
    lines: [
      `The access of ${said(name)} (${said(consumer)}) to ${said(product)} ends on ${dayOf(expires)}.`,
      `To keep it, file a new request with renews: ${said(id)}`,
    ],
  };
}

/** A day or a moment in a message. */
export function dayOf(moment: string): string {
  return said(moment).replace("T00:00:00.000Z", "");
}

/** Where a consumer gets mail: a person at the address, and for a group or a service principal whoever asked for it. */
function addressesOf(consumer: string, request: LedgerRequest | undefined): string[] {
  const address = request !== undefined && request.type !== "person" ? request.requester : consumer;
  return address.includes("@") ? [address] : [];
}

/** The messages of notices, one for each channel and recipient, by ids that are the same in every run. */
export function messageRows(
  writer: Writer,
  channels: readonly Channel[] | undefined,
  notices: readonly Notice[],
): LedgerRow[] {
  return notices.flatMap((notice) => (channels ?? []).flatMap((channel) => rowsOf(writer, channel, notice)));
}

function rowsOf({ product, at }: Writer, { kind, name, to = [], events }: Channel, notice: Notice): LedgerRow[] {
  if (events?.includes(notice.kind) === false) return [];
  const people = [...new Set([...notice.concerns, ...to].map(fold))];
  const recipients: (string | null)[] = kind === "mail" ? people : [null];
  return recipients.map((recipient) => ({
    notification_id: digest([notice.eventId, name, recipient ?? ""]),
    event_id: notice.eventId,
    product_name: product,
    kind: notice.kind,
    channel: name,
    recipient,
    subject: notice.subject,
    body: notice.lines.join("\n"),
    created_at: at,
    delivered_at: null,
    attempts: 0,
    last_error: null,
  }));
}

/** What tells whether messages are the same ones. */
export function digestOf(messages: readonly { readonly id: string }[]): string {
  return digest(messages.map(({ id }) => id).sort());
}
