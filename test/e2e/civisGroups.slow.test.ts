import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { API_KEY } from "../sandbox/civis/index.js";
import type { Call, Failure } from "../sandbox/server.js";
import { membersOf } from "./catalogue.js";
import { CROSSWALK, company, inCompany, startCompany, sync } from "./company.js";
import { groupSync } from "./declare.js";
import { onEachEngine } from "./scene.js";
import { plans } from "./workspace.js";

onEachEngine("groups of Civis Platform in a database", (engine) => {
  const { civis } = startCompany();

  it("finds what was changed by hand, and follows what changes in Platform", () =>
    inCompany(engine, civis(), async (workspace, db) => {
      await workspace.up(sync);
      await db.query("GRANT data_analysts_group TO mei; REVOKE data_engineers_group FROM rui");
      const drift = await workspace.expectDrift();
      assert.match(drift.text, /- mei\n/);
      assert.match(drift.text, /\+ rui\n/);
      await workspace.up(sync, "--refresh");
      assert.deepEqual(await membersOf(db, "data_analysts_group"), ["ana", "rui", "svc_etl"]);

      // Somebody changes groups, and somebody leaves.
      const [analysts] = civis().platform.groups;
      analysts?.members.push(
        ...civis()
          .platform.users.filter(({ username }) => username === "mei")
          .map(({ id }) => id),
      );
      for (const user of civis().platform.users) if (user.username === "rui") user.active = false;
      assert.deepEqual(plans(await workspace.preview(sync))["warehouse"], [
        "REVOKE data_analysts_group FROM rui;",
        "GRANT data_analysts_group TO mei;",
        "REVOKE data_engineers_group FROM rui;",
      ]);
      await workspace.up(sync);
      assert.deepEqual(await membersOf(db, "data_engineers_group"), ["mei"]);
      await workspace.expectNoChanges();
    }));

  it("empties nothing where a group of Platform is empty, gone, or shown in part", () =>
    inCompany(engine, civis(), async (workspace, db) => {
      await workspace.up(sync);
      const [analysts, engineers] = civis().platform.groups;
      assert.ok(analysts && engineers);
      analysts.members = [];
      civis().platform.groups = civis().platform.groups.filter((group) => group !== engineers);
      const { text } = await workspace.up(sync);
      assert.match(text, /"Data Analysts" has nobody to give\. Nobody is taken out of "data_analysts_group"/);
      assert.match(text, /Civis Platform has no group "Data Engineers", or does not show it/);
      Object.assign(civis().platform, company());
      Object.assign(civis().platform.groups[0] ?? {}, { hidden: [1001] });
      assert.match((await workspace.up(sync)).text, /"Data Analysts" are not all known/);
      assert.deepEqual(await membersOf(db, "data_analysts_group"), ["ana", "rui", "svc_etl"]);
      assert.deepEqual(await membersOf(db, "data_engineers_group"), ["mei", "rui"]);

      analysts.members = [];
      Object.assign(civis().platform, company());
      civis().platform.groups[0] = analysts;
      const said = CROSSWALK.replace("notes:", "mayEmpty: true\n  notes:");
      writeFileSync(path.join(workspace.folder, "crosswalk.yaml"), said);
      await workspace.up(sync);
      assert.deepEqual(await membersOf(db, "data_analysts_group"), ["svc_etl"]);
    }));

  it("changes nothing where Platform cannot be read whole, and says what happened", () =>
    inCompany(engine, civis(), async (workspace, db) => {
      await workspace.up(sync);
      const onGroups = ({ path: asked }: Call): boolean => asked === "/groups/";
      const failures: [string, Failure, RegExp][] = [
        ["401", { answer: { status: 401, body: {} } }, /refuses the token[^]*CIVIS_API_KEY/],
        ["429", { answer: { status: 429, headers: { "Retry-After": "60" } } }, /takes no more requests for now/],
        ["500", { answer: { status: 500, body: "down" } }, /GET \/groups\/[^]*500/],
        ["silence", "silence", /gave no (sign for|answer in)/],
        ["a cut connection", "cut", /GET \/groups\//],
        ["half a page", { answer: { status: 200, body: [], headers: counts(3) } }, /did not give a whole list/],
      ];
      // Somebody has left meanwhile: what is read in part would take others out too.
      for (const user of civis().platform.users) if (user.username === "rui") user.active = false;
      for (const [what, failure, said] of failures) {
        civis().reset();
        civis().fault({ when: onGroups, failure });
        const { text } = await workspace.upFails(sync);
        assert.match(text, said, what);
        assert.ok(!text.includes(API_KEY), what);
        assert.deepEqual(await membersOf(db, "data_engineers_group"), ["mei", "rui"], what);
      }
      civis().reset();
      await workspace.up(sync);
      assert.deepEqual(await membersOf(db, "data_engineers_group"), ["mei"]);
    }));

  it("refuses a crosswalk with mistakes, line by line, before anything else", () =>
    inCompany(engine, civis(), async (workspace) => {
      writeFileSync(path.join(workspace.folder, "crosswalk.yaml"), "- platform_group: A\n  redshift_group_name: 7\n");
      workspace.declare(sync);
      const { text } = await workspace.previewFails(sync);
      assert.match(text, /crosswalk\.yaml:1:3: "platform_group" is not known in an entry of the crosswalk/);
      assert.match(text, /crosswalk\.yaml:2:3: redshift_group_name must be text/);
      assert.deepEqual(civis().calls, []);
    }));

  it("refuses users whom the database does not have where that is asked for, and does the rest", () =>
    inCompany(engine, civis(), async (workspace, db) => {
      const strict = [
        groupSync("warehouse", { crosswalk: "crosswalk.yaml", ignoreUsers: ["svc_*"], missingUsers: "fail" }),
      ];
      assert.match((await workspace.upFails(strict)).text, /there is no user "nobody" to be a member/);
      assert.deepEqual(await membersOf(db, "data_analysts_group"), ["ana", "rui", "svc_etl"]);
    }));
});

function counts(total: number): Record<string, string> {
  return {
    "X-Pagination-Per-Page": "1000",
    "X-Pagination-Current-Page": "1",
    "X-Pagination-Total-Pages": "1",
    "X-Pagination-Total-Entries": String(total),
  };
}
