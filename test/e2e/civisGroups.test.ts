import assert from "node:assert/strict";
import { membersOf } from "./catalogue.js";
import { inCompany, startCompany, sync } from "./company.js";
import { onEachEngine } from "./scene.js";
import { plans } from "./workspace.js";

const outputs = { withoutUser: { $output: "warehouse.withoutUser" }, unmapped: { $output: "warehouse.unmapped" } };

onEachEngine("groups of Civis Platform in a database", (engine) => {
  const { civis } = startCompany();

  it("shows each change by name without writing anything, and makes it", () =>
    inCompany(engine, civis(), async (workspace, db) => {
      workspace.env["PGOPTIONS"] = "-c default_transaction_read_only=on";
      assert.deepEqual(plans(await workspace.preview(sync))["warehouse"], [
        "CREATE ROLE data_engineers_group;",
        "REVOKE data_analysts_group FROM zoe;",
        "GRANT data_analysts_group TO ana;",
        "GRANT data_engineers_group TO mei, rui;",
      ]);
      workspace.declare(sync);
      const { text } = await workspace.run(["preview", "--diff"]);
      assert.match(text, /1 member has no database user, left out: "nobody"/);
      const refused = await workspace.upFails(sync);
      assert.match(refused.text, /read-only transaction/, "the connection is one that cannot write");
      assert.deepEqual(await membersOf(db, "data_analysts_group"), ["rui", "svc_etl", "zoe"]);
      delete workspace.env["PGOPTIONS"];

      workspace.declare(sync, outputs);
      civis().reset();
      await workspace.run(["up", "--yes", "--skip-preview"]);
      assert.equal(civis().calls.length, 2, "two requests for everything");
      assert.deepEqual(await membersOf(db, "data_analysts_group"), ["ana", "rui", "svc_etl"]);
      assert.deepEqual(await membersOf(db, "data_engineers_group"), ["mei", "rui"]);
      assert.deepEqual(JSON.parse((await workspace.run(["stack", "output", "--json"])).stdout), {
        withoutUser: ["nobody"],
        unmapped: ["Not Mapped"],
      });
      await workspace.expectNoChanges();
    }));
});
