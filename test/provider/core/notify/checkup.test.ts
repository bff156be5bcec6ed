import assert from "node:assert/strict";
import type { Checkup } from "../../../../provider/core/checkup.js";
import { checkMail, checkWebhook } from "../../../../provider/core/notify/checkup.js";
import { startMail, type MailSandbox } from "../../../sandbox/mail.js";
import { startWebhook, type WebhookSandbox } from "../../../sandbox/webhook.js";

type Settings = Readonly<Record<string, string>>;

describe("roster doctor, of what delivers messages", () => {
  let server: MailSandbox;
  let webhook: WebhookSandbox;
  before(async () => {
    [server, webhook] = await Promise.all([startMail({ plain: true }), startWebhook()]);
  });
  after(() => Promise.all([server.close(), webhook.close()]));

  async function look(check: typeof checkMail, settings: Settings): Promise<string[]> {
    const config = JSON.stringify({ x: settings });
    const found: Checkup = await check({ arg: "x", sources: { environment: {}, config }, uses: [], now: new Date() });
    assert.ok(!JSON.stringify(found).includes(webhook.secret));
    return [found.place, ...found.findings.map(({ level, aspect, message }) => `${level} ${aspect}: ${message}`)];
  }

  it("connects to a mail server, and sends nothing", async () => {
    const port = String(server.port);
    const given = { host: "127.0.0.1", port, from: server.user, security: "none" };
    assert.deepEqual(await look(checkMail, given), [
      `mail server x (127.0.0.1:${port})`,
      "good reach: the server answers",
      "warning tls: messages go in clear, as security says",
      "good login: takes messages without a log-in",
    ]);
    assert.match(
      (await look(checkMail, { ...given, security: "starttls" }))[1] ?? "",
      /^error tls: .*TLS as it should/,
    );
    assert.match((await look(checkMail, { ...given, port: "1" }))[1] ?? "", /^error reach: .*ECONNREFUSED/);
    assert.match((await look(checkMail, { ...given, from: "" }))[1] ?? "", /^error settings: connection x has no from/);
    assert.deepEqual(server.taken, []);
  });

  it("asks whether anybody answers where a webhook leads, and not at its address", async () => {
    const { host } = new URL(webhook.url);
    assert.deepEqual(await look(checkWebhook, { url: webhook.hook }), [
      `webhook x (${host})`,
      "good tls: on this machine, without TLS",
      "good reach: the service answers; whether it takes messages at this address, the first one shows",
    ]);
    assert.deepEqual(webhook.requests(), ["GET /"]);
    const down = await look(checkWebhook, { url: `http://127.0.0.1:1${webhook.secret}` });
    assert.match(down.at(-1) ?? "", /^error reach: /);
    assert.match((await look(checkWebhook, {}))[1] ?? "", /^error settings: connection x has no url/);
  });
});
