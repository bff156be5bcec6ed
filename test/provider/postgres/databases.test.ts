import assert from "node:assert/strict";
import type { Properties } from "../../../provider/core/resource.js";
import { clientOf } from "../../postgres/client.js";
import { POSTGRES_VERSIONS } from "../../postgres/server.js";
import { Scene } from "./scene.js";
import type { Program } from "./stack.js";

for (const version of POSTGRES_VERSIONS) {
  describe(`databases and schemas on PostgreSQL ${String(version)}`, () => {
    let scene: Scene;
    beforeEach(async () => {
      scene = await Scene.on(version);
    });
    afterEach(() => scene.clear());

    const database = (args: Properties = {}): Program => ({
      app: { type: "Database", args: { name: scene.n("app"), ...args } },
    });
    const plan = async (program: Program): Promise<Record<string, string[]>> => {
      const { plans } = await scene.stack.preview(program);
      return Object.fromEntries(
        Object.entries(plans).map(([name, lines]) => [name, lines.map((line) => scene.short(line))]),
      );
    };

    it("makes a database outside of any transaction, changes it in place, and keeps it when it leaves the program", async () => {
      await scene.sql("CREATE ROLE $boss; CREATE ROLE $chief");
      const first = database({
        owner: scene.n("boss"),
        template: "template0",
        encoding: "utf-8",
        locale: "C",
        connectionLimit: 7,
        comment: "It's ours",
      });
      assert.deepEqual(await plan(first), {
        app: [
          "CREATE DATABASE $app OWNER $boss TEMPLATE template0 ENCODING 'utf-8' LOCALE 'C' CONNECTION LIMIT 7;",
          "COMMENT ON DATABASE $app IS 'It''s ours';",
        ],
      });
      await scene.stack.succeed(first);
      const facts = `SELECT pg_get_userbyid(datdba) AS owner, pg_encoding_to_char(encoding) AS encoding, datcollate AS locale,
        datconnlimit AS "limit", datallowconn AS allow, shobj_description(oid, 'pg_database') AS comment
        FROM pg_database WHERE datname = '$app'`;
      const owner = scene.n("boss");
      assert.deepEqual(await scene.sql(facts), [
        { owner, encoding: "UTF8", locale: "C", limit: 7, allow: true, comment: "It's ours" },
      ]);
      await scene.settled(first);

      const second = database({ owner: scene.n("chief"), template: "template0", allowConnections: false });
      assert.deepEqual(await plan(second), {
        app: [
          "ALTER DATABASE $app OWNER TO $chief;",
          "ALTER DATABASE $app ALLOW_CONNECTIONS false CONNECTION LIMIT -1;",
          "COMMENT ON DATABASE $app IS NULL;",
        ],
      });
      await scene.stack.succeed(second);
      await scene.settled(second);
      await scene.sql(
        "ALTER DATABASE $app ALLOW_CONNECTIONS true CONNECTION LIMIT 3; ALTER DATABASE $app OWNER TO $boss",
      );
      await scene.stack.refresh();
      assert.deepEqual((await scene.stack.preview(second)).ops, { app: "update" });
      await scene.stack.succeed(second);
      await scene.settled(second);
      assert.deepEqual((await scene.stack.destroy()).errors, []);
      assert.deepEqual(await scene.databases(), ["app"]);
    });

    it("drops one only where that is said, and ends the sessions in it only where that is said too", async () => {
      await scene.stack.succeed(database({ onRemove: "drop" }));
      const session = clientOf(scene.server, scene.n("app"));
      session.on("error", () => undefined);
      await session.connect();
      try {
        const refused = scene.errors(await scene.stack.destroy());
        assert.match(refused, /is being accessed by other users/);
        assert.match(refused, /endSessions: true/);
        assert.deepEqual(await scene.databases(), ["app"]);
        await scene.stack.succeed(database({ onRemove: "drop", endSessions: true }));
        assert.deepEqual((await scene.stack.destroy()).errors, []);
        assert.deepEqual(await scene.databases(), []);
      } finally {
        await session.end().catch(() => undefined);
      }
    });

    it("refuses one that exists, and says so when what cannot be changed is declared otherwise", async () => {
      await scene.sql("CREATE ROLE $other");
      await scene.sql("CREATE DATABASE $app OWNER $other TEMPLATE template0 LOCALE 'C'");
      assert.match(await scene.fails(database()), /it exists already, and was not made by this stack/);
      await scene.stack.succeed(database({ existing: "adopt" }));
      await scene.settled(database({ existing: "adopt" }));
      const { errors } = await scene.stack.preview(database({ existing: "adopt", encoding: "LATIN1" }));
      assert.match(
        scene.short(errors.join()),
        /the encoding of database "\$app" is UTF8, and cannot be changed to LATIN1/,
      );
    });

    it("makes one with a provider of locales where the version has it, and says in the preview where it has not", async () => {
      const program = database({ template: "template0", locale: "C.UTF-8", localeProvider: "builtin" });
      const { errors } = await scene.stack.preview(program);
      if (version < 17) {
        assert.match(errors.join(), /PostgreSQL 14 has no choice of localeProvider "builtin"/);
        return;
      }
      assert.deepEqual(await plan(program), {
        app: ["CREATE DATABASE $app TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8';"],
      });
      await scene.stack.succeed(program);
      await scene.settled(program);
    });

    it("keeps what was made when the remark fails, and finishes in the next run", async () => {
      const program = database({ comment: "ours" });
      const refused = await scene.fails(program, {
        faults: (statements) => (statements[0]?.startsWith("COMMENT") ? { refuse: 0 } : undefined),
      });
      assert.match(refused, /tried: +COMMENT ON DATABASE/);
      assert.deepEqual(await scene.databases(), ["app"]);
      await scene.stack.succeed(program);
      await scene.settled(program);
    });

    it("makes a schema in a database that the same run makes, with its owner, and repairs both", async () => {
      const program = {
        ...database({ onRemove: "drop" }),
        sales: {
          type: "Schema",
          args: { database: scene.n("app"), name: "sales", owner: scene.n("boss"), comment: "Sales" },
          after: ["app", "boss"],
        },
        boss: { type: "Group", args: { name: scene.n("boss") } },
      };
      assert.deepEqual((await plan(program))["sales"], [
        "\\connect $app",
        "CREATE SCHEMA sales AUTHORIZATION $boss;",
        "COMMENT ON SCHEMA sales IS 'Sales';",
        "\\connect postgres",
      ]);
      await scene.stack.succeed(program);
      await scene.settled(program);
      await scene.inside("app", "ALTER SCHEMA sales OWNER TO postgres; COMMENT ON SCHEMA sales IS 'theirs'");
      await scene.stack.refresh();
      await scene.stack.succeed(program);
      await scene.settled(program);
      await scene.inside("app", "DROP SCHEMA sales");
      await scene.stack.refresh();
      await scene.stack.succeed(program);

      await scene.inside("app", "CREATE TABLE sales.orders (id int)");
      assert.match(
        scene.short((await scene.stack.destroy()).errors.join()),
        /schema "sales" is not dropped, because there is something in it: table sales\.orders/,
      );
      await scene.inside("app", "DROP TABLE sales.orders");
      assert.deepEqual((await scene.stack.destroy()).errors, []);
      assert.deepEqual([await scene.databases(), await scene.roles()], [[], []]);
    });

    it("copies a database into which the same run has put things, and leaves it meanwhile", async () => {
      const inMould = (name: string): Program[string] => ({
        type: "Schema",
        args: { database: scene.n("mould"), name },
        after: ["mould"],
      });
      const copy = (name: string): Program[string] => ({
        type: "Database",
        args: { name: scene.n(name), template: scene.n("mould") },
        after: ["first"],
      });
      const program = {
        mould: { type: "Database", args: { name: scene.n("mould") } },
        first: inMould("first"),
        a: copy("a"),
        second: inMould("second"),
        b: copy("b"),
      };
      await scene.stack.succeed(program);
      await scene.settled(program);
      const found = "SELECT 1 FROM pg_namespace WHERE nspname = 'first'";
      for (const database of ["a", "b"]) assert.equal((await scene.inside(database, found)).length, 1);
    });

    it("reads a database only where a resource looks into it, once in three queries", async () => {
      await scene.sql("CREATE DATABASE $idle");
      const program = {
        ...database(),
        a: { type: "Schema", args: { database: scene.n("app"), name: "a" }, after: ["app"] },
        b: { type: "Schema", args: { database: scene.n("app"), name: "b" }, after: ["app"] },
      };
      await scene.stack.succeed(program);
      scene.stack.wire.reset();
      await scene.stack.refresh();
      assert.deepEqual(scene.stack.wire.insides, { [scene.n("app")]: 1 });
      assert.equal(scene.stack.wire.reads, 1);
    });
  });
}
