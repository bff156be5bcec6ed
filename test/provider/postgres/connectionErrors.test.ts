import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { resolveConnection, type Connection } from "../../../provider/core/connections.js";
import { MISSING_SETTING, RosterError } from "../../../provider/core/errors.js";
import { connect } from "../../../provider/postgres/client.js";
import { connections, type PostgresSettings } from "../../../provider/postgres/settings.js";
import { makeCertificates, type Certificates } from "../../postgres/certificates.js";
import { POSTGRES_VERSIONS, startPostgres, type PostgresServer } from "../../postgres/server.js";
import { connectionTo, connectionWith, sharedPostgres } from "../../postgres/shared.js";
import { listen } from "./wire.js";

const NOBODY = "hunter2hunter2";

async function refusal(connection: Connection<PostgresSettings>): Promise<RosterError> {
  const error: unknown = await connect(connection).then(
    () => assert.fail("it connected"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof RosterError, String(error));
  assert.doesNotMatch(error.message, new RegExp(NOBODY));
  // Whatever went wrong, there is something to do about it.
  assert.match(error.message, /\n {2}what to do: \S/);
  return error;
}

async function refused(connection: Connection<PostgresSettings>, ...expected: readonly RegExp[]): Promise<RosterError> {
  const error = await refusal(connection);
  for (const pattern of expected) assert.match(error.message, pattern);
  return error;
}

describe("errors of a connection", () => {
  const own = { host: "127.0.0.1", user: "ana", password: NOBODY, sslmode: "disable" };

  it("name a setting that is missing, and the ways to give it", async () => {
    const { host: _host, ...rest } = own;
    const error = await refused(
      connectionWith(rest, "warehouse"),
      /^connection warehouse has no host\n/,
      /Set the environment variable ROSTER_WAREHOUSE_HOST, or run: pulumi config set --path roster:connections\.warehouse\.host <value>/,
    );
    assert.equal(error.details.code, MISSING_SETTING);
    await refused(
      connectionWith({ host: "127.0.0.1" }),
      /^connection postgres has no user\n/,
      /ROSTER_POSTGRES_USER or PGUSER/,
    );
  });

  for (const [name, value] of [
    ["port", "five"],
    ["port", "99999"],
    ["port", "5432.5"],
    ["connectTimeout", "-1"],
    ["statementTimeout", "soon"],
  ] as const) {
    it(`name a number that is none: ${name} ${value}`, async () => {
      const { stop, port } = await listen();
      try {
        const values = { ...own, port: String(port), connectTimeout: "1", [name]: value };
        await refused(
          connectionWith(values, "wh"),
          new RegExp(`the ${name} of connection wh is "${value}".*\\(from the program\\)`),
        );
      } finally {
        await stop();
      }
    });
  }

  it("name a host that does not exist, and where it comes from", async () => {
    const environment = { ROSTER_WH_HOST: "db.invalid", ROSTER_WH_USER: "ana" };
    await refused(
      resolveConnection(connections, "wh", { environment, config: undefined }),
      /^connection wh: the host db\.invalid is not known\n/,
      /the host comes from environment variable ROSTER_WH_HOST/,
    );
  });

  it("name a port where nothing answers, and where both come from", async () => {
    const { port, stop } = await listen();
    await stop();
    const config = JSON.stringify({ wh: { host: "127.0.0.1", port, user: "ana" } });
    await refused(
      resolveConnection(connections, "wh", { environment: {}, config }),
      new RegExp(`^connection wh: nothing answers at 127\\.0\\.0\\.1:${String(port)}\n`),
      /the host comes from Pulumi config roster:connections\.wh\.host; the port comes from Pulumi config roster:connections\.wh\.port/,
    );
  });

  it("name both where a name stands for several addresses", async () => {
    const { port, stop } = await listen();
    await stop();
    await refused(
      connectionWith({ ...own, host: "localhost", port: String(port) }),
      /nothing answers at localhost:\d+/,
    );
  });

  it("name a socket that is not there", async () => {
    await refused(
      connectionWith({ ...own, host: "/nowhere" }),
      /nothing answers at \/nowhere:5432/,
      /the host comes from the program/,
    );
  });

  for (const sslmode of ["disable", "prefer", "require"]) {
    it(`give up in time on a server that never answers, and say which setting says when: ${sslmode}`, async () => {
      const { port, stop } = await listen();
      try {
        const values = { ...own, port: String(port), sslmode, connectTimeout: "1" };
        await refused(
          connectionWith(values),
          /^connection postgres: no answer from 127\.0\.0\.1:\d+ within 1 s\n/,
          /connectTimeout/,
        );
      } finally {
        await stop();
      }
    });
  }

  it("say that something else than PostgreSQL answers", async () => {
    const { port, stop } = await listen((socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    try {
      for (const sslmode of ["disable", "require"])
        await refused(
          connectionWith({ ...own, port: String(port), sslmode, connectTimeout: "2" }),
          /^connection postgres: /,
          /the host comes from the program/,
        );
    } finally {
      await stop();
    }
  });

  it("say that the other side hangs up", async () => {
    const { port, stop } = await listen((socket) => socket.destroy());
    try {
      await refused(
        connectionWith({ ...own, port: String(port) }),
        /^connection postgres: cannot connect to 127/,
        /host/,
      );
    } finally {
      await stop();
    }
  });

  it("name a file of a certificate that cannot be read, and what it was to be", async () => {
    const values = { ...own, sslmode: "verify-full", sslrootcert: "/nowhere/root.crt" };
    await refused(
      connectionWith(values, "wh"),
      /^the sslrootcert of connection wh cannot be read \(from the program\)\n/,
      /\/nowhere\/root\.crt/,
      /path of a PEM file, or its text/,
    );
  });

  it("do not show a key that was given as something else than PEM", async () => {
    for (const sslkey of [`${NOBODY}1`, `${NOBODY}2\n${NOBODY}3\n`])
      await refused(
        connectionWith({ ...own, sslmode: "require", sslkey }),
        /^the sslkey of connection postgres cannot be read/,
      );
  });

  it("name a key and a certificate that are none", async () => {
    const broken = "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n";
    const { port, stop } = await listen((socket) => void socket.once("data", () => socket.write("S")));
    try {
      for (const name of ["sslcert", "sslkey"] as const)
        await refused(
          connectionWith({ ...own, port: String(port), sslmode: "require", connectTimeout: "2", [name]: broken }),
          new RegExp(`${name} comes from the program`),
        );
    } finally {
      await stop();
    }
  });
});

for (const version of POSTGRES_VERSIONS) {
  describe(`errors of a connection: PostgreSQL ${String(version)}`, () => {
    let server: PostgresServer;
    before(async () => {
      server = await sharedPostgres(version);
    });

    it("name a wrong password, and where user and password come from", async () => {
      const { host, port } = server;
      const environment = { PGHOST: host, PGPORT: String(port), PGUSER: "postgres", PGPASSWORD: NOBODY };
      await refused(
        resolveConnection(connections, undefined, { environment, config: undefined }),
        /^connection postgres: the server at 127\.0\.0\.1:\d+ refuses the password of user postgres\n/,
        /the user comes from environment variable PGUSER; the password comes from environment variable PGPASSWORD\.$/,
      );
    });

    it("tell of refresh and destroy where a password from the config is refused", async () => {
      const { host, port } = server;
      const config = JSON.stringify({ wh: { host, port, user: "postgres", password: NOBODY } });
      await refused(
        resolveConnection(connections, "wh", { environment: {}, config }),
        /the password comes from Pulumi config roster:connections\.wh\.password/,
        /refresh and destroy use the config of that update; run pulumi up first/,
      );
    });

    it("name a password that is missing, and the ways to give it, without words of the driver's", async () => {
      const ask =
        /^connection wh: the server at 127\.0\.0\.1:\d+ asks for a password of user postgres, and there is none\n/;
      const warehouse = await refused(
        connectionTo(server, { password: undefined }, "wh"),
        ask,
        /Set the environment variable ROSTER_WH_PASSWORD, or run: pulumi config set --secret --path roster:connections\.wh\.password <value>\./,
        /the password is not set/,
      );
      assert.doesNotMatch(warehouse.message, /SASL|SCRAM|must be a string|PGPASSWORD|answer:/);
      assert.equal(warehouse.fault, "setting");
      await refused(
        connectionTo(server, { password: undefined }),
        /environment variable ROSTER_POSTGRES_PASSWORD or PGPASSWORD, or run: pulumi config set --secret/,
      );
    });

    it("name a password that is missing where the server takes an empty one for a wrong one", async () => {
      const { port, stop } = await listen((socket) => {
        socket.once("data", () => {
          socket.write(Buffer.from("520000000800000003", "hex")); // AuthenticationCleartextPassword
          const fields = "SFATAL\0C28P01\0Mpassword authentication failed\0\0";
          socket.once("data", () => {
            const length = Buffer.alloc(4);
            length.writeInt32BE(fields.length + 4);
            socket.end(Buffer.concat([Buffer.from("E"), length, Buffer.from(fields)]));
          });
        });
      });
      try {
        const values = { host: "127.0.0.1", port: String(port), user: "ana", sslmode: "disable" };
        const error = await refused(
          connectionWith(values, "wh"),
          /asks for a password of user ana, and there is none\n.*answer: +password authentication failed \(28P01\)\n/,
          /ROSTER_WH_PASSWORD/,
        );
        assert.equal(error.fault, "setting");
      } finally {
        await stop();
      }
    });

    it("name a wrong user", async () => {
      await refused(
        connectionTo(server, { user: "nobody_is_called_this" }),
        /the server at 127\.0\.0\.1:\d+ refuses the password of user nobody_is_called_this\n/,
        /the user comes from the program/,
      );
    });

    it("name a user who may not log in", async () => {
      await server.query("CREATE ROLE unit_nologin PASSWORD 'pass-word'");
      await refused(
        connectionTo(server, { user: "unit_nologin", password: "pass-word" }),
        /does not let user unit_nologin in\n/,
        /not permitted to log in/,
      );
    });

    it("name a wrong database, and where it comes from", async () => {
      await refused(
        connectionTo(server, { database: "nowhere" }, "wh"),
        /^connection wh: the server at 127\.0\.0\.1:\d+ has no database nowhere\n/,
        /the database comes from the program/,
      );
    });

    it("name a database that cannot be connected to", async () => {
      await refused(connectionTo(server, { database: "template0" }), /database/);
    });

    for (const sslmode of ["require", "verify-ca", "verify-full"]) {
      it(`say that the server has no TLS: sslmode ${sslmode}`, async () => {
        await refused(
          connectionTo(server, { sslmode }),
          /^connection postgres: the server at 127\.0\.0\.1:\d+ has no TLS\n/,
          /the sslmode comes from the program/,
        );
      });
    }

    it("do not come up where prefer, the default on this machine, finds no TLS", async () => {
      for (const sslmode of [undefined, "prefer"]) assert.ok(await connect(connectionTo(server, { sslmode })));
    });
  });

  describe(`errors of TLS: PostgreSQL ${String(version)}`, () => {
    let certificates: Certificates;
    let server: PostgresServer;
    let wrongHost: PostgresServer;
    let expired: PostgresServer;
    let folder: string;
    before(async () => {
      certificates = await makeCertificates("app");
      folder = await mkdtemp(path.join(tmpdir(), "roster-unit-"));
      const hba = ["hostssl all app all cert", "hostnossl all tls_only all reject", "host all all all scram-sha-256"];
      const ssl = { ...certificates.server, clientCa: certificates.ca.cert };
      [server, wrongHost, expired] = await Promise.all([
        startPostgres({ version, ssl, hba }),
        startPostgres({ version, ssl: certificates.wrongHost }),
        startPostgres({ version, ssl: certificates.expired }),
      ]);
      await server.query("CREATE ROLE app LOGIN; CREATE ROLE tls_only LOGIN PASSWORD 'pass-word'");
    });
    after(async () => {
      await Promise.all([server, wrongHost, expired].map((each) => each.stop()));
      await rm(folder, { recursive: true });
    });

    const ca = (): string => certificates.ca.cert;

    it("say that the certificate is not trusted, and where its issuer would come from", async () => {
      for (const sslrootcert of [undefined, certificates.otherCa.cert, "system"])
        await refused(
          connectionTo(server, { sslmode: "verify-full", sslrootcert }, "wh"),
          /^connection wh: the certificate of the server at 127\.0\.0\.1:\d+ is not trusted\n/,
          sslrootcert === undefined ? /sslrootcert.*not set/ : /the sslrootcert comes from the program/,
        );
    });

    it("do not come up with the right issuer, given as text or as a file", async () => {
      const file = path.join(folder, "ca.crt");
      await writeFile(file, ca());
      for (const sslrootcert of [ca(), file])
        for (const host of ["127.0.0.1", "localhost"])
          assert.ok(await connect(connectionTo(server, { host, sslmode: "verify-full", sslrootcert })));
    });

    it("do not come up where nothing is to be verified", async () => {
      for (const sslmode of [undefined, "prefer", "require"])
        assert.ok(await connect(connectionTo(expired, { sslmode })));
    });

    it("come up for require where an issuer is given, as with libpq", async () => {
      const values = { sslmode: "require", sslrootcert: certificates.otherCa.cert };
      await refused(connectionTo(server, values), /is not trusted/);
      assert.ok(await connect(connectionTo(wrongHost, { sslmode: "require", sslrootcert: ca() })));
    });

    it("say that the certificate is for another name", async () => {
      await refused(
        connectionTo(wrongHost, { host: "localhost", sslmode: "verify-full", sslrootcert: ca() }),
        /^connection postgres: the certificate of the server at localhost:\d+ is for another name\n/,
        /db\.elsewhere\.example/,
        /the host comes from the program; the sslmode comes from the program/,
      );
      assert.ok(await connect(connectionTo(wrongHost, { sslmode: "verify-ca", sslrootcert: ca() })));
    });

    it("say that the certificate has expired, which no other issuer would mend", async () => {
      for (const sslmode of ["verify-full", "verify-ca"])
        await refused(
          connectionTo(expired, { sslmode, sslrootcert: ca() }),
          /^connection postgres: the certificate of the server at 127\.0\.0\.1:\d+ has expired\n/,
        );
    });

    it("say that the server lets in with TLS only", async () => {
      await refused(
        connectionTo(server, { user: "tls_only", password: "pass-word", sslmode: "disable" }),
        /does not let user tls_only in\n/,
        /the sslmode comes from the program/,
      );
    });

    it("do not come up with a client certificate, given as text or as files", async () => {
      const { cert, key } = certificates.client;
      const [sslcert, sslkey] = [path.join(folder, "client.crt"), path.join(folder, "client.key")];
      await Promise.all([writeFile(sslcert, cert), writeFile(sslkey, key)]);
      for (const files of [
        { sslcert: cert, sslkey: key },
        { sslcert, sslkey },
      ]) {
        const values = { user: "app", password: undefined, sslmode: "verify-full", sslrootcert: ca(), ...files };
        const client = await connect(connectionTo(server, values));
        assert.equal((await client.readCatalog()).server?.currentUser, "app");
      }
    });

    it("say that a client certificate is missing, or for another user, and where it would come from", async () => {
      const values = { user: "app", sslmode: "verify-full", sslrootcert: ca() };
      await refused(connectionTo(server, values), /does not let user app in\n/, /sslcert.*not set/);
      const other = await makeCertificates("somebody");
      const { cert: sslcert, key: sslkey } = other.client;
      // Several times: what the server answers to such a certificate comes at different moments.
      for (let round = 0; round < 5; round += 1)
        await refused(connectionTo(server, { ...values, sslcert, sslkey }), /the sslcert comes from the program/);
    });

    it("say that certificate and key do not belong together", async () => {
      const values = { user: "app", sslmode: "require", sslcert: certificates.client.cert };
      await refused(
        connectionTo(server, { ...values, sslkey: certificates.server.key }),
        /the sslkey comes from the program/,
      );
    });
  });
}
