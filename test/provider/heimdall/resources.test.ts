import assert from "node:assert/strict";
import type { Program } from "../stack.js";
import { CITY, action, group, groupMember, groupRole, mapping, role, roleAction, scene } from "./scene.js";

const PROGRAM: Program = {
  read: action("users:read"),
  write: action("users:write"),
  viewer: role("viewer", { actions: ["users:read"] }, ["read"]),
  list: mapping("GET /users", "users:read", { description: "List" }, ["read"]),
  desk: group("desk", { roles: ["viewer"] }, ["viewer"]),
  also: roleAction("viewer", "users:write", ["viewer", "write"]),
  ana: groupMember("desk", "11111111111", ["desk"]),
};

/** `PROGRAM` without the additive resources, which would take turns with the lists. */
const { also: _also, ...LISTS } = PROGRAM;

describe("resources of Heimdall", () => {
  it("are made, are no change then, and go", () =>
    scene({}, async ({ heimdall, stack }) => {
      const preview = await stack.preview(LISTS);
      assert.deepEqual(preview.warnings, []);
      assert.deepEqual(preview.plans, {
        read: ['POST /api/v1/actions/ {"name":"users:read","description":"May users:read"}'],
        write: ['POST /api/v1/actions/ {"name":"users:write","description":"May users:write"}'],
        viewer: [
          'POST /api/v1/roles/ {"name":"viewer","description":"The viewer"}',
          'POST /api/v1/roles/viewer/actions {"action_name":"users:read"}',
        ],
        list: [
          'POST /api/v1/mappings/ {"path_pattern":"/users","method":"GET","action_id":"<id of users:read>","description":"List"}',
        ],
        desk: [
          'POST /api/v1/groups/ {"name":"desk","description":"The desk"}',
          'POST /api/v1/roles/groups/desk/roles {"role_name":"viewer"}',
        ],
        ana: ['POST /api/v1/groups/desk/members {"subject":"11111111111"}'],
      });
      assert.deepEqual(heimdall.writes(), []);
      await stack.succeed(LISTS);
      assert.equal(heimdall.writes().length, 8);
      const { groups, roles, mappings } = heimdall.store.picture();
      assert.deepEqual(groups["desk"], { description: "The desk", roles: ["viewer"], members: ["11111111111"] });
      assert.deepEqual(roles["viewer"]?.actions, ["users:read"]);
      assert.deepEqual(mappings, { "GET /users": { action: "users:read", description: "List" } });
      heimdall.reset();
      await stack.refresh();
      const again = await stack.succeed(LISTS);
      assert.deepEqual([...new Set(Object.values(again.ops))], ["same"]);
      assert.deepEqual(heimdall.writes(), []);
      await stack.destroy();
      assert.deepEqual(heimdall.store.picture(), { actions: {}, roles: {}, mappings: {}, groups: {} });
    }));

  it("repair what somebody changed by hand", () =>
    scene({}, async ({ heimdall, stack }) => {
      await stack.succeed(LISTS);
      const before = heimdall.store.picture();
      const { store } = heimdall;
      const [read] = store.actions;
      assert.ok(read);
      read.description = "Changed";
      store.renameAction(store.actions[1] ?? assert.fail(), "users:renamed");
      store.roles
        .find(({ name }) => name === "viewer")
        ?.actions.add("users:renamed")
        .delete("users:read");
      Object.assign(store.mappings[0] ?? {}, { description: null, action: "users:renamed" });
      store.groups[0]?.roles.clear();
      store.groups[0]?.members.splice(0);
      await stack.refresh();
      await stack.succeed(LISTS);
      const after = store.picture();
      assert.deepEqual({ ...after, actions: undefined }, { ...before, actions: undefined });
      assert.equal(after.actions["users:write"], "May users:write");
    }));

  it("ask for no more than they need", () =>
    scene(CITY, async ({ heimdall, stack }) => {
      await stack.succeed({ one: action("users:export") });
      assert.deepEqual(heimdall.requests(), ["GET /api/v1/actions/?skip=0&limit=100", "POST /api/v1/actions/"]);
      heimdall.reset();
      await stack.succeed({ one: action("users:export"), two: groupRole("desk", "editor") });
      assert.deepEqual(heimdall.requests().sort(), [
        "GET /api/v1/groups/",
        "GET /api/v1/roles/?skip=0&limit=100",
        "GET /api/v1/roles/groups/desk/roles",
        "POST /api/v1/roles/groups/desk/roles",
      ]);
    }));

  describe("actions", () => {
    it("are renamed and described in place", () =>
      scene({}, async ({ heimdall, stack }) => {
        await stack.succeed({ read: action("users:read") });
        const renamed = { read: action("users:see", { description: "See" }) };
        assert.deepEqual((await stack.preview(renamed)).plans["read"], [
          'PUT /api/v1/actions/2 {"name":"users:see","description":"See"}  # users:read',
        ]);
        await stack.succeed(renamed);
        assert.deepEqual(heimdall.store.picture().actions, { "users:see": "See" });
      }));

    it("are known by their new name to gateways too, and to policies", () =>
      scene(CITY, async ({ heimdall, stack }) => {
        const existing = "adopt";
        await stack.succeed({ read: action("users:read", { existing }) });
        const renamed = { read: action("users:see", { existing, description: "May users:read" }) };
        assert.deepEqual((await stack.preview(renamed)).plans["read"], [
          'PUT /api/v1/actions/1 {"name":"users:see"}  # users:read',
          'PUT /api/v1/mappings/5 {"action_id":1}  # GET /users',
          'POST /api/v1/roles/editor/actions {"action_name":"users:see"}',
          'POST /api/v1/roles/viewer/actions {"action_name":"users:see"}',
        ]);
        const version = heimdall.store.policyVersion;
        await stack.succeed(renamed);
        assert.equal(heimdall.store.resolver.find("GET", "/users")?.action, "users:see");
        assert.ok(heimdall.store.policyVersion > version, "policies are written again");
      }));

    it("that go do not stay where gateways ask, nor do mappings that go with them", () =>
      scene({}, async ({ heimdall, stack }) => {
        await stack.succeed({ read: action("users:read", { onRemove: "drop" }) });
        heimdall.store.fill({ mappings: { "GET /x": { action: "users:read" } } });
        await stack.destroy();
        assert.deepEqual([heimdall.store.actions, heimdall.store.mappings], [[], []]);
        assert.equal(heimdall.store.resolver.find("GET", "/x"), undefined);
      }));

    it("that somebody else still uses are not deleted, and what uses them is told", () =>
      scene({}, async ({ heimdall, stack }) => {
        await stack.succeed({ read: action("users:read") });
        heimdall.store.fill({
          roles: { viewer: { description: "By hand", actions: ["users:read"] } },
          mappings: { "GET /x": { action: "users:read" } },
        });
        const { errors } = await stack.destroy();
        assert.match(errors[0]?.message ?? "", /still used by "role viewer", "mapping GET \/x"[^]*onRemove: "drop"/);
        assert.equal(heimdall.store.actions.length, 1);
        const drop = { read: action("users:read", { onRemove: "drop" }) };
        await stack.succeed(drop);
        await stack.destroy();
        assert.deepEqual([heimdall.store.actions, heimdall.store.mappings], [[], []]);
      }));
  });

  describe("mappings", () => {
    const at = (key: string): Program => ({
      read: action("users:read"),
      it: mapping(key, "users:read", { description: "One" }, ["read"]),
    });

    it("that are given another path are changed in place", () =>
      scene({}, async ({ heimdall, stack }) => {
        await stack.succeed(at("GET /a"));
        await stack.succeed(at("GET /b"));
        assert.match(heimdall.writes().at(-1) ?? "", /^PUT \/api\/v1\/mappings\/\d+ \{"path_pattern":"\/b"/);
        assert.deepEqual(Object.keys(heimdall.store.picture().mappings), ["GET /b"]);
      }));

    it("that are given another method answer for the one that they had no more", () =>
      scene({}, async ({ heimdall, stack }) => {
        await stack.succeed(at("GET /a"));
        await stack.succeed(at("POST /a"));
        assert.deepEqual(heimdall.store.picture().mappings, {
          "POST /a": { action: "users:read", description: "One" },
        });
        const { resolver } = heimdall.store;
        assert.deepEqual([resolver.find("GET", "/a"), resolver.find("POST", "/a")?.action], [undefined, "users:read"]);
        await stack.refresh();
        assert.equal((await stack.succeed(at("POST /a"))).ops["it"], "same");
      }));
  });

  describe("what exists already", () => {
    it("is refused, with what to do", () =>
      scene(CITY, async ({ heimdall, stack }) => {
        const { errors } = await stack.preview({
          read: action("users:read"),
          viewer: role("viewer", { actions: ["users:read"] }),
          list: mapping("GET /users", "users:write"),
          desk: group("desk"),
        });
        assert.equal(errors.length, 4);
        for (const { message } of errors) assert.match(message, /exists already[^]*existing: "adopt"/);
        assert.deepEqual(heimdall.writes(), []);
      }));

    it("is taken over where the program says so, and stays when the program goes", () =>
      scene(CITY, async ({ heimdall, stack }) => {
        const existing = "adopt";
        await stack.succeed({
          read: action("users:read", { description: "New", existing }),
          viewer: role("viewer", { existing, actions: [] }),
          list: mapping("GET /users", "users:write", { existing }),
          desk: group("desk", { existing, roles: ["viewer", "editor"] }),
        });
        const { actions, roles, mappings, groups } = heimdall.store.picture();
        assert.equal(actions["users:read"], "New");
        assert.deepEqual(roles["viewer"]?.actions, []);
        assert.deepEqual(mappings["GET /users"], { action: "users:write", description: "" });
        assert.deepEqual(groups["desk"]?.roles, ["editor", "viewer"]);
        await stack.destroy();
        assert.deepEqual(Object.keys(heimdall.store.picture().groups), ["desk", "office"]);
      }));

    it("counts as ours where it is exactly as declared and holds nothing else", () =>
      scene(CITY, async ({ stack }) => {
        await stack.succeed({ write: mapping("PUT /users", "users:write") });
      }));
  });

  describe("groups that get another name", () => {
    it("are said to lose whom nobody gives to the new one", () =>
      scene(CITY, async ({ heimdall, stack }) => {
        await stack.succeed({ team: group("team", { roles: ["viewer"] }) });
        heimdall.store.join(
          heimdall.store.groups.find(({ name }) => name === "team") ?? assert.fail(),
          "11122233344",
          null,
        );
        const { warnings } = await stack.preview({ team: group("crew", { roles: ["viewer"] }) });
        assert.deepEqual(warnings, [
          'heimdall.Group "crew": the group "team" has 1 role and 1 member, and is deleted, unless it was adopted: who and what no resource gives to the new group is lost',
        ]);
        const kept = await stack.preview({ team: group("team", { roles: ["viewer"] }) });
        assert.deepEqual(kept.warnings, []);
      }));

    it("are said to lose nothing where there is nothing, or where they stay", () =>
      scene(CITY, async ({ stack }) => {
        await stack.succeed({ team: group("team"), kept: group("kept", { roles: ["viewer"], onRemove: "keep" }) });
        const { warnings } = await stack.preview({
          team: group("crew"),
          kept: group("other", { roles: ["viewer"], onRemove: "keep" }),
        });
        assert.deepEqual(warnings, []);
      }));
  });

  describe("lists", () => {
    it("take no more than 10 or a fifth in one run", () =>
      scene({}, async ({ heimdall, stack }) => {
        const actions = Array.from({ length: 12 }, (_, index) => `a:${String(index).padStart(2, "0")}`);
        heimdall.store.fill({
          actions: Object.fromEntries(actions.map((name) => [name, "x"])),
          roles: { many: { description: "The many", actions } },
        });
        const emptied = { many: role("many", { existing: "adopt", actions: [] }) };
        const { errors } = await stack.up(emptied);
        assert.match(
          errors[0]?.message ?? "",
          /would remove 12 of 12 actions of the role "many"[^]*roster:maxRemovals/,
        );
        assert.equal(heimdall.store.picture().roles["many"]?.actions.length, 12);
        await stack.succeed(emptied, { maxRemovals: 12 });
        assert.deepEqual(heimdall.store.picture().roles["many"]?.actions, []);
      }));

    it("are left alone where they are not given", () =>
      scene(CITY, async ({ heimdall, stack }) => {
        await stack.succeed({
          viewer: role("viewer", { existing: "adopt" }),
          desk: group("desk", { existing: "adopt" }),
        });
        assert.deepEqual(heimdall.writes(), []);
      }));
  });

  describe("what is missing", () => {
    const program: Program = {
      viewer: role("keeper", { actions: ["none"] }),
      one: roleAction("viewer", "none"),
      two: groupRole("desk", "none"),
      three: groupMember("none", "11111111111"),
      four: mapping("GET /x", "none"),
    };

    it("is a warning in a preview, and an error in an update that does the rest", () =>
      scene(CITY, async ({ heimdall, stack }) => {
        const preview = await stack.preview(program);
        assert.deepEqual(preview.errors, []);
        assert.equal(preview.warnings.length, 5);
        assert.match(preview.warnings.join("\n"), /^heimdall\.Mapping "GET \/x": there is no action "none"\. Declare/m);
        assert.deepEqual(preview.plans["three"], ['# cannot be done: there is no group "none"']);
        const { errors } = await stack.up(program);
        assert.equal(errors.length, 5);
        for (const { message } of errors) assert.match(message, /there is no (action|role|group) "none"/);
        assert.deepEqual(heimdall.writes(), ['POST /api/v1/roles/ {"name":"keeper","description":"The keeper"}']);
        // The service would have made a user all the same.
        assert.ok(!heimdall.requests().includes("POST /api/v1/groups/none/members"));
      }));
  });

  it("find what they change by its number, though another one that is refused meanwhile has the environment read afresh", () =>
    scene({}, async ({ heimdall, stack }) => {
      const described = (description: string): Program => ({
        desk: group("desk", { description }),
        ...Object.fromEntries(["a", "b", "c"].map((name) => [name, action(name, { description })])),
        ...Object.fromEntries(["a", "b"].map((name) => [`of ${name}`, mapping(`GET /${name}`, name, {}, [name])])),
      });
      await stack.succeed(described("before"));
      const { errors } = await stack.up(described("after"));
      assert.deepEqual(
        errors.map(({ message }) => message.includes('the description of the group "desk"') || message),
        [true],
      );
      assert.deepEqual(heimdall.store.picture().actions, { a: "after", b: "after", c: "after" });
    }));

  describe("arguments", () => {
    for (const [type, declared, reason] of [
      ["a name in upper case", action("Users:read"), /lower-case letters, digits, _ and :/],
      ["a name that is too long", action("x".repeat(101), { description: "x" }), /at most 100/],
      ["no name", action(""), /lower-case letters/],
      ["no description", role("viewer", { description: "" }), /must not be empty/],
      ["a description that is too long", group("desk", { description: "x".repeat(501) }), /at most 500/],
      ["a description with NUL", action("a", { description: "a\0b" }), /must have no NUL/],
      ["a path with NUL", mapping("GET /\0", "users:read"), /must have no NUL/],
      ["superadmin as a role", role("superadmin"), /belongs to the service/],
      ["actions of superadmin", roleAction("superadmin", "users:read"), /belongs to the service/],
      ["a method that there is not", mapping("get /x", "users:read"), /must be one of GET, POST/],
      ["a path that is too long", mapping(`GET /${"x".repeat(255)}`, "users:read"), /at most 255/],
      ["a CPF with dots", groupMember("desk", "123.456.789-01"), /11 digits/],
      [
        "an action in a list that cannot be",
        role("viewer", { actions: ["ok", "not ok"] }),
        /"not ok" must be lower-case/,
      ],
    ] as const) {
      it(`refuse ${type} before anything is sent`, () =>
        scene({}, async ({ heimdall, stack }) => {
          const { errors } = await stack.up({ it: declared });
          assert.match(errors[0]?.message ?? "", reason);
          assert.deepEqual(heimdall.calls, []);
        }));
    }

    it("allow superadmin on a group", () =>
      scene(CITY, async ({ heimdall, stack }) => {
        await stack.succeed({ one: groupRole("desk", "superadmin") });
        assert.deepEqual(heimdall.store.picture().groups["desk"]?.roles, ["superadmin", "viewer"]);
      }));
  });

  describe("roles", () => {
    it("that are still on groups are not deleted unless that is said", () =>
      scene({}, async ({ heimdall, stack }) => {
        await stack.succeed({
          viewer: role("viewer"),
          read: action("a"),
          one: roleAction("viewer", "a", ["viewer", "read"]),
        });
        heimdall.store.fill({ groups: { hand: { description: "By hand", roles: ["viewer"] } } });
        const { errors } = await stack.destroy();
        assert.match(errors[0]?.message ?? "", /still on the groups "hand"/);
        await stack.succeed({ viewer: role("viewer", { onRemove: "drop" }) });
        assert.deepEqual((await stack.destroy()).errors, []);
        assert.deepEqual(heimdall.store.picture().roles, {});
      }));
  });

  it("plan from state alone where they are told to, and say so", () =>
    scene(CITY, async ({ heimdall, stack }) => {
      const { plans } = await stack.preview({ desk: group("desk2", { roles: ["viewer"] }) }, { offline: true });
      assert.deepEqual(plans["desk"], [
        "# roster:offline is set: planned from state alone, not compared with the live system",
        'POST /api/v1/groups/ {"name":"desk2","description":"The desk2"}',
        'POST /api/v1/roles/groups/desk2/roles {"role_name":"viewer"}',
      ]);
      assert.deepEqual(heimdall.calls, []);
    }));
});
