import assert from "node:assert/strict";
import fc from "fast-check";
import { literal, quotedName } from "../../../../provider/databricks/identifiers.js";
import { openStore } from "../../../../provider/databricks/ledger/store.js";
import { RosterError } from "../../../../provider/core/errors.js";
import { batchesOf } from "../../../../provider/databricks/ledger/merge.js";
import { recordRequests, requestRows } from "../../../../provider/databricks/ledger/records.js";
import { ended, ledgerScene, request } from "./scene.js";

const NASTY = "'); DROP TABLE main.data_products.access_audit_log; --\n\"\\ :rows `x` \u0000\t\u{1F600}";

describe("What requests say, in the ledger", () => {
  it("stays data, whatever it holds", async () => {
    await ledgerScene(async ({ workspace, stack }) => {
      const nasty = request({
        request: NASTY,
        name: NASTY,
        justification: NASTY,
        approvedBy: NASTY,
        useCases: [NASTY],
      });
      await stack.give([nasty]);
      await stack.give([ended(nasty, { reason: NASTY, endedBy: NASTY })], { now: "2026-07-01T00:00:00Z" });
      const [row] = await stack.rows("request_id, consumer_name, justification, use_cases, reason", "access_requests");
      assert.deepEqual(row, {
        request_id: NASTY,
        consumer_name: NASTY,
        justification: NASTY,
        use_cases: JSON.stringify([NASTY]),
        reason: NASTY,
      });
      const log = await stack.rows("reason, decided_by", "access_audit_log");
      assert.equal(log.length, 4);
      assert.ok(log.every(({ reason, decided_by: by }) => reason === NASTY && by === NASTY));
      const texts = workspace.calls.map(({ body }) => (body as { statement?: string } | undefined)?.statement ?? "");
      assert.ok(texts.every((text) => !text.includes("DROP TABLE")));
    });
  });

  it("in parts of a statement that take no parameter is quoted", async () => {
    await ledgerScene(async ({ workspace }) => {
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: "grapheme-composite" }), async (text) => {
          // DuckDB's texts hold no NUL.
          fc.pre(!text.includes("\u0000"));
          const { rows } = await workspace.statements.read(`SELECT ${literal(text)}`);
          assert.deepEqual(rows, [[text]]);
        }),
      );
      assert.equal(quotedName("main.a`b"), "`main`.`a``b`");
    });
  });

  it("goes in parts that a statement can take, with one row for each key", () => {
    const rows = requestRows({ product: "p", runBy: undefined, at: "" }, [
      ...Array.from({ length: 4500 }, (_, n) => request({ request: String(n) })),
      request({ request: "7", justification: "the last word" }),
    ]);
    const batches = batchesOf(rows, recordRequests.keys).map((text) => JSON.parse(text) as { request_id: string }[]);
    assert.deepEqual(
      batches.map((batch) => batch.length),
      [2000, 2000, 500],
    );
    const seventh = batches.flat().filter(({ request_id: id }) => id === "7");
    assert.match(JSON.stringify(seventh), /the last word/);
    const large = requestRows({ product: "p", runBy: undefined, at: "" }, [
      request({ justification: "x".repeat(3_000_000) }),
      request({ request: "b", justification: "x".repeat(3_000_000) }),
    ]);
    assert.equal(batchesOf(large, recordRequests.keys).length, 2);
  });
});

describe("A merge of the ledger", () => {
  it("is done again where it met another writer, and not where it failed", async () => {
    const said: string[] = ["[DELTA_CONCURRENT_APPEND] Transaction conflict", "ConcurrentAppendException: files"];
    const waits: number[] = [];
    let count = 0;
    const store = openStore(
      {
        run: () => {
          count += 1;
          const next = said.shift();
          if (next !== undefined) return Promise.reject(new RosterError("a SQL statement failed", { said: next }));
          return Promise.resolve({ statementId: "1", columns: [], rows: [], truncated: false });
        },
      },
      "main.data_products",
      (milliseconds) => {
        waits.push(milliseconds);
        return Promise.resolve();
      },
    );
    const rows = requestRows({ product: "p", runBy: undefined, at: "" }, [request()]);
    await store.merge(recordRequests, rows);
    assert.deepEqual([count, waits.length], [3, 2]);
    said.push("PERMISSION_DENIED");
    await assert.rejects(store.merge(recordRequests, rows), /a SQL statement failed/);
    assert.equal(count, 4);
  });
});
