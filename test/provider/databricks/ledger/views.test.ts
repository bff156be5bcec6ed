import assert from "node:assert/strict";
import { ended, LEDGER, ledgerScene, request, WAREHOUSE, type LedgerStack } from "./scene.js";

/** A statement, as the system tables are to tell it. */
interface Used {
  readonly id: string;
  readonly who: string;
  readonly days: number;
  readonly at: Date;
  readonly bytes: number;
  readonly took: number;
  /** What it read. */
  readonly tables: readonly string[];
}

const DAY = 86_400_000;
const PRODUCTS = ["main.customer_360.customers", "MAIN.Customer_360.Customers"];
const TODAY = Date.parse(new Date().toISOString().slice(0, 10));
const daysAgo = (days: number): Date => new Date(TODAY - days * DAY);

/** Statements of Ana in the last weeks, of Zoe long ago, and of somebody who is no consumer; some on other tables alone. */
const USED: readonly Used[] = Array.from({ length: 240 }, (_, n) => {
  const who = ["ana@example.com", "Zoe@Example.com", "Guest@example.com"][n % 3] ?? "";
  const days = who.startsWith("Zoe") ? 100 + (n % 40) : (n * 7) % 60;
  const tables = n % 10 === 9 ? ["main.other.things"] : n % 4 === 0 ? PRODUCTS : PRODUCTS.slice(0, 1);
  const at = new Date(TODAY - days * DAY + (n % 24) * 3_600_000);
  return { id: `s${String(n)}`, who, days, at, bytes: n * 1_000_003, took: 10 + n, tables };
});
const OF_PRODUCT = USED.filter(({ tables }) => tables[0] !== "main.other.things");

async function fill({ workspace: { statements } }: LedgerStack): Promise<void> {
  const time = (at: Date): string => `TIMESTAMP '${at.toISOString().slice(0, 19).replace("T", " ")}'`;
  for (const [n, { id, who, at, bytes, took, tables }] of USED.entries()) {
    await statements.run(
      `INSERT INTO system.query.history BY NAME SELECT '${id}' AS statement_id, '${who}' AS executed_by,
        ${n % 2 === 0 ? `'${who}'` : "NULL"} AS executed_as, ${time(at)} AS start_time, ${String(took)} AS total_duration_ms, ${String(bytes)} AS read_bytes`,
    );
    for (const table of tables) {
      await statements.run(
        `INSERT INTO system.access.table_lineage BY NAME SELECT '${table}' AS source_table_full_name, '${id}' AS statement_id, ${time(at)} AS event_time`,
      );
    }
  }
}

function by<T>(all: readonly T[], key: (each: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const each of all) found.set(key(each), [...(found.get(key(each)) ?? []), each]);
  return found;
}

const sum = (all: readonly Used[], of: (each: Used) => number): number =>
  all.reduce((total, each) => total + of(each), 0);
const latest = (all: readonly Used[]): number => Math.max(...all.map(({ at }) => at.getTime()));
const moment = (text: unknown): number => Date.parse(`${String(text).replace(" ", "T")}Z`);

