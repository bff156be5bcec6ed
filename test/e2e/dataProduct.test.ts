import assert from "node:assert/strict";
import path from "node:path";
import { startDatabricks, type DatabricksSandbox } from "../sandbox/databricks/index.js";
import { FORM } from "../sdk/databricks/dataProduct/folder.js";
import { PEOPLE, type TestRepository } from "../sdk/databricks/dataProduct/repository.js";
import { CUSTOMERS, ProductScene } from "./products.js";
import { onEachEngine } from "./scene.js";
import type { Workspace } from "./workspace.js";

onEachEngine("Data products", (engine) => {
  let scene: ProductScene;
  let sandbox: DatabricksSandbox;
  let workspace: Workspace;
  let repository: TestRepository;

  beforeEach(async () => {
    scene = await ProductScene.start(engine, {}, { expiresWithinDays: 45 });
    ({ sandbox, repository, workspace } = scene);
    sandbox.metastore.addPrincipal("stranger@company.com");
  });
  afterEach(() => scene.stop());

  it("grant what is approved, say what ends, take what ended, and refuse what is forged before anything changes", async () => {
    const { metastore } = sandbox;
    repository.approved();
    metastore.grant(CUSTOMERS, "stranger@company.com", "SELECT");
    await workspace.up();
    await workspace.expectNoChanges();
    assert.deepEqual(metastore.direct(CUSTOMERS), { [PEOPLE.john]: ["SELECT"] });
    assert.deepEqual(metastore.direct("catalog main"), { [PEOPLE.john]: ["USE_CATALOG"] });
    assert.match(workspace.stateText(), /john.*evidence.*commit.*active/s);

    workspace.env["ROSTER_NOW"] = "2027-12-01";
    const soon = await workspace.run(["preview"]);
    assert.match(soon.text, /requests\/john.yaml:3:1: john.doe@company.com loses access on 2028-01-10, in 40 days/);
    workspace.env["ROSTER_NOW"] = "2028-01-11";
    await workspace.up();
    assert.deepEqual([metastore.direct(CUSTOMERS), metastore.direct("catalog main")], [{}, {}]);

    workspace.env["ROSTER_NOW"] = "2027-02-01";
    repository
      .write("requests/mallory.yaml", FORM.replaceAll("john.doe", "mallory"))
      .commit("Approve", { as: "mallory@company.com" });
    const { text } = await workspace.fails(["preview"]);
    assert.match(text, /databricks.DataProduct "customer-360": there are 2 mistakes, and nothing was changed/);
    const file = path.join(repository.folder, "requests/mallory.yaml");
    assert.ok(
      text.includes(
        `${file}:21:3: the approval of jane.manager@company.com as manager was written by mallory@company.com`,
      ),
      text,
    );

    // Who approved does not grant, as Databricks knows who that is.
    repository.git(["rm", "-q", "-f", file]);
    repository.commit("No", { as: PEOPLE.dana });
    const janes = await startDatabricks({ caller: PEOPLE.jane });
    workspace.env["DATABRICKS_HOST"] = janes.url;
    const { text: refused } = await workspace.fails(["preview"]);
    await janes.close();
    assert.match(refused, /john.yaml:21:3: jane.manager@company.com approved this as manager, and runs it too/);
  });
});
