import assert from "node:assert/strict";
import { openSource, type StatementRunner } from "../../../../provider/databricks/read.js";
import { coverageOf } from "../../../../sdk/roster/consumers/coverage.js";
import { permissionChanges } from "../../../../sdk/roster/consumers/changes.js";
import { unusualUse } from "../../../../sdk/roster/consumers/unusual.js";
import { accessByTable, usageByConsumer, usageByMonth, usagePattern } from "../../../../sdk/roster/consumers/usage.js";
import { startDatabricks, type DatabricksSandbox } from "../../../sandbox/databricks/index.js";
import {
  UNUSUAL,
  isInactive,
  isSilent,
  makeUsage,
  principalOf,
  recordChanges,
} from "../../../sandbox/databricks/usageWorkload.js";

const NOW = new Date("2027-01-01T00:00:00Z");
const TABLES = ["main.customer_360.customers", "main.customer_360.customer_metrics"];
const SCOPE = { tables: TABLES, schemas: [] };
const DAY = 86_400_000;
const days = (count: number): Date => new Date(NOW.getTime() - count * DAY);

interface Raw {
  readonly id: string;
  readonly consumer: string;
  readonly at: number;
  readonly bytes: number;
  readonly took: number;
}

describe("usage of a data product, by a year of system tables of 2,000 consumers", function () {
  this.timeout(120_000);
  let workspace: DatabricksSandbox;
  let runner: StatementRunner;
  let lineage: { readonly table: string; readonly author: string; readonly at: number; readonly id: string | null }[];
  let used: Raw[];

  before(async () => {
    workspace = await startDatabricks();
    await makeUsage(workspace.statements, { now: NOW, tables: TABLES, consumers: 2000, statements: 60_000 });
    const environment = {
      DATABRICKS_HOST: workspace.url,
      DATABRICKS_TOKEN: workspace.token,
      DATABRICKS_WAREHOUSE_ID: workspace.statements.warehouse.id,
    };
    workspace.statements.warehouse.chunkRows = 20_000;
    runner = openSource(undefined, { environment, config: undefined });
    // The raw rows, from which everything is computed a second time, without SQL.
    const raw = async (sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> =>
      (await runner.run({ sql })).rows;
    lineage = (
      await raw(
        "SELECT source_table_full_name AS t, created_by AS a, event_time AS at, statement_id AS id FROM system.access.table_lineage",
      )
    ).map(({ t, a, at, id }) => ({
      table: t as string,
      author: (a as string).toLowerCase(),
      at: Date.parse(at as string),
      id: id as string | null,
    }));
    const ours = new Set(lineage.flatMap(({ table, id }) => (TABLES.includes(table) && id !== null ? [id] : [])));
    used = (
      await raw(
        "SELECT statement_id AS id, executed_as AS a, executed_by AS b, start_time AS at, read_bytes AS bytes, total_duration_ms AS took FROM system.query.history",
      )
    )
      .filter(({ id }) => ours.has(id as string))
      .map(({ id, a, b, at, bytes, took }) => ({
        id: id as string,
        consumer: ((a ?? b) as string).toLowerCase(),
        at: Date.parse(at as string),
        bytes: Number(bytes),
        took: Number(took),
      }));
  });
  after(() => workspace.close());

  const within = (from: Date): Raw[] => used.filter(({ at }) => at >= from.getTime() && at < NOW.getTime());
  function grouped<T>(rows: readonly T[], key: (row: T) => string): Map<string, T[]> {
    const groups = new Map<string, T[]>();
    for (const row of rows) {
      const group = groups.get(key(row)) ?? [];
      group.push(row);
      groups.set(key(row), group);
    }
    return groups;
  }
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const iso = (at: number): string => new Date(at).toISOString();

  it("gives queries, bytes, average seconds and the last query of each consumer, as the raw rows do", async () => {
    const found = await usageByConsumer(runner, SCOPE, { from: days(30), to: NOW });
    const wanted = [...grouped(within(days(30)), ({ consumer }) => consumer)].map(([consumer, rows]) => ({
      consumer,
      queries: rows.length,
      bytes: sum(rows.map(({ bytes }) => bytes)),
      seconds: sum(rows.map(({ took }) => took)) / rows.length / 1000,
      last: iso(Math.max(...rows.map(({ at }) => at))),
    }));
    wanted.sort((a, b) => b.queries - a.queries || (a.consumer < b.consumer ? -1 : 1));
    assert.ok(found.length > 500);
    assert.deepEqual(
      found.map(({ seconds, ...row }) => row),
      wanted.map(({ seconds, ...row }) => row),
    );
    found.forEach(({ seconds }, n) => {
      assert.ok(Math.abs((seconds ?? NaN) - (wanted[n]?.seconds ?? NaN)) < 1e-9);
    });
  });

  it("gives the pattern by hour and weekday, and months, as the raw rows do", async () => {
    const pattern = await usagePattern(runner, SCOPE, { from: days(90), to: NOW });
    const cells = grouped(within(days(90)), ({ at }) => {
      const time = new Date(at);
      return `${String(time.getUTCDay() + 1)} ${String(time.getUTCHours()).padStart(2, "0")}`;
    });
    assert.deepEqual(
      pattern.map(({ weekday, hour, queries }) => [`${String(weekday)} ${String(hour).padStart(2, "0")}`, queries]),
      [...cells].map(([cell, rows]) => [cell, rows.length]).sort(([a = ""], [b = ""]) => (a < b ? -1 : 1)),
    );
    const months = await usageByMonth(runner, SCOPE, { from: days(365), to: NOW });
    const wanted = [...grouped(within(days(365)), ({ at }) => iso(at).slice(0, 7))].map(([month, rows]) => ({
      month,
      queries: rows.length,
      consumers: new Set(rows.map(({ consumer }) => consumer)).size,
      bytes: sum(rows.map(({ bytes }) => bytes)),
    }));
    assert.deepEqual(
      months,
      wanted.sort((a, b) => (a.month < b.month ? -1 : 1)),
    );
  });

  it("gives the latest event of each consumer and table, of lineage without a statement too", async () => {
    const found = await accessByTable(runner, SCOPE, NOW);
    const at = new Map<string, number>();
    const see = (consumer: string, table: string, moment: number): void => {
      const key = `${consumer} ${table}`;
      at.set(key, Math.max(at.get(key) ?? 0, moment));
    };
    const byId = new Map(used.map((row) => [row.id, row]));
    for (const { table, author, at: moment, id } of lineage.filter((each) => TABLES.includes(each.table))) {
      see(author, table, moment);
      const row = byId.get(id ?? "");
      if (row !== undefined) see(row.consumer, table, row.at);
    }
    assert.deepEqual(
      Object.fromEntries(found.map(({ consumer, table, read }) => [`${consumer} ${table}`, read])),
      Object.fromEntries([...at].map(([key, moment]) => [key, iso(moment)])),
    );
    assert.ok(found.every(({ written }) => written === null));
    const known = new Set(found.map(({ consumer }) => consumer));
    assert.ok(!known.has(principalOf(7)) && isSilent(7), "of the silent nothing is known");
    const [inactive] = found.filter(({ consumer }) => consumer === principalOf(3));
    assert.ok(isInactive(3) && Date.parse(inactive?.read ?? "") < days(119).getTime());
  });

  it("tells a write from a read", async () => {
    await workspace.statements.run(`INSERT INTO system.access.table_lineage BY NAME SELECT
      'main.customer_360.customers' AS target_table_full_name, 'Writer@Example.com' AS created_by,
      TIMESTAMP '2026-12-24 10:00:00' AS event_time, DATE '2026-12-24' AS event_date`);
    const found = await accessByTable(runner, SCOPE, NOW);
    assert.deepEqual(
      found.filter(({ consumer }) => consumer === "writer@example.com"),
      [{ consumer: "writer@example.com", table: TABLES[0], read: null, written: "2026-12-24T10:00:00.000Z" }],
    );
  });

  it("finds use that is unlike a consumer's own past, and no other", async () => {
    const { volumes, hours } = await unusualUse(runner, SCOPE, NOW);
    assert.deepEqual(
      volumes.map(({ consumer, day, bytes }) => ({ consumer, day, large: bytes >= 1e12 })),
      [{ consumer: principalOf(UNUSUAL.volume), day: "2026-12-30", large: true }],
    );
    assert.deepEqual(
      hours.map(({ consumer, hour, queries }) => ({ consumer, hour, queries })),
      [{ consumer: principalOf(UNUSUAL.hour), hour: 3, queries: 12 }],
    );
  });

  it("takes a schema for all of its tables, and nothing for nothing", async () => {
    const period = { from: days(30), to: NOW };
    const bySchema = await usageByConsumer(runner, { tables: [], schemas: ["main.customer_360"] }, period);
    assert.deepEqual(bySchema, await usageByConsumer(runner, SCOPE, period));
    assert.deepEqual(await usageByConsumer(runner, { tables: [], schemas: ["main.nothing"] }, period), []);
  });

  it("tells how far back the sources go, and how fresh they are", async () => {
    const { sources, time_zone: zone } = await coverageOf(runner);
    assert.equal(zone, "UTC");
    assert.deepEqual(
      sources.map(({ name, keeps_days: keeps, oldest }) => [name, keeps, oldest?.slice(0, 7)]),
      [
        ["system.query.history", 365, "2026-01"],
        ["system.access.table_lineage", 395, "2026-01"],
      ],
    );
  });

  it("reads changes of privileges of the audit log: on the product and on what holds it, and what was carried out alone", async () => {
    const table = { type: "TABLE", name: "main.customer_360.customers" };
    const grant = [
      { principal: "ana@example.com", add: ["SELECT"] },
      { principal: "rui@example.com", remove: ["MODIFY"] },
    ];
    await recordChanges(workspace.statements, [
      { at: "2026-12-01 09:00:00", by: "roster@example.com", securable: table, changes: grant },
      {
        at: "2026-12-02 09:00:00",
        by: "eve@example.com",
        securable: { type: "CATALOG", name: "main" },
        changes: [{ principal: "eve@example.com", add: ["SELECT"] }],
      },
      { at: "2026-12-03 09:00:00", by: "eve@example.com", securable: table, changes: grant, status: 403 },
      {
        at: "2026-12-04 09:00:00",
        by: "eve@example.com",
        securable: { type: "TABLE", name: "main.other.things" },
        changes: grant,
      },
      { at: "2025-12-04 09:00:00", by: "eve@example.com", securable: table, changes: grant },
    ]);
    const found = await permissionChanges(runner, SCOPE, { from: days(90), to: NOW });
    assert.deepEqual(
      found.map(({ by, securable, principal, added, removed }) => [by, securable, principal, added, removed]),
      [
        ["eve@example.com", "catalog main", "eve@example.com", ["SELECT"], []],
        ["roster@example.com", "table main.customer_360.customers", "ana@example.com", ["SELECT"], []],
        ["roster@example.com", "table main.customer_360.customers", "rui@example.com", [], ["MODIFY"]],
      ],
    );
  });
});
