import assert from "node:assert/strict";
import type { Client } from "pg";
import { encodeNames } from "../../../provider/core/lines.js";
import { clientOf } from "../../postgres/client.js";
import { startPostgres, type PostgresServer } from "../../postgres/server.js";
import { Stack, type Program } from "./stack.js";

/*
 * What servers do in practice. Whatever happens, the message names what was tried and what to do, the state tells the
 * truth, and an update after it finishes the work.
 */

const CONNECT = JSON.stringify({ on: "database", privileges: ["CONNECT"] });
const READ = JSON.stringify({ on: "table", schema: "public", privileges: ["SELECT"], future: true });

const PROGRAM: Program = {
  access: {
    type: "Access",
    args: {
      name: "company",
      users: encodeNames(["ana", "rui"]),
      groups: encodeNames(["readers"]),
      members: { readers: encodeNames(["ana"]) },
      databases: encodeNames(["sales"]),
      grants: { sales: { [CONNECT]: encodeNames(["readers"]), [READ]: encodeNames(["readers", "rui"]) } },
    },
  },
};

describe("faults of a server", () => {
  let server: PostgresServer;
  let stack: Stack;
  beforeEach(async () => {
    server = await startPostgres({ version: 18, settings: { max_connections: 12, superuser_reserved_connections: 0 } });
    stack = new Stack(server);
  });
  afterEach(() => server.stop());

  const failing = async (program: Program = PROGRAM): Promise<string> => {
    const { errors } = await stack.up(program);
    assert.notEqual(errors.length, 0, "nothing failed");
    return errors.map(({ message }) => message).join("\n");
  };
  /** An update finishes, and then nothing is left to do. */
  const finishes = async (program: Program = PROGRAM): Promise<void> => {
    await stack.succeed(program);
    await stack.refresh();
    const { ops, plans } = await stack.preview(program);
    assert.deepEqual([ops, plans], [{ access: "same" }, {}]);
  };
  /** The same stack with connections of its own, as each run of Pulumi has them. */
  const reconnected = (environment: Readonly<Record<string, string>> = {}): void => {
    const fresh = new Stack(server);
    fresh.environment = environment;
    for (const [name, stored] of stack.state) fresh.state.set(name, stored);
    stack = fresh;
  };

  it("a read-only standby: names the statement, and to connect to the primary", async () => {
    await server.query("ALTER DATABASE postgres SET default_transaction_read_only = on");
    const text = await failing();
    assert.match(text, /tried: +CREATE ROLE/);
    assert.match(text, /read-only transaction/);
    assert.match(text, /Connect to the primary/);
    assert.deepEqual([...stack.state.keys()], []);
    await server.query("ALTER DATABASE postgres RESET default_transaction_read_only", { database: "template1" });
    reconnected();
    await finishes();
  });

  it("a statement timeout: names the statement that waited, keeps the rest, and how to wait longer", async () => {
    await stack.succeed({
      access: {
        type: "Access",
        args: { name: "company", users: encodeNames(["ana"]), groups: encodeNames(["readers"]) },
      },
    });
    await server.query("CREATE DATABASE sales");
    await server.query("CREATE TABLE orders (id int)", { database: "sales" });
    const holder = clientOf(server, "sales");
    await holder.connect();
    try {
      await holder.query("BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE; GRANT SELECT ON orders TO ana");
      reconnected({ ROSTER_POSTGRES_STATEMENT_TIMEOUT: "0.5" });
      const text = await failing();
      assert.match(text, /tried: +GRANT SELECT ON .*orders.* TO/);
      assert.match(text, /statement timeout/);
      assert.match(text, /raise that, or look at what holds the lock/);
    } finally {
      await holder.end();
    }
    const roles = await server.query("SELECT rolname FROM pg_roles WHERE rolname IN ('ana', 'rui', 'readers')");
    assert.equal(roles.length, 3);
    reconnected();
    await finishes();
  });

  it("too many connections: says so and what to do, and does not hang", async () => {
    const others: Client[] = [];
    try {
      for (;;) {
        const other = clientOf(server);
        other.on("error", () => undefined);
        await other.connect();
        others.push(other);
      }
    } catch {
      // Now the server is full.
    }
    reconnected();
    const text = await failing();
    assert.match(text, /too many|no more connections|connection slots/i);
    assert.match(text, /what to do:/);
    await Promise.all(others.map((other) => other.end()));
    await finishes();
  });

  it("a server that is away, and back at the same address: fails at once, and the next run finishes", async () => {
    await stack.succeed(PROGRAM);
    const { port } = server;
    await server.stop();
    const text = await failing({
      access: { type: "Access", args: { ...PROGRAM["access"]?.args, users: encodeNames(["ana", "mei", "rui"]) } },
    });
    assert.match(text, /nothing answers at 127\.0\.0\.1:\d+|broke/);
    assert.deepEqual([...stack.state.keys()], ["access"]);
    server = await startPostgres({ version: 18, port });
    reconnected();
    // It came back empty, which a refresh finds out.
    await stack.refresh();
    await finishes();
  });

  it("a database that was dropped by hand: is shown as drift and made again, with what belongs in it", async () => {
    await finishes();
    await server.query("DROP DATABASE sales WITH (FORCE)");
    await stack.refresh();
    const { plans } = await stack.preview(PROGRAM);
    assert.ok((plans["access"] ?? []).includes("CREATE DATABASE sales;"));
    await finishes();
    const gone: Program = {
      grant: {
        type: "Grant",
        args: { database: "sales", on: "schema", schema: "public", privileges: ["USAGE"], grantee: "rui" },
      },
    };
    await stack.succeed({ ...PROGRAM, ...gone });
    await server.query("DROP DATABASE sales WITH (FORCE)");
    await stack.succeed({});
  });

  it("a grantee who owns what it is granted: nothing to do, until it is another's", async () => {
    await server.query("CREATE ROLE boss");
    await server.query("CREATE DATABASE sales OWNER boss");
    const program: Program = {
      access: { type: "Access", args: { name: "company", grants: { sales: { [CONNECT]: encodeNames(["boss"]) } } } },
    };
    stack.wire.reset();
    await finishes(program);
    assert.deepEqual(stack.wire.statements, []);
    await server.query("ALTER DATABASE sales OWNER TO postgres");
    // Whoever owned it has nothing any more, and gets what is declared.
    await stack.refresh();
    await finishes(program);
    assert.deepEqual(stack.wire.statements, ["GRANT CONNECT ON DATABASE sales TO boss;"]);
  });
});
