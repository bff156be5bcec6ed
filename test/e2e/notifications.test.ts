import assert from "node:assert/strict";
import type { DatabricksSandbox } from "../sandbox/databricks/index.js";
import { startMail, type MailSandbox } from "../sandbox/mail.js";
import { startWebhook, type WebhookSandbox } from "../sandbox/webhook.js";
import { reviewText } from "../../sdk/databricks/dataProduct/accessReview.js";
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

  it("ask once about who is inactive by a review, and whom is in the preview", async () => {
    const file = "reviews/2027-Q2/jane.manager@company.com.yaml";
    const head = { product_name: "customer-360", review: "2027-Q2", reviewer: PEOPLE.jane, due: "2027-05-01" };
    const john = { consumer: PEOPLE.john, request: "john", permissions: [], last_access: "2027-01-12" };
    const text = reviewText(head, [{ ...john, activity: "inactive" }]);
    const previewed = async (): Promise<string> =>
      (await workspace.run(["preview", "--diff", "--show-full-output"])).text;
    repository.approved();
    repository.write("reviews/2027-Q2/broken.yaml", "?").write(file, text);
    // A product that tells nobody does not look at reviews.
    repository.write("product.yaml", PRODUCT + CHANNELS.replace(/notifications: .*\n/, ""));
    await workspace.up();
    workspace.env["ROSTER_NOW"] = "2027-04-01";
    assert.doesNotMatch(await previewed(), /reviews|Access still needed/);

    repository.write("product.yaml", PRODUCT + CHANNELS);
    await workspace.run(["config", "set", "roster:offline", "true"]);
    const told = "[customer-360] Access still needed? John Doe (review 2027-Q2)";
    const preview = await previewed();
    assert.ok(preview.includes(`-- told once: ${PEOPLE.jane}, ${PEOPLE.john} (relay): ${told}`), preview);
    assert.ok(preview.includes(`-- told once: alerts: ${told}`), preview);
    assert.match(preview, /warning: [^\n]*broken\.yaml:1:1: [^\n]*Nobody is told of who is inactive by this file/);
    await workspace.run(["config", "rm", "roster:offline"]);
    assert.deepEqual(mail.taken, []);
    await workspace.up();
    const asked = (): string[] =>
      mail.taken
        .filter(({ headers }) => headers["subject"] === told)
        .map(({ to }) => to.join())
        .sort();
    assert.deepEqual(asked(), [PEOPLE.jane, PEOPLE.john]);
    await workspace.expectNoChanges();

    // Decided, there is nothing to tell, and nothing is told again where the decision is taken back.
    repository.write(file, text.replace(" decision:", " decision: keep"));
    assert.ok(!(await previewed()).includes("-- told once"));
    await workspace.up();
    repository.write(file, text);
    await workspace.up();
    assert.equal(asked().length, 2);
    assert.equal(webhook.channel.flatMap(({ subjects }) => subjects).filter((each) => each === told).length, 1);
  });
});
