import assert from "node:assert/strict";
import { encodeNames } from "../../../provider/core/lines.js";
import type { Properties } from "../../../provider/core/resource.js";
import { POSTGRES_VERSIONS } from "../../postgres/server.js";
import { Scene } from "./scene.js";
import type { Program } from "./stack.js";

const OBJECTS = `
  CREATE SCHEMA s; CREATE TABLE s.a (id int, note text); CREATE TABLE s."B b" (id int); CREATE VIEW s.v AS SELECT 1;
  CREATE SEQUENCE s.q; CREATE TYPE s.t AS ENUM ('x'); CREATE DOMAIN s.d AS int;
  CREATE FUNCTION s.f(a int, b text) RETURNS int LANGUAGE sql AS 'SELECT 1';
  CREATE FUNCTION s.f(s.t) RETURNS int LANGUAGE sql AS 'SELECT 1';
  CREATE PROCEDURE s.p() LANGUAGE sql AS 'SELECT 1';
  GRANT USAGE ON SCHEMA s TO PUBLIC; REVOKE ALL ON ALL ROUTINES IN SCHEMA s FROM PUBLIC; REVOKE ALL ON TYPE s.t, s.d FROM PUBLIC`;

for (const version of POSTGRES_VERSIONS) {
  describe(`grants on PostgreSQL ${String(version)}`, () => {
    let scene: Scene;
    beforeEach(async () => {
      scene = await Scene.on(version);
      await scene.sql("CREATE DATABASE $db");
      await scene.sql("CREATE ROLE $ana; CREATE ROLE $rui; CREATE ROLE $boss");
      await scene.inside("db", OBJECTS);
    });
    afterEach(() => scene.clear());

    const one = (args: Properties, type = "Grant"): Program => ({
      grant: { type, args: { database: scene.n("db"), grantee: scene.n("ana"), ...args } },
    });
    const plan = async (program: Program): Promise<string[]> => {
      const { plans, errors } = await scene.stack.preview(program);
      assert.deepEqual(errors, []);
      const lines = (plans["grant"] ?? []).map((line) => scene.short(line));
      // Other tests on this server have superusers of their own, who can create everywhere.
      return lines.filter((line) => !/^\\connect|FOR ROLE unit_/.test(line));
    };
    const may = async (what: string): Promise<boolean> => {
      const [row] = await scene.inside<{ may: boolean }>("db", `SELECT ${what} AS may`);
      return row?.may === true;
    };

    const KINDS: readonly [string, Properties, string, string][] = [
      [
        "database",
        { on: "database", privileges: ["CREATE", "TEMP"] },
        "CREATE, TEMPORARY ON DATABASE $db",
        "has_database_privilege('$ana', '$db', 'CREATE')",
      ],
      [
        "schema",
        { on: "schema", schema: "s", privileges: ["create"] },
        "CREATE ON SCHEMA s",
        "has_schema_privilege('$ana', 's', 'CREATE')",
      ],
      [
        "one table",
        { on: "table", schema: "s", objects: "B b\n", privileges: ["SELECT"] },
        'SELECT ON TABLE s."B b"',
        `has_table_privilege('$ana', 's."B b"', 'SELECT')`,
      ],
      [
        "tables",
        { on: "table", schema: "s", objects: "B b\na\nv\n", privileges: ["INSERT", "SELECT"] },
        'SELECT, INSERT ON TABLE s."B b", s.a, s.v',
        "has_table_privilege('$ana', 's.v', 'INSERT')",
      ],
      [
        "all tables",
        { on: "table", schema: "s", privileges: ["SELECT"] },
        "SELECT ON ALL TABLES IN SCHEMA s",
        "has_table_privilege('$ana', 's.v', 'SELECT')",
      ],
      [
        "columns",
        { on: "table", schema: "s", objects: "a\n", columns: ["note", "id"], privileges: ["UPDATE"] },
        "UPDATE (id, note) ON TABLE s.a",
        "has_column_privilege('$ana', 's.a', 'note', 'UPDATE') AND NOT has_table_privilege('$ana', 's.a', 'UPDATE')",
      ],
      [
        "sequence",
        { on: "sequence", schema: "s", objects: "q\n", privileges: ["USAGE"] },
        "USAGE ON SEQUENCE s.q",
        "has_sequence_privilege('$ana', 's.q', 'USAGE')",
      ],
      [
        "function",
        { on: "function", schema: "s", objects: "f(int, text)\n", privileges: ["EXECUTE"] },
        "EXECUTE ON FUNCTION s.f(integer, text)",
        "has_function_privilege('$ana', 's.f(int, text)', 'EXECUTE') AND NOT has_function_privilege('$ana', 's.f(s.t)', 'EXECUTE')",
      ],
      [
        "all functions",
        { on: "function", schema: "s", privileges: ["EXECUTE"] },
        "EXECUTE ON ALL FUNCTIONS IN SCHEMA s",
        "has_function_privilege('$ana', 's.f(s.t)', 'EXECUTE')",
      ],
      [
        "procedure",
        { on: "procedure", schema: "s", objects: "p()\n", privileges: ["EXECUTE"] },
        "EXECUTE ON PROCEDURE s.p()",
        "has_function_privilege('$ana', 's.p()', 'EXECUTE')",
      ],
      [
        "types",
        { on: "type", schema: "s", privileges: ["USAGE"] },
        "USAGE ON TYPE s.d, s.t",
        "has_type_privilege('$ana', 's.t', 'USAGE')",
      ],
    ];

    for (const [what, args, words, check] of KINDS) {
      it(`gives privileges on a ${what}, has nothing more to do, repairs, and takes them back`, async () => {
        const program = one(args);
        assert.deepEqual(await plan(program), [`GRANT ${words} TO $ana;`]);
        await scene.stack.succeed(program);
        assert.ok(await may(check));
        await scene.settled(program);
        await scene.inside("db", `REVOKE ${words} FROM $ana`);
        await scene.stack.refresh();
        assert.deepEqual(await plan(program), [`GRANT ${words} TO $ana;`]);
        await scene.stack.succeed(program);
        await scene.settled(program);
        scene.sent();
        assert.deepEqual((await scene.stack.destroy()).errors, []);
        assert.deepEqual(scene.sent(), [`REVOKE ${words} FROM $ana;`]);
        assert.equal(await may(check), false);
      });
    }

    it("tells a table that came later, and only that one is granted then", async () => {
      const program = one({ on: "table", schema: "s", privileges: ["SELECT"] });
      await scene.stack.succeed(program);
      await scene.inside("db", "CREATE TABLE s.later (id int)");
      await scene.stack.refresh();
      assert.equal(scene.output("missing", "grant"), "SELECT on s.later\n");
      assert.deepEqual(await plan(program), ["GRANT SELECT ON TABLE s.later TO $ana;"]);
      await scene.stack.succeed(program);
      await scene.settled(program);
    });

    it("gives what comes later too, whoever may make it, and takes both back", async () => {
      await scene.inside("db", "GRANT CREATE ON SCHEMA s TO $boss; GRANT $boss TO $rui");
      const program = one({ on: "table", schema: "s", privileges: ["SELECT"], future: true });
      assert.deepEqual(await plan(program), [
        "GRANT SELECT ON ALL TABLES IN SCHEMA s TO $ana;",
        "ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA s GRANT SELECT ON TABLES TO $ana;",
        "ALTER DEFAULT PRIVILEGES FOR ROLE $boss IN SCHEMA s GRANT SELECT ON TABLES TO $ana;",
        "ALTER DEFAULT PRIVILEGES FOR ROLE $rui IN SCHEMA s GRANT SELECT ON TABLES TO $ana;",
      ]);
      await scene.stack.succeed(program);
      await scene.inside("db", "SET ROLE $rui; CREATE TABLE s.hers (id int); RESET ROLE; CREATE TABLE s.its (id int)");
      assert.ok(
        await may("has_table_privilege('$ana', 's.hers', 'SELECT') AND has_table_privilege('$ana', 's.its', 'SELECT')"),
      );
      await scene.settled(program);
      await scene.inside("db", "ALTER DEFAULT PRIVILEGES FOR ROLE $rui IN SCHEMA s REVOKE SELECT ON TABLES FROM $ana");
      await scene.stack.refresh();
      assert.deepEqual(await plan(program), [
        "ALTER DEFAULT PRIVILEGES FOR ROLE $rui IN SCHEMA s GRANT SELECT ON TABLES TO $ana;",
      ]);
      await scene.stack.succeed(program);
      await scene.stack.succeed(one({ on: "table", schema: "s", privileges: ["SELECT"] }));
      await scene.settled(one({ on: "table", schema: "s", privileges: ["SELECT"] }));
      const left = await scene.inside("db", "SELECT 1 FROM pg_default_acl");
      assert.deepEqual(left, [], "nothing is left of what was to come");
      assert.deepEqual((await scene.stack.destroy()).errors, []);
      assert.equal(await may("has_table_privilege('$ana', 's.hers', 'SELECT')"), false);
    });

    it("knows all that ALL stands for, and sees no difference in it", async () => {
      const program = one({ on: "table", schema: "s", privileges: ["ALL"] });
      const all = `SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER${version >= 17 ? ", MAINTAIN" : ""}`;
      assert.deepEqual(await plan(program), [`GRANT ${all} ON ALL TABLES IN SCHEMA s TO $ana;`]);
      await scene.stack.succeed(program);
      await scene.settled(program);
      await scene.inside("db", "REVOKE TRIGGER ON s.a FROM $ana");
      await scene.stack.refresh();
      assert.deepEqual(await plan(program), ["GRANT TRIGGER ON TABLE s.a TO $ana;"]);
    });

    it("refuses in the preview what the server's version does not know, and in every version what none knows", async () => {
      const preview = async (privileges: string[]): Promise<string> =>
        (await scene.stack.preview(one({ on: "table", schema: "s", privileges }))).errors.join();
      assert.match(await preview(["SELEKT"]), /there is no privilege "SELEKT" on a table; there are SELECT,/);
      if (version < 17) assert.match(await preview(["MAINTAIN"]), /PostgreSQL 14 has no privilege MAINTAIN on a table/);
      else assert.equal(await preview(["MAINTAIN"]), "");
    });

    it("changes in place: takes before it gives, and only what differs", async () => {
      const objects = (...names: string[]): string => encodeNames(names);
      await scene.stack.succeed(
        one({ on: "table", schema: "s", objects: objects("a", "v"), privileges: ["SELECT", "INSERT"] }),
      );
      await scene.inside("db", "GRANT DELETE ON s.a TO $ana");
      const next = one({ on: "table", schema: "s", objects: objects("B b", "a"), privileges: ["SELECT", "UPDATE"] });
      assert.deepEqual(await plan(next), [
        "REVOKE INSERT ON TABLE s.a FROM $ana;",
        "REVOKE SELECT, INSERT ON TABLE s.v FROM $ana;",
        'GRANT SELECT, UPDATE ON TABLE s."B b" TO $ana;',
        "GRANT UPDATE ON TABLE s.a TO $ana;",
      ]);
      await scene.stack.succeed(next);
      await scene.settled(next);
      assert.ok(await may("has_table_privilege('$ana', 's.a', 'DELETE')"), "what others gave is left alone");
    });

    it("takes away nothing that another resource of the program gives, also when it replaces it", async () => {
      await scene.stack.succeed(one({ on: "table", schema: "s", privileges: ["SELECT"] }));
      const { grant } = one({ on: "table", schema: "s", objects: "a\n", privileges: ["SELECT"] });
      assert.ok(grant);
      scene.sent();
      await scene.stack.succeed({ renamed: grant });
      assert.deepEqual(scene.sent(), ['REVOKE SELECT ON TABLE s."B b", s.v FROM $ana;']);
      assert.ok(await may("has_table_privilege('$ana', 's.a', 'SELECT')"));
    });

    it("takes nothing away when the same is declared with the database's name, which replaces the resource", async () => {
      await scene.sql("CREATE SCHEMA $here");
      try {
        const args = { on: "schema", schema: scene.n("here"), privileges: ["USAGE"], grantee: scene.n("ana") };
        await scene.stack.succeed({ grant: { type: "Grant", args } });
        scene.sent();
        const { ops } = await scene.stack.succeed({
          grant: { type: "Grant", args: { ...args, database: "postgres" } },
        });
        assert.deepEqual([ops, scene.sent()], [{ grant: "replace" }, []]);
        assert.deepEqual(scene.errors(await scene.stack.destroy()), "");
        assert.deepEqual(scene.sent(), ["REVOKE USAGE ON SCHEMA $here FROM $ana;"]);
      } finally {
        await scene.sql("DROP SCHEMA $here");
      }
    });

    it("merges equal grants of many resources to one statement, and reads the database once", async () => {
      const users = Array.from({ length: 60 }, (_, index) => `u${String(index)}`);
      await scene.sql(users.map((name) => `CREATE ROLE $${name}`).join(";"));
      const program = Object.fromEntries(
        users.map((name) => [
          name,
          {
            type: "Grant",
            args: { database: scene.n("db"), on: "table", schema: "s", privileges: ["SELECT"], grantee: scene.n(name) },
          },
        ]),
      );
      scene.stack.wire.reset();
      await scene.stack.up(program, { parallel: 60 });
      const { statements, insides, scripts } = scene.stack.wire;
      assert.deepEqual([statements.length, insides, scripts], [1, { [scene.n("db")]: 1 }, 1]);
      await scene.settled(program);
      const { errors } = await scene.stack.up({}, { parallel: 60 });
      assert.deepEqual(errors, []);
    });

    it("gives with the right to give on, and takes that right alone", async () => {
      const table = { on: "table", schema: "s", objects: "a\n", privileges: ["SELECT"] };
      await scene.stack.succeed(one({ ...table, grantOption: true }));
      assert.ok(await may("has_table_privilege('$ana', 's.a', 'SELECT WITH GRANT OPTION')"));
      await scene.settled(one({ ...table, grantOption: true }));
      assert.deepEqual(await plan(one(table)), ["REVOKE GRANT OPTION FOR SELECT ON TABLE s.a FROM $ana;"]);
      await scene.stack.succeed(one(table));
      await scene.settled(one(table));
      await scene.inside(
        "db",
        "GRANT SELECT ON s.a TO $ana WITH GRANT OPTION; SET ROLE $ana; GRANT SELECT ON s.a TO $rui",
      );
      assert.match(
        await scene.fails(one({ ...table, privileges: ["INSERT"] })),
        /because it has granted that to "\$rui"/,
      );
    });

    it("ends when it is to end, also in an unchanged program, and what later runs find is as declared", async () => {
      const program = one({ on: "table", schema: "s", privileges: ["SELECT"], future: true, until: "2026-07-01" });
      await scene.stack.succeed(program);
      assert.ok(await may("has_table_privilege('$ana', 's.a', 'SELECT')"));
      await scene.settled(program);
      const { plans } = await scene.stack.preview(program, { now: "2026-07-02T00:00:00Z" });
      assert.ok(
        plans["grant"]?.some((line) => line.startsWith("REVOKE SELECT ON ALL TABLES")),
        plans["grant"]?.join(),
      );
      await scene.stack.succeed(program, { now: "2026-07-02T00:00:00Z" });
      assert.equal(await may("has_table_privilege('$ana', 's.a', 'SELECT')"), false);
      assert.deepEqual(await scene.inside("db", "SELECT 1 FROM pg_default_acl"), []);
      await scene.settled(program, "2026-07-02T00:00:00Z");
    });

    it("leaves alone what an owner has on its own things", async () => {
      await scene.inside("db", "ALTER TABLE s.a OWNER TO $ana");
      const program = one({ on: "table", schema: "s", privileges: ["SELECT"] });
      await scene.stack.succeed(program);
      await scene.settled(program);
      await scene.stack.destroy();
      assert.ok(await may("has_table_privilege('$ana', 's.a', 'INSERT')"));
    });

    describe("to everybody", () => {
      it("is spelled PUBLIC, and exactly nothing can be what everybody has", async () => {
        const program = one({ on: "database", privileges: ["CONNECT"], grantee: "PUBLIC" }, "Privileges");
        assert.deepEqual(await plan(program), ["REVOKE TEMPORARY ON DATABASE $db FROM PUBLIC;"]);
        await scene.stack.succeed(program);
        await scene.settled(program);
        const nothing = one({ on: "database", privileges: [], grantee: "PUBLIC" }, "Privileges");
        assert.deepEqual(await plan(nothing), ["REVOKE CONNECT ON DATABASE $db FROM PUBLIC;"]);
        await scene.stack.succeed(nothing);
        await scene.settled(nothing);
        assert.equal(await may("has_database_privilege('$ana', '$db', 'CONNECT')"), false);
      });
    });

    describe("postgres.Privileges", () => {
      it("takes what is not declared, whoever gave it, from this grantee on these objects", async () => {
        await scene.inside(
          "db",
          `GRANT INSERT ON s.a TO $boss WITH GRANT OPTION; GRANT DELETE ON s.v TO $ana; GRANT UPDATE ON s.a TO $rui;
           SET ROLE $boss; GRANT INSERT ON s.a TO $ana`,
        );
        const program = one({ on: "table", schema: "s", privileges: ["SELECT"] }, "Privileges");
        assert.deepEqual(await plan(program), [
          "SET ROLE $boss;",
          "REVOKE INSERT ON TABLE s.a FROM $ana;",
          "RESET ROLE;",
          "REVOKE DELETE ON TABLE s.v FROM $ana;",
          "GRANT SELECT ON ALL TABLES IN SCHEMA s TO $ana;",
        ]);
        await scene.stack.succeed(program);
        await scene.settled(program);
        assert.ok(await may("has_table_privilege('$rui', 's.a', 'UPDATE')"));
        await scene.inside("db", "GRANT TRUNCATE ON s.a TO $ana");
        await scene.stack.refresh();
        assert.equal(scene.output("surplus", "grant"), "TRUNCATE on s.a\n");
        await scene.stack.succeed(program);
        await scene.settled(program);
      });
    });

    it("says what is missing, does the rest, and finishes when it is there", async () => {
      const program = one({ on: "table", schema: "s", objects: "a\nnew\n", privileges: ["SELECT"] });
      const { warnings } = await scene.stack.preview(program);
      assert.match(scene.short(warnings.join()), /there is no table s\.new in database "\$db"/);
      assert.match(await scene.fails(program), /there is no table s\.new in database "\$db"/);
      assert.ok(await may("has_table_privilege('$ana', 's.a', 'SELECT')"));
      await scene.inside("db", "CREATE TABLE s.new (id int)");
      await scene.stack.succeed(program);
      await scene.settled(program);
      assert.match(
        await scene.fails(one({ on: "function", schema: "s", objects: "f(bigint)\n", privileges: ["EXECUTE"] })),
        /There is s\.f\(integer, text\), s\.f\(s\.t\)/,
      );
      assert.match(
        await scene.fails({
          other: {
            type: "Grant",
            args: {
              database: scene.n("db"),
              on: "schema",
              schema: "nope",
              grantee: scene.n("ana"),
              privileges: ["USAGE"],
            },
          },
        }),
        /there is no schema "nope"/,
      );
      assert.match(
        await scene.fails(one({ on: "schema", schema: "s", grantee: scene.n("nobody"), privileges: ["USAGE"] })),
        /there is no user or group "\$nobody"/,
      );
    });
  });
}

