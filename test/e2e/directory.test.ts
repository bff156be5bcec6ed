import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { directoryScene } from "./directory.js";
import { onEachEngine } from "./scene.js";
import { plans, type Preview } from "./workspace.js";

const ANA = { source: "1", email: "ana@example.com", department: "Data", firstName: "Ana" };
const RUI = { source: "2", email: "rui@example.com", department: "IT", firstName: "Rui" };
const MEI = { source: "3", email: "mei@example.com", department: "IT", firstName: "Mei" };

onEachEngine("a directory of Glean", (engine) => {
  it("sends everybody, then only who changed, and deletes who left", () =>
    directoryScene(engine, async ({ glean, workspace, up, declare }) => {
      await up({ people: [ANA, RUI, MEI], args: { shards: 2, teams: [{ teamId: "it", name: "IT", members: [] }] } });
      assert.deepEqual([...glean.people.keys()].sort(), ["ana@example.com", "mei@example.com", "rui@example.com"]);
      assert.equal(glean.people.get("ana@example.com")?.record["source"], undefined);
      assert.equal(glean.teams.size, 1);
      glean.reset();
      await workspace.run(["preview", "--expect-no-changes"]);
      assert.equal(glean.calls.length, 0);
      declare({ people: [{ ...ANA, title: "Analyst" }, RUI], args: { shards: 2 } });
      const preview = await workspace.run(["preview", "--json"]);
      for (const line of [/warning: glean.Directory .+ removes 2 from Glean:\\n/, /- mei@example.com\\n/, /- team/])
        assert.match(preview.text, line);
      const named = Object.values(plans(JSON.parse(preview.stdout) as Preview)).flat();
      assert.ok(named.includes("~ ana@example.com: title"), named.join("\n"));
      assert.equal(glean.calls.length, 0, "a preview sends nothing");
      await workspace.run(["up", "--yes", "--skip-preview"]);
      assert.deepEqual(glean.requests().sort(), [
        "POST /api/index/v1/deleteemployee",
        "POST /api/index/v1/deleteteam",
        "POST /api/index/v1/indexemployee",
      ]);
      await workspace.run(["preview", "--expect-no-changes"]);
      await workspace.run(["preview", "--refresh", "--expect-no-changes"]);
      assert.deepEqual(
        readdirSync(tmpdir()).filter((name) => name.startsWith("pulumi-roster-") && name.includes("everybody")),
        [],
      );
    }));
});
