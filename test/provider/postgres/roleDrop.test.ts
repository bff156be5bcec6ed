import assert from "node:assert/strict";
import type { Properties } from "../../../provider/core/resource.js";
import { POSTGRES_VERSIONS } from "../../postgres/server.js";
import { Scene } from "./scene.js";
import type { Program } from "./stack.js";

for (const version of POSTGRES_VERSIONS) {
  describe(`dropping who owns or holds something on PostgreSQL ${String(version)}`, () => {
    let scene: Scene;
    beforeEach(async () => {
      scene = await Scene.on(version);
      await scene.sql("CREATE ROLE $heir; CREATE ROLE $other");
      for (const database of ["one", "two"]) await scene.sql(`CREATE DATABASE $${database}`);
    });
    afterEach(() => scene.clear());

    const ana = (args: Properties = {}): Program => ({
      ana: { type: "User", args: { name: scene.n("ana"), password: "her password", ...args } },
    });
    /** Gives ana something in two databases and what they share. */
    const holding = async (): Promise<void> => {
      await scene.inside(
        "one",
        "CREATE TABLE public.hers (id int); ALTER TABLE public.hers OWNER TO $ana; CREATE SCHEMA s AUTHORIZATION $ana; CREATE TABLE public.t (id int); GRANT SELECT ON public.t TO $ana",
      );
      await scene.inside(
        "two",
        "CREATE TABLE public.t (id int); GRANT SELECT, INSERT ON public.t TO $ana; GRANT SELECT (id) ON public.t TO $ana; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO $ana",
      );
      await scene.sql("GRANT CONNECT ON DATABASE $two TO $ana");
    };
    const login = (): Promise<unknown> =>
      scene.server.query("SELECT 1", { user: scene.n("ana"), password: "her password" });

    it("drops who holds nothing with one statement", async () => {
      await scene.stack.succeed(ana());
      scene.sent();
      assert.deepEqual((await scene.stack.destroy()).errors, []);
      assert.deepEqual(scene.sent(), ["DROP ROLE $ana;"]);
    });

    it("lists by database what is in the way, keeps the user from logging in, and knows of the user still", async () => {
      await scene.stack.succeed(ana());
      await holding();
      await login();
      const told = scene.errors(await scene.stack.destroy());
      assert.match(told, /"\$ana" is not dropped, and cannot log in any more/);
      assert.match(told, /it has CONNECT on database \$two/);
      assert.match(told, /in database "\$one" it owns schema s, .*owns table public\.hers/s);
      assert.match(told, /has SELECT on table public\.t/);
      assert.match(told, /in database "\$two" it .*gets privileges on future tables of postgres/s);
      assert.match(told, /reassignTo/);
      await assert.rejects(login());
      assert.ok(scene.stack.state.has("ana"));
      assert.ok((await scene.roles()).includes("ana"));
    });

    it("gives away what the user owns and takes back what it has in every database, where that is asked", async () => {
      await scene.stack.succeed(ana({ reassignTo: scene.n("heir") }));
      await holding();
      scene.sent();
      assert.deepEqual(scene.errors(await scene.stack.destroy()), "");
      // Two databases at once meet at what they share; then one of them is tried again, in one transaction.
      const sent = scene.sent();
      const given = sent.filter((each) => each === "REASSIGN OWNED BY $ana TO $heir;");
      assert.ok(given.length >= 2, sent.join("\n"));
      assert.deepEqual(sent, [
        "ALTER ROLE $ana NOLOGIN;",
        ...given.flatMap((each) => [each, "DROP OWNED BY $ana;"]),
        "DROP ROLE $ana;",
      ]);
      assert.ok(!(await scene.roles()).includes("ana"));
      const owners = await scene.inside(
        "one",
        "SELECT relname, pg_get_userbyid(relowner) AS owner FROM pg_class WHERE relname IN ('hers', 't') ORDER BY 1",
      );
      assert.deepEqual(owners, [
        { relname: "hers", owner: scene.n("heir") },
        { relname: "t", owner: "postgres" },
      ]);
    });

    it("gives away a database too, when that is all that somebody owns", async () => {
      await scene.stack.succeed(ana({ reassignTo: scene.n("heir") }));
      await scene.sql("ALTER DATABASE $two OWNER TO $ana");
      assert.deepEqual(scene.errors(await scene.stack.destroy()), "");
      const [row] = await scene.sql<{ owner: string }>(
        "SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = '$two'",
      );
      assert.equal(row?.owner, scene.n("heir"));
    });

    it("leaves nothing half done unnoticed: what failed in one database is told, and the next run does the rest", async () => {
      await scene.stack.succeed(ana({ reassignTo: scene.n("heir") }));
      await holding();
      let refused = 0;
      const faults = (statements: readonly string[]): { refuse: number } | undefined =>
        statements.some((statement) => statement.startsWith("REASSIGN")) && refused++ === 0 ? { refuse: 0 } : undefined;
      const told = scene.errors(await scene.stack.up({}, { faults }));
      assert.match(told, /tried: +REASSIGN OWNED BY \$ana TO \$heir;/);
      assert.match(told, /in database "\$(one|two)" it/);
      assert.ok(scene.stack.state.has("ana"));
      assert.equal(await scene.login("ana"), false);
      assert.deepEqual(scene.errors(await scene.stack.destroy()), "");
      assert.ok(!(await scene.roles()).includes("ana"));
    });

    it("says so when a database takes no connections, and when the heir is not there", async () => {
      await scene.stack.succeed(ana({ reassignTo: scene.n("nobody") }));
      await holding();
      assert.match(scene.errors(await scene.stack.destroy()), /there is no user or group "\$nobody"/);
      await scene.stack.succeed(ana({ reassignTo: scene.n("heir") }));
      await scene.sql("ALTER DATABASE $one ALLOW_CONNECTIONS false");
      assert.match(
        scene.errors(await scene.stack.destroy()),
        /something in database "\$one", which takes no connections/,
      );
      await scene.sql("ALTER DATABASE $one ALLOW_CONNECTIONS true");
      assert.deepEqual(scene.errors(await scene.stack.destroy()), "");
    });

    it("is possible for an account that is no superuser, and leaves no membership behind", async () => {
      await scene.sql("CREATE ROLE $op LOGIN CREATEROLE PASSWORD 'operates'; GRANT $heir TO $op");
      const own = await Scene.on(version, { user: scene.n("op"), password: "operates" });
      const program: Program = {
        ana: { type: "User", args: { name: scene.n("ana"), reassignTo: scene.n("heir") } },
      };
      await own.stack.succeed(program);
      await scene.inside(
        "one",
        "CREATE TABLE public.hers (id int); ALTER TABLE public.hers OWNER TO $ana; GRANT CREATE ON SCHEMA public TO $heir",
      );
      const { errors } = await own.stack.destroy();
      assert.deepEqual(
        errors.map(({ message }) => scene.short(message)),
        [],
      );
      assert.ok(!(await scene.roles()).includes("ana"));
    });

    it("drops a group after its grants, which went before it in the same run", async () => {
      const program: Program = {
        group: { type: "Group", args: { name: scene.n("readers") } },
        grant: {
          type: "Grant",
          args: {
            database: scene.n("one"),
            on: "schema",
            schema: "public",
            privileges: ["CREATE"],
            grantee: scene.n("readers"),
          },
          after: ["group"],
        },
      };
      await scene.stack.succeed(program);
      assert.deepEqual(scene.errors(await scene.stack.destroy()), "");
      assert.ok(!(await scene.roles()).includes("readers"));
    });
  });
}

