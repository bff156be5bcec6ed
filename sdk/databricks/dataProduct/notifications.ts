import * as z from "zod";
import type { Channel, NoticeKind } from "../../../provider/databricks/ledger/notices.js";
import { email, entry, list, text } from "../../core/fields.js";

/**
 * What somebody can be told of: `expiring` is access that ends soon, `review_due` a review of all access, `inactive` a
 * consumer of whom a review says that they do not use theirs.
 */
const EVENTS = ["approved", "revoked", "expiring", "review_due", "inactive"] as const satisfies readonly NoticeKind[];

const connection = (what: string): z.ZodString =>
  text(what).regex(/^[A-Za-z][A-Za-z0-9_-]*$/, {
    error: `must be ${what}: letters, digits, - and _, beginning with a letter. Its address is a secret and stands in the connection's settings`,
  });

const events = list(
  z.enum(EVENTS, { error: `must be one of ${EVENTS.join(", ")}` }),
  "events",
  "such as [approved, revoked]",
)
  .min(1, { error: `must have one at least of ${EVENTS.join(", ")}` })
  .optional()
  .describe("Only these. Default: all.");

const channel = entry("a channel", {
  webhook: connection("the name of a webhook's connection")
    .optional()
    .describe("A webhook of Slack, or one that takes the same JSON: the name of its connection."),
  mail: connection("the name of a mail server's connection")
    .optional()
    .describe("A mail server: the name of its connection. Whom a message concerns gets it."),
  to: list(email("an e-mail address"), "e-mail addresses")
    .optional()
    .describe("For mail: who gets every message, besides whom it concerns."),
  events,
}).superRefine(({ webhook, mail, to }, context) => {
  const say = (path: string, message: string): void => context.addIssue({ code: "custom", path: [path], message });
  if ((webhook === undefined) === (mail === undefined)) say("webhook", "must be there, or mail, and not both");
  if (webhook !== undefined && to !== undefined) say("to", "is for mail: a webhook writes to its own channel");
});

/** Who is told of what happens. */
export const notifications = list(channel, "channels", "such as [{ webhook: alerts }]")
  .superRefine((channels, context) => {
    const names = channels.map(({ webhook, mail }) => webhook ?? mail);
    names.forEach((name, index) => {
      if (name === undefined || names.indexOf(name) === index) return;
      context.addIssue({
        code: "custom",
        path: [index],
        message: `names ${name} once more: put what it gets together`,
      });
    });
  })
  .default([])
  .describe(
    "Who is told of approvals, revocations, access that ends soon, reviews that are due and consumers who are inactive then. Needs a ledger.",
  );

/** The channels of a product, as the provider takes them. */
export function channelsOf(given: z.output<typeof notifications>): Channel[] {
  return given.map(({ webhook, mail, to, events: only }) => ({
    kind: webhook === undefined ? "mail" : "webhook",
    name: webhook ?? mail ?? "",
    ...(to === undefined ? {} : { to }),
    ...(only === undefined ? {} : { events: only }),
  }));
}
