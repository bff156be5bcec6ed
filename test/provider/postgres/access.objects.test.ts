import assert from "node:assert/strict";
import { encodeNames } from "../../../provider/core/lines.js";
import { POSTGRES_VERSIONS, startPostgres, type PostgresServer } from "../../postgres/server.js";
import { Stack, type Program } from "./stack.js";

const target = (of: object): string => JSON.stringify(of);
const CONNECT = target({ on: "database", privileges: ["CONNECT"] });
const USAGE = target({ on: "schema", schema: "app", privileges: ["USAGE"] });
const READ = target({ on: "table", schema: "app", privileges: ["SELECT"], future: true });
const WRITE = target({ on: "table", schema: "app", privileges: ["INSERT", "SELECT"] });

/** An Access over several databases, with what a test changes. */
function company(args: Readonly<Record<string, unknown>> = {}): Program {
  const readers = encodeNames(["ana", "readers"]);
  return {
    access: {
      type: "Access",
      args: {
        name: "company",
        users: encodeNames(["ana", "rui"]),
        groups: encodeNames(["readers"]),
        members: { readers: encodeNames(["rui"]) },
        databases: 'reports\t{"owner":"rui"}\nsales\n',
        schemas: { sales: 'app\t{"owner":"rui"}\n' },
        grants: { reports: { [CONNECT]: readers }, sales: { [CONNECT]: readers, [USAGE]: readers, [READ]: readers } },
        defaultPrivileges: {
          sales: { [target({ owner: "rui", on: "sequence", privileges: ["USAGE"] })]: encodeNames(["ana"]) },
        },
        ...args,
      },
    },
  };
}

