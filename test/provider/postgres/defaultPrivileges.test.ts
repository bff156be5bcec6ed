import assert from "node:assert/strict";
import type { Properties } from "../../../provider/core/resource.js";
import { POSTGRES_VERSIONS } from "../../postgres/server.js";
import { Scene } from "./scene.js";
import type { Program } from "./stack.js";

for (const version of POSTGRES_VERSIONS) {
  describe(`default privileges on PostgreSQL ${String(version)}`, () => {
    let scene: Scene;
    beforeEach(async () => {
      scene = await Scene.on(version);
      await scene.sql("CREATE DATABASE $db");
      await scene.sql("CREATE ROLE $ana; CREATE ROLE $boss; CREATE ROLE $maker");
      await scene.inside("db", "CREATE SCHEMA s; GRANT ALL ON SCHEMA s TO $boss; GRANT $boss TO $maker");
    });
    afterEach(() => scene.clear());

    const one = (args: Properties): Program => ({
      later: { type: "DefaultPrivileges", args: { database: scene.n("db"), grantee: scene.n("ana"), ...args } },
    });
    const plan = async (program: Program): Promise<string[]> => {
      const { plans, errors } = await scene.stack.preview(program);
      assert.deepEqual(errors, []);
      const lines = (plans["later"] ?? []).map((line) => scene.short(line));
      return lines.filter((line) => !line.startsWith("\\connect"));
    };
    const entries = (): Promise<unknown[]> => scene.inside("db", "SELECT 1 FROM pg_default_acl");

    const CASES: readonly [string, Properties, string][] = [
      [
        "tables of one owner in a schema",
        { on: "table", schema: "s", privileges: ["SELECT"] },
        "IN SCHEMA s GRANT SELECT ON TABLES TO $ana",
      ],
      ["sequences in any schema", { on: "sequence", privileges: ["USAGE"] }, "GRANT USAGE ON SEQUENCES TO $ana"],
      [
        "functions",
        { on: "function", schema: "s", privileges: ["EXECUTE"] },
        "IN SCHEMA s GRANT EXECUTE ON FUNCTIONS TO $ana",
      ],
      [
        "types",
        { on: "type", privileges: ["USAGE"], grantOption: true },
        "GRANT USAGE ON TYPES TO $ana WITH GRANT OPTION",
      ],
      ["schemas", { on: "schema", privileges: ["USAGE"] }, "GRANT USAGE ON SCHEMAS TO $ana"],
    ];

    for (const [what, args, words] of CASES) {
      it(`are given for ${what}, repaired, and taken back`, async () => {
        const program = one({ ...args, owner: scene.n("boss") });
        const statement = `ALTER DEFAULT PRIVILEGES FOR ROLE $boss ${words};`;
        assert.deepEqual(await plan(program), [statement]);
        await scene.stack.succeed(program);
        await scene.settled(program);
        await scene.inside(
          "db",
          statement.replace("GRANT", "REVOKE").replace(" TO ", " FROM ").replace(" WITH GRANT OPTION", ""),
        );
        await scene.stack.refresh();
        assert.deepEqual(await plan(program), [statement]);
        await scene.stack.succeed(program);
        assert.deepEqual((await scene.stack.destroy()).errors, []);
        assert.deepEqual(await entries(), []);
      });
    }

    it("are exactly what is declared", async () => {
      const program = one({ on: "table", schema: "s", owner: scene.n("boss"), privileges: ["SELECT"] });
      await scene.stack.succeed(program);
      await scene.inside("db", "ALTER DEFAULT PRIVILEGES FOR ROLE $boss IN SCHEMA s GRANT ALL ON TABLES TO $ana");
      await scene.stack.refresh();
      assert.match(
        scene.output("surplus", "later"),
        /^INSERT, UPDATE, DELETE, .* on future tables of \$boss\n$|INSERT/,
      );
      const [revoke = ""] = await plan(program);
      assert.match(
        revoke,
        /^ALTER DEFAULT PRIVILEGES FOR ROLE \$boss IN SCHEMA s REVOKE .*INSERT.* ON TABLES FROM \$ana;$/,
      );
      assert.doesNotMatch(revoke, /SELECT/);
      await scene.stack.succeed(program);
      await scene.settled(program);
    });

    it("are set for every owner who can create there, also for one who can since", async () => {
      const program = one({ on: "table", schema: "s", privileges: ["SELECT"] });
      await scene.stack.succeed(program);
      await scene.inside("db", "SET ROLE $maker; CREATE TABLE s.t (id int); GRANT USAGE ON SCHEMA s TO $ana");
      const [row] = await scene.inside<{ may: boolean }>(
        "db",
        "SELECT has_table_privilege('$ana', 's.t', 'SELECT') AS may",
      );
      assert.equal(row?.may, true);
      await scene.settled(program);
      await scene.sql("CREATE ROLE $new; GRANT $boss TO $new");
      await scene.stack.refresh();
      assert.deepEqual(await plan(program), [
        "ALTER DEFAULT PRIVILEGES FOR ROLE $new IN SCHEMA s GRANT SELECT ON TABLES TO $ana;",
      ]);
      await scene.stack.succeed(program);
      await scene.settled(program);
    });

    it("take from everybody what is built in, and give it back in the end", async () => {
      const program = one({ on: "function", owner: scene.n("boss"), grantee: "PUBLIC", privileges: [] });
      assert.deepEqual(await plan(program), [
        "ALTER DEFAULT PRIVILEGES FOR ROLE $boss REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;",
      ]);
      await scene.stack.succeed(program);
      await scene.inside("db", "SET ROLE $boss; CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1'");
      const [row] = await scene.inside<{ may: boolean }>(
        "db",
        "SELECT has_function_privilege('$ana', 's.f()', 'EXECUTE') AS may",
      );
      assert.equal(row?.may, false);
      await scene.settled(program);
      await scene.inside("db", "ALTER DEFAULT PRIVILEGES FOR ROLE $boss GRANT EXECUTE ON FUNCTIONS TO PUBLIC");
      await scene.stack.refresh();
      await scene.stack.succeed(program);
      await scene.settled(program);
      assert.deepEqual((await scene.stack.destroy()).errors, []);
      assert.deepEqual(await entries(), [], "nothing differs from what is built in");
    });

    it("say what is not there", async () => {
      assert.match(
        await scene.fails(one({ on: "table", schema: "x", privileges: ["SELECT"] })),
        /there is no schema "x"/,
      );
      assert.match(
        await scene.fails(one({ on: "table", owner: scene.n("nobody"), privileges: ["SELECT"] })),
        /there is no user or group "\$nobody"/,
      );
      const { errors } = await scene.stack.preview(one({ on: "table", schema: "s", privileges: ["EXECUTE"] }));
      assert.match(errors.join(), /there is no privilege "EXECUTE" on a table/);
    });
  });
}
