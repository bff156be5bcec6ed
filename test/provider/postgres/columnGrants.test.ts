import assert from "node:assert/strict";
import type { Properties } from "../../../provider/core/resource.js";
import { POSTGRES_VERSIONS } from "../../postgres/server.js";
import { Scene } from "./scene.js";
import type { Program } from "./stack.js";

/* PostgreSQL takes a privilege on the columns of a table too where it is taken on the table. */
for (const version of POSTGRES_VERSIONS) {
  describe(`privileges on tables and on their columns on PostgreSQL ${String(version)}`, () => {
    let scene: Scene;
    beforeEach(async () => {
      scene = await Scene.on(version);
      await scene.sql("CREATE DATABASE $db");
      await scene.sql("CREATE ROLE $ana; CREATE ROLE $rui");
      await scene.inside("db", "CREATE SCHEMA s; CREATE TABLE s.a (id int, note text)");
    });
    afterEach(() => scene.clear());

    const grant = (args: Properties, after: string[] = []): Program[string] => ({
      type: "Grant",
      args: { database: scene.n("db"), on: "table", schema: "s", objects: "a\n", grantee: scene.n("ana"), ...args },
      after,
    });
    const columns = (privileges: readonly string[]): Program[string] => grant({ columns: ["note"], privileges });
    const table = (privileges: readonly string[]): Program[string] => grant({ privileges });
    const may = async (privilege: string, column = "note"): Promise<boolean | undefined> => {
      const what = `has_column_privilege('$ana', 's.a', '${column}', '${privilege}')`;
      const [row] = await scene.inside<{ may: boolean }>("db", `SELECT ${what} AS may`);
      return row?.may;
    };

    it("gives back what somebody has on columns when a privilege on the table goes", async () => {
      await scene.inside("db", "GRANT SELECT (note), INSERT (note) ON s.a TO $ana");
      await scene.stack.succeed({ grant: table(["SELECT"]) });
      assert.deepEqual((await scene.stack.destroy()).errors, []);
      assert.deepEqual([await may("SELECT"), await may("INSERT"), await may("SELECT", "id")], [true, true, false]);
    });

    it("leaves the right to give on that somebody has on columns when that on the table goes", async () => {
      await scene.inside(
        "db",
        "GRANT SELECT (note) ON s.a TO $ana WITH GRANT OPTION; GRANT SELECT (id) ON s.a TO $ana",
      );
      await scene.stack.succeed({ grant: grant({ privileges: ["SELECT"], grantOption: true }) });
      await scene.stack.succeed({ grant: table(["SELECT"]) });
      await scene.settled({ grant: table(["SELECT"]) });
      const rights = [await may("SELECT WITH GRANT OPTION"), await may("SELECT WITH GRANT OPTION", "id")];
      assert.deepEqual([...rights, await may("SELECT", "id")], [true, false, true]);
    });

    for (const parallel of [1, 8]) {
      it(`takes both where both go in one run, ${String(parallel)} at a time`, async () => {
        const both = { columns: columns(["INSERT"]), table: table(["INSERT"]) };
        for (const program of [both, { table: both.table, columns: both.columns }]) {
          await scene.stack.succeed(program);
          assert.deepEqual((await scene.stack.up({}, { parallel })).errors, []);
          assert.equal(await may("INSERT"), false);
        }
        await scene.stack.succeed(both);
        const other = { columns: columns(["UPDATE"]), table: table(["DELETE"]) };
        assert.deepEqual((await scene.stack.up(other, { parallel })).errors, []);
        assert.deepEqual([await may("INSERT"), await may("UPDATE")], [false, true]);
        await scene.settled(other);
      });
    }

    it("takes both where both leave an Access, and plans them in an order that does the same by hand", async () => {
      const key = (of: object): string => JSON.stringify({ on: "table", schema: "s", objects: ["a"], ...of });
      const access = (grants: Readonly<Record<string, string>>): Program => ({
        access: { type: "Access", args: { name: "access", grants: { [scene.n("db")]: grants } } },
      });
      const ana = `${scene.n("ana")}\n`;
      const both = access({
        [key({ columns: ["note"], privileges: ["INSERT"] })]: ana,
        [key({ privileges: ["INSERT"] })]: ana,
      });
      const none = access({ [key({ privileges: ["DELETE"] })]: ana });
      await scene.stack.succeed(both);
      const { plans } = await scene.stack.preview(none);
      const plan = (plans["access"] ?? []).map((line) => scene.short(line)).filter((line) => !line.startsWith("\\"));
      assert.deepEqual(plan, [
        "REVOKE INSERT ON TABLE s.a FROM $ana;",
        "GRANT INSERT (note) ON TABLE s.a TO $ana;",
        "GRANT DELETE ON TABLE s.a TO $ana;",
        "REVOKE INSERT (note) ON TABLE s.a FROM $ana;",
      ]);
      await scene.stack.succeed(none);
      assert.equal(await may("INSERT"), false);
      await scene.settled(none);
    });
  });
}