describe("The views of a ledger", () => {
  it("tell what the rows tell that they are made of", async () => {
    await ledgerScene(async ({ stack }) => {
      const zoe = request({ request: "zoe", consumer: "Zoe@Example.com", name: "Zoe" });
      const rui = request({ request: "rui", consumer: "rui@example.com", name: "Rui" });
      const late = request({
        request: "late",
        consumer: "mallory@example.com",
        name: "Mal",
        expires: daysAgo(1).toISOString(),
      });
      const ana = request();
      // Of whom no use is recorded, as that of a group never is, nobody knows that they are inactive.
      const quiet = request({ request: "quiet", consumer: "quiet@example.com", name: "Quiet" });
      const at = (days: number): object => ({ ...WAREHOUSE, now: daysAgo(days).toISOString() });
      await stack.give([zoe, quiet], at(200));
      await stack.give([zoe, quiet, late, rui], at(150));
      await stack.give([zoe, quiet, late, rui, ana], at(20));
      await stack.give([zoe, quiet, late, ended(rui), ana], at(10));
      await fill(stack);

      const logs = await stack.rows(
        "query_id, consumer_id, consumer_name, bytes_scanned",
        "usage_logs ORDER BY query_id",
      );
      const expected = OF_PRODUCT.map(({ id, who, bytes }) => ({
        query_id: id,
        consumer_id: who.toLowerCase(),
        consumer_name: { "ana@example.com": "Ana Lima", "Zoe@Example.com": "Zoe" }[who] ?? who,
        bytes_scanned: String(bytes),
      }));
      assert.deepEqual(
        logs,
        expected.sort((a, b) => (a.query_id < b.query_id ? -1 : 1)),
      );

      const usage = await stack.rows(
        "consumer_id, total_queries, total_bytes_scanned, last_access_date",
        "consumer_usage ORDER BY consumer_id",
      );
      const all = [...by(OF_PRODUCT, ({ who }) => who.toLowerCase())].sort(([a], [b]) => (a < b ? -1 : 1));
      assert.deepEqual(
        usage.map((row) => [...Object.values(row).slice(0, 3).map(String), moment(row["last_access_date"])]),
        all.map(([who, of]) => [who, String(of.length), String(sum(of, ({ bytes }) => bytes)), latest(of)]),
      );

      const overview = await stack.rows(
        "consumer_id, status, total_queries",
        "customer_360_consumers ORDER BY consumer_id",
      );
      const count = (name: string): string => String(all.find(([who]) => who === name)?.[1].length);
      assert.deepEqual(overview, [
        { consumer_id: "ana@example.com", status: "active", total_queries: count("ana@example.com") },
        { consumer_id: "mallory@example.com", status: "expired", total_queries: null },
        { consumer_id: "quiet@example.com", status: "active", total_queries: null },
        { consumer_id: "rui@example.com", status: "revoked", total_queries: null },
        { consumer_id: "zoe@example.com", status: "inactive", total_queries: count("zoe@example.com") },
      ]);

      const top = await stack.rows(
        "consumer_id, query_count, gb_scanned, avg_time_ms, last_query",
        "customer_360_top_consumers",
      );
      const recent = OF_PRODUCT.filter(({ days }) => days <= 30);
      const most = [...by(recent, ({ who }) => who.toLowerCase())].sort(([, a], [, b]) => b.length - a.length);
      assert.deepEqual(
        top.map((row) => [row["consumer_id"], Number(row["query_count"]), moment(row["last_query"])]),
        most.map(([who, of]) => [who, of.length, latest(of)]),
      );
      for (const [index, [, of]] of most.entries()) {
        assert.ok(Math.abs(Number(top[index]?.["gb_scanned"]) - sum(of, ({ bytes }) => bytes) / 1024 ** 3) < 1e-9);
        assert.ok(Math.abs(Number(top[index]?.["avg_time_ms"]) - sum(of, ({ took }) => took) / of.length) < 1e-9);
      }

      const growth = await stack.rows("month, new_consumers, cumulative_consumers", "customer_360_consumer_growth");
      const months = by([200, 200, 150, 150, 20], (days) => daysAgo(days).toISOString().slice(0, 7));
      let total = 0;
      assert.deepEqual(
        growth.map((row) => [
          String(row["month"]).slice(0, 7),
          Number(row["new_consumers"]),
          Number(row["cumulative_consumers"]),
        ]),
        [...months].map(([month, of]) => [month, of.length, (total += of.length)]),
      );

      const patterns = await stack.rows("hour_of_day, day_of_week, query_count", "customer_360_access_patterns");
      const told = patterns.map((row) => Object.values(row).map(Number).join(" "));
      const hours = by(recent, (each) => `${String(each.at.getUTCHours())} ${String(each.at.getUTCDay() + 1)}`);
      assert.deepEqual(told.sort(), [...hours].map(([when, of]) => `${when} ${String(of.length)}`).sort());
    });
  });

  it("sum up each review of each product: a consumer once, a request for each decision", async () => {
    await ledgerScene(async ({ stack }) => {
      await stack.give([request()]);
      assert.deepEqual(await stack.rows("review", "access_review_reports"), [], "no review was carried out");
      const row = (
        product: string,
        review: string,
        consumer: string,
        id: string,
        decision: string,
        inactive: string,
        decided: string | null = "2026-10-05",
      ): string =>
        `('${product}', '${review}', TIMESTAMP '2026-10-0${decision === "keep" ? "7" : "5"} 09:00:00', '${consumer}', '${id}', 'jane@example.com', ` +
        `'${decision}', NULL, ${inactive}, NULL, TIMESTAMP '2026-10-31 00:00:00', ` +
        `${decided === null ? "NULL" : `TIMESTAMP '${decided} 10:00:00'`})`;
      const q4 = ["customer-360", "2026-Q4"] as const;
      await stack.workspace.statements.run(
        `INSERT INTO ${LEDGER}.access_reviews VALUES ${[
          row(...q4, "ana@example.com", "ana", "keep", "false", "2026-10-07"),
          // Two requests of one consumer: of one nothing is known, by the other they are inactive.
          row(...q4, "zoe@example.com", "zoe", "revoke", "true"),
          row(...q4, "zoe@example.com", "zoe-2", "reduce", "NULL"),
          row(...q4, "marketing", "group", "unanswered", "NULL", null),
          row("customer-360", "2027-Q1", "ana@example.com", "ana", "unanswered", "true", null),
          row("orders", "2026-Q4", "ana@example.com", "ana", "keep", "false"),
        ].join(", ")}`,
      );
      const columns =
        "product_name, review, review_date, total_consumers, inactive_count, unknown_count, kept, reduced, revoked, unanswered, due_date, last_decided_date";
      const rows = await stack.rows(columns, "access_review_reports");
      const due = "2026-10-31";
      assert.deepEqual(
        rows.map((each) =>
          Object.values(each)
            .map(String)
            .map((text) => text.replace(/ .*/, "")),
        ),
        [
          ["customer-360", "2026-Q4", "2026-10-05", "3", "1", "1", "1", "1", "1", "1", due, "2026-10-07"],
          ["customer-360", "2027-Q1", "2026-10-05", "1", "1", "0", "0", "0", "0", "1", due, "null"],
          ["orders", "2026-Q4", "2026-10-07", "1", "0", "0", "1", "0", "0", "0", due, "2026-10-05"],
        ],
      );
    });
  });

  it("count what reads a schema of the product, and nothing that has left it", async () => {
    await ledgerScene(async ({ stack }) => {
      await stack.give([request()]);
      await fill(stack);
      const count = async (): Promise<number> => (await stack.rows("query_id", "usage_logs")).length;
      assert.equal(await count(), OF_PRODUCT.length);
      await stack.workspace.statements.run(
        `UPDATE ${LEDGER}.product_securables SET removed_at = TIMESTAMP '2026-01-01 00:00:00'`,
      );
      assert.equal(await count(), 0);
      await stack.workspace.statements.run(
        `INSERT INTO ${LEDGER}.product_securables VALUES ('customer-360', 'schema', 'main.other', NULL);
         UPDATE system.access.table_lineage SET source_table_catalog = 'main', source_table_schema = 'other' WHERE source_table_full_name LIKE '%other%'`,
      );
      assert.equal(await count(), USED.length - OF_PRODUCT.length);
    });
  });

  it("are made again where somebody changed or dropped one, and never in the place of a table", async () => {
    await ledgerScene(async ({ workspace, stack }) => {
      await stack.give([request()]);
      await workspace.statements.run(`DROP VIEW ${LEDGER}.customer_360_consumers`);
      await stack.refresh(WAREHOUSE);
      assert.deepEqual(stack.state.get("views")?.inputs["otherwise"], ["customer_360_consumers"]);
      await stack.give([request()]);
      assert.equal((await stack.rows("consumer_id", "customer_360_consumers")).length, 1);
      await workspace.statements.run(
        `DROP VIEW ${LEDGER}.customer_360_consumers; CREATE TABLE ${LEDGER}.customer_360_consumers (a VARCHAR)`,
      );
      await stack.refresh(WAREHOUSE);
      const { errors } = await stack.up(stack.product([request()]), WAREHOUSE);
      assert.match(
        String(errors[0]?.message),
        /a table is where a view of the ledger has to be: main.data_products.customer_360_consumers/,
      );
    });
  });
});
