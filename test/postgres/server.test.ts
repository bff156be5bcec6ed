import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import net from "node:net";
import type { ConnectionOptions } from "node:tls";
import { Client, DatabaseError } from "pg";
import { makeCertificates } from "./certificates.js";
import { POSTGRES_VERSIONS, type PostgresServer, startPostgres } from "./server.js";
import { commandLine } from "./serverProcess.js";

for (const version of POSTGRES_VERSIONS) {
  describe(`startPostgres: PostgreSQL ${String(version)}`, () => {
    let server: PostgresServer;
    before(async () => {
      server = await startPostgres({ version, logStatements: true });
    });
    after(() => server.stop());

    it("runs the version that was asked for, in UTF-8, as the superuser it names", async () => {
      const [row] = await server.query(
        "SELECT current_setting('server_version') AS version, current_setting('server_encoding') AS encoding, usesuper " +
          "FROM pg_user WHERE usename = current_user",
      );
      assert.ok(String(row?.["version"]).startsWith(`${String(version)}.`), String(row?.["version"]));
      assert.equal(row?.["encoding"], "UTF8");
      assert.equal(row["usesuper"], true);
    });

    it("refuses a wrong password also on loopback", async () => {
      await assert.rejects(server.query("SELECT 1", { password: "wrong" }), (error) => {
        assert.ok(error instanceof DatabaseError);
        assert.equal(error.code, "28P01");
        return true;
      });
    });

    it("writes each statement to the log that it gives", async () => {
      await server.query("SELECT 'heron' AS bird");
      assert.match(await server.log(), /statement: SELECT 'heron' AS bird/);
    });

    it("runs statements in the database and as the user that are named, with values", async () => {
      await server.query("CREATE DATABASE depot");
      await server.query("CREATE ROLE ana LOGIN PASSWORD 'first'");
      const rows = await server.query("SELECT current_database() AS db, current_user AS who, $1::int AS n", {
        database: "depot",
        user: "ana",
        password: "first",
        values: [7],
      });
      assert.deepEqual(rows, [{ db: "depot", who: "ana", n: 7 }]);
    });

    it("starts each server without what another one holds", async () => {
      await server.query("CREATE ROLE mallory");
      const second = await startPostgres({ version });
      try {
        assert.notEqual(second.port, server.port);
        assert.deepEqual(await second.query("SELECT 1 FROM pg_roles WHERE rolname = 'mallory'"), []);
        await second.query("SELECT 'egret' AS bird");
        assert.doesNotMatch(await second.log(), /egret/);
      } finally {
        await second.stop();
      }
    });

    it("takes further settings and rules for who may log in", async () => {
      const strict = await startPostgres({
        version,
        settings: { max_connections: 7, log_line_prefix: "it's %q" },
        hba: ["host all blocked all reject"],
      });
      try {
        await strict.query("CREATE ROLE blocked LOGIN PASSWORD 'x'; CREATE ROLE welcome LOGIN PASSWORD 'x'");
        assert.deepEqual(await strict.query("SHOW max_connections"), [{ max_connections: "7" }]);
        await strict.query("SELECT 1", { user: "welcome", password: "x" });
        await assert.rejects(strict.query("SELECT 1", { user: "blocked", password: "x" }), /pg_hba.conf/);
      } finally {
        await strict.stop();
      }
    });

    it("stops, and leaves neither a process nor a folder; its log stays readable", async () => {
      const second = await startPostgres({ version });
      assert.ok((await commandLine(second.pid)).includes(second.folder));
      await second.stop();
      await second.stop();
      assert.equal(await commandLine(second.pid), "");
      assert.equal(existsSync(second.folder), false);
      assert.match(await second.log(), /database system is shut down/);
      await assert.rejects(second.query("SELECT 1"), { code: "ECONNREFUSED" });
    });

    it("says that a port is in use, and leaves nothing", async () => {
      await assert.rejects(startPostgres({ version, port: server.port }), /port is in use.*Choose another port/);
    });

    it("starts on the port that is named", async () => {
      const port = await unusedPort();
      const second = await startPostgres({ version, port });
      try {
        assert.equal(second.port, port);
        assert.deepEqual(await second.query("SHOW port"), [{ port: String(port) }]);
      } finally {
        await second.stop();
      }
    });

    it("gives the server's own words where it does not start", async () => {
      await assert.rejects(startPostgres({ version, settings: { shared_buffers: "lots" } }), (error: Error) => {
        assert.match(error.message, /did not start on port \d+ of 127.0.0.1. It said:\n/);
        assert.match(error.message, /invalid value for parameter "shared_buffers": "lots"/);
        return true;
      });
    });
  });

  describe(`startPostgres with TLS: PostgreSQL ${String(version)}`, () => {
    let server: PostgresServer;
    let certificates: Awaited<ReturnType<typeof makeCertificates>>;
    before(async () => {
      certificates = await makeCertificates("app");
      server = await startPostgres({
        version,
        ssl: { ...certificates.server, clientCa: certificates.ca.cert },
        hba: ["hostssl all app all cert"],
      });
      await server.query("CREATE ROLE app LOGIN; CREATE ROLE other LOGIN PASSWORD 'x'");
    });
    after(() => server.stop());

    const connect = async (user: string, ssl: ConnectionOptions): Promise<boolean> => {
      const { host, port } = server;
      const client = new Client({ host, port, database: "postgres", user, password: "x", ssl });
      await client.connect();
      try {
        const result = await client.query<{ ssl: boolean }>("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
        return result.rows[0]?.ssl === true;
      } finally {
        await client.end();
      }
    };

    it("has a certificate for this host from its authority, and from no other", async () => {
      assert.equal(await connect("other", { ca: certificates.ca.cert }), true);
      await assert.rejects(connect("other", { ca: certificates.otherCa.cert }), {
        code: "SELF_SIGNED_CERT_IN_CHAIN",
      });
    });

    it("knows a user by the client certificate, and only the one that it names", async () => {
      const { cert, key } = certificates.client;
      assert.equal(await connect("app", { ca: certificates.ca.cert, cert, key }), true);
      await assert.rejects(connect("app", { ca: certificates.ca.cert }), /valid client certificate/);
    });

    for (const [name, expected] of [
      ["wrongHost", { code: "ERR_TLS_CERT_ALTNAME_INVALID" }],
      ["expired", { code: "CERT_HAS_EXPIRED" }],
    ] as const) {
      it(`can show a bad certificate: ${name}`, async () => {
        const good = server;
        server = await startPostgres({ version, ssl: certificates[name] });
        try {
          await assert.rejects(connect("postgres", { ca: certificates.ca.cert }), expected);
        } finally {
          await server.stop();
          server = good;
        }
      });
    }
  });
}

async function unusedPort(): Promise<number> {
  const probe = net.createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => probe.once("listening", resolve));
  const { port } = probe.address() as net.AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
