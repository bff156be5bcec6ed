import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { parse } from "yaml";
import { REPOSITORY } from "../../repository.js";
import { describeUnless } from "../../skip.js";
import { startRedshift, type Redshift } from "./index.js";

/*
 * Holds the gate against the contract: statements with the verdict that Redshift's own guide gives them. The gate has
 * none of their texts: it judges by grammar, and so also what is in no list, and however it is written.
 */

interface Statement {
  readonly sql: string;
  readonly verdict: "accept" | "refuse" | "unsure";
  readonly reason: string;
  readonly family: string;
  readonly after?: readonly string[];
}

interface KnownError {
  readonly id: string;
  readonly sqlstate: string | null;
  readonly sqlstate_guess?: string;
  readonly message: string | null;
}

const FOLDER = path.join(REPOSITORY, "..", "shared", "contracts", "redshift");
type Relations = Readonly<Record<string, { columns?: readonly { name: string }[] }>>;

const MISSING = existsSync(FOLDER) ? undefined : "the contract (../shared/contracts/redshift) is not here";

function read(file: string): unknown {
  return parse(readFileSync(path.join(FOLDER, file), "utf8"));
}

const STATEMENTS = MISSING === undefined ? (read("statements.yaml") as { statements: Statement[] }).statements : [];

/** What the contract says is there; made through the gate as far as the gate knows how to. */
const FIXTURE = `
  CREATE USER usr_dana PASSWORD 'Kestrel77x'; CREATE USER usr_omar PASSWORD 'Kestrel77x';
  CREATE USER usr_etl PASSWORD 'Kestrel77x'; CREATE USER usr_temp PASSWORD 'Kestrel77x';
  CREATE USER usr_temp2 PASSWORD 'Kestrel77x'; CREATE USER usr_admin PASSWORD 'Kestrel77x' CREATEUSER;
  CREATE USER "IAM:lena" PASSWORD DISABLE;
  CREATE GROUP grp_finance; CREATE GROUP grp_viewers; CREATE GROUP grp_ops; CREATE GROUP grp_idle;
  CREATE GROUP grp_crowd WITH USER usr_dana, usr_omar;
  CREATE ROLE rol_reader; CREATE ROLE rol_writer; CREATE ROLE rol_steward; CREATE ROLE rol_idle; CREATE ROLE rol_idle3;
  CREATE SCHEMA mart; CREATE SCHEMA staging_area; CREATE SCHEMA scratch_pad;
  CREATE TABLE mart.orders_fact (order_id int, amount int, region varchar(20));
  CREATE TABLE mart.customers_dim (customer_id int, email varchar(20), phone varchar(20));
  CREATE TABLE staging_area.raw_events (event_id int, payload varchar(20));
  GRANT USAGE ON SCHEMA mart TO usr_omar; ALTER TABLE mart.orders_fact OWNER TO usr_etl;
  GRANT SELECT ON mart.orders_fact TO GROUP grp_viewers;
`;

/** What has no command at the gate. */
const BEHIND = `
  CREATE VIEW mart.v_totals AS SELECT sum(amount) AS total, max(region) AS region FROM mart.orders_fact;
  CREATE MATERIALIZED VIEW mart.mv_daily AS SELECT 1 AS one;
  CREATE FUNCTION mart.f_tax(int) RETURNS int LANGUAGE sql AS 'SELECT $1';
  CREATE FUNCTION mart.f_margin(float, int) RETURNS int LANGUAGE sql AS 'SELECT $2';
  CREATE PROCEDURE mart.sp_refresh(int) LANGUAGE sql AS 'SELECT 1';
  CREATE PROCEDURE mart.sp_purge() LANGUAGE sql AS 'SELECT 1';
  CREATE SEQUENCE mart.seq_ids; CREATE TYPE mart.typ_stage AS ENUM ('one'); CREATE DOMAIN mart.dom_code AS text;
  SELECT lo_create(4711); CREATE FOREIGN DATA WRAPPER fdw_none; CREATE SERVER srv_none FOREIGN DATA WRAPPER fdw_none;
`;

