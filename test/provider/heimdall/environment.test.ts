import assert from "node:assert/strict";
import type { Contents, Store } from "../../sandbox/heimdall/heimdall.js";
import { city, expectLike, expectNoChange } from "./expected.js";
import { CITY, environment, scene } from "./scene.js";

/** Drift of every kind, one after another: what somebody does by hand. */
const DRIFT: Readonly<Record<string, (store: Store) => void>> = {
  "an action that is gone": (store) => store.removeAction(found(store.actions, "users:write")),
  "an action with another description": (store) => (found(store.actions, "users:read").description = "Other"),
  "an action with another name": (store) => {
    store.renameAction(found(store.actions, "users:write"), "Users-write");
  },
  "an action too many": (store) => store.addAction("extra", "Extra"),
  "a role that is gone": (store) => {
    for (const { roles } of store.groups) roles.delete("editor");
    store.roles = store.roles.filter(({ name }) => name !== "editor");
  },
  "a role too many, on groups and with actions": (store) => {
    store.addRole("extra", "Extra").actions.add("users:read");
    found(store.groups, "desk").roles.add("extra");
  },
  "an action taken from a role": (store) => found(store.roles, "editor").actions.delete("users:write"),
  "an action given to a role": (store) => found(store.roles, "viewer").actions.add("users:write"),
  "a mapping that is gone": (store) => store.mappings.shift(),
  "a mapping that asks for something else": (store) => {
    Object.assign(store.mappings[0] ?? {}, { action: "users:write" });
  },
  "a mapping with another description": (store) => {
    Object.assign(store.mappings[0] ?? {}, { description: "Other" });
  },
  "a mapping without a description": (store) => {
    Object.assign(store.mappings[0] ?? {}, { description: null });
  },
  "a mapping with a description that it had not": (store) => {
    Object.assign(store.mappings[1] ?? {}, { description: "Other" });
  },
  "a mapping too many": (store) =>
    store.addMapping({ method: "GET", path_pattern: "/USERS", action: "users:read", description: null }, null),
  "a group that is gone": (store) => (store.groups = store.groups.filter(({ name }) => name !== "office")),
  "a group too many": (store) => store.addGroup("extra", "Extra", null).roles.add("viewer"),
  "a role taken from a group": (store) => found(store.groups, "desk").roles.delete("viewer"),
  "a role given to a group": (store) => found(store.groups, "desk").roles.add(found(store.roles, "editor").name),
  "superadmin given to a group": (store) => found(store.groups, "desk").roles.add("superadmin"),
};

function found<T extends { readonly name: string }>(rows: readonly T[], name: string): T {
  return rows.find((row) => row.name === name) ?? assert.fail(`there is no ${name}`);
}

