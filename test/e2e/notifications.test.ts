import assert from "node:assert/strict";
import { startDatabricks, type DatabricksSandbox } from "../sandbox/databricks/index.js";
import { startMail, type MailSandbox } from "../sandbox/mail.js";
import { startWebhook, type WebhookSandbox } from "../sandbox/webhook.js";
import { PRODUCT } from "../sdk/databricks/dataProduct/folder.js";
import { PEOPLE, TestRepository } from "../sdk/databricks/dataProduct/repository.js";
import { onEachEngine } from "./scene.js";
import { Workspace } from "./workspace.js";

const CUSTOMERS = "table main.customer_360.customers";
const CHANNELS = "ledger: { catalog: main, views: false }\nnotifications: [{ webhook: alerts }, { mail: relay }]\n";

onEachEngine("Notifications of a data product", (engine) => {
  let sandbox: DatabricksSandbox;
  let webhook: WebhookSandbox;
  let mail: MailSandbox;
  let workspace: Workspace;
  let repository: TestRepository;

  beforeEach(async () => {
    [sandbox, webhook, mail] = await Promise.all([startDatabricks(), startWebhook(), startMail({ plain: true })]);
    sandbox.metastore.create(CUSTOMERS, "table main.customer_360.customer_metrics");
    sandbox.metastore.addPrincipal(PEOPLE.john);
    await sandbox.statements.createCatalog("main");
    repository = new TestRepository();
    workspace = await Workspace.create(engine, {
      DATABRICKS_HOST: sandbox.url,
      DATABRICKS_TOKEN: sandbox.token,
      DATABRICKS_WAREHOUSE_ID: sandbox.statements.warehouse.id,
      ROSTER_ALERTS_URL: webhook.hook,
      ROSTER_ALERTS_OVERALL_TIMEOUT: "0.2",
      ROSTER_RELAY_HOST: "127.0.0.1",
      ROSTER_RELAY_PORT: String(mail.port),
      ROSTER_RELAY_FROM: mail.user,
      ROSTER_RELAY_SECURITY: "none",
      ROSTER_NOW: "2027-02-01",
      CI: "true",
    });
    const args = { folder: repository.folder };
    workspace.declare([{ type: "databricks.DataProduct", name: "customer-360", args, options: {} }]);
  });
  afterEach(async () => {
    await workspace.remove();
    repository.remove();
    await Promise.all([sandbox.close(), webhook.close(), mail.close()]);
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
