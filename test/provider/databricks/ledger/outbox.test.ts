import assert from "node:assert/strict";
import type { LedgerRequest } from "../../../../provider/databricks/handover.js";
import type { Channel } from "../../../../provider/databricks/ledger/notices.js";
import type { InactiveConsumer, ReviewDue } from "../../../../provider/databricks/ledger/reviewNotices.js";
import { startMail, type MailSandbox } from "../../../sandbox/mail.js";
import { startWebhook, type WebhookSandbox } from "../../../sandbox/webhook.js";
import type { Outcome, Program } from "../../stack.js";
import type { DatabricksRun } from "../scene.js";
import { CUSTOMERS, ended, ledgerScene, request, WAREHOUSE, type LedgerStack } from "./scene.js";

const ALERTS: Channel = { kind: "webhook", name: "alerts" };
const RELAY: Channel = { kind: "mail", name: "relay", to: ["owners@example.com"] };

describe("What is told of a data product", () => {
  let webhook: WebhookSandbox;
  let mail: MailSandbox;
  beforeEach(async () => {
    [webhook, mail] = await Promise.all([startWebhook(), startMail({ plain: true })]);
  });
  afterEach(() => Promise.all([webhook.close(), mail.close()]));

  function settings(day: string, more: Readonly<Record<string, string>> = {}): DatabricksRun {
    const relay = { HOST: "127.0.0.1", PORT: String(mail.port), FROM: mail.user, SECURITY: "none" };
    const env = Object.fromEntries(Object.entries(relay).map(([name, value]) => [`ROSTER_RELAY_${name}`, value]));
    const limits = { ROSTER_ALERTS_OVERALL_TIMEOUT: "0.2" };
    return {
      now: `${day}T00:00:00Z`,
      env: { ...WAREHOUSE.env, ...env, ROSTER_ALERTS_URL: webhook.hook, ...limits, ...more },
    };
  }

  function program(
    stack: LedgerStack,
    requests: readonly LedgerRequest[],
    {
      channels = [ALERTS, RELAY],
      ...reviewing
    }: {
      readonly channels?: readonly Channel[];
      readonly review?: ReviewDue;
      readonly inactive?: readonly InactiveConsumer[];
    } = {},
  ): Program {
    const made = stack.product(requests, { channels });
    Object.assign(made["done"]?.args ?? {}, reviewing);
    const of = (name: string, output: string): unknown => stack.state.get(name)?.outputs[output] ?? "";
    const args = {
      ledger: "main.data_products",
      product: "customer-360",
      channels,
      get told() {
        return of("done", "told");
      },
      get leftover() {
        return of("access", "leftover");
      },
    };
    return { ...made, outbox: { type: "LedgerOutbox", args, after: ["done"] } };
  }

  const told = (): string[] => [
    ...webhook.channel.flatMap(({ subjects }) => subjects.map((subject) => `alerts: ${subject}`)),
    ...mail.taken.map(({ to, headers }) => `${to.join()}: ${String(headers["subject"])}`).sort(),
  ];
  const same = ({ ops }: Outcome): boolean => Object.values(ops).every((op) => op === "same");

  it("is told once, by channel and recipient, whatever runs again", async () => {
    await ledgerScene(async ({ stack }) => {
      const ana = request({ expires: "2027-05-20T00:00:00.000Z", conditions: "only aggregates" });
      const zoe = request({ request: "zoe", consumer: "Zoe@Example.com", name: "Zoe" });
      await stack.succeed(program(stack, [ana]), settings("2026-06-01"));
      const [subject] = ["[customer-360] Access approved: Ana Lima"];
      const first = [`alerts: ${subject}`, `ana@example.com: ${subject}`, `owners@example.com: ${subject}`];
      assert.deepEqual(told(), first);
      assert.equal(
        webhook.channel[0]?.bodies[0],
        "Ana Lima (ana@example.com) now has access to customer-360.\n+ USE_CATALOG on catalog main\n" +
          `+ SELECT on ${CUSTOMERS}\nReason: campaigns\nApproved by: jane@example.com\n` +
          "Conditions: only aggregates\nUntil: 2027-05-20",
      );
      assert.match(mail.taken[0]?.headers["message-id"] ?? "", /^<[0-9a-f]{32}@company.com>$/);
      assert.ok(same(await stack.succeed(program(stack, [ana]), settings("2026-06-02"))));
      await stack.succeed(program(stack, [ana, zoe]), settings("2026-06-03"));
      assert.deepEqual(
        told().filter((line) => line.endsWith("Ana Lima")),
        first,
      );
      assert.ok(told().includes("zoe@example.com: [customer-360] Access approved: Zoe"));

      await stack.succeed(program(stack, [ended(ana), zoe]), settings("2026-06-04"));
      const last = mail.taken.filter(({ to }) => to.includes("ana@example.com")).at(-1);
      assert.equal(last?.headers["subject"], "[customer-360] Access revoked: Ana Lima");
      assert.match(last.body, /no longer has access[^]*Reason: left the team\nDecided by: dana@example.com/);
    });
  });

  it("waits while a channel is down, with a warning and without secrets, and is told by the next run", async () => {
    await ledgerScene(async ({ workspace, stack }) => {
      const end = webhook.fault({ failure: { answer: { status: 503, body: `down ${webhook.secret}` } } });
      const ana = request();
      const nobody = { ROSTER_RELAY_PORT: "1", ROSTER_RELAY_PASSWORD: "a-secret-password-of-mail" };
      const { warnings } = await stack.succeed(program(stack, [ana]), settings("2026-06-01", nobody));
      assert.deepEqual(workspace.metastore.direct(CUSTOMERS), { "ana@example.com": ["SELECT"] });
      assert.match(
        warnings.join("\n"),
        /"customer-360": 3 messages were not delivered; grants are not concerned[^]*1 through alerts: webhook alerts[^]*503[^]*2 through relay: mail server relay[^]*ECONNREFUSED/,
      );
      const rows = await stack.rows("delivered_at, attempts, last_error", "notification_outbox");
      const all = JSON.stringify([warnings, rows, [...stack.state.values()]]);
      for (const secret of [webhook.secret, nobody.ROSTER_RELAY_PASSWORD]) assert.ok(!all.includes(secret));
      assert.deepEqual(
        rows.map(({ attempts }) => Number(attempts)),
        [0, 0, 0],
      );

      const preview = await stack.preview(program(stack, [ana]), settings("2026-06-02"));
      assert.match(
        preview.warnings.join(),
        /messages of an earlier run wait to be delivered \(3\), and go with this one/,
      );
      end();
      await stack.succeed(program(stack, [ana]), settings("2026-06-02"));
      assert.equal(told().length, 3);
      assert.ok(same(await stack.succeed(program(stack, [ana]), settings("2026-06-03"))));
      assert.equal(told().length, 3);
    });
  });

  it("is told by the next run where one is cut off after the change, or after the message", async () => {
    await ledgerScene(async ({ workspace, stack }) => {
      const ana = request();
      const failing = (part: string): (() => void) =>
        workspace.fault({
          when: ({ body }) => ((body as { statement?: string } | undefined)?.statement ?? "").includes(part),
          failure: { answer: { status: 403, body: { error_code: "PERMISSION_DENIED", message: "no" } } },
        });
      // The ends of the intents are written, and nothing of the rest is.
      const mend = failing("MERGE INTO `main`.`data_products`.`consumer_access`");
      assert.equal((await stack.up(program(stack, [ana]), settings("2026-06-01"))).errors.length, 1);
      assert.deepEqual([told(), (await stack.log()).length], [[], 2]);
      mend();
      // It is sent, and nobody writes that down.
      const again = failing("SET `delivered_at`");
      assert.equal((await stack.up(program(stack, [ana]), settings("2026-06-02"))).errors.length, 1);
      again();
      await stack.succeed(program(stack, [ana]), settings("2026-06-03"));
      const ids = webhook.ids();
      assert.deepEqual([ids.length, new Set(ids).size], [2, 1], "at least once, and who gets it twice can tell");
      assert.equal(mail.taken.length, 2);
    });
  });

  it("costs others nothing where one message is refused by itself, and is given up after five refusals", async () => {
    await ledgerScene(async ({ stack }) => {
      mail.faults.recipient = (address) => (address === "ana@example.com" ? 550 : undefined);
      webhook.fault({
        when: ({ text }) => text.includes("Zoe"),
        failure: { answer: { status: 400, body: "invalid_blocks" } },
      });
      const requests = [request(), request({ request: "zoe", consumer: "Zoe@Example.com", name: "Zoe" })];
      const warned: string[] = [];
      for (let day = 1; day <= 6; day += 1) {
        const { warnings } = await stack.succeed(program(stack, requests), settings(`2026-06-0${String(day)}`));
        warned.push(warnings.join());
      }
      assert.deepEqual(
        told()
          .map((line) => line.replace(/: .*:/, ":"))
          .sort(),
        ["alerts: Ana Lima", "owners@example.com: Ana Lima", "owners@example.com: Zoe", "zoe@example.com: Zoe"],
      );
      assert.match(
        warned[0] ?? "",
        /1 through alerts: [^]*invalid_blocks[^]*1 through relay: [^]*5\.1\.1 No such user/,
      );
      assert.match(warned[4] ?? "", /1 through relay \(1 refused 5 times and given up\)/);
      assert.equal(warned[5], "");
    });
  });

  it("is also what time brings, once for each: access that ends soon, what ended, and reviews", async () => {
    await ledgerScene(async ({ stack }) => {
      const expires = "2026-07-10T00:00:00.000Z";
      const review = { review: "2026-Q3", due: "2026-07-31", to: ["dana@example.com"] };
      await stack.succeed(program(stack, [request({ expires })]), settings("2026-06-01"));
      const soon = [request({ expires, status: "expiring" })];
      await stack.succeed(program(stack, soon), settings("2026-06-15"));
      await stack.succeed(program(stack, soon, { review }), settings("2026-07-01"));
      assert.ok(same(await stack.succeed(program(stack, soon, { review }), settings("2026-07-02"))));
      const over = ended(request({ expires }), { status: "expired", reason: "it is for 51 days", endedBy: undefined });
      await stack.succeed(program(stack, [over], { review }), settings("2026-07-10"));
      const subjects = [
        "Access approved: Ana Lima",
        "Access ends soon: Ana Lima",
        "Access review 2026-Q3 is due",
        "Access ended: Ana Lima",
      ];
      assert.deepEqual(
        webhook.channel.flatMap((each) => each.subjects),
        subjects.map((each) => `[customer-360] ${each}`),
      );
      assert.deepEqual(
        mail.taken
          .filter(({ headers }) => String(headers["subject"]).includes("review"))
          .map(({ to }) => to.join())
          .sort(),
        ["dana@example.com", "owners@example.com"],
      );
      assert.match(
        webhook.channel[1]?.bodies[0] ?? "",
        /ends on 2026-07-10\.\nTo keep it, file a new request with renews: ana$/,
      );
    });
  });

  it("is asked once for each inactive consumer and review, which the preview shows", async () => {
    await ledgerScene(async ({ stack }) => {
      const zoe = request({ request: "zoe", consumer: "Zoe@Example.com", name: "Zoe" });
      const of = (consumer: string, id: string, more: Partial<InactiveConsumer> = {}): InactiveConsumer => ({
        review: "2026-Q4",
        due: "2026-10-31",
        consumer,
        requests: [id],
        lastAccess: "2026-06-02",
        reviewers: [{ reviewer: "jane@example.com", file: "reviews/2026-Q4/jane@example.com.yaml" }],
        unanswered: "list",
        to: ["jane@example.com", consumer],
        ...more,
      });
      const run = (day: string, inactive?: readonly InactiveConsumer[]): Promise<Outcome> =>
        stack.succeed(program(stack, [request(), zoe], inactive === undefined ? {} : { inactive }), settings(day));
      await run("2026-06-01");
      const before = told().length;

      const ana = of("ana@example.com", "ana");
      const [subject, other] = ["Ana Lima", "Zoe"].map(
        (name) => `[customer-360] Access still needed? ${name} (review 2026-Q4)`,
      );
      const { plans } = await stack.preview(
        program(stack, [request(), zoe], { inactive: [ana] }),
        settings("2026-10-01"),
      );
      assert.deepEqual(plans["done"], [
        `-- told once: alerts: ${subject ?? ""}`,
        `-- told once: jane@example.com, ana@example.com, owners@example.com (relay): ${subject ?? ""}`,
      ]);
      assert.equal(told().length, before, "a preview tells nobody");
      await run("2026-10-01", [ana]);
      const asked = (): string[] => told().filter((line) => line.includes("still needed"));
      assert.deepEqual(asked(), [
        `alerts: ${subject ?? ""}`,
        `ana@example.com: ${subject ?? ""}`,
        `jane@example.com: ${subject ?? ""}`,
        `owners@example.com: ${subject ?? ""}`,
      ]);
      assert.equal(
        webhook.channel.at(-1)?.bodies[0],
        "Ana Lima (ana@example.com) has access to customer-360, and did not use it since 2026-06-02.\n" +
          `  USE_CATALOG on catalog main\n  SELECT on ${CUSTOMERS}\n` +
          "Review 2026-Q4 asks by 2026-10-31 whether it is still needed. Who needs it tells whoever decides:\n" +
          "  jane@example.com, in reviews/2026-Q4/jane@example.com.yaml",
      );
      assert.ok(same(await run("2026-10-02", [ana])));

      // Somebody decides about Ana, takes that back, and Zoe is inactive too: only of her nobody was told.
      await run("2026-10-03");
      const both = [ana, of("Zoe@Example.com", "zoe", { lastAccess: undefined, unanswered: "revoke" })];
      await run("2026-10-04", both);
      assert.equal(asked().filter((line) => line.endsWith(subject ?? "")).length, 4);
      assert.equal(asked().filter((line) => line.endsWith(other ?? "")).length, 4);
      assert.match(
        webhook.channel.at(-1)?.bodies[0] ?? "",
        /did not use it lately\.\n[^]*\nWhat nobody has decided by then is revoked\.$/,
      );
      // The next review asks again.
      const { plans: next } = await stack.preview(
        program(stack, [request(), zoe], { inactive: [...both, of("ana@example.com", "ana", { review: "2027-Q1" })] }),
        settings("2027-01-01"),
      );
      assert.equal(next["done"]?.length, 2);
      await run("2027-01-01", [of("ana@example.com", "ana", { review: "2027-Q1" })]);
      assert.equal(asked().filter((line) => line.endsWith("Ana Lima (review 2027-Q1)")).length, 4);
    });
  });

  it("is told of what was done where something else failed, and of the end of everything", async () => {
    await ledgerScene(async ({ stack }) => {
      const channels: Channel[] = [
        { ...ALERTS, events: ["revoked"] },
        { kind: "mail", name: "relay" },
      ];
      const ghost = request({ request: "ghost", consumer: "ghost@example.com", name: "Ghost" });
      const { errors } = await stack.up(program(stack, [request(), ghost], { channels }), settings("2026-06-01"));
      assert.match(errors.map(({ message }) => message).join(), /LedgerOutbox "customer-360"[^]*ghost@example.com/);
      assert.deepEqual(told(), ["ana@example.com: [customer-360] Access approved: Ana Lima"]);
      await stack.succeed(program(stack, [request()], { channels }), settings("2026-06-02"));
      const { errors: none } = await stack.destroy(settings("2026-06-03"));
      assert.deepEqual(none, []);
      assert.deepEqual(told().slice(0, 1), ["alerts: [customer-360] Access revoked: ana@example.com"]);
      assert.match(webhook.channel[0]?.bodies[0] ?? "", /Reason: the data product, or its ledger, left the program/);
      assert.deepEqual(
        told()
          .slice(1)
          .map((line) => line.split(": ")[0]),
        ["ana@example.com", "ana@example.com"],
      );
    });
  });

  it("holds what requests hold as data", async () => {
    await ledgerScene(async ({ workspace, stack }) => {
      const name = "Eve\r\nBcc: mallory@example.com\r\n\r\n<!channel> '); DROP TABLE x; --";
      const justification = `"quotes" <https://evil.example|click>\nApproved by: the CEO\u202e`;
      await stack.succeed(program(stack, [request({ name, justification })]), settings("2026-06-01"));
      const shown = "Eve Bcc: mallory@example.com <!channel> '); DROP TABLE x; --";
      const subject = `[customer-360] Access approved: ${shown}`;
      assert.deepEqual(told(), [`alerts: ${subject}`, `ana@example.com: ${subject}`, `owners@example.com: ${subject}`]);
      assert.ok(mail.taken.every(({ headers }) => headers["bcc"] === undefined));
      assert.deepEqual(webhook.channel[0]?.markup, []);
      const lines = (webhook.channel[0].bodies[0] ?? "").split("\n");
      assert.deepEqual(lines.slice(-2), [
        'Reason: "quotes" <https://evil.example|click> Approved by: the CEO',
        "Approved by: jane@example.com",
      ]);
      const statements = workspace.calls.map(
        ({ body }) => (body as { statement?: string } | undefined)?.statement ?? "",
      );
      assert.ok(statements.every((text) => !text.includes("DROP TABLE x")));
    });
  });

  it("waits where a connection has no settings, which the preview says", async () => {
    await ledgerScene(async ({ stack }) => {
      const channels: Channel[] = [{ kind: "webhook", name: "elsewhere" }];
      const made = program(stack, [request()], { channels });
      const preview = await stack.preview(made, settings("2026-06-01"));
      assert.match(
        preview.warnings.join(),
        /messages through elsewhere will wait: connection elsewhere has no url\n.*ROSTER_ELSEWHERE_URL/,
      );
      await stack.succeed(made, settings("2026-06-01"));
      await stack.succeed(made, settings("2026-06-02", { ROSTER_ELSEWHERE_URL: webhook.hook }));
      assert.equal(told().length, 1);
    });
  });
});
