import assert from "node:assert/strict";
import fc from "fast-check";
import { resolveConnection } from "../../../../provider/core/connections.js";
import type { Delivery, Message } from "../../../../provider/core/notify/messenger.js";
import { openMail, type MailMessenger } from "../../../../provider/core/notify/mail.js";
import { mailConnections } from "../../../../provider/core/notify/settings.js";
import { makeCertificates, type Certificates } from "../../../postgres/certificates.js";
import { startMail, type MailSandbox } from "../../../sandbox/mail.js";

const JOHN = "john.doe@company.com";
const message = (id: string, over: Partial<Message> = {}): Message => ({
  id,
  subject: "[customer-360] Access approved: John Doe",
  body: "John Doe now has access.\nReason: campaign",
  recipient: JOHN,
  ...over,
});

describe("A mail server", () => {
  let certificates: Certificates;
  let server: MailSandbox;
  let opened: MailMessenger[];
  before(async () => {
    certificates = await makeCertificates();
    server = await startMail(certificates.server);
  });
  beforeEach(() => {
    server.taken.length = 0;
    for (const name of Object.keys(server.faults)) Reflect.deleteProperty(server.faults, name);
    opened = [];
  });
  afterEach(() => {
    for (const each of opened) each.close();
  });
  after(() => server.close());

  function open(settings: Readonly<Record<string, string>> = {}): MailMessenger {
    const { port, user, password } = server;
    const given = {
      host: "localhost",
      port: String(port),
      user,
      password,
      from: `Roster <${user}>`,
      ca: certificates.ca.cert,
    };
    const config = JSON.stringify({ relay: { ...given, ...settings } });
    const messenger = openMail(resolveConnection(mailConnections, "relay", { environment: {}, config }));
    opened.push(messenger);
    return messenger;
  }

  async function refusal(
    messenger: MailMessenger,
    sent = message("e1"),
  ): Promise<Extract<Delivery, { delivered: false }>> {
    const delivery = await messenger.send([sent]);
    assert.ok(!delivery.delivered, "it was delivered");
    assert.ok(!delivery.error.message.includes(server.password), delivery.error.message);
    return delivery;
  }

  it("gets messages over STARTTLS and one connection, each with an id that is the same in every run", async () => {
    const [first, second] = [open(), open()];
    const before = server.connections();
    for (const id of ["e1", "e2"]) assert.deepEqual(await first.send([message(id)]), { delivered: true });
    assert.equal(server.connections() - before, 1);
    await second.send([message("e1")]);
    const ids = server.taken.map(({ headers }) => headers["message-id"]);
    assert.deepEqual(ids, ["<e1@company.com>", "<e2@company.com>", "<e1@company.com>"]);
    const [taken] = server.taken;
    assert.deepEqual([taken?.from, taken?.to], [server.user, [JOHN]]);
    assert.equal(taken?.headers["subject"], "[customer-360] Access approved: John Doe");
    assert.equal(taken.headers["auto-submitted"], "auto-generated");
    assert.match(taken.headers["content-type"] ?? "", /^text\/plain/);
    assert.equal(taken.body, "John Doe now has access.\nReason: campaign\n\nEvent e1");
  });

  it("gets no header and no recipient that a name or a reason holds", async () => {
    const injected = "Hi\r\nBcc: mallory@evil.example\r\n\r\n<script>alert(1)</script>";
    const messenger = open();
    await messenger.send([message("e1", { subject: injected, body: injected })]);
    const [taken] = server.taken;
    assert.deepEqual(taken?.to, [JOHN]);
    assert.equal(taken.headers["bcc"], undefined);
    assert.equal(taken.headers["subject"], "Hi Bcc: mallory@evil.example <script>alert(1)</script>");
    for (const recipient of [
      `${JOHN}, mallory@evil.example`,
      `${JOHN}>\r\nRCPT TO:<mallory@evil.example`,
      "nobody",
      undefined,
    ]) {
      const { down, error } = await refusal(messenger, message("e2", { recipient }));
      assert.equal(down, false);
      assert.match(error.message, /is no e-mail address/);
    }
    assert.equal(server.taken.length, 1);
  });

  it("takes whatever a message holds, and shows it as it is", async () => {
    const messenger = open();
    const text = fc.string({ unit: "binary", maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(text, text, async (subject, body) => {
        assert.deepEqual(await messenger.send([message("e1", { subject, body: `${body}.` })]), { delivered: true });
        const taken = server.taken.at(-1);
        assert.deepEqual(taken?.to, [JOHN]);
        assert.ok(taken.body.endsWith(".\n\nEvent e1"), JSON.stringify(taken.body));
      }),
      { numRuns: 20 },
    );
  });

  it("that refuses a recipient or a text refuses that message only", async () => {
    server.faults.recipient = (address) => (address === JOHN ? 550 : undefined);
    const messenger = open();
    const { down, error } = await refusal(messenger);
    assert.equal(down, false);
    assert.match(
      error.message,
      /mail server relay \(localhost:\d+\) refused a message to john.doe@company.com[^]*RCPT TO[^]*5\.1\.1/,
    );
    assert.deepEqual(await messenger.send([message("e2", { recipient: "jane@company.com" })]), { delivered: true });
    delete server.faults.recipient;
    server.faults.data = 554;
    assert.equal((await refusal(messenger)).down, false);
    server.faults.data = 421;
    assert.equal((await refusal(open())).down, true);
  });

  it("that cuts the connection or is silent is down, and gets the message again by the same id", async () => {
    server.faults.cut = "after";
    assert.equal((await refusal(open())).down, true);
    delete server.faults.cut;
    assert.deepEqual(await open().send([message("e1")]), { delivered: true });
    assert.deepEqual(
      server.taken.map(({ headers }) => headers["message-id"]),
      ["<e1@company.com>", "<e1@company.com>"],
    );
    server.faults.silence = true;
    assert.equal((await refusal(open({ silenceTimeout: "0.2" }))).down, true);
  });

  it("that is not there is down", async () => {
    const { down, error } = await refusal(open({ port: "1" }));
    assert.deepEqual([down, error.fault], [true, "unreachable"]);
    assert.match(error.message, /cannot be reached[^]*ECONNREFUSED[^]*roster:connections.relay.host/);
  });

  it("that refuses the password or the sender is told with the setting, without the password", async () => {
    const wrong = await refusal(open({ password: "another-password-than-that" }));
    assert.deepEqual([wrong.down, wrong.error.fault], [true, "login"]);
    assert.match(wrong.error.message, /refuses the log-in[^]*535[^]*roster:connections.relay.password/);
    assert.ok(!wrong.error.message.includes("another-password"));
    const sender = await refusal(open({ from: "ceo@company.com" }));
    assert.deepEqual([sender.down, sender.error.fault], [true, "setting"]);
    assert.match(sender.error.message, /takes no message from this sender[^]*553[^]*roster:connections.relay.from/);
  });

  for (const [what, settings, said] of [
    ["of an authority that nobody trusts", { ca: "" }, /certificate/],
    ["for another host", { port: "wrongHost" }, /altnames|Hostname/],
  ] as const) {
    it(`with a certificate ${what} gets nothing, not even the log-in`, async () => {
      const other = await startMail(certificates.wrongHost);
      try {
        const port = "port" in settings ? String(other.port) : String(server.port);
        const { down, error } = await refusal(open({ ...settings, port }));
        assert.equal(down, true);
        assert.match(error.message, said);
        assert.match(error.message, /does not do TLS as it should[^]*STARTTLS/);
      } finally {
        await other.close();
      }
    });
  }

  it("without STARTTLS gets nothing unless security says so, and a password never in clear but on this machine", async () => {
    const plain = await startMail({ plain: true });
    try {
      const given = { port: String(plain.port), user: "", password: "" };
      const { down, error } = await refusal(open(given));
      assert.equal(down, true);
      assert.match(error.message, /STARTTLS[^]*security: none sends messages in clear/);
      assert.deepEqual(await open({ ...given, security: "none" }).send([message("e1")]), { delivered: true });
      assert.equal(plain.taken.length, 1);
      assert.throws(() => open({ host: "mail.example.com", security: "none" }), {
        message: /its password would go in clear/,
      });
      assert.doesNotThrow(() => open({ ...given, host: "mail.example.com", security: "none" }));
    } finally {
      await plain.close();
    }
  });

  it("with TLS from the start gets messages too", async () => {
    const tls = await startMail({ ...certificates.server, secure: true });
    try {
      const messenger = open({ port: String(tls.port), security: "tls" });
      assert.deepEqual(await messenger.send([message("e1")]), { delivered: true });
      messenger.close();
    } finally {
      await tls.close();
    }
  });

  it("is not opened where a setting cannot be", () => {
    for (const [settings, said] of [
      [{ host: "" }, /connection relay has no host/],
      [{ from: "" }, /connection relay has no from/],
      [{ from: "a@b.c, d@e.f" }, /from of connection relay/],
      [{ from: "Evil\r\nBcc: x <a@b.c>" }, /from of connection relay/],
      [{ password: "" }, /connection relay has no password/],
      [{ security: "ssl" }, /security of connection relay is "ssl".*\n.*starttls, tls, none/],
      [{ port: "smtp" }, /port of connection relay/],
      [{ ca: "/nowhere.pem" }, /ca of connection relay cannot be read/],
    ] as const) {
      assert.throws(() => open(settings), { message: said });
    }
  });
});
