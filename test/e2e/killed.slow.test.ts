import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { clientOf } from "../postgres/client.js";
import type { PostgresServer } from "../postgres/server.js";
import { catalogue, membersOf, role } from "./catalogue.js";
import { group, members, membership, user, type Declaration } from "./declare.js";
import { onEachEngine, scene } from "./scene.js";
import type { Workspace } from "./workspace.js";

const program: Declaration[] = [
  user("ana", { comment: "cut off", createdb: true }),
  user("rui"),
  group("analysts"),
  group("readers"),
  membership("analysts", "ana"),
  members("readers", ["ana", "rui"], {}, { dependsOn: ["ana", "rui"] }),
];

/** A session that holds up whoever writes a role or a membership. */
async function holdUp(db: PostgresServer, table: string): Promise<{ letGo(): Promise<void> }> {
  const client = clientOf(db);
  await client.connect();
  await client.query(`BEGIN; LOCK TABLE ${table} IN SHARE MODE`);
  return { letGo: () => client.end() };
}

/** Waits for something that another process does. */
async function until(expected: string, what: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await what())) {
    assert.ok(Date.now() < deadline, `waited in vain until ${expected}`);
    await pause(50);
  }
}

async function waiting(db: PostgresServer): Promise<number[]> {
  const rows = await db.query<{ pid: number }>(
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'pulumi-roster' AND wait_event_type = 'Lock'",
  );
  return rows.map(({ pid }) => pid);
}

async function sessions(db: PostgresServer): Promise<number> {
  const [row] = await db.query<{ count: string }>(
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pulumi-roster'",
  );
  return Number(row?.count);
}

/** Kills an update in the middle of writing to a table; its statements then take effect or not. */
async function killDuring(
  workspace: Workspace,
  db: PostgresServer,
  table: string,
  takesEffect: boolean,
): Promise<void> {
  const lock = await holdUp(db, table);
  try {
    workspace.declare(program);
    const update = workspace.start(["up", "--yes", "--skip-preview"]);
    await until("the update waits for the lock", async () => (await waiting(db)).length > 0);
    update.kill();
    assert.equal((await update.finished).code, null, "killed, and not ended by itself");
    if (!takesEffect)
      for (const pid of await waiting(db)) await db.query(`SELECT pg_terminate_backend(${String(pid)})`);
  } finally {
    await lock.letGo();
  }
  await until("the sessions of the killed update are gone", async () => (await sessions(db)) === 0);
}

/** What everybody does after a crash: the stack is locked, and nobody is there any more. */
async function unlock(workspace: Workspace): Promise<void> {
  const { text } = await workspace.upFails();
  assert.match(text, /locked/);
  await workspace.recover();
}

async function expectWhole(workspace: Workspace, db: PostgresServer): Promise<void> {
  assert.equal((await role(db, "ana")).comment, "cut off");
  assert.deepEqual(await membersOf(db, "analysts"), ["ana"]);
  assert.deepEqual(await membersOf(db, "readers"), ["ana", "rui"]);
  await workspace.expectNoChanges();
  // Pulumi keeps what was cut off until it is told to forget it.
  await workspace.run(["refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--expect-no-changes"]);
  const { deployment } = await workspace.export();
  assert.deepEqual(deployment.pending_operations ?? [], []);
}

onEachEngine("an update that is killed", (engine) => {
  it("after its roles were made is finished by the next one, though what exists is refused", () =>
    scene({ engine }, async (workspace, db) => {
      await killDuring(workspace, db, "pg_authid", true);
      const { roles } = await catalogue(db);
      assert.ok(roles["ana"] && roles["analysts"], "the statements took effect without anybody to tell");
      await unlock(workspace);
      await workspace.up();
      await expectWhole(workspace, db);
      // It counts as made here, and not as adopted: destroy takes it away.
      await workspace.destroy();
      assert.equal((await catalogue(db)).roles["ana"], undefined);
    }));

  it("before its roles were made, and then once more among its memberships, is finished by the next one", () =>
    scene({ engine }, async (workspace, db) => {
      await killDuring(workspace, db, "pg_authid", false);
      assert.equal((await catalogue(db)).roles["ana"], undefined);
      await unlock(workspace);
      await killDuring(workspace, db, "pg_auth_members", true);
      await unlock(workspace);
      await workspace.up();
      await expectWhole(workspace, db);
    }));
});
