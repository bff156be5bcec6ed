import assert from "node:assert/strict";
import { RosterError } from "../../../provider/core/errors.js";
import { ORDERS, access, changes, grant, grants, requests, scene } from "./scene.js";

/** How the service can behave, and what becomes of it. */
describe("Unity Catalog as a service", () => {
  it("is waited for where it shows a change late, and asked no more than it has to be where it does not", () =>
    scene(async ({ workspace, stack }) => {
      workspace.behaviour.staleAnswers = true;
      workspace.behaviour.staleReads = 3;
      await stack.succeed({ ana: grant("ana@example.com", ["SELECT"]) });
      assert.deepEqual(requests(workspace), [
        "GET table/main.sales.orders",
        "PATCH table/main.sales.orders",
        ...Array<string>(4).fill("GET table/main.sales.orders"),
      ]);
      assert.deepEqual(stack.waits, [250, 500, 1000]);
    }));

  it("is waited for within bounds: a change that never shows is an error that says so", () =>
    scene(async ({ workspace, stack }) => {
      workspace.behaviour.staleAnswers = true;
      workspace.behaviour.staleReads = Infinity;
      const env = { ROSTER_DATABRICKS_SETTLE_TIMEOUT: "10" };
      const { errors } = await stack.up({ orders: grants({ SELECT: ["ana@example.com"] }) }, { env });
      assert.match(
        String(errors[0]?.message),
        /"ana@example.com" on table main.sales.orders was accepted[^]*10 seconds later/,
      );
      assert.equal(
        stack.waits.reduce((sum, each) => sum + each, 0),
        10_000,
      );
    }));

  it("is given time where a principal or a table was made a moment ago", () =>
    scene(async ({ metastore, stack }) => {
      stack.whileWaiting = () => {
        if (stack.waits.length === 2) metastore.addPrincipal("new@example.com");
      };
      const late = grant("ana@example.com", ["SELECT"], { securable: "table main.sales.late" });
      await stack.succeed({ ana: grant("ana@example.com", ["SELECT"]), new: grant("new@example.com", ["SELECT"]) });
      assert.deepEqual(Object.keys(metastore.direct(ORDERS)), ["ana@example.com", "new@example.com"]);
      stack.whileWaiting = () => {
        metastore.create("table main.sales.late");
      };
      await stack.succeed({ late });
      assert.deepEqual(Object.keys(metastore.direct("table main.sales.late")), ["ana@example.com"]);
    }));

  it("refuses a request because of one principal: the others are granted all the same, each resource for itself", () =>
    scene(async ({ workspace, metastore, stack }) => {
      const people = Array.from({ length: 20 }, (_, index) => `p${String(index)}@example.com`);
      metastore.addPrincipal(...people);
      const all = [...people, "gone@example.com"];
      const { errors } = await stack.up(Object.fromEntries(all.map((each) => [each, grant(each, ["SELECT"])])), {
        parallel: 100,
        env: { ROSTER_DATABRICKS_SETTLE_TIMEOUT: "0" },
      });
      assert.equal(errors.length, 1);
      assert.match(String(errors[0]?.message), /databricks.Grant "gone@example.com" in "table main.sales.orders"/);
      assert.deepEqual(Object.keys(metastore.direct(ORDERS)), [...people].sort());
      // All, whom the refusal named, and the others.
      assert.equal(requests(workspace).filter((each) => each.startsWith("PATCH")).length, 3);
    }));

  it("is not believed to have lost everything where another service answers at its address", () =>
    scene(async ({ workspace, stack }) => {
      await stack.succeed({ ana: grant("ana@example.com", ["SELECT"]) });
      const answers = [
        { status: 404, body: "<html>no such page</html>" },
        { status: 404, body: { error_code: "ENDPOINT_NOT_FOUND", message: "No API found for 'GET /api'" } },
        { status: 404, body: { error_code: "METASTORE_DOES_NOT_EXIST", message: "No metastore assigned" } },
        { status: 200, body: { privilege_assignments: "none" } },
        { status: 403, body: { error_code: "PERMISSION_DENIED", message: "User does not have USE SCHEMA" } },
      ];
      for (const answer of answers) {
        const end = workspace.fault({ when: ({ path }) => path.includes("/permissions/"), failure: { answer } });
        await assert.rejects(stack.refresh(), RosterError);
        end();
      }
      assert.equal(stack.state.size, 1);
      await stack.refresh();
      assert.equal(stack.state.size, 1);
    }));

  it("forgets the grants of a table that was dropped: refresh lets them go, and the next run names what is missing", () =>
    scene(async ({ metastore, stack }) => {
      const program = { ana: grant("ana@example.com", ["SELECT"]) };
      await stack.succeed(program);
      metastore.drop("schema main.sales");
      await stack.refresh();
      assert.equal(stack.state.size, 0);
      const { errors } = await stack.up(program);
      assert.match(String(errors[0]?.message), /there is no table "main.sales.orders"/);
    }));

  it("has no grant for a principal who is gone: nothing to take back", () =>
    scene(async ({ workspace, metastore, stack }) => {
      await stack.succeed({ rui: grant("rui@example.com", ["SELECT"]) });
      metastore.removePrincipal("rui@example.com");
      changes(workspace);
      const { errors } = await stack.destroy();
      assert.deepEqual(errors, []);
      assert.deepEqual(changes(workspace), []);
    }));

  it("asks for patience and fails for a moment: requests that can be repeated go again", () =>
    scene(async ({ workspace, metastore, stack }) => {
      const answer = { status: 429, body: { error_code: "REQUEST_LIMIT_EXCEEDED" }, headers: { "retry-after": "0" } };
      workspace.fault({ times: 1, failure: { answer } });
      workspace.fault({ when: ({ method }) => method === "PATCH", times: 1, failure: "cutAfterActing" });
      await stack.succeed({ ana: grant("ana@example.com", ["SELECT"]) });
      assert.deepEqual(metastore.direct(ORDERS), { "ana@example.com": ["SELECT"] });
    }));

  it("says who may not change privileges, and what it takes", () =>
    scene(
      async ({ stack }) => {
        const { errors } = await stack.up({ ana: grant("ana@example.com", ["SELECT"]) });
        assert.match(String(errors[0]?.message), /may not change these privileges[^]*PATCH[^]*needs MANAGE/);
      },
      { caller: "rui@example.com" },
    ));
});

