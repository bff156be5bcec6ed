import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { membersOf } from "./catalogue.js";
import { called, group, maker, members, output, schema, secret, user, type Declaration } from "./declare.js";
import { roster } from "./roster.js";
import { onEachEngine, scene } from "./scene.js";

interface PlanFile {
  readonly approvable: boolean;
  readonly problems: readonly string[];
  readonly changes: readonly { readonly resource: string; readonly id: string; readonly plan: readonly string[] }[];
  readonly deletes: readonly { readonly resource: string; readonly id: string }[];
}

const before: Declaration[] = [
  ...["ana", "rui", "old"].map((name) => user(name)),
  group("staff"),
  group("crew"),
  members("staff", ["ana"], {}, { dependsOn: ["ana"] }),
  members("crew", ["rui"], {}, { dependsOn: ["rui"] }),
];
const after: Declaration[] = [
  ...["ana", "rui"].map((name) => user(name)),
  user("mei", { password: secret("correct horse battery"), passwordVersion: 1 }),
  schema("mart", { owner: output("mei.name") }),
  group("staff"),
  group("crew"),
  members("staff", ["ana", output("mei.name")], {}, { dependsOn: ["ana"] }),
  members("crew", ["rui", output("mei.name")], {}, { dependsOn: ["rui"] }),
];

onEachEngine("an approved plan", (engine) => {
  it("lets run what was reviewed and nothing else, resource by resource", () =>
    scene({ engine, given: "CREATE ROLE mallory", takenBack: "DROP ROLE mallory" }, async (workspace, db) => {
      const file = path.join(workspace.folder, "plan.json");
      const plan = async (code: number): Promise<PlanFile> => {
        const ended = await roster(engine, workspace, ["plan", "--out", file]);
        assert.equal(ended.code, code, ended.text);
        return JSON.parse(readFileSync(file, "utf8")) as PlanFile;
      };
      await workspace.up(before);
      workspace.declare(after);
      const first = await plan(0);
      const text = readFileSync(file, "utf8");
      assert.doesNotMatch(text, /correct horse|SCRAM-SHA-256/);
      assert.deepEqual(
        first.changes.map(({ resource, id }) => `${resource} ${id}`),
        ["postgres.GroupMembers crew", "postgres.GroupMembers staff", "postgres.Schema mart", "postgres.User mei"],
      );
      assert.deepEqual(first.changes[1]?.plan, ["GRANT staff TO mei;"]);
      assert.deepEqual(
        first.deletes.map(({ id }) => id),
        ["old"],
      );
      await plan(0);
      assert.equal(readFileSync(file, "utf8"), text, "the same preview gives the same file");

      await db.query("GRANT staff TO mallory");
      await workspace.run(["config", "set", "roster:approvedPlan", file]);
      const { text: said } = await workspace.upFails(after, "--continue-on-error");
      assert.match(said, /postgres\.GroupMembers "staff".*what it would run is not what was reviewed/);
      assert.match(
        said,
        /statement 1 \(1 were reviewed, and it is 2 now\)\n +reviewed: GRANT staff TO mei;\n +now: +REVOKE staff FROM mallory;/,
      );
      assert.deepEqual(await membersOf(db, "staff"), ["ana", "mallory"], "the touched one did nothing");
      assert.deepEqual(await membersOf(db, "crew"), ["mei", "rui"], "the others did what was reviewed");

      await plan(0);
      await workspace.up(after);
      assert.deepEqual(await membersOf(db, "staff"), ["ana", "mei"]);
      const unreviewed = await workspace.upFails(after.filter(({ name }) => name !== "members of crew"));
      assert.match(unreviewed.text, /postgres\.GroupMembers "crew"|it is not in the approved plan/);
      assert.deepEqual(await membersOf(db, "crew"), ["mei", "rui"]);

      workspace.declare([...after, maker("hr", { name: "zoe" }), called("who", user("", { name: output("hr.name") }))]);
      const unknown = await plan(2);
      assert.equal(unknown.approvable, false);
      assert.match(unknown.problems.join("\n"), /postgres\.User .*name: not known before the update/);
      assert.match((await workspace.upFails()).text, /it cannot be approved: postgres\.User/);
      workspace.declare(after);
      writeFileSync(file, text.replace('"stack": "dev"', '"stack": "acme/staging"'));
      assert.match(
        (await workspace.upFails()).text,
        /plan\.json is of the stack acme\/staging, and this is dev: nothing was done/,
      );
      await workspace.run(["config", "rm", "roster:approvedPlan"]);
      await workspace.up(after);

      writeFileSync(file, text.slice(0, 30));
      workspace.env["ROSTER_APPROVED_PLAN"] = file;
      const broken = await workspace.upFails();
      assert.match(
        broken.text,
        /cannot be used \(from environment variable ROSTER_APPROVED_PLAN\)\n.* it is not JSON: /,
      );
      await workspace.run(["refresh", "--yes"]);
      writeFileSync(file, text);
      const destroyed = await workspace.fails(["destroy", "--yes"]);
      assert.match(destroyed.text, /A destroy of the stack cannot be planned: unset ROSTER_APPROVED_PLAN\.\n/);
      delete workspace.env["ROSTER_APPROVED_PLAN"];
    }));
});
