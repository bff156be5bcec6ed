import assert from "node:assert/strict";
import { INSTANCE } from "../../../provider/core/arguments.js";
import { encodeNames } from "../../../provider/core/lines.js";
import type { Host, Properties } from "../../../provider/core/resource.js";
import { clientOf } from "../../postgres/client.js";
import { startPostgres, type PostgresServer } from "../../postgres/server.js";
import { Stack, type Program } from "./stack.js";

/* What goes wrong in the middle of the work, and what is wrong with a program as a whole. */

const CONNECT = JSON.stringify({ on: "database", privileges: ["CONNECT"] });
const READ = JSON.stringify({ on: "table", schema: "public", privileges: ["SELECT"] });

const company = (args: Properties): Program => ({ access: { type: "Access", args: { name: "company", ...args } } });

describe("faults in the middle of the work", () => {
  let server: PostgresServer;
  let stack: Stack;
  beforeEach(async () => {
    server = await startPostgres({ version: 18 });
    stack = new Stack(server);
    await server.query("CREATE DATABASE sales");
    await server.query("CREATE TABLE orders (id int)", { database: "sales" });
  });
  afterEach(() => server.stop());

  const failing = async (program: Program): Promise<string> => {
    const { errors } = await stack.up(program);
    assert.notEqual(errors.length, 0, "nothing failed");
    return errors.map(({ message }) => message).join("\n");
  };
  const finishes = async (program: Program): Promise<void> => {
    await stack.succeed(program);
    await stack.refresh();
    const { ops, plans } = await stack.preview(program);
    assert.deepEqual([ops, plans], [{ access: "same" }, {}]);
  };

  it("a connection that is lost in the middle of a transaction: names its statements, keeps what was done elsewhere", async () => {
    const program = company({
      users: encodeNames(["ana", "rui"]),
      grants: { sales: { [CONNECT]: encodeNames(["ana"]), [READ]: encodeNames(["ana", "rui"]) } },
    });
    const holder = clientOf(server, "sales");
    await holder.connect();
    const over = new AbortController();
    const killing = (async () => {
      // Each time that Roster waits in a transaction: it tries once more by itself.
      while (!over.signal.aborted)
        await server.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pulumi-roster' AND wait_event_type = 'Lock'",
        );
    })();
    try {
      await holder.query("BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE; COMMENT ON TABLE orders IS 'mine'");
      await holder.query("GRANT SELECT ON orders TO postgres");
      const text = await failing(program);
      assert.match(text, /connection postgres \(127\.0\.0\.1:\d+, database sales\) broke\n/);
      assert.match(text, /tried: +GRANT SELECT ON .*orders TO ana, rui;/);
      assert.match(text, /terminating connection due to administrator command/);
      assert.match(text, /what to do: Run the same command again/);
    } finally {
      over.abort();
      await killing;
      await holder.end();
    }
    const roles = await server.query("SELECT rolname FROM pg_roles WHERE rolname IN ('ana', 'rui')");
    assert.equal(roles.length, 2);
    await finishes(program);
  });

  it("no connection left for one of several databases: says which, keeps the rest, and the next run finishes", async () => {
    await server.query("CREATE ROLE deployer LOGIN CREATEROLE CREATEDB CONNECTION LIMIT 1 PASSWORD 'deploys'");
    const state = stack.state;
    stack = new Stack(server, { user: "deployer", password: "deploys" });
    for (const [name, stored] of state) stack.state.set(name, stored);
    await server.query("ALTER TABLE orders OWNER TO deployer", { database: "sales" });
    const program = company({ users: encodeNames(["ana"]), grants: { sales: { [READ]: encodeNames(["ana"]) } } });
    const text = await failing(program);
    assert.match(text, /has no connection left for user deployer to database sales/);
    assert.match(text, /what to do: .*CONNECTION LIMIT of the user/);
    await server.query("ALTER ROLE deployer CONNECTION LIMIT 5");
    await finishes(program);
  });
});

describe("two resources of a program that decide the same", () => {
  // No server answers there, and none is asked.
  const nowhere = new Stack({ host: "127.0.0.1", port: 9, user: "nobody", password: "" });

  const SET = { on: "table", schema: "public", grantee: "ana", privileges: ["SELECT"], database: "sales" };
  const LIST = { group: "readers", members: "ana\n" };
  const ACCESS = { name: "company", users: "ana\n", groups: "readers\n", members: { readers: "ana\n" } };

  const check = async (
    host: Host,
    [type, args]: readonly [string, Properties],
    nth: number,
  ): Promise<readonly string[]> => {
    const { failures } = await nowhere.resource(type).check(host, args, { ...args, [INSTANCE]: `p:${String(nth)}` });
    return failures.map(({ reason }) => reason);
  };

  for (const [what, thing, one, other] of [
    ["exact privileges", /^the set of privileges "/, ["Privileges", SET], ["Privileges", { ...SET, privileges: [] }]],
    [
      "a list of members",
      /^the member list "readers"/,
      ["GroupMembers", LIST],
      ["GroupMembers", { ...LIST, members: "" }],
    ],
    ["a list of an Access", /^the member list "readers"/, ["Access", ACCESS], ["GroupMembers", LIST]],
    ["a user of an Access", /^the role "ana"/, ["Access", ACCESS], ["User", { name: "ana" }]],
    ["a user of two Accesses", /^the role "ana"/, ["Access", ACCESS], ["Access", { name: "other", users: "ana\n" }]],
    [
      "a database",
      /^the database "sales"/,
      ["Database", { name: "sales" }],
      ["Database", { name: "sales", owner: "ana" }],
    ],
  ] as const) {
    it(`are refused before anything is touched, and both are named: ${what}`, async () => {
      const host = nowhere.host({}, []);
      assert.deepEqual(await check(host, one, 1), []);
      const [reason = "", ...more] = await check(host, other, 2);
      assert.match(reason, thing);
      assert.ok(reason.includes(`is declared by the postgres.${one[0]} `), reason);
      assert.match(reason, /each would undo the other's work\. Declare it in one of them only/);
      assert.deepEqual(more, []);
    });
  }

  for (const [type, of] of [
    ["Privileges", SET],
    ["DefaultPrivileges", SET],
    ["Schema", { database: "sales", name: "app" }],
  ] as const) {
    it(`are those of one database, whoever names it: ${type}`, async () => {
      nowhere.environment = { PGDATABASE: "sales", ROSTER_HR_HOST: "127.0.0.1", ROSTER_HR_PORT: "9" };
      const host = nowhere.host({}, []);
      const { database: _database, ...here } = of;
      const via = (database: string): Properties => ({ ...here, connection: { name: "hr", database } });
      assert.deepEqual(await check(host, [type, here], 1), []);
      assert.deepEqual(await check(host, [type, via("hr")], 2), []);
      assert.equal((await check(host, [type, via("sales")], 3)).length, 1);
      assert.equal((await check(host, [type, of], 4)).length, 1);
    });
  }
});
