import assert from "node:assert/strict";
import { Refused } from "../../../sandbox/databricks/metastore.js";
import { CUSTOMERS, LEDGER, ended, ledgerScene, request, WAREHOUSE, type LedgerStack } from "./scene.js";

const LATER = { ...WAREHOUSE, now: "2026-07-01T00:00:00Z" };

/** Which statement of a run is the first to fail; then nothing of that run reaches Databricks any more. */
function dieAt(stack: LedgerStack, count: number): { readonly isDead: () => boolean } {
  const { statements } = stack.workspace;
  let left = count;
  statements.before = () => {
    left -= 1;
    if (left < 0) throw new Refused(500, "INTERNAL_ERROR", "the run is dead");
  };
  return { isDead: () => left < 0 };
}

/** What ledger and grants say of each other. */
async function agree(stack: LedgerStack): Promise<void> {
  const recorded = await stack.rows("consumer_id, permissions", "consumer_access ORDER BY consumer_id");
  const told = recorded
    .filter(({ permissions }) => String(permissions).includes(CUSTOMERS))
    .map(({ consumer_id: id }) => id);
  const live = Object.keys(stack.workspace.metastore.direct(CUSTOMERS)).map((name) => name.toLowerCase());
  assert.deepEqual(told, live.sort());
  const open = await stack.rows(
    "change_id",
    `access_audit_log i WHERE phase = 'intent' AND NOT EXISTS (SELECT 1 FROM ${LEDGER}.access_audit_log e WHERE e.change_id = i.change_id AND e.phase <> 'intent')`,
  );
  assert.deepEqual(open, [], "each intent has an end");
}

describe("A run that is killed while it writes a ledger", () => {
  it("is made good by the next one, whichever statement was its last, and a third adds nothing", async () => {
    await ledgerScene(async ({ workspace, stack }) => {
      const [ana, rui] = [request(), request({ request: "rui", consumer: "rui@example.com", name: "Rui" })];
      await stack.give([ana]);
      const before = new Map(stack.state);
      let isOver = false;
      for (let last = 0; !isOver; last += 1) {
        // Ana's access ends and Rui's begins, and the other way round.
        const requests =
          last % 2 === 0 ? [ended(ana), rui] : [ana, ended(rui, { endedOn: "2026-06-01T00:00:00.000Z" })];
        const now = new Date(Date.UTC(2026, 6, 1 + last)).toISOString();
        const death = dieAt(stack, last);
        await stack.up(stack.product(requests), { ...LATER, now });
        isOver = !death.isDead();
        workspace.statements.before = () => undefined;
        await stack.give(requests, { now });
        await agree(stack);
        const count = await stack.rows("count(*)", "access_audit_log");
        // As if nothing of what the runs did had been stored.
        stack.state.clear();
        for (const [name, stored] of before) stack.state.set(name, stored);
        await stack.give(requests, { now });
        assert.deepEqual(await stack.rows("count(*)", "access_audit_log"), count, `after statement ${String(last)}`);
      }
    });
  });

  it("between intent and grant leaves an intent that the next run gives up where it is not wanted any more", async () => {
    await ledgerScene(async ({ workspace, stack }) => {
      await stack.give([]);
      let isWritten = false;
      workspace.statements.before = (sql) => {
        if (isWritten) throw new Refused(500, "INTERNAL_ERROR", "the run is dead");
        isWritten = sql.includes("access_audit_log` AS t");
      };
      const ghost = request({ request: "ghost", consumer: "ghost@example.com" });
      await stack.up(stack.product([ghost]), WAREHOUSE);
      workspace.statements.before = () => undefined;
      assert.deepEqual(await stack.log(), ["intent grant ghost@example.com ghost"]);
      await stack.give([ended(ghost)], LATER);
      assert.deepEqual(await stack.log(), [
        "intent grant ghost@example.com ghost",
        "abandoned grant ghost@example.com ghost",
      ]);
      await agree(stack);
    });
  });
});
