import assert from "node:assert/strict";
import { ORDERS, access, scene } from "./scene.js";

const PEOPLE = ["ana@example.com", "rui@example.com"];

describe("statements under way when access is taken", () => {
  const product = (people: readonly string[], endSessions = true) => ({
    product: access(
      { grants: { [ORDERS]: { SELECT: people } }, additional: { "catalog main": { USE_CATALOG: people } } },
      { endSessions },
    ),
  });

  it("are asked to stop: those of who lost it, on what was taken, on all pages", () =>
    scene(async ({ workspace, stack }) => {
      const { history } = workspace.statements;
      history.pageSize = 1;
      await stack.succeed(product(PEOPLE));
      history.begin("other-table", "rui@example.com", "SELECT * FROM main.sales.items, main.sales.orders_archive");
      history.begin("other-person", "ana@example.com", "SELECT * FROM main.sales.orders");
      history.begin("running", "Rui@Example.com", "SELECT count(*) FROM `main`.sales.`Orders` o");
      history.begin("queued", "rui@example.com", "SELECT * FROM orders", "QUEUED");
      const { plans } = await stack.preview(product(["ana@example.com"]));
      assert.deepEqual(plans["product"]?.slice(-1), [
        `POST /api/2.0/sql/statements/{id}/cancel # for each that rui@example.com still runs on ${ORDERS}`,
      ]);
      const { warnings } = await stack.succeed(product(["ana@example.com"]));
      const ended = history.entries.filter(({ status }) => status === "CANCELED").map(({ query_id: id }) => id);
      assert.deepEqual(ended, ["running", "queued"]);
      assert.match(
        warnings.join("\n"),
        /statement running of rui@example.com on table main.sales.orders was under way and was asked to stop/,
      );
    }));

  it("go on where Databricks does not let them be stopped, or seen, which is said and is no failure", () =>
    scene(async ({ workspace, stack, metastore }) => {
      const { history } = workspace.statements;
      await stack.succeed(product(PEOPLE));
      history.begin("running", "rui@example.com", "SELECT * FROM orders");
      history.unstoppable.add("running");
      const { warnings } = await stack.succeed(product(["ana@example.com"]));
      assert.match(
        warnings.join("\n"),
        /statement running .* goes on to its end, as Databricks did not let it be stopped/,
      );
      history.isVisible = false;
      const { warnings: unseen } = await stack.succeed(product([]));
      assert.match(unseen.join("\n"), /what ana@example.com still runs could not be looked up, and goes on to its end/);
      assert.deepEqual(metastore.direct(ORDERS), {});
    }));

  it("are left alone unless the program says so", () =>
    scene(async ({ workspace, stack }) => {
      await stack.succeed(product(PEOPLE, false));
      workspace.statements.history.begin("running", "rui@example.com", "SELECT * FROM orders");
      await stack.succeed(product(["ana@example.com"], false));
      assert.equal(workspace.statements.history.entries[0]?.status, "RUNNING");
    }));
});
