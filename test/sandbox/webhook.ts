import { startSandboxServer, type Answer, type Call, type SandboxOptions, type SandboxServer } from "./server.js";

/*
 * A channel behind an incoming webhook, strict where Slack is
 * (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, https://docs.slack.dev/reference/block-kit/blocks).
 */

/** A message as it stands in the channel. */
export interface Posted {
  /** The ids of its headers: one for each notification. */
  readonly ids: readonly string[];
  readonly subjects: readonly string[];
  readonly bodies: readonly string[];
  /** What others than Slack show. */
  readonly text: string;
  /** What would call people or be a link: `<!channel>`, `<@U1>`, `<https://...>`. */
  readonly markup: readonly string[];
}

/** A webhook that runs. */
export interface WebhookSandbox extends SandboxServer {
  /** The address with its secret. */
  readonly hook: string;
  /** The part of it that nobody may see. */
  readonly secret: string;
  /** What stands in the channel, in order. */
  readonly channel: readonly Posted[];
  /** The ids of all that stands there, in order. */
  ids(): string[];
}

const SECRET = "/services/T00000000/B00000000/XXXXYYYYZZZZ0123456789ab";

/** Starts a webhook. Answers are Slack's: plain text, `ok` or what is wrong. */
export async function startWebhook(options: SandboxOptions = {}): Promise<WebhookSandbox> {
  const channel: Posted[] = [];
  const server = await startSandboxServer((call): Answer => {
    if (call.path !== SECRET) return { status: 404, body: "no_service" };
    const posted = read(call);
    if (typeof posted === "string") return { status: 400, body: posted };
    channel.push(posted);
    return { status: 200, body: "ok" };
  }, options);
  return {
    ...server,
    hook: `${server.url}${SECRET}`,
    secret: SECRET,
    channel,
    ids: () => channel.flatMap(({ ids }) => ids),
  };
}

interface Text {
  readonly type?: unknown;
  readonly text?: unknown;
}

interface Block {
  readonly type?: unknown;
  readonly block_id?: unknown;
  readonly text?: Text;
  readonly elements?: readonly Text[];
}

const MOST_BLOCKS = 50;
/** Not documented, and measured by others: https://github.com/slackapi/bolt-js/issues/2509. */
const MOST_IN_BLOCKS = 13_000;

function read({ method, headers, body }: Call): Posted | string {
  if (method !== "POST" || !String(headers["content-type"]).startsWith("application/json")) return "invalid_payload";
  const { text, blocks = [], ...others } = (body ?? {}) as { text?: unknown; blocks?: readonly Block[] };
  if (Object.keys(others).length > 0 || typeof text !== "string") return "invalid_payload";
  if (text === "" && blocks.length === 0) return "no_text";
  if (text.length > 40_000) return "msg_too_long";
  if (blocks.length > MOST_BLOCKS || !blocks.every(isBlock)) return "invalid_blocks";
  const ids = blocks.flatMap(({ block_id: id }) => (typeof id === "string" ? [id] : []));
  if (new Set(ids).size < ids.length) return "invalid_blocks";
  if (JSON.stringify(blocks.map(textsOf)).length > MOST_IN_BLOCKS) return "msg_blocks_too_long";
  const of = (type: string): string[] => blocks.filter((each) => each.type === type).flatMap(textsOf);
  const mrkdwn = blocks.flatMap(({ text: inner, elements = [] }) =>
    [inner, ...elements].flatMap((each) => (each?.type === "mrkdwn" ? [String(each.text)] : [])),
  );
  const markup = [text, ...mrkdwn].flatMap((each) => each.match(/<[^>]*>/g) ?? []);
  return { ids, subjects: of("header"), bodies: of("section"), text, markup };
}

function textsOf({ text, elements = [] }: Block): string[] {
  return [text, ...elements].flatMap((each) => (each === undefined ? [] : [String(each.text)]));
}

function isBlock({ type, block_id: id, text, elements }: Block): boolean {
  if (id !== undefined && (typeof id !== "string" || id.length > 255)) return false;
  if (type === "header") return text?.type === "plain_text" && isText(text, 150);
  if (type === "section") return isText(text, 3000);
  return (
    type === "context" &&
    elements !== undefined &&
    elements.length <= 10 &&
    elements.every((each) => isText(each, 3000))
  );
}

function isText(object: Text | undefined, longest: number): boolean {
  const { type, text } = object ?? {};
  return (
    ["plain_text", "mrkdwn"].includes(String(type)) &&
    typeof text === "string" &&
    text.length > 0 &&
    text.length <= longest
  );
}
