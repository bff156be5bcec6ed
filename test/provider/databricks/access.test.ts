import assert from "node:assert/strict";
import { ORDERS, access, changes, requests, scene } from "./scene.js";

const ITEMS = "table main.sales.items";
const CATALOG = "catalog main";

describe("databricks.Access", () => {
  it("brings many securables to what is declared, each with one read and one request", () =>
    scene(async ({ workspace, metastore, stack }) => {
      metastore.grant(CATALOG, "mallory@example.com", "USE_CATALOG");
      metastore.grant(ORDERS, "mallory@example.com", "SELECT");
      const readers = ["ana@example.com", "rui@example.com"];
      const program = {
        product: access({
          grants: { [ORDERS]: { SELECT: readers, MODIFY: ["analysts"] }, [ITEMS]: { SELECT: readers } },
          additional: { [CATALOG]: { USE_CATALOG: readers }, "schema main.sales": { USE_SCHEMA: readers } },
        }),
      };
      const preview = await stack.preview(program);
      assert.equal(preview.plans["product"]?.length, 4);
      requests(workspace);
      await stack.succeed(program);
      assert.deepEqual(requests(workspace).sort(), [
        "GET catalog/main",
        "GET schema/main.sales",
        "GET table/main.sales.items",
        "GET table/main.sales.orders",
        "PATCH catalog/main",
        "PATCH schema/main.sales",
        "PATCH table/main.sales.items",
        "PATCH table/main.sales.orders",
      ]);
      assert.deepEqual(metastore.direct(ORDERS), {
        analysts: ["MODIFY"],
        "ana@example.com": ["SELECT"],
        "rui@example.com": ["SELECT"],
      });
      assert.deepEqual(Object.keys(metastore.direct(CATALOG)), [
        ...readers.slice(0, 1),
        "mallory@example.com",
        "rui@example.com",
      ]);
      assert.deepEqual((await stack.succeed(program)).ops, { product: "same" });
      await stack.refresh();
      assert.deepEqual((await stack.succeed(program)).ops, { product: "same" });

      const less = {
        product: access({
          grants: { [ORDERS]: { SELECT: readers.slice(1) } },
          additional: { [CATALOG]: { USE_CATALOG: readers.slice(1) }, [ITEMS]: { SELECT: ["analysts"] } },
        }),
      };
      requests(workspace);
      await stack.succeed(less);
      assert.deepEqual(metastore.direct(ORDERS), { "rui@example.com": ["SELECT"] });
      assert.deepEqual(metastore.direct(CATALOG), {
        "mallory@example.com": ["USE_CATALOG"],
        "rui@example.com": ["USE_CATALOG"],
      });
      assert.deepEqual(metastore.direct("schema main.sales"), {}, "what leaves the program is taken back");
      assert.deepEqual(metastore.direct(ITEMS), { analysts: ["SELECT"] }, "the list is not the whole any more");
      metastore.grant(ITEMS, "ana@example.com", "MODIFY");
      await stack.destroy();
      assert.deepEqual(metastore.direct(ITEMS), { "ana@example.com": ["MODIFY"] });
      assert.deepEqual(metastore.direct(CATALOG), { "mallory@example.com": ["USE_CATALOG"] });
    }));

  it("does the rest where a principal does not exist, and names it; the next run does only what is left", () =>
    scene(async ({ workspace, metastore, stack }) => {
      const program = {
        product: access({
          grants: {
            [ORDERS]: { SELECT: ["ana@example.com", "gone@example.com", "rui@example.com"] },
            [ITEMS]: { SELECT: ["ana@example.com"] },
          },
        }),
      };
      const { errors } = await stack.up(program);
      assert.equal(errors.length, 1);
      assert.match(String(errors[0]?.message), /a principal does not exist[^]*gone@example.com/);
      assert.deepEqual(Object.keys(metastore.direct(ORDERS)), ["ana@example.com", "rui@example.com"]);
      assert.deepEqual(Object.keys(metastore.direct(ITEMS)), ["ana@example.com"]);
      metastore.addPrincipal("gone@example.com");
      changes(workspace);
      await stack.succeed(program);
      assert.deepEqual(changes(workspace), [[{ principal: "gone@example.com", add: ["SELECT"] }]]);
    }));

  it("names a table that was dropped, does the rest, and gives again what a new one lacks", () =>
    scene(async ({ metastore, stack }) => {
      const program = {
        product: access({
          grants: { [ORDERS]: { SELECT: ["ana@example.com"] }, [ITEMS]: { SELECT: ["ana@example.com"] } },
        }),
      };
      await stack.succeed(program);
      metastore.drop(ORDERS);
      await stack.refresh();
      const preview = await stack.preview(program);
      assert.deepEqual(preview.errors, []);
      assert.match(preview.warnings.join(), /there is no table "main.sales.orders"/);
      const { errors } = await stack.up(program);
      assert.match(String(errors[0]?.message), /there is no table "main.sales.orders"/);
      metastore.create(ORDERS);
      await stack.succeed(program);
      assert.deepEqual(metastore.direct(ORDERS), { "ana@example.com": ["SELECT"] });
      metastore.drop(ORDERS);
      await stack.destroy();
      assert.deepEqual(metastore.direct(ITEMS), {});
    }));

  it("remembers what a failed run did not get to take back", () =>
    scene(async ({ workspace, metastore, stack }) => {
      const both = { [ORDERS]: { SELECT: ["ana@example.com"] }, [ITEMS]: { SELECT: ["ana@example.com"] } };
      await stack.succeed({ product: access({ additional: both }) });
      const end = workspace.fault({
        when: ({ method, path }) => method === "PATCH" && path.endsWith("orders"),
        failure: { answer: { status: 403, body: { error_code: "PERMISSION_DENIED", message: "no" } } },
      });
      const less = { product: access({ additional: { [ITEMS]: { SELECT: ["ana@example.com", "rui@example.com"] } } }) };
      const { errors } = await stack.up(less);
      assert.match(String(errors[0]?.message), /needs MANAGE on the securable/);
      assert.deepEqual(metastore.direct(ORDERS), { "ana@example.com": ["SELECT"] });
      end();
      await stack.succeed(less);
      assert.deepEqual(metastore.direct(ORDERS), {});
      assert.deepEqual(Object.keys(metastore.direct(ITEMS)), ["ana@example.com", "rui@example.com"]);
    }));

  it("refuses a securable that is both the whole and additional, two spellings of one, and what it cannot have", () =>
    scene(async ({ stack, workspace }) => {
      const of = { SELECT: ["ana@example.com"] };
      const refusals: [RegExp, ReturnType<typeof access>][] = [
        [/is in grants too/, access({ grants: { [ORDERS]: of }, additional: { "table main.sales.Orders": of } })],
        [/stands twice/, access({ grants: { [ORDERS]: of, "Table main.sales.Orders": of } })],
        [/SELECT cannot be given on a volume/, access({ grants: { "volume main.raw.files": of } })],
      ];
      for (const [message, product] of refusals) {
        const { errors } = await stack.preview({ product });
        assert.match(String(errors[0]?.message), message);
      }
      assert.deepEqual(workspace.requests(), []);
    }));
});
