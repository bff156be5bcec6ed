import assert from "node:assert/strict";
import { CUSTOMERS, ended, LEDGER, ledgerScene, request, WAREHOUSE } from "./scene.js";

const LATER = { ...WAREHOUSE, now: "2026-07-01T00:00:00Z" };

describe("The ledger of a data product", () => {
  it("has an intent and an end for each grant and revocation, and how consumers stand; a repeated run adds nothing", async () => {
    await ledgerScene(async ({ workspace, stack }) => {
      const ana = request();
      const zoe = request({ request: "zoe", consumer: "Zoe@Example.com", name: "Zoe" });
      await stack.give([ana, zoe]);
      const told = ["ana@example.com ana", "zoe@example.com zoe"];
      assert.deepEqual(
        await stack.log(),
        told.flatMap((who) => [`intent grant ${who}`, `done grant ${who}`]),
      );
      assert.deepEqual(await stack.recorded(), {
        "ana@example.com": `active {"catalog main":["USE_CATALOG"],"${CUSTOMERS}":["SELECT"]}`,
        "zoe@example.com": `active {"catalog main":["USE_CATALOG"],"${CUSTOMERS}":["SELECT"]}`,
      });

      const before = await stack.rows("*", "access_audit_log ORDER BY event_id");
      const again = await stack.give([ana, zoe], { now: "2026-06-02T00:00:00Z" });
      assert.ok(
        Object.values(again.ops).every((op) => op === "same"),
        JSON.stringify(again.ops),
      );
      await stack.refresh(WAREHOUSE);
      await stack.give([ana, zoe]);
      assert.deepEqual(await stack.rows("*", "access_audit_log ORDER BY event_id"), before);

      await stack.give([ended(ana), zoe], LATER);
      assert.deepEqual(Object.keys(workspace.metastore.direct(CUSTOMERS)), ["Zoe@Example.com"]);
      const [revoked] = await stack.rows(
        "status, revoked_by, revocation_reason, permissions",
        "consumer_access WHERE consumer_id = 'ana@example.com'",
      );
      assert.deepEqual(revoked, {
        status: "revoked",
        revoked_by: "dana@example.com",
        revocation_reason: "left the team",
        permissions: "{}",
      });
      const [row] = await stack.rows(
        "phase, change, decided_by, reason, run_by, privileges_removed",
        "access_audit_log WHERE phase = 'done' AND change = 'revoke'",
      );
      assert.deepEqual(row, {
        phase: "done",
        change: "revoke",
        decided_by: "dana@example.com",
        reason: "left the team",
        run_by: "owner@example.com",
        privileges_removed: `{"catalog main":["USE_CATALOG"],"${CUSTOMERS}":["SELECT"]}`,
      });
    });
  });

  it("writes what it is about to do before, and what it has not done not", async () => {
    await ledgerScene(async ({ workspace, stack }) => {
      workspace.reset();
      await stack.give([request()]);
      const told = workspace.calls.flatMap(({ method, path, body }) => {
        const sql = (body as { statement?: string } | undefined)?.statement ?? "";
        if (sql.includes(`MERGE INTO \`main\`.\`data_products\`.\`access_audit_log\``)) return ["log"];
        return method === "PATCH" && path.includes("customers") ? ["grant"] : [];
      });
      assert.deepEqual(told, ["log", "grant", "log"]);

      // Nobody of this name: the grant fails, and its intent stays open until a run can tell what became of it.
      const ghost = request({ request: "ghost", consumer: "ghost@example.com", name: "Ghost" });
      const { errors } = await stack.up(stack.product([request(), ghost]), WAREHOUSE);
      assert.match(errors.map(({ message }) => message).join(), /ghost@example.com/);
      const open = (await stack.log()).filter((line) => line.includes("ghost"));
      assert.deepEqual(open, ["intent grant ghost@example.com ghost"]);
      workspace.metastore.addPrincipal("ghost@example.com");
      await stack.give([request(), ghost], LATER);
      const closed = (await stack.log()).filter((line) => line.includes("ghost"));
      assert.deepEqual(closed, ["intent grant ghost@example.com ghost", "done grant ghost@example.com ghost"]);
    });
  });

  it("tells of what somebody else changed before it is put right, and of the end of everything", async () => {
    await ledgerScene(async ({ workspace, stack }) => {
      const ana = request();
      await stack.give([ana]);
      workspace.metastore.grant(CUSTOMERS, "mallory@example.com", "MODIFY");
      await stack.refresh(WAREHOUSE);
      const seen = stack.state.get("intents")?.inputs["unrecorded"];
      assert.deepEqual(seen, [`mallory@example.com has besides: MODIFY on ${CUSTOMERS}`]);
      await stack.give([ana], LATER);
      assert.ok((await stack.log()).includes("done revoke mallory@example.com"));
      const [row] = await stack.rows("reason", "access_audit_log WHERE consumer_id = 'mallory@example.com'");
      assert.deepEqual(row, { reason: "no request explains it" });

      const { errors } = await stack.destroy({ ...WAREHOUSE, now: "2026-08-01T00:00:00Z" });
      assert.deepEqual(errors, []);
      assert.deepEqual(workspace.metastore.direct(CUSTOMERS), {});
      assert.deepEqual(await stack.recorded(), { "ana@example.com": "revoked {}" });
      assert.ok((await stack.log()).includes("done revoke ana@example.com ana"));
      const { rows } = await workspace.statements.read(
        `SELECT view_name FROM duckdb_views() WHERE schema_name = 'data_products' AND NOT internal ORDER BY 1`,
      );
      assert.deepEqual(rows.flat(), ["access_review_reports", "consumer_usage", "usage_logs"], LEDGER);
    });
  });

  it("says of nobody that they lost access where it goes alone, and the grants stay", async () => {
    await ledgerScene(async ({ workspace, stack }) => {
      await stack.give([request()]);
      const { access } = stack.product([request()]);
      assert.ok(access);
      await stack.succeed({ access: { ...access, after: [] } }, LATER);
      assert.deepEqual(Object.keys(workspace.metastore.direct(CUSTOMERS)), ["ana@example.com"]);
      assert.match(String((await stack.recorded())["ana@example.com"]), /^active/);
      assert.deepEqual((await stack.log()).slice(2), [
        "intent revoke ana@example.com ana",
        "abandoned revoke ana@example.com ana",
      ]);
    });
  });
});
