import assert from "node:assert/strict";
import { access, requests, scene, type People } from "./scene.js";

/*
 * How much goes over the wire for a large data product, to the request: one read of each securable, of as many pages as
 * it takes, and at most one change.
 */

const TABLES = Array.from({ length: 20 }, (_, index) => `table main.product.t${String(index)}`);
const CONSUMERS = Array.from({ length: 2000 }, (_, index) => `consumer${String(index)}@example.com`);
const NEW = Array.from({ length: 20 }, (_, index) => `new${String(index)}@example.com`);
/** The sandbox gives 150 principals in a page. */
const PAGES = 14;

const product = (tables: readonly string[], consumers: (table: string) => People): ReturnType<typeof access> =>
  access({ grants: Object.fromEntries(tables.map((table) => [table, { SELECT: consumers(table) }])) });

function count(sent: readonly string[]): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const method of sent.map((each) => each.split(" ")[0] ?? "")) counted[method] = (counted[method] ?? 0) + 1;
  return counted;
}

describe("2,000 consumers of 20 tables", function () {
  this.timeout(60_000);

  it("take one read and one request for each table, and nothing where nothing changes", () =>
    scene(async ({ workspace, metastore, stack }) => {
      metastore.create(...TABLES);
      metastore.addPrincipal(...CONSUMERS, ...NEW);
      const before = { product: product(TABLES, () => CONSUMERS) };
      await stack.succeed(before);
      assert.deepEqual(count(requests(workspace)), { GET: 20, PATCH: 20 });

      await stack.succeed(before);
      assert.deepEqual((await stack.preview(before)).plans, {});
      assert.deepEqual(requests(workspace), []);
      await stack.refresh();
      assert.deepEqual(count(requests(workspace)), { GET: 20 * PAGES });

      // 1 % of the consumers change, on every table.
      const after = { product: product(TABLES, () => [...CONSUMERS.slice(20), ...NEW]) };
      await stack.preview(after, { maxRemovals: 20 });
      assert.deepEqual(count(requests(workspace)), { GET: 20 * PAGES });
      await stack.succeed(after, { maxRemovals: 20 });
      assert.deepEqual(count(requests(workspace)), { GET: 20 * PAGES, PATCH: 20 });

      // A change of one table is one request.
      const [one = ""] = TABLES;
      await stack.succeed({
        product: product(TABLES, (table) => (table === one ? CONSUMERS.slice(20) : [...CONSUMERS.slice(20), ...NEW])),
      });
      assert.deepEqual(count(requests(workspace)), { GET: 20 * PAGES, PATCH: 1 });
      assert.equal(Object.keys(metastore.direct(one)).length, 1980);
    }));

  it("ask once who runs this, and keep a state of one line for each grant", () =>
    scene(async ({ workspace, metastore, stack }) => {
      metastore.create(...TABLES);
      metastore.addPrincipal(...CONSUMERS);
      await stack.succeed({ product: product(TABLES, () => CONSUMERS) });
      assert.equal(workspace.calls.filter(({ path }) => path.endsWith("/Me")).length, 1);
      const state = JSON.stringify(stack.state.get("product")?.outputs);
      // 40,000 lines of an e-mail address each, and little else.
      const lines = TABLES.length * CONSUMERS.reduce((sum, name) => sum + name.length + 2, 0);
      assert.ok(
        state.length < lines + 2000,
        `${String(state.length)} characters of state for ${String(lines)} of names`,
      );
    }));
});