for (const version of POSTGRES_VERSIONS) {
  describe(`grants by an account that is no superuser on PostgreSQL ${String(version)}`, () => {
    let root: Scene;
    let scene: Scene;
    beforeEach(async () => {
      root = await Scene.on(version);
      await root.sql(
        "CREATE ROLE $op LOGIN PASSWORD 'operates'; CREATE ROLE $ana; CREATE ROLE $boss; CREATE ROLE $owner",
      );
      await root.sql("CREATE DATABASE $db");
      await root.inside(
        "db",
        `CREATE SCHEMA s AUTHORIZATION $owner; GRANT USAGE ON SCHEMA s TO PUBLIC; CREATE TABLE s.t (id int);
         ALTER TABLE s.t OWNER TO $owner`,
      );
      scene = await Scene.on(version, { user: root.n("op"), password: "operates" });
    });
    afterEach(() => root.clear());

    const reading = (type = "Grant", privileges = ["SELECT"]): Program => ({
      grant: {
        type,
        args: {
          database: root.n("db"),
          on: "table",
          schema: "s",
          privileges,
          grantee: root.n("ana"),
          future: type === "Grant",
        },
      },
    });
    const fails = async (program: Program): Promise<string> => root.errors(await scene.stack.up(program));

    it("that it cannot make name the owner, in the preview and in the update", async () => {
      const { warnings } = await scene.stack.preview(reading());
      for (const said of [root.short(warnings.join("\n")), await fails(reading())]) {
        assert.match(said, /"\$op" cannot grant SELECT on table s\.t, which belongs to "\$owner"/);
        assert.match(said, /cannot say who gets privileges on tables that "\$owner" will make/);
      }
    });

    it("are made as a member of the owner, also as one who only may become it", async () => {
      const options = version >= 16 ? " WITH INHERIT FALSE, SET TRUE" : "";
      await root.sql(`GRANT $owner TO $op${options}`);
      await scene.stack.succeed(reading());
      const sent = scene.stack.wire.statements.map((statement) => root.short(statement));
      assert.equal(sent.includes("SET ROLE $owner;"), version >= 16, sent.join("\n"));
      await scene.settled(reading());
      assert.deepEqual(root.errors(await scene.stack.destroy()), "");
    });

    it("are made with a right to give on, and what somebody else gave names who that was", async () => {
      await root.inside(
        "db",
        "SET ROLE $owner; GRANT SELECT, INSERT ON s.t TO $op WITH GRANT OPTION; GRANT DELETE ON s.t TO $ana",
      );
      const { grant } = reading("Privileges", ["SELECT", "INSERT"]);
      assert.ok(grant);
      const told = await fails({ grant });
      assert.match(told, /"\$op" cannot take DELETE on table s\.t from "\$ana", because "\$owner" granted it/);
      const [row] = await root.inside<{ may: boolean }>(
        "db",
        "SELECT has_table_privilege('$ana', 's.t', 'INSERT') AS may",
      );
      assert.equal(row?.may, true, "the rest was done");
      await root.inside("db", "SET ROLE $owner; REVOKE DELETE ON s.t FROM $ana");
      await scene.stack.succeed({ grant });
      assert.deepEqual(root.errors(await scene.stack.destroy()), "");
    });
  });
}
