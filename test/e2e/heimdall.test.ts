import assert from "node:assert/strict";
import { CITY, inHeimdall } from "./heimdall.js";
import { onEachEngine } from "./scene.js";
import { operations, plans } from "./workspace.js";

const RESOURCES = `
  const read = new heimdall.Action("read", { name: "users:read", description: "Read users" });
  const write = new heimdall.Action("write", { name: "users:write", description: "Write users" });
  const viewer = new heimdall.Role("viewer", { name: "viewer", description: "May look", actions: [read.name] });
  const editor = new heimdall.Role("editor", { name: "editor", description: "May write" });
  const one = new heimdall.RoleAction("one", { role: editor.name, action: write.name });
  const list = new heimdall.Mapping("list", { method: "GET", path: "/users", action: read.name });
  const desk = new heimdall.Group("desk", { name: "desk", description: "The desk", roles: [viewer.name] });
  const office = new heimdall.Group("office", { name: "office", description: "The office" });
  const also = new heimdall.GroupRole("also", { group: office.name, role: editor.name });
  const ana = new heimdall.GroupMember("ana", { group: desk.name, cpf: "12345678901" });
  return { actions: viewer.actions, left: editor.actions, adopted: read.adopted, roles: desk.roles, cpf: ana.cpf };
`;

onEachEngine("resources of Heimdall", (engine) => {
  it("are made, are found changed, are repaired, and go", () =>
    inHeimdall(engine, {}, async ({ workspace, heimdall, program }) => {
      program(RESOURCES);
      await workspace.run(["up", "--yes", "--skip-preview"]);
      assert.deepEqual(heimdall.store.picture(), {
        actions: { "users:read": "Read users", "users:write": "Write users" },
        roles: {
          editor: { description: "May write", actions: ["users:write"] },
          viewer: { description: "May look", actions: ["users:read"] },
        },
        mappings: { "GET /users": { action: "users:read", description: null } },
        groups: {
          desk: { description: "The desk", roles: ["viewer"], members: ["12345678901"] },
          office: { description: "The office", roles: ["editor"], members: [] },
        },
      });
      assert.deepEqual(JSON.parse((await workspace.run(["stack", "output", "--json"])).stdout), {
        actions: ["users:read"],
        adopted: false,
        roles: ["viewer"],
        cpf: "12345678901",
      });
      assert.ok(!workspace.stateText().includes(heimdall.token), "the token is in no state");
      await workspace.expectNoChanges();
      heimdall.store.groups.find(({ name }) => name === "desk")?.roles.clear();
      assert.match((await workspace.expectDrift()).text, /POST \/api\/v1\/roles\/groups\/desk\/roles/);
      await workspace.run(["up", "--yes", "--skip-preview", "--refresh"]);
      await workspace.expectNoChanges();
      await workspace.destroy();
      assert.deepEqual(heimdall.store.picture(), { actions: {}, roles: {}, mappings: {}, groups: {} });
    }));
});

const MIRROR = `
  const mirror = new heimdall.EnvironmentMirror("city", { source: "staging", target: "heimdall" });
  return { total: mirror.summary.apply((summary) => summary?.total), groups: mirror.environment.groups };
`;

onEachEngine("a whole environment of Heimdall", (engine) => {
  it("is like another one, which is sent nothing but GET", () =>
    inHeimdall(engine, { staging: CITY }, async ({ workspace, heimdall, staging, program }) => {
      program(MIRROR);
      const preview = await workspace.preview();
      assert.equal(operations(preview)["city"], "create");
      assert.match(plans(preview)["city"]?.join("\n") ?? "", /# Actions: \+1 ~0 -0/);
      assert.deepEqual([heimdall.writes(), staging.writes()], [[], []]);
      await workspace.run(["up", "--yes", "--skip-preview"]);
      const { groups, ...rest } = staging.store.picture();
      const expected = { ...rest, groups: { desk: { ...groups["desk"], members: [] } } };
      assert.deepEqual(heimdall.store.picture(), expected);
      assert.deepEqual([...new Set(staging.calls.map(({ method }) => method))], ["GET"]);
      const outputs = (await workspace.run(["stack", "output", "--json"])).stdout;
      assert.deepEqual(JSON.parse(outputs), { total: 6, groups: ["desk"] });
      assert.ok(![heimdall.token, staging.token].some((token) => workspace.stateText().includes(token)));
      assert.ok(!workspace.stateText().includes("12345678901"), "members are not read unless they are asked for");
      await workspace.expectNoChanges();

      const mirrored = workspace.stateText();
      program(`new heimdall.Environment("city", { environment: { actions: [], roles: [] } });`);
      assert.match(
        (await workspace.fails(["preview"])).text,
        /heimdall\.Environment "city": the argument environment has no list mappings, groups/,
      );
      assert.equal(workspace.stateText(), mirrored);
      program(MIRROR);

      // A source that fails in the middle never empties the target.
      staging.fault({ when: (call) => call.path.endsWith("/groups/"), failure: { answer: { status: 503 } } });
      const { text } = await workspace.fails(["up", "--yes", "--skip-preview"]);
      assert.match(text, /heimdall\.EnvironmentMirror: [^]*policy engine/);
      assert.deepEqual(heimdall.store.picture(), expected);
      await workspace.destroy();
      assert.deepEqual(heimdall.store.picture(), expected, "it stays when the program goes");
    }));
});
