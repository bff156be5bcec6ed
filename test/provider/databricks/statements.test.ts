import assert from "node:assert/strict";
import fc from "fast-check";
import { openSource, type StatementRunner } from "../../../provider/databricks/read.js";
import { startDatabricks, type DatabricksSandbox } from "../../sandbox/databricks/index.js";

describe("SQL statements on Databricks", () => {
  let workspace: DatabricksSandbox;
  let waits: number[];
  let runner: StatementRunner;

  before(async () => {
    workspace = await startDatabricks();
    await workspace.statements.createCatalog("main");
    await workspace.statements.run("CREATE SCHEMA main.hr");
    await workspace.statements.run(
      "CREATE TABLE main.hr.people AS SELECT i AS id, 'p' || i || '@example.com' AS email, " +
        "i % 2 = 0 AS active, TIMESTAMP '2026-01-02 03:04:05.6' AS seen, 0.5 * i AS share, " +
        "CASE WHEN i = 1 THEN NULL ELSE DATE '2026-01-31' END AS day FROM range(2500) t(i)",
    );
  });
  after(() => workspace.close());
  beforeEach(() => {
    workspace.reset();
    waits = [];
    const { warehouse } = workspace.statements;
    Object.assign(warehouse, { state: "RUNNING", startsItself: true, pendingPolls: 0, chunkRows: 1000 });
    const environment = {
      DATABRICKS_HOST: workspace.url,
      DATABRICKS_TOKEN: workspace.token,
      DATABRICKS_WAREHOUSE_ID: warehouse.id,
    };
    runner = openSource(undefined, { environment, config: undefined }, (milliseconds) => {
      waits.push(milliseconds);
      return Promise.resolve();
    });
  });

  it("give rows by column, with numbers and booleans as such and all else as text", async () => {
    const { columns, rows, truncated } = await runner.run({
      sql: "SELECT id, email, active, seen, CAST(share AS DOUBLE) AS share, day FROM main.hr.people WHERE id < 2 ORDER BY id",
    });
    assert.deepEqual(
      columns.map(({ name, type }) => `${name} ${type}`),
      ["id LONG", "email STRING", "active BOOLEAN", "seen TIMESTAMP", "share DOUBLE", "day DATE"],
    );
    const seen = "2026-01-02T03:04:05.600Z";
    assert.deepEqual(rows, [
      { id: 0, email: "p0@example.com", active: true, seen, share: 0, day: "2026-01-31" },
      { id: 1, email: "p1@example.com", active: false, seen, share: 0.5, day: null },
    ]);
    assert.equal(truncated, false);
    const { rows: large } = await runner.run({ sql: "SELECT 9007199254740993 AS n" });
    assert.deepEqual(large, [{ n: "9007199254740993" }], "what a number cannot hold stays text");
  });

  it("read every chunk of a result", async () => {
    const { rows } = await runner.run({ sql: "SELECT id FROM main.hr.people ORDER BY id" });
    assert.equal(rows.length, 2500);
    assert.deepEqual([rows[999], rows[1000], rows[2499]], [{ id: 999 }, { id: 1000 }, { id: 2499 }]);
    assert.equal(workspace.requests().filter((each) => each.includes("/result/chunks/")).length, 2);
  });

  it("keep parameters apart from the SQL, whatever stands in them", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "binary" }).filter((text) => text.isWellFormed() && !text.includes("\u0000")),
        async (text) => {
          const { rows } = await runner.run({ sql: "SELECT :text AS text, ':text' AS literal", parameters: { text } });
          assert.deepEqual(rows, [{ text, literal: ":text" }]);
        },
      ),
      { numRuns: 40 },
    );
    const { rows } = await runner.run({
      sql: "SELECT :n + 1 AS n, :x AS x, :yes AS yes, :none IS NULL AS none, :day + INTERVAL 1 DAY > :at AS later",
      parameters: {
        n: 41,
        x: 0.25,
        yes: true,
        none: null,
        day: { value: "2026-01-02", type: "DATE" },
        at: new Date("2026-01-02T12:00:00Z"),
      },
    });
    assert.deepEqual(rows, [{ n: 42, x: 0.25, yes: true, none: true, later: true }]);
    await assert.rejects(runner.run({ sql: "SELECT :x", parameters: { x: Number.NaN } }), {
      message: /parameter x .*is NaN/,
    });
    await assert.rejects(runner.run({ sql: "SELECT :missing" }), { message: /unbound parameter: missing/ });
  });

  it("are errors where they fail, although that is an answer with status 200", async () => {
    const failing = runner.run({
      sql: "SELECT * FROM main.hr.persons WHERE email = :who",
      parameters: { who: "a secret" },
    });
    await assert.rejects(failing, ({ message }: Error) => {
      assert.match(
        message,
        /a SQL statement failed[^]*SELECT \* FROM main.hr.persons[^]*42P01[^]*persons does not exist/,
      );
      assert.doesNotMatch(message, /a secret/);
      return true;
    });
  });

  it("are waited for, less and less often, also while a stopped warehouse starts", async () => {
    Object.assign(workspace.statements.warehouse, { state: "STOPPED", pendingPolls: 6 });
    const { rows } = await runner.run({ sql: "SELECT 1 AS one" });
    assert.deepEqual(rows, [{ one: 1 }]);
    assert.deepEqual(waits, [500, 1000, 2000, 4000, 5000, 5000]);
  });

  it("are cancelled where they take too long, and the error names the warehouse that did not start", async () => {
    Object.assign(workspace.statements.warehouse, { state: "STOPPED", startsItself: false });
    const late = runner.run({ sql: "SELECT 1", timeout: 20 });
    await assert.rejects(late, {
      message: /longer than 20 seconds; it was cancelled[^]*PENDING, the warehouse "Starter" is STOPPED[^]*start it/,
    });
    assert.ok(workspace.requests().some((each) => /^POST .*\/cancel$/.test(each)));
  });

  it("name a warehouse that does not exist, and where one is to be named", async () => {
    await assert.rejects(runner.run({ sql: "SELECT 1", warehouse: "gone" }), {
      message: /no SQL warehouse with the id "gone"[^]*SQL warehouse gone does not exist/,
    });
    const environment = { DATABRICKS_HOST: workspace.url, DATABRICKS_TOKEN: workspace.token };
    const bare = openSource(undefined, { environment, config: undefined });
    await assert.rejects(bare.run({ sql: "SELECT 1" }), { message: /has no warehouse[^]*DATABRICKS_WAREHOUSE_ID/ });
  });

  it("do not give a part for the whole: too many rows are an error unless the first are enough", async () => {
    const sql = "SELECT id FROM main.hr.people ORDER BY id";
    await assert.rejects(runner.run({ sql, maxRows: 10 }), { message: /more than the 10 rows/ });
    const { rows, truncated } = await runner.run({ sql, maxRows: 10, truncate: true });
    assert.deepEqual([rows.length, truncated], [10, true]);
    await assert.rejects(runner.run({ sql: "SELECT repeat('x', 1000) AS x FROM range(30000)" }), {
      message: /25 MiB[^]*fewer columns/,
    });
  });

  it("are sent again after a lost answer only where that is safe", async () => {
    const lost = (): (() => void) => workspace.fault({ times: 1, failure: "cutAfterActing" });
    lost();
    assert.deepEqual((await runner.run({ sql: "select 1 as one" })).rows, [{ one: 1 }]);
    await workspace.statements.run("CREATE OR REPLACE TABLE main.hr.log (n INT)");
    lost();
    await assert.rejects(runner.run({ sql: "INSERT INTO main.hr.log VALUES (1)" }), { message: /connection broke/ });
    lost();
    const merge =
      "MERGE INTO main.hr.log t USING (SELECT :n AS n) s ON t.n = s.n WHEN NOT MATCHED THEN INSERT (n) VALUES (s.n)";
    await runner.run({ sql: merge, parameters: { n: 2 }, repeatable: true });
    const { rows } = await runner.run({ sql: "SELECT n, count(*) AS times FROM main.hr.log GROUP BY n ORDER BY n" });
    assert.deepEqual(rows, [
      { n: 1, times: 1 },
      { n: 2, times: 1 },
    ]);
  });
});
