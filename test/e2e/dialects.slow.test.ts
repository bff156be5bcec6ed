import assert from "node:assert/strict";
import { startRedshift, type Redshift } from "../sandbox/redshift/index.js";
import type { PostgresServer } from "../postgres/server.js";
import { access, defaults, group, members, membership, privileges, schema, user, type Declaration } from "./declare.js";
import type { Engine } from "../engine/index.js";
import { onEachEngine, server, superuser } from "./scene.js";
import { plans, Workspace } from "./workspace.js";

/*
 * One program, one life, on every kind of server that speaks PostgreSQL's protocol: what a program says is the same,
 * what the server is told is not.
 */

/** A kind of server, in its own words. */
interface Dialect {
  readonly title: string;
  start(): Promise<Server>;
  /** What the changes by hand of `drift` are. */
  readonly byHand: readonly string[];
  /** The members of a group, sorted. */
  readonly membersOf: (group: string) => string;
  /** Every user and group. */
  readonly everybody: string;
  /** What the first preview shows. */
  readonly creation: Readonly<Record<string, readonly string[]>>;
  /** What the drift takes to repair. */
  readonly repair: Readonly<Record<string, readonly string[]>>;
}

interface Server {
  readonly query: (sql: string) => Promise<object[]>;
  readonly env: Readonly<Record<string, string>>;
  /** Statements that were refused. */
  refused(): string[];
  stop(): Promise<void>;
}

async function postgresServer(): Promise<Server> {
  const db: PostgresServer = await server(18);
  return {
    query: (sql) => db.query(sql),
    env: superuser(db),
    refused: () => [],
    // It is shared with the other suites, and ends with this process.
    stop: () => Promise.resolve(),
  };
}

async function redshiftServer(): Promise<Server> {
  const gate: Redshift = await startRedshift();
  const { host, port, user: name, password } = gate;
  return {
    query: (sql) => gate.query(sql),
    env: {
      PGHOST: host,
      PGPORT: String(port),
      PGUSER: name,
      PGPASSWORD: password,
      PGDATABASE: "postgres",
      ROSTER_POSTGRES_DIALECT: "redshift",
    },
    refused: () => gate.seen.flatMap(({ statement, refusal }) => (refusal === undefined ? [] : [statement])),
    stop: () => gate.stop(),
  };
}

const DIALECTS: readonly Dialect[] = [
  {
    title: "PostgreSQL",
    start: postgresServer,
    byHand: [
      "GRANT d_listed TO d_zoe",
      "REVOKE d_listed FROM d_ana",
      "ALTER ROLE d_rui CREATEDB",
      "DROP ROLE d_bulk",
      "REVOKE USAGE ON SCHEMA d_mart FROM d_listed",
      "GRANT CREATE ON SCHEMA d_mart TO d_listed",
    ],
    membersOf: (name) =>
      `SELECT member::regrole::text AS name FROM pg_auth_members WHERE roleid = '${name}'::regrole ORDER BY 1`,
    everybody: "SELECT rolname AS name FROM pg_roles WHERE rolname LIKE 'd\\_%' ORDER BY 1",
    creation: {
      d_ana: ["CREATE ROLE d_ana LOGIN CONNECTION LIMIT 3;"],
      d_listed: ["CREATE ROLE d_listed;"],
      "members of d_listed": ["GRANT d_listed TO d_ana, d_rui;"],
      "d_zoe in d_single": ["GRANT d_single TO d_zoe;"],
      d_mart: ["CREATE SCHEMA d_mart AUTHORIZATION d_rui;"],
      "d_listed in d_mart": ["GRANT USAGE ON SCHEMA d_mart TO d_listed;"],
      "d_listed reads": [
        "ALTER DEFAULT PRIVILEGES FOR ROLE d_rui IN SCHEMA d_mart GRANT SELECT ON TABLES TO d_listed;",
      ],
    },
    repair: {
      d_rui: ["ALTER ROLE d_rui NOCREATEDB;"],
      "members of d_listed": ["REVOKE d_listed FROM d_zoe;", "GRANT d_listed TO d_ana;"],
      d_rest: ["CREATE ROLE d_bulk;", "GRANT d_bulk TO d_mei;"],
      "d_listed in d_mart": [
        "REVOKE CREATE ON SCHEMA d_mart FROM d_listed;",
        "GRANT USAGE ON SCHEMA d_mart TO d_listed;",
      ],
    },
  },
  {
    title: "Amazon Redshift",
    start: redshiftServer,
    byHand: [
      "ALTER GROUP d_listed ADD USER d_zoe",
      "ALTER GROUP d_listed DROP USER d_ana",
      "ALTER USER d_rui CREATEDB",
      "DROP GROUP d_bulk",
      "REVOKE USAGE ON SCHEMA d_mart FROM GROUP d_listed",
      "GRANT CREATE ON SCHEMA d_mart TO GROUP d_listed",
    ],
    membersOf: (name) =>
      `SELECT u.usename AS name FROM pg_user u, pg_group g WHERE g.groname = '${name}' AND u.usesysid = ANY (g.grolist) ORDER BY 1`,
    everybody:
      "SELECT usename AS name FROM pg_user WHERE usename <> current_user UNION SELECT groname FROM pg_group ORDER BY 1",
    creation: {
      d_ana: ["CREATE USER d_ana PASSWORD DISABLE CONNECTION LIMIT 3;"],
      d_listed: ["CREATE GROUP d_listed;"],
      "members of d_listed": ["ALTER GROUP d_listed ADD USER d_ana, d_rui;"],
      "d_zoe in d_single": ["ALTER GROUP d_single ADD USER d_zoe;"],
      d_mart: ["CREATE SCHEMA d_mart AUTHORIZATION d_rui;"],
      "d_listed in d_mart": ["GRANT USAGE ON SCHEMA d_mart TO GROUP d_listed;"],
      "d_listed reads": [
        "ALTER DEFAULT PRIVILEGES FOR USER d_rui IN SCHEMA d_mart GRANT SELECT ON TABLES TO GROUP d_listed;",
      ],
    },
    repair: {
      d_rui: ["ALTER USER d_rui NOCREATEDB;"],
      "members of d_listed": ["ALTER GROUP d_listed DROP USER d_zoe;", "ALTER GROUP d_listed ADD USER d_ana;"],
      d_rest: ["CREATE GROUP d_bulk;", "ALTER GROUP d_bulk ADD USER d_mei;"],
      "d_listed in d_mart": [
        "REVOKE CREATE ON SCHEMA d_mart FROM GROUP d_listed;",
        "GRANT USAGE ON SCHEMA d_mart TO GROUP d_listed;",
      ],
    },
  },
];

