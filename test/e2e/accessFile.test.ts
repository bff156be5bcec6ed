import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { POSTGRES_VERSIONS, startPostgres, type PostgresServer, type PostgresVersion } from "../postgres/server.js";
import { REPOSITORY } from "../repository.js";
import { skip } from "../skip.js";
import type { Declaration } from "./declare.js";
import { onEachEngine, superuser } from "./scene.js";
import { Workspace, plans } from "./workspace.js";

/** The example of the document that this replaces, entry for entry. */
const USERS = `- username: newuser
  databases: [newdb]
  privileges: ALL
- username: app_reader
  databases: [reports]
  privileges: SELECT
`;

/** What the document's SQL does, where it is valid: `GRANT SELECT ON DATABASE` is not, and what is made later is left out. */
async function documentSql(server: PostgresServer): Promise<void> {
  const none = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION";
  await server.query(`CREATE USER newuser ${none}; ALTER USER newuser WITH PASSWORD 'changeme'`);
  await server.query(`CREATE USER app_reader ${none}; ALTER USER app_reader WITH PASSWORD 'reader123'`);
  await server.query("CREATE DATABASE newdb OWNER newuser");
  await server.query("CREATE DATABASE reports OWNER postgres");
  await tables(server);
  await server.query("GRANT ALL ON DATABASE newdb TO newuser; GRANT CONNECT ON DATABASE reports TO app_reader");
  await server.query(
    `GRANT ALL ON SCHEMA public TO newuser; GRANT ALL ON ALL TABLES IN SCHEMA public TO newuser;
     GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO newuser`,
    { database: "newdb" },
  );
  await server.query(
    "GRANT USAGE ON SCHEMA public TO app_reader; GRANT SELECT ON ALL TABLES IN SCHEMA public TO app_reader",
    { database: "reports" },
  );
}

async function tables(server: PostgresServer): Promise<void> {
  for (const database of ["newdb", "reports"]) {
    await server.query("CREATE TABLE orders (id serial); INSERT INTO orders DEFAULT VALUES", { database });
  }
}

/** The roles, databases and ACLs of a server, as its catalogues tell them. */
async function rights(server: PostgresServer): Promise<unknown> {
  const roles = await server.query(
    `SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolcanlogin, rolinherit, rolconnlimit
       FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY 1`,
  );
  const databases = await server.query(
    `SELECT datname, datdba::regrole::text AS owner, grantee::regrole::text, privilege_type, is_grantable
       FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba)))
      WHERE datname IN ('newdb', 'reports') ORDER BY 1, 3, 4`,
  );
  const inside = `
    SELECT 'schema' AS kind, nspname AS name, grantee::regrole::text, privilege_type
      FROM pg_namespace, aclexplode(nspacl) WHERE nspname = 'public'
     UNION ALL
    SELECT relkind::text, relname, grantee::regrole::text, privilege_type
      FROM pg_class, aclexplode(coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's'::"char" ELSE 'r' END, relowner)))
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S') ORDER BY 1, 2, 3, 4`;
  const newdb = await server.query(inside, { database: "newdb" });
  const reports = await server.query(inside, { database: "reports" });
  return { roles, databases, newdb, reports };
}

/** What changes something, of the statements that a server has logged, in their order. */
async function writes(server: PostgresServer): Promise<{ readonly database: string; readonly statement: string }[]> {
  const text = await server.log();
  const entries = text.matchAll(/ \S+@(\S+) LOG: {2}(?:statement|execute [^:]+): ([^]*?)(?=\n\d{4}-\d\d-\d\d |$)/g);
  return [...entries].flatMap(([, database = "", statements = ""]) =>
    statements
      .split(";")
      .map((statement) => statement.trim())
      .filter((statement) => /^(CREATE|ALTER|DROP|GRANT|REVOKE|COMMENT)\b/.test(statement))
      .map((statement) => ({ database, statement })),
  );
}

/** What a statement is about: a role, a database, or privileges on a database and in it. */
function kindOf(statement: string, database: string): string {
  if (statement.startsWith("CREATE ROLE")) return "role";
  const [, made] = /^CREATE DATABASE (\w+)/.exec(statement) ?? [];
  if (made !== undefined) return `database ${made}`;
  const [, on = database] = /^GRANT .* ON DATABASE (\w+)/.exec(statement) ?? [];
  return /^(GRANT|ALTER DEFAULT PRIVILEGES) /.test(statement) ? `privileges on ${on}` : statement;
}

/** Users come first, then the databases that are made, then the privileges on each and in it. */
function expectOrder(written: Awaited<ReturnType<typeof writes>>, made: readonly string[]): void {
  const order = written.map(({ database, statement }) => kindOf(statement, database));
  assert.deepEqual(order.slice(0, 2), ["role", "role"], order.join());
  for (const database of made) {
    const at = order.indexOf(`database ${database}`);
    assert.ok(at > 1 && at < order.indexOf(`privileges on ${database}`), order.join());
  }
  assert.deepEqual([...new Set(order)].sort(), [
    ...made.map((database) => `database ${database}`),
    ...["newdb", "reports"].map((database) => `privileges on ${database}`),
    "role",
  ]);
}

