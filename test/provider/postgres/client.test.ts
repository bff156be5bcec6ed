import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CONNECTION_LOST, RosterError } from "../../../provider/core/errors.js";
import { connect, describe as describeConnection, type Client } from "../../../provider/postgres/client.js";
import { POSTGRES_VERSIONS, type PostgresServer } from "../../postgres/server.js";
import { connectionTo, connectionWith, freshName, sharedPostgres } from "../../postgres/shared.js";
import { DONE, READY, fakeServer, report, type Answer } from "./wire.js";

function isLost(error: unknown): boolean {
  assert.ok(error instanceof RosterError, String(error));
  assert.equal(error.details.code, CONNECTION_LOST);
  assert.match(error.message, /^connection postgres \(127\.0\.0\.1:\d+, database postgres\) broke\n/);
  assert.match(error.message, /Run the same command again/);
  return true;
}

for (const version of POSTGRES_VERSIONS) {
  describe(`client: PostgreSQL ${String(version)}`, () => {
    let server: PostgresServer;
    let client: Client;
    beforeEach(async () => {
      server = await sharedPostgres(version);
      client = await connect(connectionTo(server));
    });

    const exists = async (role: string): Promise<boolean> =>
      (await server.query("SELECT 1 FROM pg_roles WHERE rolname = $1", { values: [role] })).length === 1;

    it("runs a script as one transaction, and says which statement was refused", async () => {
      const role = freshName("ana");
      const outcome = await client.run([`CREATE ROLE ${role};`, "DROP ROLE nobody_is_called_this;", "SELECT 1;"]);
      assert.equal(outcome.completed, 1);
      assert.match(outcome.error?.message ?? "", /"nobody_is_called_this" does not exist/);
      assert.equal(await exists(role), false);
    });

    it("can be used again after a refusal", async () => {
      const role = freshName("rui");
      await client.run(["DROP ROLE nobody_is_called_this;"]);
      assert.deepEqual(await client.run([`CREATE ROLE ${role};`]), { completed: 1, error: undefined, warnings: [] });
      assert.equal((await client.readCatalog()).roles.has(role), true);
      assert.equal(client.broken, false);
    });

    it("says of each warning which statement it belongs to, and keeps notices to itself", async () => {
      const { warnings, completed } = await client.run([
        "DO $$BEGIN RAISE NOTICE 'no matter'; END$$;",
        "DO $$BEGIN RAISE WARNING 'first'; RAISE WARNING 'second'; END$$;",
        "SELECT 1;",
        "DO $$BEGIN RAISE WARNING 'third'; END$$;",
      ]);
      assert.equal(completed, 4);
      assert.deepEqual(warnings, [
        { statement: 1, message: "first" },
        { statement: 1, message: "second" },
        { statement: 3, message: "third" },
      ]);
    });

    it("runs nothing without an error", async () => {
      assert.equal((await client.run([])).error, undefined);
    });

    it("notices that the server ends the connection, in a script and between scripts", async () => {
      const role = freshName("zoe");
      const suicide = ["SELECT pg_terminate_backend(pg_backend_pid());", "SELECT 1;"];
      await assert.rejects(client.run([`CREATE ROLE ${role};`, ...suicide]), isLost);
      assert.equal(client.broken, true);
      assert.equal(await exists(role), false);
      await assert.rejects(client.run(["SELECT 1;"]), isLost);
      await assert.rejects(client.readCatalog(), isLost);
    });

    it("refuses after the statement timeout, and keeps the connection", async () => {
      const impatient = await connect(connectionTo(server, { statementTimeout: "0.2" }));
      const { error } = await impatient.run(["SELECT pg_sleep(30);"]);
      assert.match(error?.message ?? "", /statement timeout/);
      assert.equal((await impatient.run(["SELECT 1;"])).error, undefined);
    });

    it("logs in with a password that a command prints, and asks for a new one when that is refused", async () => {
      const login = freshName("iam");
      await server.query(`CREATE ROLE ${login} LOGIN PASSWORD 'token-2'`);
      const folder = mkdtempSync(path.join(tmpdir(), "roster-token-"));
      try {
        // Each call prints the next token, as a command does whose first one has ended meanwhile.
        const script = path.join(folder, "token.cjs");
        const count = JSON.stringify(path.join(folder, "count"));
        writeFileSync(
          script,
          `const fs = require("fs"); fs.appendFileSync(${count}, "x"); console.log("token-" + fs.readFileSync(${count}, "utf8").length);`,
        );
        const { host, port } = server;
        const passwordCommand = `"${process.execPath}" "${script}"`;
        const settings = { host, port: String(port), user: login, passwordCommand };
        const { server: known } = await (await connect(connectionWith(settings))).readCatalog();
        assert.equal(known?.currentUser, login);
        const refused = connect(connectionWith({ ...settings, passwordCommand: "exit 3" }));
        await assert.rejects(refused, /passwordCommand/);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it("acts as the role that it is to assume, also after a statement that acted as another", async () => {
      const [login, owner] = [freshName("iam"), freshName("data owner's")];
      await server.query(
        `CREATE ROLE ${login} LOGIN PASSWORD 'iam' NOINHERIT; CREATE ROLE "${owner}" CREATEROLE; GRANT "${owner}" TO ${login}`,
      );
      const settings = { user: login, password: "iam", assumeRole: owner };
      const acting = await connect(connectionTo(server, settings));
      const { server: known } = await acting.readCatalog();
      assert.deepEqual([known?.currentUser, known?.sessionUser], [owner, login]);
      const made = freshName("made");
      assert.equal(
        (await acting.run([`CREATE ROLE ${made};`, "RESET ROLE;", `COMMENT ON ROLE ${made} IS 'x';`])).error,
        undefined,
      );
      await assert.rejects(connect(connectionTo(server, { ...settings, assumeRole: "nobody_is_called_this" })), {
        message: /cannot become the role nobody_is_called_this[\s\S]*the assumeRole comes from the program/,
      });
    });

    it("gives up a server that has stopped, and says how long it waited", async () => {
      const stopped = await connect(connectionTo(server, { statementTimeout: "0.5", connectTimeout: "1.5" }));
      const [backend] = await server.query<{ pid: number }>(
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'pulumi-roster' ORDER BY backend_start DESC LIMIT 1",
      );
      assert.ok(backend);
      process.kill(backend.pid, "SIGSTOP");
      try {
        await assert.rejects(stopped.readCatalog(), (error: unknown) => {
          assert.match((error as Error).message, /the server said nothing for 2 seconds/);
          return isLost(error);
        });
        await assert.rejects(stopped.run(["SELECT 1;"]), isLost);
      } finally {
        process.kill(backend.pid, "SIGCONT");
      }
    });

    it("waits for a slow server as long as it says something", async () => {
      const patient = await connect(connectionTo(server, { statementTimeout: "1.5", connectTimeout: "1" }));
      const statements = Array.from(
        { length: 4 },
        () => "DO $$BEGIN PERFORM pg_sleep(0.75); RAISE WARNING 'still here'; END$$;",
      );
      assert.equal((await patient.run(statements)).error, undefined);
    });

    it("does not wait for a lock longer than the statement timeout", async () => {
      const [impatient, other] = [await connect(connectionTo(server, { statementTimeout: "0.2" })), client];
      const held = other.run(["LOCK TABLE pg_authid IN ACCESS EXCLUSIVE MODE;", "SELECT pg_sleep(2);"]);
      let error: Error | undefined;
      // The lock is there a moment after it was asked for.
      while (error === undefined) ({ error } = await impatient.run([`CREATE ROLE ${freshName("late")};`]));
      assert.match(error.message, /statement timeout/);
      await held;
    });

    it("is known to the server by its name", async () => {
      const rows = await server.query("SELECT 1 FROM pg_stat_activity WHERE application_name = 'pulumi-roster'");
      assert.ok(rows.length > 0);
    });
  });
}

describe("client", () => {
  let stop: (() => Promise<void>) | undefined;
  afterEach(async () => {
    await stop?.();
    stop = undefined;
    delete process.env["PGOPTIONS"];
    delete process.env["PGUSER"];
    delete process.env["PGDATABASE"];
  });

  async function connectTo(answer: Answer, name = "postgres"): Promise<Client> {
    const server = await fakeServer(answer);
    stop = server.stop;
    return connect(connectionWith({ host: "127.0.0.1", port: String(server.port), user: "ana", password: "x" }, name));
  }

  const ready = Buffer.concat([DONE, READY]);

  it("knows a warning by its code, whatever language the server speaks", async () => {
    const warning = report("N", "WARNUNG", "01000", "Rolle ist nicht Mitglied");
    const notice = report("N", "HINWEIS", "00000", "schon Mitglied");
    const client = await connectTo((sql) => (sql.startsWith("SET") ? ready : Buffer.concat([notice, warning, ready])));
    const { warnings } = await client.run(["REVOKE a FROM b;"]);
    assert.deepEqual(warnings, [{ statement: 0, message: "Rolle ist nicht Mitglied" }]);
  });

  it("leaves alone a warning that a feature is going out of use: the statement was done", async () => {
    const warning = report("N", "WARNING", "01P01", "setting an MD5-encrypted password");
    const client = await connectTo((sql) => (sql.startsWith("SET") ? ready : Buffer.concat([warning, ready])));
    assert.deepEqual((await client.run(["ALTER ROLE a PASSWORD 'md5...';"])).warnings, []);
  });

  it("fails, and only fails, where the server hangs up right after the login", async () => {
    await assert.rejects(
      connectTo(() => undefined),
      /Connection terminated|cannot connect/,
    );
  });

  it("notices a connection that is cut in the middle of a script", async () => {
    const client = await connectTo((sql) => (sql.startsWith("SET") ? ready : undefined));
    await assert.rejects(client.run(["SELECT 1;"]), isLost);
    assert.equal(client.broken, true);
  });

  it("takes nothing from the environment that the settings do not say", async () => {
    const said: string[] = [];
    process.env["PGOPTIONS"] = "-c role=mallory";
    process.env["PGUSER"] = "mallory";
    process.env["PGDATABASE"] = "mallory";
    const server = await fakeServer(() => ready);
    stop = server.stop;
    const settings = { host: "127.0.0.1", port: String(server.port), user: "ana", password: "x" };
    server.started = (startup) => said.push(startup);
    await connect(connectionWith(settings, "warehouse"));
    assert.doesNotMatch(said.join(), /mallory/);
    assert.match(said.join(), /user\0ana\0database\0postgres\0/);
    await connect(connectionWith(settings));
    assert.match(said.join(), /options\0-c role=mallory/);
  });

  it("does not load the HTTP client of Node.js, which takes longer than the driver", () => {
    const connection = connectionWith({ host: "127.0.0.1", port: "1", user: "ana", password: "x" });
    const code = `
      const before = "navigator" in globalThis;
      Object.defineProperty(globalThis, "Response", { get: () => process.exit(3) });
      const { connect } = require(${JSON.stringify(require.resolve("../../../provider/postgres/client.js"))});
      connect(${JSON.stringify(connection)}).catch(() => {
        process.exit(before === "navigator" in globalThis ? 0 : 4);
      });`;
    const { status, stderr } = spawnSync(process.execPath, ["-e", code], { encoding: "utf8" });
    assert.equal(status, 0, stderr);
  });

  it("is described without secrets", () => {
    const connection = connectionWith({ host: "db.example.com", port: "5433", password: "hunter22" }, "warehouse");
    assert.equal(describeConnection(connection), "connection warehouse (db.example.com:5433, database postgres)");
    assert.equal(describeConnection(connectionWith({})), "connection postgres (no host:5432, database postgres)");
  });
});
