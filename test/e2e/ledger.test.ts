import assert from "node:assert/strict";
import type { DatabricksSandbox } from "../sandbox/databricks/index.js";
import { FORM, PRODUCT } from "../sdk/databricks/dataProduct/folder.js";
import { PEOPLE, type TestRepository } from "../sdk/databricks/dataProduct/repository.js";
import { CUSTOMERS, ProductScene } from "./products.js";
import { onEachEngine } from "./scene.js";
import type { Workspace } from "./workspace.js";

onEachEngine("The ledger of a data product", (engine) => {
  let scene: ProductScene;
  let sandbox: DatabricksSandbox;
  let workspace: Workspace;
  let repository: TestRepository;

  beforeEach(async () => {
    scene = await ProductScene.start(engine);
    ({ sandbox, repository, workspace } = scene);
  });
  afterEach(() => scene.stop());

  async function log(): Promise<string[]> {
    const { rows } = await sandbox.statements.read(
      "SELECT phase, change, request_id, decided_by, reason FROM main.data_products.access_audit_log ORDER BY event_time, phase DESC",
    );
    return rows.map((row) => row.join("|"));
  }

  it("begins with what is there, tells of each change and its evidence, and goes without a word about what stays", async () => {
    const { metastore } = sandbox;
    repository.approved();
    await workspace.up();
    sandbox.reset();

    repository.write("product.yaml", `${PRODUCT}ledger:\n  catalog: main\n`);
    repository.commit("Keep a ledger", { as: PEOPLE.dana });
    const preview = await workspace.run(["preview", "--diff", "--show-full-output"]);
    assert.match(preview.text, /CREATE TABLE IF NOT EXISTS `main`.`data_products`.`access_audit_log`/);
    await workspace.up();
    const sent = sandbox.calls.filter(({ method }) => method === "PATCH");
    assert.deepEqual(sent, [], "no grant is touched");
    const adopted = "jane.manager@company.com, dana.owner@company.com";
    assert.deepEqual(await log(), [
      `done|adopt|john|${adopted}|Need customer data for Q1 campaign analysis and segmentation`,
    ]);
    await workspace.expectNoChanges();
    assert.doesNotMatch(workspace.stateText(), /Q1 campaign/, "the state holds no requests");

    const revocation = '\nrevocation:\n  reason: Has moved; "don\'t"\n  revoked_by: jane.manager@company.com\n';
    repository.write("requests/john.yaml", FORM + revocation).commit("Revoke", { as: PEOPLE.jane });
    workspace.env["ROSTER_NOW"] = "2027-02-02";
    await workspace.up();
    assert.deepEqual([metastore.direct(CUSTOMERS), metastore.direct("catalog main")], [{}, {}]);
    const [, intent, done] = await log();
    assert.match(intent ?? "", /^intent\|revoke\|john\|jane.manager@company.com\|taken back .*: Has moved; "don't"$/);
    assert.match(done ?? "", /^done\|revoke\|john/);
    const { rows } = await sandbox.statements.read(
      "SELECT consumer_id, status, evidence FROM main.data_products.customer_360_consumers c JOIN main.data_products.consumer_access a USING (consumer_id, status)",
    );
    assert.deepEqual(
      rows.map(([id, status]) => [id, status]),
      [[PEOPLE.john, "revoked"]],
    );
    assert.match(String(rows[0]?.[2]), /"level":"commit".*"reference":"commit [0-9a-f]{12}/);

    const before = await log();
    repository.write("product.yaml", PRODUCT).commit("No ledger", { as: PEOPLE.dana });
    workspace.env["ROSTER_NOW"] = "2027-02-03";
    await workspace.up();
    assert.deepEqual(await log(), before);
  });
});
