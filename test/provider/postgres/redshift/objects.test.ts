import assert from "node:assert/strict";
import type { Redshift } from "../../../sandbox/redshift/index.js";
import type { Program } from "../stack.js";
import { Scene, grant, group, one, user } from "./scene.js";

/*
 * Databases, schemas and privileges of Redshift against the gate. Tables are made through it; functions and procedures,
 * for which it knows no command, behind it.
 */

const MADE = `CREATE TABLE mart.facts (id int, region varchar(20)); CREATE TABLE mart.people (id int, name varchar(20))`;
const BEHIND = `CREATE FUNCTION mart.tax(int, varchar) RETURNS int LANGUAGE sql AS 'SELECT $1';
  CREATE PROCEDURE mart.refresh(int) LANGUAGE sql AS 'SELECT 1'; CREATE VIEW mart.totals AS SELECT 1 AS one`;

describe("databases, schemas and privileges of Amazon Redshift", function () {
  this.timeout(60_000);
  let scene: Scene;
  let redshift: Redshift;
  const WITHIN = { database: "wh" };

  before(async () => {
    scene = await Scene.start();
    redshift = scene.redshift;
  });
  after(() => scene.stop());

  beforeEach(async () => {
    await redshift.query("CREATE DATABASE wh");
    scene.begin();
  });
  afterEach(async () => {
    await scene.end();
    assert.deepEqual(scene.refused(), []);
    // The stack's own connection is still in it.
    await redshift.behind.query("DROP DATABASE wh WITH (FORCE)");
  });

  const PEOPLE = { ...user("ana"), ...user("etl"), ...group("readers"), ...group("steward", { as: "role" }) };
  const everybody = ["ana", "etl", "readers", "steward"];

  async function mart(): Promise<void> {
    await redshift.query(`CREATE SCHEMA mart; ${MADE}`, WITHIN);
    await redshift.behind.query(BEHIND, WITHIN);
  }

  async function onRelations(): Promise<string[]> {
    const rows = await redshift.query<Record<string, string>>(
      "SELECT relation_name AS r, privilege_type AS p, identity_type AS t, identity_name AS i, admin_option AS a FROM svv_relation_privileges ORDER BY 1, 2, 3, 4",
      WITHIN,
    );
    return rows.map(({ r, p, t, i, a }) => `${String(p)} ${String(r)} ${String(t)} ${String(i)}${a ? " *" : ""}`);
  }

  it("makes databases and schemas outside of and in transactions, changes and drops them", async () => {
    const program = (limit: number | undefined, owner: string): Program => ({
      ...PEOPLE,
      db: {
        type: "Database",
        args: { name: "App", owner, connectionLimit: limit, onRemove: "drop" },
        after: everybody,
      },
      schema: { type: "Schema", args: { database: "app", name: "Sales", owner }, after: ["db"] },
    });
    const first = await scene.settles(program(20, "ana"));
    assert.deepEqual(first["db"], ["CREATE DATABASE app OWNER ana CONNECTION LIMIT 20;"]);
    assert.deepEqual(first["schema"], [
      "\\connect app",
      "CREATE SCHEMA sales AUTHORIZATION ana;",
      "\\connect postgres",
    ]);
    const second = await scene.settles(program(undefined, "etl"));
    assert.deepEqual(second["db"], [
      "ALTER DATABASE app OWNER TO etl;",
      "ALTER DATABASE app CONNECTION LIMIT UNLIMITED;",
    ]);
    assert.ok(second["schema"]?.includes("ALTER SCHEMA sales OWNER TO etl;"));
    await scene.stack.destroy();
    assert.deepEqual(await redshift.query("SELECT datname FROM pg_database WHERE datname = 'app'"), []);
  });

  it("takes over the schema public, in which everybody may create", async () => {
    await scene.settles({
      public: { type: "Schema", args: { ...WITHIN, name: "public", existing: "adopt" } },
      closed: {
        type: "Privileges",
        args: { ...WITHIN, on: "schema", schema: "public", privileges: ["USAGE"], grantee: "PUBLIC" },
      },
    });
    assert.deepEqual(
      await redshift.query("SELECT privilege_type FROM svv_schema_privileges WHERE identity_type = 'public'", WITHIN),
      [{ privilege_type: "USAGE" }],
    );
  });

  it("grants to users, groups and roles with their keywords, and takes back what is too much", async () => {
    await mart();
    const on = { ...WITHIN, on: "table", schema: "mart" };
    const to = (grantee: string, privileges: string[], more: object = {}): Program =>
      one("Privileges", { ...on, privileges, grantee, ...more }, ...everybody);
    const program = {
      ...PEOPLE,
      ...to("readers", ["SELECT"]),
      ...to("steward", ["ALL"], { objects: "facts\n" }),
      ...to("ana", ["SELECT", "DROP"], { objects: "people\n", grantOption: true }),
    };
    const plans = Object.values(await scene.settles(program)).flat();
    assert.ok(plans.includes("GRANT SELECT ON ALL TABLES IN SCHEMA mart TO GROUP readers;"), plans.join("\n"));
    assert.ok(
      plans.includes("GRANT SELECT, INSERT, UPDATE, DELETE, REFERENCES, DROP ON TABLE mart.facts TO ROLE steward;"),
    );
    assert.ok(plans.includes("GRANT SELECT, DROP ON TABLE mart.people TO ana WITH GRANT OPTION;"));
    await redshift.query(
      "REVOKE SELECT ON mart.facts FROM GROUP readers; GRANT DELETE ON mart.people TO GROUP readers; REVOKE GRANT OPTION FOR DROP ON mart.people FROM ana",
      WITHIN,
    );
    await scene.stack.refresh();
    const repair = Object.values((await scene.stack.preview(program)).plans).flat();
    assert.deepEqual(
      repair.filter((line) => !line.startsWith("\\")),
      [
        "REVOKE DELETE ON TABLE mart.people FROM GROUP readers;",
        "GRANT SELECT ON TABLE mart.facts TO GROUP readers;",
        "GRANT DROP ON TABLE mart.people TO ana WITH GRANT OPTION;",
      ],
    );
    await scene.settles(program);
    await scene.stack.destroy();
    assert.deepEqual(await onRelations(), []);
  });

  it("grants on columns, functions and procedures, schemas and databases", async () => {
    await mart();
    const at = { ...WITHIN, schema: "mart" };
    const program: Program = {
      ...PEOPLE,
      ...one(
        "Privileges",
        { ...at, on: "table", objects: "people\n", columns: ["name", "id"], privileges: ["ALL"], grantee: "ana" },
        ...everybody,
      ),
      ...one(
        "Grant",
        {
          ...at,
          on: "function",
          objects: "tax(int, varchar)\n",
          privileges: ["EXECUTE"],
          grantee: "ana",
          grantOption: true,
        },
        ...everybody,
      ),
      ...one("Privileges", { ...at, on: "function", privileges: [], grantee: "PUBLIC" }, ...everybody),
      ...one("Privileges", { ...at, on: "procedure", privileges: ["ALL"], grantee: "steward" }, ...everybody),
      ...one("Grant", { ...at, on: "schema", privileges: ["USAGE"], grantee: "readers" }, ...everybody),
      ...one("Privileges", { ...WITHIN, on: "database", privileges: ["TEMP"], grantee: "readers" }, ...everybody),
      ...one("Privileges", { ...WITHIN, on: "database", privileges: [], grantee: "PUBLIC" }, ...everybody),
    };
    const plans = Object.values(await scene.settles(program)).flat();
    for (const line of [
      "GRANT SELECT (id, name), UPDATE (id, name) ON TABLE mart.people TO ana;",
      "GRANT EXECUTE ON FUNCTION mart.tax(integer, character varying) TO ana WITH GRANT OPTION;",
      "REVOKE EXECUTE ON FUNCTION mart.tax(integer, character varying) FROM PUBLIC;",
      "GRANT EXECUTE ON PROCEDURE mart.refresh(integer) TO ROLE steward;",
      "GRANT USAGE ON SCHEMA mart TO GROUP readers;",
      "GRANT TEMPORARY ON DATABASE wh TO GROUP readers;",
      "REVOKE TEMPORARY ON DATABASE wh FROM PUBLIC;",
    ])
      assert.ok(plans.includes(line), `${line}\nis not among\n${plans.join("\n")}`);
  });

  it("grants on languages, in two of which everybody may write until somebody says otherwise", async () => {
    const on = { ...WITHIN, on: "language" };
    const program = (more: Program = {}): Program => ({
      ...PEOPLE,
      ...one("Privileges", { ...on, objects: "plpgsql\nsql\n", privileges: [], grantee: "PUBLIC" }),
      ...one("Grant", { ...on, objects: "SQL\n", privileges: ["USAGE"], grantee: "readers" }, ...everybody),
      ...one(
        "Privileges",
        { ...on, objects: "plpythonu\n", privileges: ["ALL"], grantee: "ana", ...option },
        ...everybody,
      ),
      ...more,
    });
    const option = { grantOption: true };
    const plans = Object.values(await scene.settles(program())).flat();
    for (const line of [
      "REVOKE USAGE ON LANGUAGE plpgsql, sql FROM PUBLIC;",
      "GRANT USAGE ON LANGUAGE sql TO GROUP readers;",
      "GRANT USAGE ON LANGUAGE plpythonu TO ana WITH GRANT OPTION;",
    ])
      assert.ok(plans.includes(line), `${line}\nis not among\n${plans.join("\n")}`);
    await redshift.query(
      "REVOKE USAGE ON LANGUAGE sql FROM GROUP readers; GRANT USAGE ON LANGUAGE sql TO PUBLIC",
      WITHIN,
    );
    await scene.stack.refresh();
    const repair = Object.values((await scene.stack.preview(program())).plans).flat();
    assert.deepEqual(
      repair.filter((line) => !line.startsWith("\\")),
      ["REVOKE USAGE ON LANGUAGE sql FROM PUBLIC;", "GRANT USAGE ON LANGUAGE sql TO GROUP readers;"],
    );
    const none = one("Grant", { ...on, objects: "cobol\n", privileges: ["USAGE"], grantee: "ana" });
    const { warnings } = await scene.stack.preview(program(none));
    assert.match(warnings.join(), /no language "?cobol/);
    await scene.settles(program());
  });

  it("sets and takes back default privileges, each kind by itself, and DROP, which has no REVOKE of its own", async () => {
    await mart();
    const of = (on: string, privileges: string[], grantee: string, more: object = {}): Program =>
      one("DefaultPrivileges", { ...WITHIN, owner: "etl", on, privileges, grantee, ...more }, ...everybody);
    const defaults = (drop: boolean): Program => ({
      ...PEOPLE,
      tables: {
        type: "DefaultPrivileges",
        args: {
          ...{ ...WITHIN, owner: "etl", on: "table", schema: "mart", grantee: "readers" },
          privileges: drop ? ["SELECT", "DROP"] : ["SELECT"],
        },
        after: everybody,
      },
      ...of("procedure", ["EXECUTE"], "steward"),
      ...of("function", [], "PUBLIC"),
      ...of("table", ["SELECT"], "ana", { grantOption: true }),
    });
    const first = Object.values(await scene.settles(defaults(true))).flat();
    const forEtl = "ALTER DEFAULT PRIVILEGES FOR USER etl";
    for (const line of [
      `${forEtl} IN SCHEMA mart GRANT SELECT, DROP ON TABLES TO GROUP readers;`,
      `${forEtl} GRANT EXECUTE ON PROCEDURES TO ROLE steward;`,
      `${forEtl} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;`,
      `${forEtl} GRANT SELECT ON TABLES TO ana WITH GRANT OPTION;`,
    ])
      assert.ok(first.includes(line), `${line}\nis not among\n${first.join("\n")}`);
    const second = await scene.settles(defaults(false));
    assert.deepEqual(second["tables"]?.slice(1, 3), [
      `${forEtl} IN SCHEMA mart REVOKE ALL ON TABLES FROM GROUP readers;`,
      `${forEtl} IN SCHEMA mart GRANT SELECT ON TABLES TO GROUP readers;`,
    ]);
    await scene.stack.destroy();
    assert.deepEqual(await redshift.query("SELECT owner_name FROM svv_default_privileges", WITHIN), []);
  });

  it("gives what is to come to those who can make it, who are users", async () => {
    await mart();
    await redshift.query("CREATE GROUP makers; GRANT CREATE ON SCHEMA mart TO GROUP makers", WITHIN);
    await scene.stack.succeed(PEOPLE);
    await redshift.query("ALTER GROUP makers ADD USER etl");
    const plans = await scene.settles({
      ...PEOPLE,
      ...grant({ ...WITHIN, on: "table", schema: "mart", privileges: ["SELECT"], grantee: "readers", future: true }),
    });
    const lines = (plans["g"] ?? []).filter((line) => line.startsWith("ALTER"));
    const later = (name: string): string =>
      `ALTER DEFAULT PRIVILEGES FOR USER ${name} IN SCHEMA mart GRANT SELECT ON TABLES TO GROUP readers;`;
    assert.deepEqual(lines, [later("etl"), later(redshift.user)]);
    await scene.stack.succeed(PEOPLE);
    await redshift.query("DROP SCHEMA mart CASCADE; DROP GROUP makers", WITHIN);
  });

  it("says in the preview and in the update what Redshift does not have, and what to use", async () => {
    const database = {
      name: "app",
      template: "t",
      encoding: "UTF8",
      locale: "C",
      allowConnections: false,
      comment: "x",
    };
    const said = await scene.reasons(one("Database", { ...database, endSessions: true }));
    for (const words of ["not made from others", "UTF-8", "no locales", "connectionLimit", "comments", "PG_TERMINATE"])
      assert.match(said, new RegExp(words));
    assert.match(await scene.reasons(one("Database", { name: "snapshot" })), /reserved word/);
    assert.match(await scene.reasons(one("Schema", { name: "a", comment: "x" })), /no comments on schemas/);
    const to = { grantee: "PUBLIC" };
    assert.match(
      await scene.reasons(grant({ on: "database", privileges: ["CONNECT"], ...to })),
      /no privilege CONNECT[^]*USAGE on its schemas/,
    );
    const at = { schema: "public", ...to };
    assert.match(await scene.reasons(grant({ ...at, on: "sequence", privileges: ["USAGE"] })), /no sequences/);
    assert.match(await scene.reasons(grant({ ...at, on: "type", privileges: ["USAGE"] })), /no privileges on types/);
    const shared = { ...to, objects: "fast\n", privileges: ["CREATE"] };
    assert.match(await scene.reasons(grant({ ...shared, on: "tablespace" })), /no tablespaces/);
    const erp = { ...to, objects: "erp\n", privileges: ["USAGE"] };
    assert.match(await scene.reasons(grant({ ...erp, on: "foreign server" })), /USAGE on the external schema/);
    assert.match(
      await scene.reasons(grant({ ...at, on: "table", privileges: ["TRUNCATE"] })),
      /there are SELECT, .*DROP/,
    );
    const columns = { ...at, on: "table", objects: "t\n", columns: ["c"], grantee: "ana", grantOption: true };
    assert.match(
      await scene.reasons(grant({ ...columns, privileges: ["INSERT"] })),
      /privilege INSERT on a column[^]*none for columns/,
    );
    const later = { ...to, privileges: ["USAGE"], on: "schema" };
    assert.match(await scene.reasons(one("DefaultPrivileges", later)), /no default privileges on schemas/);
    const access = {
      name: "all",
      databases: 'wh\t{"comment":"x"}\n',
      grants: { wh: { '{"on":"database","privileges":["CONNECT"]}': "public\n" } },
    };
    assert.match(await scene.reasons(one("Access", access)), /comments on databases[^]*no privilege CONNECT/);
  });

  it("refuses grant options and owners that are no users", async () => {
    await scene.stack.succeed(PEOPLE);
    const option = { ...WITHIN, on: "schema", schema: "public", privileges: ["USAGE"], grantOption: true };
    const plan = await scene.stack.preview({ ...PEOPLE, ...grant({ ...option, grantee: "readers" }) });
    assert.match(plan.errors.join(), /does not have a grant option for "readers"/);
    const owned = await scene.stack.preview({
      ...PEOPLE,
      ...one("Schema", { ...WITHIN, name: "s", owner: "steward" }),
    });
    assert.match(owned.errors.join(), /does not have a schema that belongs to "steward"/);
    const default_ = { ...WITHIN, owner: "readers", on: "table", privileges: ["SELECT"], grantee: "ana" };
    const defaults = await scene.stack.preview({ ...PEOPLE, ...one("DefaultPrivileges", default_) });
    assert.match(defaults.errors.join(), /"readers"/);
  });

  it("keeps a group and a user of one name apart", async () => {
    await mart();
    await scene.stack.succeed(user("twin"));
    await redshift.query("CREATE GROUP twin; GRANT SELECT ON mart.facts TO GROUP twin", WITHIN);
    const on = { ...WITHIN, on: "table", schema: "mart", objects: "facts\n", grantee: "twin" };
    await scene.settles({ ...user("twin"), ...one("Privileges", { ...on, privileges: ["INSERT"] }, "twin") });
    assert.deepEqual(await onRelations(), ["INSERT facts user twin", "SELECT facts group twin"]);
    await redshift.query("DROP SCHEMA mart CASCADE; DROP GROUP twin", WITHIN);
    await scene.stack.succeed(user("twin"));
  });

  it("does all of it in one Access, and folds its names", async () => {
    const target = (on: string, privileges: string[], more: object = {}): string =>
      JSON.stringify({ on, privileges, ...more });
    const access = (privileges: string[]): Program => ({
      all: {
        type: "Access",
        args: {
          name: "all",
          users: "ana\netl\n",
          groups: "Readers\n",
          members: { Readers: "ana\n" },
          databases: 'App\t{"onRemove":"drop","owner":"etl"}\n',
          schemas: { App: 'Sales\t{"onRemove":"drop","owner":"etl"}\n' },
          grants: {
            App: {
              [target("schema", ["USAGE"], { schema: "Sales" })]: "Readers\nana\n",
              [target("table", privileges, { schema: "Sales", future: true })]: "Readers\n",
            },
          },
          defaultPrivileges: { App: { [target("procedure", ["EXECUTE"], { owner: "etl" })]: "ana\n" } },
        },
      },
    });
    const plans = await scene.settles(access(["SELECT"]));
    const to = "ALTER DEFAULT PRIVILEGES FOR USER";
    for (const line of [
      "CREATE DATABASE app OWNER etl;",
      "CREATE SCHEMA sales AUTHORIZATION etl;",
      "GRANT USAGE ON SCHEMA sales TO ana, GROUP readers;",
      `${to} etl IN SCHEMA sales GRANT SELECT ON TABLES TO GROUP readers;`,
      `${to} etl GRANT EXECUTE ON PROCEDURES TO ana;`,
    ])
      assert.ok(plans["all"]?.includes(line), `${line}\nis not among\n${plans["all"]?.join("\n") ?? ""}`);
    await redshift.query("REVOKE USAGE ON SCHEMA sales FROM ana", { database: "app" });
    await scene.stack.refresh();
    const repair = (await scene.stack.preview(access(["SELECT"]))).plans["all"] ?? [];
    assert.ok(repair.includes("GRANT USAGE ON SCHEMA sales TO ana;"), repair.join("\n"));
    await scene.settles(access(["SELECT", "INSERT"]));
    await scene.stack.destroy();
    assert.deepEqual(await redshift.query("SELECT datname FROM pg_database WHERE datname = 'app'"), []);
  });
});