describe("the open-source Unity Catalog", () => {
  const edition = "open source" as const;

  it("takes privileges with blanks and both lists, and shows them as they are declared", () =>
    scene(
      async ({ workspace, metastore, stack }) => {
        metastore.grant("catalog main", "rui@example.com", "USE_CATALOG", "CREATE_SCHEMA");
        const program = {
          product: access({
            grants: { "catalog main": { USE_CATALOG: ["ana@example.com", "rui@example.com"] } },
            additional: { [ORDERS]: { SELECT: ["ana@example.com"] } },
          }),
        };
        await stack.succeed(program);
        assert.deepEqual(changes(workspace), [
          [
            { principal: "ana@example.com", add: ["USE CATALOG"], remove: [] },
            { principal: "rui@example.com", add: [], remove: ["CREATE SCHEMA"] },
          ],
          [{ principal: "ana@example.com", add: ["SELECT"], remove: [] }],
        ]);
        await stack.refresh();
        assert.deepEqual((await stack.succeed(program)).ops, { product: "same" });
        await stack.destroy();
        assert.deepEqual(metastore.direct("catalog main"), {});
      },
      { edition },
    ));

  it("has fewer privileges and types: what it has not is named, and the rest is done", () =>
    scene(
      async ({ metastore, stack }) => {
        const { errors } = await stack.up({
          product: access({ grants: { [ORDERS]: { SELECT: ["ana@example.com"], MANAGE: ["rui@example.com"] } } }),
        });
        assert.match(String(errors[0]?.message), /has no privilege MANAGE to give on table main.sales.orders/);
        assert.deepEqual(metastore.direct(ORDERS), { "ana@example.com": ["SELECT"] });
      },
      { edition },
    ));

  it("shows owners among the privileges, whom nobody makes with a grant: they stay, and are no drift", () =>
    scene(
      async ({ workspace, metastore, stack }) => {
        metastore.grant("catalog main", "rui@example.com", "OWNER", "USE_CATALOG");
        const program = { product: access({ grants: { "catalog main": { USE_CATALOG: ["ana@example.com"] } } }) };
        await stack.succeed(program);
        assert.deepEqual(metastore.direct("catalog main"), {
          "ana@example.com": ["USE_CATALOG"],
          "rui@example.com": ["OWNER"],
        });
        await stack.refresh();
        changes(workspace);
        assert.deepEqual((await stack.succeed(program)).ops, { product: "same" });
        assert.deepEqual(changes(workspace), []);
      },
      { edition },
    ));

  it("carries out half of a request that it refuses: what it did counts as done", () =>
    scene(
      async ({ metastore, stack }) => {
        const { errors } = await stack.up(
          { orders: grants({ SELECT: ["ana@example.com", "gone@example.com", "rui@example.com"] }) },
          { env: { ROSTER_DATABRICKS_SETTLE_TIMEOUT: "1" } },
        );
        assert.equal(errors.length, 1);
        assert.match(String(errors[0]?.message), /gone@example.com/);
        assert.deepEqual(Object.keys(metastore.direct(ORDERS)), ["ana@example.com", "rui@example.com"]);
      },
      { edition },
    ));
});
