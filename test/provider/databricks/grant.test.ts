import assert from "node:assert/strict";
import type { Declared } from "../stack.js";
import { ORDERS, changes, grant, requests, scene } from "./scene.js";

describe("databricks.Grant", () => {
  it("gives privileges, is no change then, repairs what was taken, and takes back what it gave", () =>
    scene(async ({ workspace, metastore, stack }) => {
      metastore.grant(ORDERS, "rui@example.com", "MODIFY");
      const program = { ana: grant("ana@example.com", ["select", "MODIFY"]) };
      const preview = await stack.preview(program);
      assert.deepEqual(preview.plans, {
        ana: [
          'PATCH /api/2.1/unity-catalog/permissions/table/main.sales.orders {"changes":[{"principal":"ana@example.com","add":["MODIFY","SELECT"]}]}',
        ],
      });
      assert.deepEqual(requests(workspace), ["GET table/main.sales.orders"]);
      await stack.succeed(program);
      assert.deepEqual(requests(workspace), ["GET table/main.sales.orders", "PATCH table/main.sales.orders"]);
      assert.deepEqual((await stack.succeed(program)).ops, { ana: "same" });
      assert.deepEqual(requests(workspace), []);

      metastore.revoke(ORDERS, "ana@example.com", "MODIFY");
      await stack.refresh();
      await stack.succeed(program);
      assert.deepEqual(changes(workspace), [[{ principal: "ana@example.com", add: ["MODIFY"] }]]);
      await stack.destroy();
      assert.deepEqual(metastore.direct(ORDERS), { "rui@example.com": ["MODIFY"] });
    }));

  it("leaves alone what others gave, also to the same principal, and takes what it does not name any more", () =>
    scene(async ({ metastore, stack }) => {
      metastore.grant(ORDERS, "ana@example.com", "APPLY_TAG");
      await stack.succeed({ ana: grant("ana@example.com", ["SELECT", "MODIFY"]) });
      metastore.grant(ORDERS, "ana@example.com", "REFRESH");
      await stack.succeed({ ana: grant("ana@example.com", ["SELECT"]) });
      assert.deepEqual(metastore.direct(ORDERS), { "ana@example.com": ["APPLY_TAG", "REFRESH", "SELECT"] });
      await stack.destroy();
      assert.deepEqual(metastore.direct(ORDERS), { "ana@example.com": ["APPLY_TAG", "REFRESH"] });
    }));

  it("loses nobody's grant where another tool writes between its read and its write", () =>
    scene(async ({ workspace, metastore, stack }) => {
      workspace.behaviour.meanwhile = (securable) => {
        metastore.grant(securable, "mallory@example.com", "MODIFY");
        metastore.grant(securable, "ana@example.com", "APPLY_TAG");
      };
      await stack.succeed({ ana: grant("ana@example.com", ["SELECT"]) });
      assert.deepEqual(metastore.direct(ORDERS), {
        "ana@example.com": ["APPLY_TAG", "SELECT"],
        "mallory@example.com": ["MODIFY"],
      });
    }));

  it("sends the grants of one moment on one securable in one request, after one read", () =>
    scene(async ({ workspace, metastore, stack }) => {
      const people = ["ana@example.com", "rui@example.com", "zoe@example.com", "analysts"];
      const program = Object.fromEntries(people.map((name) => [name, grant(name, ["SELECT"])]));
      await stack.succeed(program);
      assert.deepEqual(requests(workspace), ["GET table/main.sales.orders", "PATCH table/main.sales.orders"]);
      await stack.destroy();
      assert.deepEqual(requests(workspace), ["GET table/main.sales.orders", "PATCH table/main.sales.orders"]);
      assert.deepEqual(metastore.direct(ORDERS), {});
    }));

  it("compares principals without case, and sends the spelling that the service has", () =>
    scene(async ({ workspace, metastore, stack }) => {
      const program = { zoe: grant("zoe@example.com", ["SELECT"]) };
      await stack.succeed(program);
      assert.deepEqual(metastore.direct(ORDERS), { "Zoe@Example.com": ["SELECT"] });
      await stack.refresh();
      assert.deepEqual((await stack.succeed(program)).ops, { zoe: "same" });
      changes(workspace);
      // Another spelling is another key for Pulumi, and the same grant for the service: it is not taken in between.
      const renamed = await stack.succeed({ zoe: grant("ZOE@example.com", ["SELECT"]) });
      assert.deepEqual(renamed.ops, { zoe: "replace" });
      assert.deepEqual(changes(workspace), []);
      await stack.succeed({ zoe: grant("ZOE@example.com", ["SELECT", "MODIFY"]) });
      assert.deepEqual(changes(workspace), [[{ principal: "Zoe@Example.com", add: ["MODIFY"] }]]);
    }));

  it("does not take a privilege that is inherited for one that is given", () =>
    scene(async ({ metastore, stack }) => {
      metastore.grant("catalog main", "ana@example.com", "SELECT");
      const effective = metastore.effective(ORDERS).get("ana@example.com");
      assert.deepEqual(effective, [
        { privilege: "SELECT", inherited_from_type: "CATALOG", inherited_from_name: "main" },
      ]);
      await stack.succeed({ ana: grant("ana@example.com", ["SELECT"]) });
      assert.deepEqual(metastore.direct(ORDERS), { "ana@example.com": ["SELECT"] });
      await stack.destroy();
      assert.deepEqual(metastore.direct("catalog main"), { "ana@example.com": ["SELECT"] });
    }));

  it("gives nothing to who has ALL PRIVILEGES, except what these leave out", () =>
    scene(async ({ workspace, metastore, stack }) => {
      metastore.grant(ORDERS, "ana@example.com", "ALL_PRIVILEGES");
      await stack.succeed({ ana: grant("ana@example.com", ["SELECT", "MANAGE"]) });
      assert.deepEqual(changes(workspace), [[{ principal: "ana@example.com", add: ["MANAGE"] }]]);
      await stack.destroy();
      assert.deepEqual(metastore.direct(ORDERS), { "ana@example.com": ["ALL_PRIVILEGES"] });
    }));

  it("puts a single privilege in the place of ALL PRIVILEGES that it gave", () =>
    scene(async ({ metastore, stack }) => {
      await stack.succeed({ ana: grant("ana@example.com", ["ALL PRIVILEGES"]) });
      await stack.succeed({ ana: grant("ana@example.com", ["SELECT"]) });
      assert.deepEqual(metastore.direct(ORDERS), { "ana@example.com": ["SELECT"] });
    }));

  it("takes back what has ended, also where the program is unchanged", () =>
    scene(async ({ metastore, stack }) => {
      const program = { ana: grant("ana@example.com", ["SELECT"], { until: "2026-07-01" }) };
      await stack.succeed(program);
      const late = { now: "2026-07-01T00:00:00Z" };
      const preview = await stack.preview(program, late);
      assert.match(String(preview.plans["ana"]), /"remove":\["SELECT"\]/);
      await stack.succeed(program, late);
      assert.deepEqual(metastore.direct(ORDERS), {});
      await stack.refresh(late);
      assert.deepEqual((await stack.succeed(program, late)).ops, { ana: "same" });
    }));

  it("says in the plan that what has ended already gives nothing", () =>
    scene(async ({ metastore, stack }) => {
      const program = { ana: grant("ana@example.com", ["SELECT"], { until: "2026-01-01" }) };
      const { plans } = await stack.preview(program);
      assert.deepEqual(plans["ana"], ["# it has ended (until 2026-01-01T00:00:00Z): nothing is given"]);
      await stack.succeed(program);
      assert.deepEqual(metastore.direct(ORDERS), {});
    }));

  it("names what cannot be given there, and what is misspelled, before anything is read", () =>
    scene(async ({ workspace, stack }) => {
      const refusals: readonly [RegExp, Declared][] = [
        [/USE_CATALOG cannot be given on a table/, grant("ana@example.com", ["USE_CATALOG"])],
        [/no privilege "SELCET"; is SELECT meant/, grant("ana@example.com", ["SELCET"])],
        [/OWNER is no privilege/, grant("ana@example.com", ["OWNER"])],
        [
          /"view" is no type of securable; it is a "table" here/,
          grant("ana@example.com", ["SELECT"], { securable: "view a.b.c" }),
        ],
        [
          /must name its table as catalog.schema.table/,
          grant("ana@example.com", ["SELECT"], { securable: "table b.c" }),
        ],
        [/without blanks around it/, grant(" ana@example.com", ["SELECT"])],
        [/must be a date/, grant("ana@example.com", ["SELECT"], { until: "31.12.2026" })],
        [/must name a privilege/, grant("ana@example.com", [])],
      ];
      for (const [message, declared] of refusals) {
        const { errors } = await stack.preview({ ana: declared });
        assert.match(errors.map(String).join("\n"), message);
      }
      assert.deepEqual(workspace.requests(), []);
    }));
});