for (const version of POSTGRES_VERSIONS) {
  describe(`a whole server in one postgres.Access on PostgreSQL ${String(version)}`, () => {
    let server: PostgresServer;
    let stack: Stack;
    beforeEach(async () => {
      server = await startPostgres({ version });
      stack = new Stack(server);
    });
    afterEach(() => server.stop());

    const asUser = (user: string, database: string, sql: string): Promise<unknown> =>
      server.query(sql, { user, password: "secret", database });
    const passwords = (): Promise<unknown> =>
      server.query("ALTER ROLE ana PASSWORD 'secret'; ALTER ROLE rui PASSWORD 'secret'");
    const sent = (): string[] => stack.wire.statements.splice(0);
    const settled = async (program: Program): Promise<void> => {
      await stack.refresh();
      const { ops, plans, errors } = await stack.preview(program);
      assert.deepEqual([ops, plans, errors], [{ access: "same" }, {}, []]);
    };

    it("makes users before databases, these before schemas and privileges; then each can do what is declared", async () => {
      await stack.succeed(company());
      const order = sent().map((sql) => sql.replace(/ .*/, ""));
      const firsts = ["CREATE", "GRANT"].map((word) => order.indexOf(word));
      assert.ok((firsts[0] ?? 0) < (firsts[1] ?? 0));
      await passwords();
      await asUser("rui", "sales", "CREATE TABLE app.orders (id serial)");
      await asUser("ana", "sales", "SELECT * FROM app.orders");
      await assert.rejects(asUser("ana", "sales", "INSERT INTO app.orders DEFAULT VALUES"), /permission denied/);
      await asUser("ana", "sales", "SELECT nextval('app.orders_id_seq')");
      const [row] = await server.query(
        "SELECT datdba::regrole::text AS owner FROM pg_database WHERE datname = 'reports'",
      );
      assert.deepEqual(row, { owner: "rui" });
      await settled(company());
    });

    it("reads each database once where nothing is to do, and runs nothing", async () => {
      await stack.succeed(company());
      stack.wire.reset();
      await stack.refresh();
      assert.deepEqual([stack.wire.reads, stack.wire.insides], [1, { sales: 1 }]);
      await stack.succeed(company());
      assert.deepEqual(sent(), []);
    });

    it("changes only what differs, in place", async () => {
      await stack.succeed(company());
      await server.query("CREATE TABLE app.orders (id int)", { database: "sales" });
      sent();
      const now = company({
        databases: 'reports\t{"owner":"ana"}\nsales\n',
        grants: {
          reports: {},
          sales: {
            [CONNECT]: encodeNames(["ana", "readers"]),
            [USAGE]: encodeNames(["ana", "readers"]),
            [READ]: encodeNames(["readers"]),
            [WRITE]: encodeNames(["ana"]),
          },
        },
      });
      await stack.succeed(now);
      const statements = sent();
      assert.ok(statements.includes("ALTER DATABASE reports OWNER TO ana;"));
      // Who owns a database has all rights on it, and nothing to lose.
      assert.ok(statements.includes("REVOKE CONNECT ON DATABASE reports FROM readers;"));
      assert.ok(
        statements.some((sql) => /^GRANT INSERT ON .*app.* TO ana;$/.test(sql)),
        statements.join("\n"),
      );
      // What the one list takes and the other gives is not taken at all.
      assert.ok(!statements.some((sql) => /^REVOKE.* SELECT ON (ALL TABLES|TABLE) /.test(sql)), statements.join("\n"));
      await settled(now);
    });

    it("finds and repairs what was changed by hand, by name", async () => {
      await server.query("CREATE ROLE stranger");
      await stack.succeed(company());
      await server.query("CREATE TABLE app.later (id int); GRANT CREATE ON SCHEMA app TO stranger", {
        database: "sales",
      });
      await server.query("REVOKE SELECT ON app.later FROM ana; ALTER SCHEMA app OWNER TO postgres", {
        database: "sales",
      });
      await server.query("REVOKE CONNECT ON DATABASE reports FROM readers");
      await stack.refresh();
      const { plans } = await stack.preview(company());
      const plan = (plans["access"] ?? []).join("\n");
      for (const expected of [
        "ALTER SCHEMA app OWNER TO rui;",
        "GRANT CONNECT ON DATABASE reports TO readers;",
        /GRANT SELECT ON .*app.* TO ana;/,
      ]) {
        assert.match(plan, typeof expected === "string" ? new RegExp(expected) : expected);
      }
      await stack.succeed(company());
      await settled(company());
      const [row] = await server.query("SELECT has_schema_privilege('stranger', 'app', 'CREATE') AS kept", {
        database: "sales",
      });
      assert.deepEqual(row, { kept: true });
    });

    it("plans statements that do by hand what the run does", async () => {
      const { plans } = await stack.preview(company());
      const plan = plans["access"] ?? [];
      assert.deepEqual(plan.filter((line) => line.startsWith("\\connect")).slice(0, 1), ["\\connect sales"]);
      const byHand = await startPostgres({ version });
      try {
        let database = "postgres";
        for (const line of plan) {
          const to = /^\\connect (\w+)$/.exec(line)?.[1];
          if (to !== undefined) database = to;
          else if (!line.startsWith("--")) await byHand.query(line, { database });
        }
        await stack.succeed(company());
        const acls = `SELECT nspname, nspacl::text, nspowner::regrole::text FROM pg_namespace WHERE nspname = 'app'
                       UNION ALL SELECT defaclobjtype::text, defaclacl::text, defaclrole::regrole::text FROM pg_default_acl ORDER BY 1, 2`;
        const databases = `SELECT datname, datacl::text, datdba::regrole::text FROM pg_database ORDER BY 1`;
        assert.deepEqual(
          await byHand.query(acls, { database: "sales" }),
          await server.query(acls, { database: "sales" }),
        );
        assert.deepEqual(await byHand.query(databases), await server.query(databases));
      } finally {
        await byHand.stop();
      }
    });

    it("takes all privileges back when it goes, and keeps databases and schemas unless they say otherwise", async () => {
      const program = company({
        databases: 'reports\t{"onRemove":"drop","owner":"rui"}\nsales\n',
        onRemove: "disable",
      });
      await stack.succeed(program);
      await stack.destroy();
      const left = await server.query(
        "SELECT datname, datacl::text FROM pg_database WHERE datname IN ('reports', 'sales')",
      );
      assert.deepEqual(
        left.map(({ datname }) => datname),
        ["sales"],
      );
      assert.doesNotMatch(JSON.stringify(left), /ana|readers/);
      const schema = await server.query("SELECT nspacl::text FROM pg_namespace WHERE nspname = 'app'", {
        database: "sales",
      });
      assert.equal(schema.length, 1);
      assert.doesNotMatch(JSON.stringify(schema), /ana|readers/);
    });

    it("gives what will be made by those who can make it only since the same run", async () => {
      const CREATE = target({ on: "schema", schema: "app", privileges: ["CREATE"] });
      const grants = { sales: { [READ]: encodeNames(["ana"]), [CREATE]: encodeNames(["readers"]) } };
      const program = company({ schemas: { sales: "app\n" }, grants });
      await stack.succeed(program);
      await settled(program);
      await passwords();
      // "rui" is in "readers", which may create.
      await asUser("rui", "sales", "CREATE TABLE app.orders (id int)");
      await server.query("GRANT USAGE ON SCHEMA app TO ana", { database: "sales" });
      await asUser("ana", "sales", "SELECT * FROM app.orders");
      // Who leaves what it owns to somebody makes that one an owner.
      const left = company({
        users: 'ana\nrui\t{"onRemove":"drop","reassignTo":"heir"}\n',
        databases: "sales\n",
        schemas: { sales: 'app\t{"owner":"rui"}\n' },
        grants: { sales: { [READ]: encodeNames(["ana"]) } },
        defaultPrivileges: {},
      });
      await server.query("CREATE ROLE heir");
      await stack.succeed(left);
      const after = company({
        users: "ana\n",
        members: { readers: "" },
        databases: "sales\n",
        schemas: { sales: "app\n" },
        grants: { sales: { [READ]: encodeNames(["ana"]) } },
        defaultPrivileges: {},
      });
      await stack.succeed(after);
      await settled(after);
    });

    it("does not take from what an owner will make what another list says of it", async () => {
      const everybody = target({ schema: "app", on: "table", privileges: ["SELECT"] });
      const rui = target({ owner: "rui", schema: "app", on: "table", privileges: ["SELECT"] });
      const [none, ana] = [{ sales: {} }, encodeNames(["ana"])];
      const said = (grants: string | undefined, defaults: string | undefined): Program =>
        company({
          grants: grants === undefined ? none : { sales: { [grants]: ana } },
          defaultPrivileges: defaults === undefined ? none : { sales: { [defaults]: ana } },
        });
      await stack.succeed(said(undefined, everybody));
      sent();
      // What stays is neither taken nor given: only what others will make is taken.
      for (const [program, taken] of [
        [
          said(undefined, rui),
          ["ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA app REVOKE SELECT ON TABLES FROM ana;"],
        ],
        [said(READ, undefined), []],
        [said(undefined, everybody), []],
        [said(READ, undefined), []],
        [
          said(undefined, rui),
          ["ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA app REVOKE SELECT ON TABLES FROM ana;"],
        ],
      ] as const) {
        await stack.succeed(program);
        assert.deepEqual(
          sent().filter((sql) => sql.includes("REVOKE")),
          taken,
        );
        await settled(program);
      }
    });

    it("refuses lists of which each would undo the other's work, before anything is touched", async () => {
      const lists = (one: object, other: object): object => ({
        sales: Object.fromEntries(
          [one, other].map((more) => [target({ schema: "app", on: "table", ...more }), encodeNames(["ana"])]),
        ),
      });
      const [read, write] = [{ privileges: ["SELECT"] }, { privileges: ["INSERT"] }];
      const owner = "rui";
      for (const [program, property] of [
        [company({ grants: lists({ ...read, exact: true }, write) }), "grants"],
        [company({ defaultPrivileges: lists({ ...read, owner }, { ...write, owner }) }), "defaultPrivileges"],
      ] as const) {
        const { errors } = await stack.up(program);
        const text = errors.map(({ message }) => message).join("\n");
        assert.match(
          text,
          new RegExp(`${property}: "ana": two lists about .* would undo each other's work in every run`),
        );
        assert.deepEqual(sent(), []);
      }
    });

    it("says what is missing by name, and does the rest; the next run does what was left", async () => {
      const program = company({
        grants: { sales: { [CONNECT]: encodeNames(["ana", "nobody"]) }, nowhere: { [USAGE]: encodeNames(["ana"]) } },
      });
      const { errors } = await stack.up(program);
      const text = errors.map(({ message }) => message).join("\n");
      assert.match(text, /there is no user or group "nobody"/);
      assert.match(text, /"nowhere"/);
      assert.ok(sent().some((sql) => sql.includes("CONNECT") && sql.includes("TO ana")));
      await server.query("CREATE ROLE nobody");
      await server.query("CREATE DATABASE nowhere");
      await server.query("CREATE SCHEMA app", { database: "nowhere" });
      await stack.succeed(program);
      await settled(program);
    });

    it("says of the server's own schemas that it gives nothing in them, and what to do instead", async () => {
      const tables = ["pg_catalog", "information_schema"].map((schema): [string, string] => [
        target({ on: "table", schema, privileges: ["SELECT"] }),
        encodeNames(["ana"]),
      ]);
      const { errors } = await stack.up(company({ grants: { sales: Object.fromEntries(tables) } }));
      const text = errors.map(({ message }) => message).join("\n");
      for (const name of ["pg_catalog", "information_schema"]) {
        assert.match(text, new RegExp(`schema "${name}" comes with the server[^]*predefined role`));
      }
    });

    it("grants on what is in no schema of a database, and on what all databases share", async () => {
      await server.query("CREATE DATABASE sales");
      await server.query("CREATE FOREIGN DATA WRAPPER w; CREATE SERVER erp FOREIGN DATA WRAPPER w", {
        database: "sales",
      });
      const erp = target({ on: "foreign server", objects: ["erp"], privileges: ["USAGE"] });
      const shared =
        version < 15
          ? { on: "tablespace", objects: ["pg_default"], privileges: ["CREATE"] }
          : { on: "parameter", objects: ["work_mem"], privileges: ["SET"], exact: true };
      const grants = (names: readonly string[]): Program =>
        company({ grants: { "": { [target(shared)]: encodeNames(names) }, sales: { [erp]: encodeNames(names) } } });
      await stack.succeed(grants(["ana", "readers"]));
      assert.deepEqual(
        sent().filter((sql) => sql.startsWith("GRANT") && /ERP|PARAMETER|TABLESPACE/i.test(sql)),
        [
          version < 15
            ? "GRANT CREATE ON TABLESPACE pg_default TO ana, readers;"
            : "GRANT SET ON PARAMETER work_mem TO ana, readers;",
          "GRANT USAGE ON FOREIGN SERVER erp TO ana, readers;",
        ],
      );
      await settled(grants(["ana", "readers"]));
      await stack.succeed(grants(["readers"]));
      assert.equal(sent().length, 2);
      await settled(grants(["readers"]));
    });

    it("says where a grant belongs that stands in the wrong place", async () => {
      for (const [database, on, message] of [
        ["sales", "parameter", /databases has no meaning for privileges on a parameter/],
        ["", "language", /databases is required for privileges on a language/],
      ] as const) {
        const of = target({ on, objects: ["x"], privileges: ["ALL"] });
        const { errors } = await stack.up(company({ grants: { [database]: { [of]: encodeNames(["ana"]) } } }));
        assert.match(errors[0]?.message ?? "", message);
      }
      assert.deepEqual(sent(), []);
    });

    it("takes privileges back when their end has come", async () => {
      const program = company({ grants: { sales: { [CONNECT]: 'ana\t{"until":"2026-07-01"}\nreaders\n' } } });
      await stack.succeed(program, { now: "2026-06-30T00:00:00Z" });
      sent();
      await stack.succeed(program, { now: "2026-07-01T00:00:00Z" });
      assert.deepEqual(sent(), ["REVOKE CONNECT ON DATABASE sales FROM ana;"]);
    });

    it("takes few statements for many grants, and one look at each database where nothing is to do", async () => {
      const [names, databases] = [40, 3].map((count, kind) =>
        Array.from({ length: count }, (_, index) => `${kind === 0 ? "user" : "db"}${String(index)}`),
      );
      const users = encodeNames(names ?? []);
      const ROWS = target({ on: "table", schema: "public", privileges: ["SELECT"], future: true });
      const ADD = target({ on: "sequence", schema: "public", privileges: ["USAGE"], future: true });
      const LOOK = target({ on: "schema", schema: "public", privileges: ["USAGE"] });
      const all = Object.fromEntries([CONNECT, LOOK, ROWS, ADD].map((key) => [key, users]));
      const grants = Object.fromEntries((databases ?? []).map((database) => [database, all]));
      const program: Program = {
        access: { type: "Access", args: { name: "all", users, databases: encodeNames(databases ?? []), grants } },
      };
      await stack.succeed(program);
      const granting = sent().filter((sql) => sql.includes("GRANT"));
      // For each database one for itself, for its schema, and for tables and sequences of the one who can make them.
      assert.equal(granting.length, 3 * 4);
      assert.ok(granting.every((sql) => sql.includes("user0") && sql.includes("user39")));
      stack.wire.reset();
      await stack.refresh();
      assert.deepEqual([stack.wire.reads, stack.wire.insides], [1, { db0: 1, db1: 1, db2: 1 }]);
      assert.deepEqual((await stack.preview(program)).ops, { access: "same" });
    });

    it("refuses to take away more than a run may: a list may have come back cut", async () => {
      const many = encodeNames(Array.from({ length: 40 }, (_, index) => `g${String(index)}`));
      const groups = { groups: many, members: {} };
      await stack.succeed(company({ ...groups, grants: { sales: { [CONNECT]: many } } }));
      sent();
      const { errors } = await stack.up(company({ ...groups, grants: { sales: { [CONNECT]: encodeNames(["g1"]) } } }));
      const text = String(errors[0]?.message);
      assert.match(text, /would remove 39 of 4[01] privileges/);
      assert.match(text, /"CONNECT on database sales for g0"/);
      assert.deepEqual(sent(), []);
    });
  });
}