/** What a statement needs besides, by a pattern of it. */
const NEEDS: readonly (readonly [RegExp, string])[] = [
  [/^(ALTER GROUP "?grp_finance"? DROP USER)/, "ALTER GROUP grp_finance ADD USER usr_dana, usr_omar"],
  [/^REVOKE ADMIN OPTION FOR ROLE/, "GRANT ROLE rol_reader TO usr_dana WITH ADMIN OPTION"],
  [/^REVOKE ROLE rol_reader.* FROM ROLE/, "GRANT ROLE rol_reader TO ROLE rol_writer"],
  [/^REVOKE ROLE sys:secadmin/, "GRANT ROLE sys:secadmin TO usr_dana"],
  [/^REVOKE ROLE rol_reader.* FROM usr_dana/, "GRANT ROLE rol_reader, ROLE rol_writer TO usr_dana"],
  [/^GRANT ROLE rol_writer TO ROLE rol_reader/, "GRANT ROLE rol_reader TO ROLE rol_writer"],
  [/^ALTER USER corp_idp:lena/, 'CREATE USER corp_idp:lena EXTERNALID "K9931" PASSWORD DISABLE'],
  [/shared_wh/, "CREATE DATABASE shared_wh FROM DATASHARE ds_mart OF NAMESPACE 'n'"],
  [/lake_ext/, "CREATE EXTERNAL SCHEMA lake_ext FROM DATA CATALOG DATABASE 'lake'"],
  [/^DROP ROLE rol_reader/, "GRANT ROLE rol_reader TO usr_dana"],
];

/** Statements, the error of the contract that answers them, and what stands in its gaps. */
const ERRORS: readonly (readonly [sql: string, id: string, names: readonly string[]])[] = [
  ["DROP USER usr_etl", "drop_user_owns_object", ["usr_etl"]],
  ["DROP USER usr_omar", "drop_user_has_privilege", ["usr_omar"]],
  ["DROP USER usr_nobody", "drop_user_missing", ["usr_nobody"]],
  ["DROP GROUP grp_viewers", "drop_group_has_privilege", ["grp_viewers"]],
  ["DROP GROUP grp_nobody", "drop_group_missing", ["grp_nobody"]],
  ["DROP ROLE rol_reader", "drop_role_granted_to_user", []],
  ["GRANT ROLE rol_writer TO ROLE rol_reader", "role_cycle", []],
  ["CREATE USER usr_dana PASSWORD 'Kestrel77x'", "user_exists", ["usr_dana"]],
  ["CREATE GROUP grp_ops", "group_exists", ["grp_ops"]],
  ["GRANT USAGE ON SCHEMA mart TO grp_finance", "user_missing", ["grp_finance"]],
  ["ALTER DEFAULT PRIVILEGES FOR USER grp_ops GRANT SELECT ON TABLES TO usr_dana", "user_missing", ["grp_ops"]],
  ["GRANT USAGE ON SCHEMA mart TO GROUP usr_dana", "group_missing", ["usr_dana"]],
  ["CREATE SCHEMA mart", "schema_exists", []],
  ["GRANT USAGE ON SCHEMA nowhere TO usr_dana", "schema_missing", []],
  ["CREATE USER usr_new1 CREATEUSER PASSWORD DISABLE", "superuser_password_disable", []],
  ["ALTER DATABASE wh_main RENAME TO wh_main2", "rename_current_database", []],
  ["REVOKE SELECT ON mart.orders_fact FROM usr_dana CASCADE", "cascade_not_supported", []],
  ["ROLLBACK TO SAVEPOINT sp_one", "rollback_to_savepoint", ["sp_one"]],
  ["SHOW standard_conforming_strings", "unknown_parameter", ["standard_conforming_strings"]],
  ["CREATE DATABASE wh_new", "database_in_transaction", []],
];

/** What the databases are between two statements. */
const DATABASES = ["wh_main", "wh_lab"];

