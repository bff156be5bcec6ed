import assert from "node:assert/strict";
import fc from "fast-check";
import { resolveConnection } from "../../../../provider/core/connections.js";
import type { Delivery, Message, Messenger } from "../../../../provider/core/notify/messenger.js";
import { webhookConnections } from "../../../../provider/core/notify/settings.js";
import { openWebhook } from "../../../../provider/core/notify/webhook.js";
import { startWebhook, type WebhookSandbox } from "../../../sandbox/webhook.js";

const message = (id: string, over: Partial<Message> = {}): Message => ({
  id,
  subject: "[customer-360] Access approved: John Doe",
  body: "John Doe now has access.\nReason: campaign",
  recipient: undefined,
  ...over,
});

describe("A webhook", () => {
  let webhook: WebhookSandbox;
  let waits: number[];
  before(async () => {
    webhook = await startWebhook();
  });
  beforeEach(() => {
    webhook.reset();
    (webhook.channel as unknown[]).length = 0;
    waits = [];
  });
  after(() => webhook.close());

  function open(settings: Readonly<Record<string, string>> = {}): Messenger {
    const config = JSON.stringify({ alerts: { url: webhook.hook, ...settings } });
    const connection = resolveConnection(webhookConnections, "alerts", { environment: {}, config });
    const pause = (milliseconds: number): Promise<void> => {
      waits.push(milliseconds);
      return Promise.resolve();
    };
    return openWebhook(connection, { rate: undefined, pause });
  }

  async function refusal(messenger: Messenger): Promise<Extract<Delivery, { delivered: false }>> {
    const delivery = await messenger.send([message("e1")]);
    assert.ok(!delivery.delivered);
    for (const part of webhook.secret.split("/").slice(2)) assert.ok(!delivery.error.message.includes(part), part);
    return delivery;
  }

  it("gets messages together, each with its id, as text that calls nobody", async () => {
    const evil = "<!channel> *bold* `code` <https://evil.example|click> & @here\nReason: forged";
    const messenger = open();
    assert.equal(messenger.description, `webhook alerts (${new URL(webhook.url).host})`);
    const messages = [message("e1"), message("e2", { subject: evil, body: evil })];
    assert.deepEqual(await messenger.send(messages), { delivered: true });
    const [posted] = webhook.channel;
    assert.deepEqual(posted?.ids, ["e1", "e2"]);
    assert.deepEqual(posted.markup, []);
    assert.equal(posted.subjects[1], evil.replace("\n", " "));
    assert.equal(posted.bodies[1], evil);
    assert.match(posted.text, /^```[^`]*&lt;!channel&gt; \*bold\* 'code'[^`]*event e2```$/);
  });

  it("gets nothing that Slack would refuse, whatever a message holds", async () => {
    const messenger = open();
    const text = fc.oneof(fc.string({ unit: "binary", maxLength: 9000 }), fc.constantFrom("", "\n", "`".repeat(5000)));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: messenger.atOnce }), async (texts) => {
        const messages = texts.map(([subject, body], index) => message(`e${String(index)}`, { subject, body }));
        assert.deepEqual(await messenger.send(messages), { delivered: true });
        assert.deepEqual(webhook.channel.at(-1)?.markup, []);
        assert.equal(webhook.channel.at(-1)?.text.split("```").length, 3);
      }),
      { numRuns: 60 },
    );
  });

  it("that is busy gets the message when it says, and one that cut the connection gets it again", async () => {
    webhook.fault({
      times: 1,
      failure: { answer: { status: 429, body: "rate_limited", headers: { "retry-after": "7" } } },
    });
    webhook.fault({ from: 2, times: 1, failure: { answer: { status: 500, body: "rollup_error" } } });
    webhook.fault({ from: 3, times: 1, failure: "cutAfterActing" });
    assert.deepEqual(await open().send([message("e1")]), { delivered: true });
    assert.ok((waits[0] ?? 0) >= 7000);
    assert.deepEqual([webhook.ids(), waits.length], [["e1", "e1"], 3], "at least once, and both are e1");
  });

  it("that asks to wait for longer than a run should is down", async () => {
    webhook.fault({ failure: { answer: { status: 429, headers: { "retry-after": "600" } } } });
    const { down, error } = await refusal(open());
    assert.deepEqual([down, waits, webhook.ids()], [true, [], []]);
    assert.match(error.message, /429/);
  });

  for (const [status, body] of [
    [403, "invalid_token"],
    [404, "no_service"],
    [410, "channel_is_archived"],
  ] as const) {
    it(`that answers ${String(status)} ${body} is down, and the error says which setting it is`, async () => {
      webhook.fault({ failure: { answer: { status, body } } });
      const { down, error } = await refusal(open());
      assert.deepEqual([down, error.fault], [true, "setting"]);
      assert.match(error.message, new RegExp(`at this address[^]*${body}[^]*roster:connections.alerts.url`));
    });
  }

  it("that refuses the message is not down", async () => {
    webhook.fault({ failure: { answer: { status: 400, body: "invalid_blocks" } } });
    const { down, error } = await refusal(open());
    assert.equal(down, false);
    assert.match(error.message, /400.*invalid_blocks/);
  });

  it("that is not there, or silent, is down", async () => {
    webhook.fault({ failure: "silence" });
    assert.equal((await refusal(open({ silenceTimeout: "0.05", overallTimeout: "0.2" }))).down, true);
    const { down, error } = await refusal(open({ url: `http://127.0.0.1:1${webhook.secret}` }));
    assert.deepEqual([down, error.fault], [true, "unreachable"]);
  });

  for (const url of ["not an address", "ftp://hooks.example.com/x", "https://user:secret@hooks.example.com/x"]) {
    it(`is not opened at ${url}, which the error does not repeat`, () => {
      assert.throws(
        () => open({ url }),
        (error: Error) => error.message.includes("no address of a webhook") && !error.message.includes(url),
      );
    });
  }

  it("says how to give the address where there is none", () => {
    assert.throws(() => open({ url: "" }), {
      message: /ROSTER_ALERTS_URL.*--secret --path roster:connections.alerts.url/,
    });
  });
});
