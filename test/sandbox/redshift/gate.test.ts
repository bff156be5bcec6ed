import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import pg from "pg";
import { makeCertificates } from "../../postgres/certificates.js";
import { refusals, startRedshift, type Redshift } from "./index.js";

/*
 * What the gate does beyond the verdicts of the contract: that what it lets through takes effect, and reads back as
 * Redshift's catalogue would tell it.
 */

describe("the gate of Redshift", function () {
  this.timeout(60_000);
  let gate: Redshift;

  before(async () => {
    gate = await startRedshift();
  });
  after(() => gate.stop());

  async function refused(sql: string, code: string, message: RegExp): Promise<void> {
    await assert.rejects(gate.query(sql), (error: pg.DatabaseError) => {
      assert.deepEqual([error.code, message.test(error.message)], [code, true], error.message);
      return true;
    });
  }

  async function members(group: string): Promise<string[]> {
    const rows = await gate.query<{ usename: string }>(
      `SELECT u.usename FROM pg_user u, pg_group g WHERE u.usesysid = ANY (g.grolist) AND g.groname = '${group}' ORDER BY 1`,
    );
    return rows.map(({ usename }) => usename);
  }

  it("keeps users, groups and roles apart, also under one name", async () => {
    await gate.query("CREATE USER etl PASSWORD DISABLE; CREATE GROUP etl WITH USER etl; CREATE ROLE etl_role");
    assert.deepEqual(await members("etl"), ["etl"]);
    await refused("CREATE ROLE etl", "42710", /already exists/);
    await gate.query("GRANT ROLE etl_role TO etl");
    assert.deepEqual(
      await gate.query("SELECT user_name, role_name, admin_option FROM svv_user_grants WHERE user_name = 'etl'"),
      [{ user_name: "etl", role_name: "etl_role", admin_option: false }],
    );
    await refused("DROP ROLE etl_role", "2BP01", /granted on a user/);
    await refused("DROP USER etl", "55006", /privilege on some object/);
    await gate.query(
      "REVOKE ROLE etl_role FROM etl; ALTER GROUP etl DROP USER etl; DROP USER etl; DROP GROUP etl; DROP ROLE etl_role",
    );
  });

  it("folds names, within quotation marks too, but for those of users", async () => {
    await gate.query('CREATE GROUP "Analysts"; CREATE USER "Ana" PASSWORD DISABLE; CREATE USER Rui PASSWORD DISABLE');
    await gate.query('ALTER GROUP ANALYSTS ADD USER "Ana", RUI');
    assert.deepEqual(await members("analysts"), ["Ana", "rui"]);
    assert.deepEqual(await gate.query('SELECT groname AS "groupName" FROM pg_group'), [{ groupname: "analysts" }]);
    await refused("ALTER GROUP analysts DROP USER ana", "42704", /user "ana" does not exist/);
    await gate.query('DROP GROUP "ANALYSTS"; ');
    await gate.query('DROP USER "Ana", rui');
  });

  it("keeps the case of quoted names where the session says so", async () => {
    await gate.query('SET enable_case_sensitive_identifier TO true; CREATE GROUP "Mixed"');
    assert.deepEqual(await gate.query("SELECT groname FROM pg_group"), [{ groname: "Mixed" }]);
    await gate.query('SET enable_case_sensitive_identifier TO on; DROP GROUP "Mixed"');
  });

  it("takes names of 127 bytes for every kind", async () => {
    const name = "é".repeat(63);
    await gate.query(`CREATE USER "${name}" PASSWORD DISABLE; CREATE GROUP "${name}" WITH USER "${name}"`);
    assert.deepEqual(await members(name), [name]);
    await gate.query(`ALTER GROUP "${name}" DROP USER "${name}"; DROP GROUP "${name}"; DROP USER "${name}"`);
    await refused(`CREATE GROUP ${"g".repeat(128)}`, "0A000", /127 bytes/);
  });

  it("undoes a message of several statements when one is refused", async () => {
    await refused("CREATE GROUP one; CREATE GROUP two; DROP GROUP nowhere; CREATE GROUP three", "42704", /"nowhere"/);
    assert.deepEqual(await gate.query("SELECT groname FROM pg_group"), []);
    const { statement, refusal } = gate.seen.at(-2) ?? {};
    assert.deepEqual([statement, refusal?.code], ["DROP GROUP nowhere", "42704"]);
  });

  it("fails the rest of a transaction after a refusal of its own", async () => {
    const client = await connect({});
    await client.query("BEGIN");
    await assert.rejects(client.query("DROP GROUP IF EXISTS one"), { code: "42601" });
    await assert.rejects(client.query("CREATE GROUP one"), { code: "25P02" });
    await client.query("ROLLBACK");
    await client.query("CREATE GROUP one; DROP GROUP one");
    await client.end();
  });

  it("lets in with each form of a password, and not without", async () => {
    const md5 = createHash("md5").update("Kestrel77xmei").digest("hex");
    const salt = Buffer.alloc(32, 7);
    const digest = createHash("sha256")
      .update(Buffer.concat([Buffer.from("Kestrel77x"), salt]))
      .digest("hex");
    const forms = ["'Kestrel77x'", `'md5${md5}'`, "'sha256|Kestrel77x'", `'sha256|${digest}|${salt.toString("hex")}'`];
    await gate.query("CREATE USER mei PASSWORD DISABLE");
    await assert.rejects(connect({ user: "mei", password: "Kestrel77x" }), { code: "28P01" });
    for (const form of forms) {
      await gate.query(`ALTER USER mei PASSWORD ${form}`);
      await (await connect({ user: "mei", password: "Kestrel77x" })).end();
      await assert.rejects(connect({ user: "mei", password: "Kestrel78x" }), { code: "28P01" });
    }
    const password = gate.temporaryPassword("IAM:mei");
    await (await connect({ user: "IAM:mei", password })).end();
    await assert.rejects(connect({ user: "mei", password }), { code: "28P01" });
    await assert.rejects(connect({ user: "IAM:mei", password: gate.temporaryPassword("IAM:mei", new Date(0)) }));
    await gate.query("ALTER USER mei RENAME TO mai");
    await assert.rejects(connect({ user: "mai", password: "Kestrel77x" }), { code: "28P01" });
    await gate.query("DROP USER mai");
  });

  it("gives those who are no superusers what is theirs", async () => {
    await gate.query(
      "CREATE USER ken PASSWORD 'Kestrel77x'; CREATE ROLE makers; CREATE SCHEMA own AUTHORIZATION ken; CREATE SCHEMA other",
    );
    const ken = await connect({ user: "ken", password: "Kestrel77x" });
    await assert.rejects(ken.query("CREATE GROUP mine"), { code: "42501" });
    await assert.rejects(ken.query("CREATE USER zoe PASSWORD DISABLE"), { code: "42501" });
    await assert.rejects(ken.query("SELECT usename FROM pg_user_info"), { code: "42501" });
    await ken.query("GRANT USAGE ON SCHEMA own TO PUBLIC");
    await assert.rejects(ken.query("GRANT CREATE ON SCHEMA other TO PUBLIC"), { code: "42501" });
    await gate.query("GRANT CREATE USER, DROP USER TO ROLE makers; GRANT ROLE makers TO ken");
    await ken.query("CREATE USER zoe PASSWORD DISABLE; DROP USER zoe");
    assert.deepEqual((await ken.query("SELECT user_name FROM svv_user_info")).rows, [{ user_name: "ken" }]);
    await ken.end();
    await gate.query("DROP SCHEMA own, other; REVOKE ROLE makers FROM ken; DROP USER ken; DROP ROLE makers");
  });

  it("reads back who holds what, and hinders dropping whoever holds something", async () => {
    await gate.query(
      `CREATE SCHEMA mart; CREATE TABLE mart.facts (id int); CREATE USER lou PASSWORD DISABLE; CREATE GROUP readers;
       GRANT SELECT, DROP ON mart.facts TO GROUP readers; GRANT USAGE ON SCHEMA mart TO GROUP readers;
       ALTER DEFAULT PRIVILEGES FOR USER lou IN SCHEMA mart GRANT EXECUTE ON PROCEDURES TO GROUP readers`,
    );
    assert.deepEqual(
      await gate.query(
        "SELECT relation_name, privilege_type, identity_name, identity_type FROM svv_relation_privileges ORDER BY 2",
      ),
      ["DROP", "SELECT"].map((privilege_type) => ({
        relation_name: "facts",
        privilege_type,
        identity_name: "readers",
        identity_type: "group",
      })),
    );
    assert.deepEqual(
      await gate.query(
        "SELECT schema_name, object_type, owner_name, privilege_type, grantee_name FROM svv_default_privileges WHERE grantee_type = 'group'",
      ),
      [
        {
          schema_name: "mart",
          object_type: "PROCEDURE",
          owner_name: "lou",
          privilege_type: "EXECUTE",
          grantee_name: "readers",
        },
      ],
    );
    await refused("DROP GROUP readers", "55006", /has a privilege/);
    await refused("DROP USER lou", "55006", /has a privilege on some object/);
    await gate.query(
      `REVOKE ALL ON mart.facts FROM GROUP readers; REVOKE ALL ON SCHEMA mart FROM GROUP readers;
       ALTER DEFAULT PRIVILEGES FOR USER lou IN SCHEMA mart REVOKE ALL ON PROCEDURES FROM GROUP readers;
       DROP GROUP readers; DROP USER lou; DROP SCHEMA mart CASCADE`,
    );
  });

  it("looks at the current database only when it drops a user", async () => {
    await gate.query("CREATE DATABASE other");
    await gate.query("CREATE USER far PASSWORD DISABLE");
    await gate.query("CREATE SCHEMA theirs AUTHORIZATION far", { database: "other" });
    await gate.query("DROP USER far");
    assert.deepEqual(await gate.query("SELECT usename FROM pg_user WHERE usename = 'far'"), []);
    await gate.query("CREATE USER far PASSWORD DISABLE");
    await gate.query("DROP USER far");
    await gate.query("DROP DATABASE other");
  });

  it("answers with a conflict when it is told to, and undoes what the message did", async () => {
    let left = 1;
    gate.fault = (statement) =>
      statement.startsWith("CREATE GROUP two") && left-- > 0 ? refusals.serializable() : undefined;
    await assert.rejects(gate.query("CREATE GROUP one; CREATE GROUP two"), { code: "XX000", message: "1023" });
    await gate.query("CREATE GROUP one; CREATE GROUP two");
    gate.fault = () => undefined;
    await gate.query("DROP GROUP one; DROP GROUP two");
  });

  it("judges queries by what they are made of", async () => {
    for (const sql of [
      "SELECT g.groname, count(*) FROM pg_catalog.pg_group g LEFT JOIN pg_user u ON u.usesysid = ANY (g.grolist) GROUP BY 1",
      "WITH users AS (SELECT usename FROM pg_user) SELECT lower(usename) FROM users WHERE usename = 'x\\'y'",
      "SELECT current_user, CURRENT_DATABASE() UNION SELECT session_user, 'b'",
      "SELECT identity_name FROM svv_schema_privileges WHERE namespace_name IN ('a', 'b') ORDER BY 1 LIMIT 3",
    ])
      await gate.query(sql);
    for (const [sql, code] of [
      ["SELECT * FROM pg_roles", "42P01"],
      ["SELECT * FROM pg_catalog.pg_shdepend", "42P01"],
      ["SELECT * FROM redshift_gate.users", "0A000"],
      ["SELECT rolname FROM information_schema.tables", "0A000"],
      ["SELECT 1 FROM pg_user u, LATERAL generate_series(1, u.usesysid)", "0A000"],
      ["SELECT count(*) OVER () FROM pg_user", "0A000"],
      ["SELECT to_jsonb(u) FROM pg_user u", "42883"],
      ["SELECT 'a'::regclass", "42704"],
      ["SELECT E'a'", "42704"],
      ["SELECT extract(epoch FROM valuntil) FROM pg_user", "42883"],
      ["INSERT INTO t VALUES (1)", "42601"],
      ["TRUNCATE t", "42601"],
    ] as const)
      await refused(sql, code, /./);
  });

  it("offers TLS, and nothing but simple queries", async () => {
    const ssl = await makeCertificates();
    const secured = await startRedshift({ behind: gate.behind, ssl: ssl.server });
    const client = new pg.Client({ ...login(secured), ssl: { ca: ssl.ca.cert, servername: "localhost" } });
    await client.connect();
    assert.equal((await client.query("SELECT 1 AS one")).rowCount, 1);
    await assert.rejects(client.query("SELECT $1::int", [1]), { code: "0A000" });
    await client.end();
    await secured.stop();
  });

  function login({ host, port, user, password }: Redshift): pg.ClientConfig {
    return { host, port, user, password, database: "postgres" };
  }

  async function connect(as: { user?: string; password?: string }): Promise<pg.Client> {
    const client = new pg.Client({ ...login(gate), ...as });
    await client.connect();
    return client;
  }
});
