import assert from "node:assert/strict";
import type { PostgresServer } from "../postgres/server.js";
import { catalogue } from "./catalogue.js";
import {
  database,
  defaults,
  grant,
  group,
  membership,
  output,
  privileges,
  schema,
  user,
  type Declaration,
} from "./declare.js";
import { plans, type Workspace } from "./workspace.js";

/*
 * A company's database, from nothing to nothing, with every argument of databases, schemas, grants and default
 * privileges; what each user can and cannot do is tried by logging in.
 */

const PASSWORD = "correct horse";
const login = (name: string, args: object = {}): Declaration => user(name, { password: PASSWORD, ...args });

const app = output("app.name");
const sales = output("sales.name");

const people: Declaration[] = [
  login("maker", { settings: { search_path: ["sales", "public"] } }),
  login("ana"),
  login("rui"),
  login("zoe"),
  group("owners"),
  group("readers"),
  membership("readers", "ana"),
  membership("owners", "maker"),
];

/** The program; `later` is the same with everything changed that can change. */
export function company(later: boolean): Declaration[] {
  const on = { database: app, schema: sales };
  return [
    ...people,
    database("app", {
      owner: output("owners.name"),
      template: "template0",
      encoding: "UTF8",
      locale: "C",
      connectionLimit: later ? 50 : 20,
      allowConnections: true,
      comment: later ? "The company's" : "The app's",
      onRemove: "drop",
      endSessions: true,
    }),
    schema("sales", { database: app, owner: output("owners.name"), comment: later ? "Sales" : undefined }),
    privileges("nobody connects", { database: app, on: "database", privileges: [], grantee: "PUBLIC" }),
    ...["readers", "maker", "rui"].map((name) =>
      grant(`${name} connects`, {
        database: app,
        on: "database",
        privileges: ["CONNECT"],
        grantee: output(`${name}.name`),
      }),
    ),
    ...["readers", "rui"].map((name) =>
      grant(`${name} looks`, { ...on, on: "schema", privileges: ["USAGE"], grantee: output(`${name}.name`) }),
    ),
    ...(["reading", "counting"] as const).map((name) =>
      grant(
        name,
        {
          ...on,
          ...(name === "reading" ? { on: "table", privileges: ["SELECT"] } : { on: "sequence", privileges: ["USAGE"] }),
          grantee: output("readers.name"),
          future: true,
        },
        // What the maker makes is meant too, and by this membership they can make something.
        { dependsOn: ["maker in owners"] },
      ),
    ),
    defaults("calling", {
      ...on,
      owner: output("maker.name"),
      on: "function",
      privileges: later ? [] : ["EXECUTE"],
      grantee: output("readers.name"),
    }),
    defaults("not everybody calls", {
      database: app,
      owner: output("maker.name"),
      on: "function",
      privileges: [],
      grantee: "PUBLIC",
    }),
  ];
}

/** What needs the tables that the company makes itself. */
export function details(later: boolean): Declaration[] {
  const on = { database: "app", schema: "sales" };
  return [
    ...company(later),
    privileges("columns", {
      ...on,
      on: "table",
      objects: ["people"],
      columns: later ? ["name", "city"] : ["name"],
      privileges: ["SELECT"],
      grantee: output("rui.name"),
      until: "2999-01-31",
    }),
    privileges("writing", {
      ...on,
      on: "table",
      objects: ["orders"],
      privileges: later ? ["SELECT", "INSERT", "UPDATE"] : ["INSERT"],
      grantee: output("rui.name"),
      grantOption: later,
    }),
    grant("totals", {
      ...on,
      on: "function",
      objects: ["total(int)"],
      privileges: ["EXECUTE"],
      grantee: output("rui.name"),
    }),
  ];
}

const MADE = `
  CREATE TABLE people (name text, city text, salary int); INSERT INTO people VALUES ('Ana', 'Porto', 1);
  CREATE TABLE orders (id serial, what text);
  CREATE FUNCTION total(int) RETURNS int LANGUAGE sql AS 'SELECT $1'`;

/** Runs statements in the database, as each user, and says who was refused. */
async function tries(db: PostgresServer, attempts: readonly [string, string][]): Promise<string[]> {
  const refused: string[] = [];
  for (const [name, sql] of attempts) {
    try {
      await db.query(sql, { user: name, password: PASSWORD, database: "app" });
    } catch (error) {
      assert.match((error as Error).message, /permission denied|User does not have CONNECT/, `${name}: ${sql}`);
      refused.push(`${name}: ${sql}`);
    }
  }
  return refused;
}

async function expectAccess(
  db: PostgresServer,
  allowed: readonly [string, string][],
  forbidden: readonly [string, string][],
): Promise<void> {
  assert.deepEqual(await tries(db, allowed), [], "what is declared is allowed");
  assert.deepEqual(
    await tries(db, forbidden),
    forbidden.map(([name, sql]) => `${name}: ${sql}`),
    "and nothing else",
  );
}

