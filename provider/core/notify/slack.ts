import type { Message } from "./messenger.js";
import { oneLine, plainLines } from "./plainText.js";

/*
 * Slack's JSON (https://docs.slack.dev/reference/block-kit/blocks), which Mattermost and Rocket.Chat take too. What a
 * message says comes from files that anybody may propose: in blocks it is `plain_text`, in which nothing is markup or
 * calls anybody; `text`, which Slack shows in notifications and others show as the message, is one block of code.
 */

/** Messages that go in one request: a channel takes one a second, and a request 50 blocks. */
export const TOGETHER = 10;
/** A header has 150 characters, a section 3,000; all that is in one request stays under what Slack takes (about 13,000). */
const LONGEST_SUBJECT = 150;
const LONGEST_BODY = 2900;
const LONGEST_REQUEST = 8000;

/** Messages as one request. Each is known by the `block_id` of its header, and by the id in its last line. */
export function payloadOf(messages: readonly Message[]): {
  readonly text: string;
  readonly blocks: readonly unknown[];
} {
  const longest = Math.min(LONGEST_BODY, Math.floor(LONGEST_REQUEST / messages.length));
  const shown = messages.map(({ id, subject, body }) => ({
    id,
    subject: oneLine(subject, LONGEST_SUBJECT) || "-",
    body: plainLines(body, longest) || "-",
  }));
  return {
    text: `\`\`\`${shown.map(({ id, subject, body }) => literal(`${subject}\n${body}\nevent ${id}`)).join("\n\n")}\`\`\``,
    blocks: shown.flatMap(({ id, subject, body }) => [
      { type: "header", block_id: id, text: plain(subject) },
      { type: "section", text: plain(body) },
      { type: "context", elements: [plain(`event ${id}`)] },
    ]),
  };
}

function plain(text: string): unknown {
  return { type: "plain_text", text, emoji: false };
}

/** Three characters mean something in `text` (https://docs.slack.dev/messaging/formatting-message-text); a fourth ends code. */
function literal(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("`", "'");
}
