import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { ApprovedPlan } from "../../provider/core/approvedPlan.js";
import type { Engine } from "../engine/index.js";
import { company } from "./databaseLife.js";
import { access, secret } from "./declare.js";
import { directoryScene } from "./directory.js";
import { inHeimdall } from "./heimdall.js";
import { roster } from "./roster.js";
import { onEachEngine, scene } from "./scene.js";
import type { Workspace } from "./workspace.js";

const ANA = { source: "1", email: "ana@example.com", department: "Data", firstName: "Ana" };
const RUI = { source: "2", email: "rui@example.com", department: "IT", firstName: "Rui" };
const MEI = { source: "3", email: "mei@example.com", department: "IT", firstName: "Mei" };

const RESOURCES = `
  const read = new heimdall.Action("read", { name: "users:read", description: "Read users" });
  const viewer = new heimdall.Role("viewer", { name: "viewer", description: "May look", actions: [read.name] });
  const list = new heimdall.Mapping("list", { method: "GET", path: "/users", action: read.name });
  const desk = new heimdall.Group("desk", { name: "desk", description: "The desk", roles: [viewer.name] });
  const ana = new heimdall.GroupMember("ana", { group: desk.name, cpf: "12345678901" });
  return {};
`;

const UP = ["up", "--yes", "--skip-preview"];

/** Writes a plan that can be approved, and holds the updates of the workspace to it. */
async function approve(engine: Engine, workspace: Workspace): Promise<ApprovedPlan> {
  const file = path.join(workspace.folder, "plan.json");
  const { code, text } = await roster(engine, workspace, ["plan", "--out", file]);
  assert.equal(code, 0, text);
  await workspace.run(["config", "set", "roster:approvedPlan", file]);
  return JSON.parse(readFileSync(file, "utf8")) as ApprovedPlan;
}

async function release(workspace: Workspace): Promise<void> {
  await workspace.run(["config", "rm", "roster:approvedPlan"]);
  await workspace.run(UP);
}

onEachEngine("an approved plan", (engine) => {
  it("of a directory of Glean names who changes and who leaves, and holds the update to the very values", () =>
    directoryScene(engine, async ({ glean, workspace, up, declare }) => {
      await up({ people: [ANA, RUI, MEI], args: { shards: 2 } });
      const reviewed = { people: [{ ...ANA, title: "Analyst" }, RUI], args: { shards: 2, process: true } };
      declare(reviewed);
      const { changes } = await approve(engine, workspace);
      const keys = changes.find(({ resource }) => resource === "glean.DirectoryKeys");
      assert.deepEqual(keys?.removes, ["mei@example.com"]);
      const lines = changes.flatMap(({ plan }) => plan);
      assert.ok(lines.includes("~ ana@example.com: title"), lines.join("\n"));
      glean.reset();

      declare({ ...reviewed, people: [{ ...ANA, title: "Director" }, RUI] });
      assert.match((await workspace.fails(UP)).text, /DirectoryShard(.|\n)*reviewed: # from records with the SHA-256/);
      assert.deepEqual(
        glean.requests().filter((request) => request.includes("index")),
        ["POST /api/index/v1/deleteemployee"],
      );

      declare(reviewed);
      await approve(engine, workspace);
      declare({ ...reviewed, people: [{ ...ANA, title: "Analyst" }] });
      assert.match(
        (await workspace.fails(UP)).text,
        /DirectoryKeys "everybody": it is not in the approved plan(.|\n)*removes rui@example\.com/,
      );
      assert.ok(glean.people.has("rui@example.com"));

      declare(reviewed);
      await workspace.run(UP);
      assert.equal(glean.people.get("ana@example.com")?.record["title"], "Analyst");
      await release(workspace);
    }));

  it("of a database that the run makes with all that is in it lets it be made", () =>
    scene({ engine }, async (workspace) => {
      const all = access("all", {
        users: ["pia", { name: "ivo", password: secret("battery staple"), passwordVersion: 1 }],
        groups: { press: ["pia", "ivo"] },
        databases: [{ name: "news", owner: "press", onRemove: "drop" }],
        schemas: { news: ["desk"] },
        grants: [{ to: "press", databases: "news", on: "table", schema: "desk", privileges: ["SELECT"], future: true }],
      });
      for (const later of [false, true]) {
        workspace.declare([...company(later), all]);
        await approve(engine, workspace);
        await workspace.run(UP);
      }
      await release(workspace);
      await workspace.expectNoChanges();
    }));

  it("of Heimdall knows by their names what the run itself makes", () =>
    inHeimdall(engine, {}, async ({ workspace, heimdall, program }) => {
      program(RESOURCES);
      const { changes } = await approve(engine, workspace);
      const mapping = changes.find(({ resource }) => resource === "heimdall.Mapping");
      assert.match(mapping?.plan[0] ?? "", /<id of users:read>/);
      await workspace.run(UP);
      assert.equal(heimdall.store.picture().groups["desk"]?.members[0], "12345678901");
      await release(workspace);
    }));
});