describeUnless(MISSING, "the gate, held against the contract", function () {
  this.timeout(120_000);
  let gate: Redshift;
  /** The connection of all statements that can be rolled back. */
  let common: pg.Client;

  before(async () => {
    gate = await startRedshift();
    for (const name of DATABASES) await gate.query(`CREATE DATABASE ${name}`);
    await gate.query(FIXTURE, { database: "wh_main" });
    await gate.behind.query(BEHIND, { database: "wh_main" });
    common = await connected();
  });
  after(async () => {
    await common.end();
    await gate.stop();
  });

  async function connected(): Promise<pg.Client> {
    const { host, port, user, password } = gate;
    const client = new pg.Client({ host, port, user, password, database: "wh_main" });
    await client.connect();
    return client;
  }

  /** How the gate answers a statement, after which everything is as before. */
  async function answerTo(statement: Statement, sql = statement.sql): Promise<pg.DatabaseError | undefined> {
    const needs = NEEDS.flatMap(([pattern, needed]) => (pattern.test(statement.sql) ? [needed] : []));
    // Databases are made and dropped outside of a transaction; what begins or ends one, and what waits for it, says so.
    const bare = /\b(CREATE|ALTER|DROP) DATABASE (?!IF)|^(BEGIN|START|COMMIT|END|ROLLBACK|ABORT)\b/.test(
      [statement.sql, ...needs].join(),
    );
    const client = bare ? await connected() : common;
    try {
      if (!bare && statement.after?.[0] !== "BEGIN") await client.query("BEGIN");
      for (const needed of needs) await client.query(needed);
      // A savepoint is among them, which the gate refuses in its turn.
      for (const earlier of statement.after ?? []) await client.query(earlier).catch(() => undefined);
      await client.query(sql);
      return undefined;
    } catch (error) {
      assert.ok(error instanceof pg.DatabaseError, String(error));
      return error;
    } finally {
      await client.query("ROLLBACK");
      if (bare) {
        await client.end();
        await restore();
      }
    }
  }

  async function restore(): Promise<void> {
    for (const name of ["wh_new", "wh_lab2"]) await gate.behind.query(`DROP DATABASE IF EXISTS ${name}`);
    const there = await gate.behind.query<{ datname: string }>("SELECT datname FROM pg_database");
    if (!there.some(({ datname }) => datname === "wh_lab")) await gate.query("CREATE DATABASE wh_lab");
    await gate.behind.query("ALTER DATABASE wh_lab OWNER TO postgres");
  }

  for (const verdict of ["accept", "refuse", "unsure"] as const) {
    const given = STATEMENTS.filter((statement) => statement.verdict === verdict);
    const does = verdict === "accept" ? "accepts" : "refuses";

    it(`${does} all ${String(given.length)} statements marked ${verdict}`, async () => {
      await holds(given, ({ sql }) => sql);
    });

    it(`${does} them however they are written`, async () => {
      await holds(given, otherwise);
    });
  }

  /** That statements have their verdict, each written in some way. */
  async function holds(given: readonly Statement[], written: (statement: Statement) => string): Promise<void> {
    assert.ok(given.length > 0);
    const wrong: string[] = [];
    for (const statement of given) {
      const sql = written(statement);
      const error = await answerTo(statement, sql);
      if ((error === undefined) !== (statement.verdict === "accept"))
        wrong.push(`${sql}\n   ${error === undefined ? "passed" : `${String(error.code)} ${error.message}`}`);
    }
    assert.equal(wrong.length, 0, `${String(wrong.length)}:\n${wrong.join("\n")}`);
  }

  it("answers with the errors that are known of Redshift", async () => {
    const known = new Map((read("errors.yaml") as { errors: KnownError[] }).errors.map((error) => [error.id, error]));
    for (const [sql, id, names] of ERRORS) {
      const statement = STATEMENTS.find((each) => each.sql === sql);
      const error = await answerTo(statement ?? { sql, verdict: "refuse", family: "", reason: "" });
      const expected = known.get(id);
      assert.ok(expected, id);
      const message = names.reduce((text, name) => text.replace(/<[a-z]+>/, name), expected.message ?? "");
      assert.deepEqual(
        [error?.code, expected.message === null ? "" : error?.message],
        [expected.sqlstate ?? expected.sqlstate_guess ?? error?.code, message],
        sql,
      );
    }
  });

  it("has the columns of the catalogue", async () => {
    const { relations, also } = read("catalog.yaml") as { relations: Relations; also: Relations };
    // How an ACL writes a role is in no source, so that the gate shows none.
    const looked = Object.entries({ ...relations, ...also }).filter(
      ([name, { columns }]) => columns !== undefined && name !== "pg_default_acl",
    );
    assert.ok(looked.length > 10);
    for (const [name, { columns = [] }] of looked) {
      const { fields } = await common.query(`SELECT * FROM ${name}`);
      const names = columns.map((column) => column.name);
      assert.deepEqual(
        fields.map((field) => field.name),
        names,
        name,
      );
    }
  });
});

/** The same statement as another hand would write it: comments, lines, keywords in any case. */
function otherwise({ sql }: Statement): string {
  let count = 0;
  return sql
    .split(/('(?:[^']|'')*'|"[^"]*"|\$\w*\$.*\$\w*\$)/)
    .map((part, index) =>
      index % 2 === 1
        ? part
        : part
            .replace(/[a-z]+/gi, (word) => (count++ % 2 === 0 ? word.toLowerCase() : word.toUpperCase()))
            .replace(/ +/g, "\n\t/* a remark */ "),
    )
    .join("");
}