for (const version of POSTGRES_VERSIONS) {
  describe(`postgres.Access, when somebody leaves who owns something, on PostgreSQL ${String(version)}`, () => {
    let scene: Scene;
    beforeEach(async () => {
      scene = await Scene.on(version);
      await scene.sql("CREATE ROLE $heir");
      await scene.sql("CREATE DATABASE $one");
    });
    afterEach(() => scene.clear());

    it("gives that away where it is asked; otherwise nobody logs in any more, and the error says what is in the way", async () => {
      await scene.stack.succeed(
        scene.program({ users: { $ana: { reassignTo: "$heir" }, $rui: { settings: { work_mem: "1MB" } } } }),
      );
      await scene.settled(
        scene.program({ users: { $ana: { reassignTo: "$heir" }, $rui: { settings: { work_mem: "1MB" } } } }),
      );
      await scene.inside("one", "CREATE SCHEMA hers AUTHORIZATION $ana; CREATE SCHEMA his AUTHORIZATION $rui");
      const told = await scene.fails(scene.program({ users: {} }));
      assert.match(told, /DROP ROLE \$rui;/);
      assert.match(told, /1 object in database \$one/);
      assert.deepEqual(await scene.roles(), ["heir", "rui"]);
      assert.equal(await scene.login("rui"), false);
      await scene.inside("one", "DROP SCHEMA his");
      await scene.stack.succeed(scene.program({ users: {} }));
      assert.deepEqual(await scene.roles(), ["heir"]);
    });
  });
}
