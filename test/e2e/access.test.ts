import assert from "node:assert/strict";
import type { postgres } from "pulumi-roster";
import { catalogue, membersOf, role } from "./catalogue.js";
import { access, type Declaration } from "./declare.js";
import { onEachEngine, scene } from "./scene.js";
import { operations, plans } from "./workspace.js";

function company(args: postgres.AccessArgs): Declaration[] {
  return [access("company", { ignore: ["svc_*"], ...args })];
}

const before = company({
  users: ["ana", "rui", { name: "zoe", createdb: true, comment: "Zoe", password: "her password" }],
  groups: { analysts: ["ana", "rui"], readers: { members: ["zoe"], comment: "They read" }, guests: [] },
});

const after = company({
  users: ["ana", { name: "rui", login: false }, { name: "zoe", comment: "Zoe", password: "her password" }, "tom"],
  groups: { analysts: ["ana", "tom"], readers: { members: ["zoe", "ana"] }, guests: [] },
});

onEachEngine("a whole server in one resource", (engine) => {
  it("is made, updated, repaired, and taken away", () =>
    scene({ engine, given: "CREATE ROLE svc_backup", takenBack: "DROP ROLE svc_backup" }, async (workspace, db) => {
      await workspace.up(before);
      assert.deepEqual(await membersOf(db, "analysts"), ["ana", "rui"]);
      assert.equal((await role(db, "readers")).comment, "They read");
      await db.query("SELECT 1", { user: "zoe", password: "her password" });

      const update = await workspace.preview(after);
      assert.deepEqual(operations(update), { company: "update" });
      assert.deepEqual(plans(update)["company"], [
        "ALTER ROLE rui NOLOGIN;",
        "CREATE ROLE tom LOGIN;",
        "ALTER ROLE zoe NOCREATEDB;",
        "COMMENT ON ROLE readers IS NULL;",
        "REVOKE analysts FROM rui;",
        "GRANT analysts TO tom;",
        "GRANT readers TO ana;",
      ]);
      await workspace.up();
      assert.deepEqual(await membersOf(db, "analysts"), ["ana", "tom"]);
      assert.deepEqual(await membersOf(db, "readers"), ["ana", "zoe"]);
      assert.equal((await role(db, "rui")).login, false);

      await db.query(
        "GRANT analysts TO rui, svc_backup; REVOKE readers FROM zoe; ALTER ROLE rui LOGIN; DROP ROLE tom; CREATE ROLE stranger",
      );
      const { company: repair = [] } = plans(await workspace.preview(undefined, "--refresh"));
      assert.deepEqual([...repair].sort(), [
        "ALTER ROLE rui NOLOGIN;",
        "CREATE ROLE tom LOGIN;",
        "GRANT analysts TO tom;",
        "GRANT readers TO zoe;",
        "REVOKE analysts FROM rui;",
      ]);
      await workspace.up(undefined, "--refresh");
      assert.deepEqual(await membersOf(db, "analysts"), ["ana", "svc_backup", "tom"], "who is ignored is left alone");
      assert.ok((await catalogue(db)).roles["stranger"], "what nobody declared is left alone");
      await workspace.expectNoChanges();
      await db.query("REVOKE analysts FROM svc_backup; DROP ROLE stranger");
      await workspace.destroy();
    }));

  it("does what can be done, and names what cannot", () =>
    scene({ engine, takenBack: "DROP ROLE mei" }, async (workspace, db) => {
      const program = company({ users: ["ana"], groups: { analysts: ["ana", "mei"] } });
      const { text } = await workspace.upFails(program);
      assert.match(text, /there is no user "mei" to be a member of "analysts"/);
      assert.deepEqual(await membersOf(db, "analysts"), ["ana"]);
      await db.query("CREATE ROLE mei");
      await workspace.up();
      assert.deepEqual(await membersOf(db, "analysts"), ["ana", "mei"]);
      await workspace.expectNoChanges();
    }));
});
