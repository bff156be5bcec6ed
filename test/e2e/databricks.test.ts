import assert from "node:assert/strict";
import type { databricks } from "pulumi-roster";
import { startDatabricks, type DatabricksSandbox } from "../sandbox/databricks/index.js";
import type { Declaration } from "./declare.js";
import { onEachEngine } from "./scene.js";
import { Workspace, operations, plans } from "./workspace.js";

const ORDERS = "table main.sales.orders";
const ITEMS = "table main.sales.items";
const PEOPLE = ["ana@example.com", "rui@example.com", "zoe@example.com"];

const grant = (name: string, args: databricks.GrantArgs): Declaration => ({
  type: "databricks.Grant",
  name,
  args,
  options: {},
});
const access = (args: databricks.AccessArgs): Declaration => ({
  type: "databricks.Access",
  name: "product",
  args,
  options: {},
});

onEachEngine("Databricks", (engine) => {
  let sandbox: DatabricksSandbox;
  let workspace: Workspace;

  beforeEach(async () => {
    sandbox = await startDatabricks();
    sandbox.metastore.create(ORDERS, ITEMS);
    sandbox.metastore.addPrincipal(...PEOPLE);
    workspace = await Workspace.create(engine, { DATABRICKS_HOST: sandbox.url, DATABRICKS_TOKEN: sandbox.token });
  });
  afterEach(async () => {
    await workspace.remove();
    await sandbox.close();
  });

  it("lives from create to destroy, shows its work in previews, and finds drift", async () => {
    const { metastore } = sandbox;
    const program = [
      grant("ana", { securable: ORDERS, principal: "ana@example.com", privileges: ["SELECT"] }),
      access({
        grants: { [ITEMS]: { SELECT: PEOPLE, MODIFY: [{ name: "rui@example.com", until: "2999-01-31" }] } },
        additional: { "catalog main": { USE_CATALOG: PEOPLE } },
      }),
    ];
    const first = await workspace.preview(program);
    assert.equal(plans(first)["product"]?.length, 2);
    assert.deepEqual(plans(first)["ana"], [
      'PATCH /api/2.1/unity-catalog/permissions/table/main.sales.orders {"changes":[{"principal":"ana@example.com","add":["SELECT"]}]}',
    ]);
    await workspace.up();
    await workspace.expectNoChanges();
    assert.deepEqual(metastore.direct(ITEMS)["rui@example.com"], ["MODIFY", "SELECT"]);
    assert.ok(!workspace.stateText().includes(sandbox.token), "the token is not in the state");

    metastore.grant(ITEMS, "zoe@example.com", "MODIFY");
    metastore.revoke(ORDERS, "ana@example.com", "SELECT");
    const drift = await workspace.expectDrift();
    assert.match(drift.text, /zoe@example.com/);
    const repair = await workspace.preview(undefined, "--refresh");
    assert.deepEqual(operations(repair), { ana: "create", product: "update" });
    await workspace.up(undefined, "--refresh");
    await workspace.expectNoChanges();
    assert.deepEqual(metastore.direct(ITEMS)["zoe@example.com"], ["SELECT"]);
    await workspace.destroy();
    assert.deepEqual([metastore.direct(ITEMS), metastore.direct("catalog main")], [{}, {}]);
  });

  it("keeps what was done where one principal does not exist, and names it", async () => {
    workspace.env["ROSTER_DATABRICKS_SETTLE_TIMEOUT"] = "0";
    const { text } = await workspace.upFails([
      access({ grants: { [ITEMS]: { SELECT: [...PEOPLE, "gone@example.com"] } } }),
    ]);
    assert.match(text, /\* databricks\.Access "product": a principal does not exist/);
    assert.deepEqual(Object.keys(sandbox.metastore.direct(ITEMS)), PEOPLE);
    sandbox.metastore.addPrincipal("gone@example.com");
    await workspace.up();
    await workspace.expectNoChanges();
  });
});
