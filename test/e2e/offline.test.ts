import assert from "node:assert/strict";
import { group, members, user } from "./declare.js";
import { onEachEngine, scene } from "./scene.js";
import { plans } from "./workspace.js";

onEachEngine("roster:offline", (engine) => {
  it("plans from state alone, and says so", () =>
    scene({ engine }, async (workspace, db) => {
      const people = [user("ana"), user("rui"), group("staff")];
      await workspace.up([...people, members("staff", ["ana"], {}, { dependsOn: ["ana", "rui"] })]);
      await workspace.run(["config", "set", "roster:offline", "true"]);
      // Nothing is asked, so nothing has to answer.
      workspace.env["PGHOST"] = "nowhere.invalid";
      await workspace.run(["preview", "--expect-no-changes"]);
      const changed = [
        user("ana", { createdb: true }),
        user("rui"),
        user("zoe"),
        group("staff"),
        members("staff", ["rui", "zoe"], {}, { dependsOn: ["ana", "rui", "zoe"] }),
      ];
      const note = "-- roster:offline is set: planned from state alone, not compared with the live system";
      assert.deepEqual(plans(await workspace.preview(changed)), {
        ana: [note, "ALTER ROLE ana CREATEDB;"],
        zoe: [note, "CREATE ROLE zoe LOGIN;"],
        "members of staff": [note, "REVOKE staff FROM ana;", "GRANT staff TO rui, zoe;"],
      });
      workspace.env["PGHOST"] = db.host;
      await workspace.run(["config", "rm", "roster:offline"]);
    }));

  it("is what a preview does by itself where a system is out of reach, with a warning", () =>
    scene({ engine }, async (workspace) => {
      workspace.env["PGHOST"] = "nowhere.invalid";
      const { diagnostics = [] } = await workspace.preview([group("staff")]);
      const [warning, ...others] = diagnostics.filter(({ message }) => message.includes("state alone"));
      assert.equal(others.length, 0);
      assert.equal(warning?.severity, "warning");
      assert.match(
        warning.message,
        /^warning: the plan is made from state alone: connection postgres: .*nowhere\.invalid.*\n +answer: [^]*\n +what to do: .*PGHOST/,
      );
    }));
});