const program: readonly Declaration[] = [
  user("d_ana", { connectionLimit: 3 }),
  user("d_rui"),
  user("d_zoe"),
  group("d_listed"),
  group("d_single"),
  members("d_listed", ["d_ana", "d_rui"], {}, { dependsOn: ["d_ana", "d_rui", "d_zoe"] }),
  membership("d_single", "d_zoe"),
  schema("d_mart", { owner: "d_rui", onRemove: "drop" }, { dependsOn: ["d_rui"] }),
  privileges(
    "d_listed in d_mart",
    { on: "schema", schema: "d_mart", privileges: ["USAGE"], grantee: "d_listed" },
    { dependsOn: ["d_listed", "d_mart"] },
  ),
  defaults(
    "d_listed reads",
    { owner: "d_rui", on: "table", schema: "d_mart", privileges: ["SELECT"], grantee: "d_listed" },
    { dependsOn: ["d_listed", "d_mart"] },
  ),
  access("d_rest", { users: ["d_mei"], groups: { d_bulk: ["d_mei"] } }),
];

const EVERYBODY = ["d_ana", "d_bulk", "d_listed", "d_mei", "d_rui", "d_single", "d_zoe"];

onEachEngine("one program on every dialect", (engine: Engine) => {
  for (const dialect of DIALECTS) {
    it(dialect.title, async () => {
      const db = await dialect.start();
      const workspace = await Workspace.create(engine, db.env);
      const names = async (sql: string): Promise<string[]> =>
        (await db.query(sql)).map((row) => (row as { name: string }).name);
      try {
        const first = plans(await workspace.preview(program));
        for (const [name, statements] of Object.entries(dialect.creation)) assert.deepEqual(first[name], statements);
        await workspace.up();
        assert.deepEqual(await names(dialect.everybody), EVERYBODY);
        assert.deepEqual(await names(dialect.membersOf("d_listed")), ["d_ana", "d_rui"]);
        await workspace.expectNoChanges();

        for (const statement of dialect.byHand) await db.query(statement);
        assert.deepEqual(plans(await workspace.preview(undefined, "--refresh")), dialect.repair);
        await workspace.up(undefined, "--refresh");
        assert.deepEqual(await names(dialect.membersOf("d_listed")), ["d_ana", "d_rui"]);
        assert.deepEqual(await names(dialect.membersOf("d_bulk")), ["d_mei"]);
        await workspace.expectNoChanges();

        await workspace.destroy();
        assert.deepEqual(await names(dialect.everybody), []);
        assert.deepEqual(db.refused(), []);
      } finally {
        await workspace.remove();
        await db.stop();
      }
    });
  }
});