describe("heimdall.Environment", () => {
  it("makes everything from nothing, with a request for each entity and assignment", () =>
    scene({}, async ({ heimdall, stack }) => {
      const { plans } = await stack.preview(city);
      assert.deepEqual(plans["city"], [
        "# asks first whether the service is well and the token may write",
        'POST /api/v1/actions/ {"name":"users:read","description":"May users:read"}',
        'POST /api/v1/actions/ {"name":"users:write","description":"May users:write"}',
        'POST /api/v1/roles/ {"name":"editor","description":"The editor"}',
        'POST /api/v1/roles/ {"name":"viewer","description":"The viewer"}',
        'POST /api/v1/groups/ {"name":"desk","description":"The desk"}',
        'POST /api/v1/groups/ {"name":"office","description":"The office"}',
        'POST /api/v1/roles/editor/actions {"action_name":"users:read"}',
        'POST /api/v1/roles/editor/actions {"action_name":"users:write"}',
        'POST /api/v1/roles/viewer/actions {"action_name":"users:read"}',
        'POST /api/v1/mappings/ {"path_pattern":"/users","method":"GET","action_id":"<id of users:read>","description":"List"}',
        'POST /api/v1/mappings/ {"path_pattern":"/users","method":"PUT","action_id":"<id of users:write>"}',
        'POST /api/v1/roles/groups/desk/roles {"role_name":"viewer"}',
        'POST /api/v1/roles/groups/office/roles {"role_name":"editor"}',
        'POST /api/v1/roles/groups/office/roles {"role_name":"viewer"}',
        "# Actions: +2 ~0 -0",
        "# Roles: +2 ~0 -0",
        "# Mappings: +2 ~0 -0",
        "# Groups: +2 ~0 -0",
        "# Assignments: +6 -0",
        "# Requests that change something: 14",
      ]);
      assert.deepEqual(heimdall.writes(), []);
      heimdall.reset();
      await stack.succeed(city);
      expectLike(heimdall, CITY);
      assert.equal(heimdall.writes().length, 14);
      assert.equal(heimdall.calls.length, 14 + 4 + 3, "four lists, all empty, and three questions whether all is well");
      const summary = stack.state.get("city")?.outputs["summary"] as {
        total: number;
        seconds: unknown;
        errors: number;
      };
      assert.deepEqual([summary.total, summary.errors, typeof summary.seconds], [14, 0, "number"]);
      await expectNoChange(heimdall, stack, city);
      assert.deepEqual((stack.state.get("city")?.outputs["summary"] as typeof summary).total, 14, "a refresh keeps it");
    }));

  it("reads each list and each role and group once where there is nothing to do", () =>
    scene(CITY, async ({ heimdall, stack }) => {
      await stack.succeed(city);
      heimdall.reset();
      await stack.refresh();
      assert.deepEqual(heimdall.requests().sort(), [
        "GET /api/v1/actions/?skip=0&limit=100",
        "GET /api/v1/groups/",
        "GET /api/v1/mappings/list",
        "GET /api/v1/roles/?skip=0&limit=100",
        "GET /api/v1/roles/editor/actions",
        "GET /api/v1/roles/groups/desk/roles",
        "GET /api/v1/roles/groups/office/roles",
        "GET /api/v1/roles/viewer/actions",
      ]);
    }));

  for (const [what, change] of Object.entries(DRIFT)) {
    it(`finds and repairs ${what}`, () =>
      scene(CITY, async ({ heimdall, stack }) => {
        await stack.succeed(city);
        change(heimdall.store);
        await stack.refresh();
        const { plans, ops } = await stack.preview(city);
        assert.equal(ops["city"], "update");
        heimdall.reset();
        await stack.succeed(city);
        expectLike(heimdall, CITY);
        const planned = (plans["city"] ?? []).filter((line) => !line.startsWith("#"));
        assert.equal(heimdall.writes().length, planned.length, "what was planned, and no more");
        await expectNoChange(heimdall, stack, city);
      }));
  }

  it("repairs all of that at once", () =>
    scene(CITY, async ({ heimdall, stack }) => {
      await stack.succeed(city);
      for (const change of Object.values(DRIFT)) {
        try {
          change(heimdall.store);
        } catch {
          // Some find nothing any more.
        }
      }
      await stack.refresh();
      await stack.succeed(city);
      expectLike(heimdall, CITY);
      await expectNoChange(heimdall, stack, city);
    }));

  it("deletes what is too much in the order in which the service lets it", () =>
    scene(CITY, async ({ heimdall, stack }) => {
      const left = { city: environment({ actions: { "users:read": "May users:read" } }) };
      const { plans } = await stack.preview(left);
      assert.deepEqual(
        plans["city"]?.filter((line) => !line.startsWith("#")).map((line) => line.replace(/\d+ {2}/, "n  ")),
        [
          "DELETE /api/v1/groups/desk",
          "DELETE /api/v1/groups/office",
          "DELETE /api/v1/mappings/n  # GET /users",
          "DELETE /api/v1/mappings/n  # PUT /users",
          "DELETE /api/v1/roles/editor/actions/users:read",
          "DELETE /api/v1/roles/editor/actions/users:write",
          "DELETE /api/v1/roles/editor",
          "DELETE /api/v1/roles/viewer/actions/users:read",
          "DELETE /api/v1/roles/viewer",
          "DELETE /api/v1/actions/n  # users:write",
        ],
      );
      await stack.succeed(left);
      expectLike(heimdall, { actions: { "users:read": "May users:read" } });
    }));

  describe("members", () => {
    it("stay as they are where they are not declared", () =>
      scene(CITY, async ({ heimdall, stack }) => {
        await stack.succeed({ city: environment({ ...CITY, actions: { ...CITY.actions, more: "More" } }) });
        assert.deepEqual(heimdall.store.picture().groups["desk"]?.members, ["11111111111", "22222222222"]);
        assert.ok(!heimdall.requests().some((request) => request.includes("members")));
      }));

    it("are those that are declared where they are", () =>
      scene(CITY, async ({ heimdall, stack }) => {
        const desk = { description: "The desk", roles: ["viewer"], members: ["22222222222", "33333333333"] };
        const program = { city: environment({ ...CITY, groups: { ...CITY.groups, desk } }, { members: true }) };
        await stack.succeed(program);
        assert.deepEqual(heimdall.store.picture().groups["desk"]?.members, ["22222222222", "33333333333"]);
        assert.deepEqual(heimdall.store.picture().groups["office"]?.members, []);
        await expectNoChange(heimdall, stack, program);
      }));
  });

  describe("what is ignored", () => {
    const legacy: Contents = {
      actions: { ...CITY.actions, "legacy:a": "Old" },
      roles: { ...CITY.roles, "legacy:role": { description: "Old", actions: ["legacy:a", "users:read"] } },
      mappings: { ...CITY.mappings, "GET /legacy": { action: "users:read" }, "GET /old": { action: "legacy:a" } },
      groups: { ...CITY.groups, "legacy:group": { description: "Old", roles: ["viewer", "legacy:role"] } },
    };

    it("is left alone, in the environment and in the program", () =>
      scene(legacy, async ({ heimdall, stack }) => {
        found(heimdall.store.roles, "viewer").actions.add("legacy:a");
        found(heimdall.store.groups, "desk").roles.add("legacy:role");
        const before = heimdall.store.picture();
        const declared = { ...CITY, actions: { ...CITY.actions, "legacy:b": "Not made" } };
        const program = { city: environment(declared, { ignore: ["legacy:*", "GET /legacy"] }) };
        await stack.succeed(program);
        assert.deepEqual(heimdall.store.picture(), before);
        await expectNoChange(heimdall, stack, program);
      }));

    it("keeps what it needs, and that is told", () =>
      scene(legacy, async ({ heimdall, stack }) => {
        const { roles: _roles, mappings: _mappings, ...rest } = CITY;
        const declared = { ...rest, groups: {}, actions: { "users:write": "May users:write" } };
        const { errors } = await stack.up({ city: environment(declared, { ignore: ["legacy:*"] }) });
        const said = errors.map(({ message }) => message).join("\n");
        assert.match(said, /role "viewer" is not in the program, and legacy:group, which is ignored, needs it/);
        assert.match(said, /action "users:read" is not in the program, and legacy:role/);
        const { roles, groups } = heimdall.store.picture();
        assert.deepEqual(Object.keys(roles), ["legacy:role", "viewer"]);
        assert.deepEqual(Object.keys(groups), ["legacy:group"]);
      }));
  });

  describe("what fails", () => {
    it("does not stop what does not need it; the next run does the rest and nothing twice", () =>
      scene({}, async ({ heimdall, stack }) => {
        const end = heimdall.fault({
          when: ({ method, text }) => method === "POST" && text.includes('"name":"users:write"'),
          failure: { answer: { status: 500, body: { error: "broken", status_code: 500 } } },
        });
        const { errors } = await stack.up(city);
        assert.match(errors[0]?.message ?? "", /POST \/api\/v1\/actions\/ \{"name":"users:write"[^]*500/);
        assert.equal(errors.length, 1);
        assert.doesNotMatch(errors[0]?.message ?? "", /things could not be done/, "what needs it is not told again");
        const { actions, roles, mappings, groups } = heimdall.store.picture();
        assert.deepEqual(Object.keys(actions), ["users:read"]);
        assert.deepEqual(roles["editor"]?.actions, ["users:read"]);
        assert.deepEqual(Object.keys(mappings), ["GET /users"]);
        assert.deepEqual(groups["office"]?.roles, ["editor", "viewer"]);
        const summary = stack.state.get("city")?.outputs["summary"] as { errors: number; total: number };
        assert.deepEqual([summary.errors, summary.total], [1, 11]);
        end();
        heimdall.reset();
        await stack.succeed(city);
        assert.equal(heimdall.writes().length, 3);
        expectLike(heimdall, CITY);
      }));

    it("is not repeated where only the answer was lost", () =>
      scene({}, async ({ heimdall, stack }) => {
        for (const path of ["/actions/", "/roles/", "/mappings/", "/groups/", "/actions", "/roles"]) {
          heimdall.fault({
            when: (call) => call.method === "POST" && call.path.endsWith(path),
            times: 1,
            failure: "cutAfterActing",
          });
        }
        await stack.succeed(city);
        expectLike(heimdall, CITY);
      }));
  });

  describe("a run that is killed", () => {
    /** Made, changed and deleted: some of everything. */
    const before: Contents = {
      actions: { ...CITY.actions, "old:a": "Old", "users:read": "Before" },
      roles: {
        viewer: { description: "The viewer", actions: ["old:a"] },
        old: { description: "Old", actions: ["old:a"] },
      },
      mappings: { "GET /users": { action: "old:a" }, "GET /old": { action: "old:a" } },
      groups: { desk: { description: "The desk", roles: ["old"] }, old: { description: "Old", roles: ["viewer"] } },
    };

    for (let write = 1; write <= 19; write += 1) {
      it(`at write ${String(write)} is finished by the next one`, () =>
        scene(before, async ({ heimdall, stack }) => {
          await stack.up(city, { killAt: { write, done: write % 2 === 0 } });
          heimdall.reset();
          await stack.succeed(city);
          expectLike(heimdall, CITY);
          assert.equal(heimdall.store.actions.length, 2, "nothing is doubled");
          await expectNoChange(heimdall, stack, city);
        }));
    }
  });

  it("changes descriptions of roles and groups where that is allowed, and loses no member", () =>
    scene(CITY, async ({ heimdall, stack }) => {
      const desk = { description: "Front desk", roles: ["viewer"] };
      const viewer = { description: "Sees all", actions: ["users:read"] };
      const declared: Contents = { ...CITY, roles: { ...CITY.roles, viewer }, groups: { ...CITY.groups, desk } };
      const program = { city: environment(declared) };
      const refused = await stack.up(program);
      assert.match(refused.errors[0]?.message ?? "", /ROSTER_HEIMDALL_RECREATE/);
      await stack.succeed(program, { env: { ROSTER_HEIMDALL_RECREATE: "true" } });
      expectLike(heimdall, declared);
      assert.deepEqual(heimdall.store.picture().groups["desk"]?.members, ["11111111111", "22222222222"]);
      assert.deepEqual(stack.restores(), []);
      const { roles, groups } = stack.state.get("city")?.outputs["summary"] as Record<string, unknown>;
      assert.deepEqual(
        [roles, groups],
        [
          { created: 0, updated: 1, deleted: 0 },
          { created: 0, updated: 1, deleted: 0 },
        ],
      );
    }));

  describe("what leaves the program", () => {
    it("stays, unless it is to be dropped", () =>
      scene({}, async ({ heimdall, stack }) => {
        await stack.succeed(city);
        heimdall.reset();
        await stack.destroy();
        assert.deepEqual(heimdall.calls, []);
        expectLike(heimdall, CITY);
        await stack.succeed({ city: environment(CITY, { onRemove: "drop" }) });
        heimdall.store.addAction("by:hand", "By hand");
        assert.deepEqual((await stack.destroy()).errors, []);
        expectLike(heimdall, { actions: { "by:hand": "By hand" } });
      }));
  });

  describe("arguments", () => {
    for (const [what, contents, reason] of [
      [
        "a role with an action that is not there",
        { roles: { r: { description: "x", actions: ["none"] } } },
        /"r" has the action "none", which this environment does not have/,
      ],
      [
        "a mapping to an action that is not there",
        { mappings: { "GET /x": { action: "none" } } },
        /GET \/x asks for the action "none"/,
      ],
      [
        "a group with a role that is not there",
        { groups: { g: { description: "x", roles: ["none"] } } },
        /"g" has the role "none"/,
      ],
      ["superadmin", { roles: { superadmin: { description: "x" } } }, /"superadmin" belongs to the service/],
      ["a name that cannot be", { actions: { Upper: "x" } }, /"Upper" must be lower-case/],
      ["an empty description", { actions: { ok: "" } }, /"ok": description: must not be empty/],
      [
        "a method that there is not",
        { actions: { a: "x" }, mappings: { "get /x": { action: "a" } } },
        /the method must be one of/,
      ],
    ] as const) {
      it(`refuse ${what} before anything is sent`, () =>
        scene({}, async ({ heimdall, stack }) => {
          const { errors } = await stack.up({ city: environment(contents) });
          assert.match(errors[0]?.message ?? "", reason);
          assert.deepEqual(heimdall.calls, []);
        }));
    }
  });
});