const DRIFT = `
  REVOKE USAGE ON SCHEMA sales FROM rui; GRANT UPDATE (name) ON sales.people TO rui; REVOKE INSERT ON sales.orders FROM rui;
  GRANT DELETE ON sales.orders TO rui; REVOKE EXECUTE ON FUNCTION sales.total(int) FROM rui;
  REVOKE SELECT ON sales.people FROM readers; CREATE TABLE sales.later (id int); REVOKE ALL ON sales.later FROM readers; COMMENT ON SCHEMA sales IS 'theirs';
  ALTER DEFAULT PRIVILEGES FOR ROLE maker IN SCHEMA sales REVOKE USAGE ON SEQUENCES FROM readers;
  ALTER DEFAULT PRIVILEGES FOR ROLE maker GRANT EXECUTE ON FUNCTIONS TO PUBLIC; GRANT CONNECT ON DATABASE app TO PUBLIC;
  REVOKE CONNECT ON DATABASE app FROM readers; ALTER DATABASE app CONNECTION LIMIT 3; ALTER ROLE maker RESET search_path`;

/** From nothing to nothing. */
export async function life(workspace: Workspace, db: PostgresServer): Promise<void> {
  const first = plans(await workspace.preview(company(false)));
  assert.deepEqual(
    first["app"]?.[0],
    "CREATE DATABASE app OWNER owners TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C' CONNECTION LIMIT 20;",
  );
  assert.ok(first["nobody connects"]?.includes("REVOKE CONNECT, TEMPORARY ON DATABASE app FROM PUBLIC;"));
  await workspace.up();
  await workspace.expectNoChanges();

  // The company makes its tables after the grants: what is to come was granted too.
  await db.query(MADE, { user: "maker", password: PASSWORD, database: "app" });
  await workspace.up(details(false));
  await workspace.expectNoChanges();
  await expectAccess(
    db,
    [
      ["ana", "SELECT salary FROM sales.people"],
      ["ana", "SELECT nextval('sales.orders_id_seq')"],
      ["ana", "SELECT sales.total(1)"],
      ["rui", "SELECT name FROM sales.people"],
      ["rui", "INSERT INTO sales.orders (id, what) VALUES (1, 'x')"],
      ["rui", "SELECT sales.total(1)"],
      ["maker", "CREATE TABLE sales.mine (id int)"],
    ],
    [
      ["ana", "INSERT INTO sales.orders (id) VALUES (2)"],
      ["ana", "CREATE TABLE sales.theirs (id int)"],
      ["rui", "SELECT city FROM sales.people"],
      ["rui", "SELECT what FROM sales.orders"],
      ["rui", "SELECT nextval('sales.orders_id_seq')"],
      ["zoe", "SELECT 1"],
    ],
  );

  await workspace.up(details(true));
  await expectAccess(
    db,
    [
      ["rui", "SELECT city FROM sales.people"],
      ["rui", "UPDATE sales.orders SET what = 'y'"],
      ["rui", "GRANT SELECT ON sales.orders TO zoe; REVOKE SELECT ON sales.orders FROM zoe"],
    ],
    [["rui", "SELECT salary FROM sales.people"]],
  );
  await workspace.expectNoChanges();

  await db.query(DRIFT, { database: "app" });
  const before = plans(await workspace.preview(undefined, "--refresh"));
  const repaired = Object.keys(before).sort();
  assert.deepEqual(repaired, [
    "app",
    "columns",
    "counting",
    "maker",
    "nobody connects",
    "not everybody calls",
    "readers connects",
    "reading",
    "rui looks",
    "sales",
    "totals",
    "writing",
  ]);
  assert.ok(
    before["reading"]?.includes("GRANT SELECT ON TABLE sales.later, sales.people TO readers;"),
    before["reading"]?.join("\n"),
  );
  await workspace.up(undefined, "--refresh");
  await workspace.expectNoChanges();
  await expectAccess(
    db,
    [["ana", "SELECT * FROM sales.later"]],
    [
      ["rui", "UPDATE sales.people SET name = 'x'"],
      ["rui", "DELETE FROM sales.orders"],
      ["zoe", "SELECT 1"],
    ],
  );

  // What is in a schema keeps it from being dropped; the database may go with all that is in it.
  const { text } = await workspace.fails(["destroy", "--yes", "--skip-preview"]);
  assert.match(text, /schema "sales" is not dropped, because there is something in it/);
  await db.query("DROP SCHEMA sales CASCADE", { database: "app" });
  await workspace.destroy();
  assert.ok(!(await catalogue(db)).databases.some((line) => line.startsWith("app ")));
}
