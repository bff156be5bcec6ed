import assert from "node:assert/strict";
import type { DatabricksSandbox } from "../sandbox/databricks/index.js";
import { startMail, type MailSandbox } from "../sandbox/mail.js";
import { startWebhook, type WebhookSandbox } from "../sandbox/webhook.js";
import { PRODUCT } from "../sdk/databricks/dataProduct/folder.js";
import { PEOPLE, type TestRepository } from "../sdk/databricks/dataProduct/repository.js";
import { CUSTOMERS, ProductScene } from "./products.js";
import { onEachEngine } from "./scene.js";
import type { Workspace } from "./workspace.js";

const CHANNELS = "ledger: { catalog: main, views: false }\nnotifications: [{ webhook: alerts }, { mail: relay }]\n";

onEachEngine("Notifications of a data product", (engine) => {
  let scene: ProductScene;
  let sandbox: DatabricksSandbox;
  let webhook: WebhookSandbox;
  let mail: MailSandbox;
  let workspace: Workspace;
  let repository: TestRepository;

  beforeEach(async () => {
    [webhook, mail] = await Promise.all([startWebhook(), startMail({ plain: true })]);
    scene = await ProductScene.start(engine, {
      ROSTER_ALERTS_URL: webhook.hook,
      ROSTER_ALERTS_OVERALL_TIMEOUT: "0.2",
      ROSTER_RELAY_HOST: "127.0.0.1",
      ROSTER_RELAY_PORT: String(mail.port),
      ROSTER_RELAY_FROM: mail.user,
      ROSTER_RELAY_SECURITY: "none",
    });
    ({ sandbox, repository, workspace } = scene);
  });
  afterEach(async () => {
    await scene.stop();
    await Promise.all([webhook.close(), mail.close()]);
  });

  it("are sent once, and where a channel is down by the next run, whose access did not wait for it", async () => {
    repository.write("product.yaml", PRODUCT + CHANNELS);
    repository.approved();
    const end = webhook.fault({ failure: "cut" });
    const { text } = await workspace.run(["up", "--yes", "--skip-preview"]);
    assert.match(text, /1 message was not delivered; grants are not concerned/);
    assert.deepEqual(sandbox.metastore.direct(CUSTOMERS), { [PEOPLE.john]: ["SELECT"] });
    assert.deepEqual([mail.taken.map(({ to }) => to.join()), webhook.ids()], [[PEOPLE.john], []]);
    end();
    await workspace.up();
    assert.deepEqual(webhook.channel[0]?.subjects, ["[customer-360] Access approved: John Doe"]);
    await workspace.expectNoChanges();
    await workspace.up();
    assert.deepEqual([mail.taken.length, webhook.ids().length], [1, 1]);
    assert.ok(!`${text}${workspace.stateText()}`.includes(webhook.secret));
  });
});