const FILE: Declaration = {
  type: "AccessFile",
  name: "company",
  args: { files: "users.yaml", passwordFolder: "secrets" },
  options: {},
};

onEachEngine("a file with users", (engine) => {
  let server: PostgresServer;
  let workspace: Workspace;
  const begin = async (version: PostgresVersion): Promise<void> => {
    server = await startPostgres({ version, logStatements: true });
    workspace = await Workspace.create(engine, { ...superuser(server), ROSTER_PASSWORD_NEWUSER: "changeme" });
    mkdirSync(path.join(workspace.folder, "secrets", "app-reader-secret"), { recursive: true });
    secret("reader123\n");
    write(USERS);
  };
  afterEach(async () => {
    await workspace.remove();
    await server.stop();
  });

  const write = (text: string): void => {
    writeFileSync(path.join(workspace.folder, "users.yaml"), text);
  };
  const secret = (text: string): void => {
    writeFileSync(path.join(workspace.folder, "secrets/app-reader-secret/password"), text);
  };
  const as = (user: string, password: string, database: string, sql: string): Promise<unknown> =>
    server.query(sql, { user, password, database });

  for (const version of POSTGRES_VERSIONS) {
    it(`gives what the document's SQL gives, in its order, and what is made later too; the second run writes nothing (PostgreSQL ${version})`, async () => {
      await begin(version);
      await server.query("CREATE DATABASE reports");
      const steps = await workspace.preview([FILE]);
      const shown = Object.values(plans(steps)).flat().join("\n");
      assert.match(shown, /CREATE ROLE newuser LOGIN PASSWORD :'newuser_password';/);
      assert.match(shown, /CREATE DATABASE newdb OWNER newuser;/);
      assert.doesNotMatch(shown, /changeme|reader123/);

      const before = (await writes(server)).length;
      await workspace.up([FILE]);
      assert.doesNotMatch(await server.log(), /changeme|reader123/);
      expectOrder((await writes(server)).slice(before), ["newdb"]);
      // The privileges are on what is made later too, so that another run has nothing to give.
      await tables(server);
      const byHand = await startPostgres({ version });
      try {
        await documentSql(byHand);
        assert.deepEqual(await rights(server), await rights(byHand));
      } finally {
        await byHand.stop();
      }

      const written = (await writes(server)).length;
      await workspace.up();
      await workspace.up([FILE], "--refresh");
      assert.deepEqual((await writes(server)).slice(written), []);
      await workspace.expectNoChanges();
    });
  }

  it("lets each user log in and do what the file says, and nothing else; a rotated password is set", async () => {
    await begin(18);
    await workspace.up([FILE]);
    expectOrder(await writes(server), ["newdb", "reports"]);
    await tables(server);
    await as(
      "newuser",
      "changeme",
      "newdb",
      "CREATE TABLE mine (a int); INSERT INTO orders DEFAULT VALUES; DELETE FROM orders",
    );
    await as("app_reader", "reader123", "reports", "SELECT * FROM orders");
    await assert.rejects(
      as("app_reader", "reader123", "reports", "INSERT INTO orders DEFAULT VALUES"),
      /permission denied/,
    );
    await assert.rejects(as("app_reader", "reader123", "reports", "CREATE TABLE theirs (a int)"), /permission denied/);
    await assert.rejects(as("app_reader", "wrong", "reports", "SELECT"), /password authentication failed/);
    await assert.rejects(as("newuser", "changeme", "postgres", "CREATE ROLE more"), /permission denied/);

    secret("rotated\n");
    const { text } = await workspace.up();
    assert.doesNotMatch(text, /rotated|reader123/);
    await as("app_reader", "rotated", "reports", "SELECT * FROM orders");
    await workspace.expectNoChanges();
  });

  it("is refused with file, line and column of every mistake, before anything is touched", async () => {
    await begin(18);
    write("- username: newuser\n  password: changeme\n- username: 7\n");
    const { text } = await workspace.previewFails([FILE]);
    assert.match(text, /postgres\.AccessFile "company": there are 2 mistakes, and nothing was changed/);
    assert.match(text, /users\.yaml:2:3: a password does not belong in this file/);
    assert.match(text, /users\.yaml:3:3: username must be the name of the user/);
    assert.doesNotMatch(text, /changeme/);
  });
});

describe("the example of a file with users", () => {
  it("is the document's own, where that is at hand", function () {
    const document = path.join(REPOSITORY, "../shared/systems/5-postgres-users.md");
    if (!existsSync(document)) skip(this, "../shared/systems is not there to compare with");
    const text = readFileSync(document, "utf8");
    const [, example = ""] = /users\.yaml: \|\n((?: {4}.*\n)+)/.exec(text) ?? [];
    assert.equal(example.replaceAll(/^ {4}/gm, ""), USERS);
  });
});
