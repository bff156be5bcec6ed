import assert from "node:assert/strict";
import type { HeldResource } from "../../../provider/core/inventory.js";
import { encodeNames } from "../../../provider/core/lines.js";
import { inventory } from "../../../provider/postgres/inventory.js";
import { freshName, sharedPostgres } from "../../postgres/shared.js";
import type { PostgresServer } from "../../postgres/server.js";

const USAGE = { on: "schema", schema: "app", privileges: ["USAGE"] };
const READ = { on: "table", schema: "app", privileges: ["SELECT"] };

describe("what no stack manages in PostgreSQL", () => {
  let server: PostgresServer;
  const [ana, rui, sales] = [freshName("ana"), freshName("rui"), freshName("sales")];

  before(async () => {
    server = await sharedPostgres(18);
    await server.query(`CREATE ROLE ${ana}; CREATE ROLE ${rui}`);
    await server.query(`CREATE DATABASE ${sales}`);
    await server.query(
      `CREATE SCHEMA app; CREATE TABLE app.orders (); GRANT USAGE ON SCHEMA app TO ${ana};
       GRANT SELECT, DELETE ON app.orders TO ${ana}; GRANT INSERT ON app.orders TO ${rui}`,
      { database: sales },
    );
  });

  /** What of this test's own roles and database is told of, beside resources that manage those roles. */
  async function found(...resources: readonly HeldResource[]): Promise<string[]> {
    const { host, port, user, password } = server;
    const environment = { PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: password };
    const roles = [ana, rui].map((name) => ({ token: "postgres.Group", properties: { name } }));
    const things = await inventory.unmanaged(undefined, { environment, config: undefined }, [...roles, ...resources]);
    return things.flatMap(({ text }) => (text.includes(sales) ? [text] : [])).sort();
  }

  const tells = (name: string, privilege: string): string =>
    `"${name}" has ${privilege} on table app.orders of database "${sales}"`;
  const grant = (type: string, args: object): HeldResource => ({
    token: `postgres.${type}`,
    properties: { database: sales, grantee: ana, ...args },
  });
  /** An Access that gives something in the database, with lists as they travel. */
  const access = (...targets: readonly object[]): HeldResource => ({
    token: "postgres.Access",
    properties: {
      name: "company",
      grants: { [sales]: Object.fromEntries(targets.map((each) => [JSON.stringify(each), encodeNames([ana])])) },
    },
  });

  it("is nothing in a database in which no resource grants anything", async () => {
    assert.deepEqual(await found({ token: "postgres.Database", properties: { name: sales } }), []);
  });

  for (const [what, resources] of [
    ["single grants", [grant("Grant", USAGE), grant("Grant", READ)]],
    ["an Access", [access(USAGE, READ)]],
  ] as const) {
    it(`is what managed roles have besides where ${what} give something`, async () => {
      assert.deepEqual(await found(...resources), [tells(ana, "DELETE"), tells(rui, "INSERT")].sort());
    });
  }

  for (const [what, resources] of [
    ["a Privileges", [grant("Grant", USAGE), grant("Privileges", READ)]],
    ["an Access", [access(USAGE, { ...READ, exact: true })]],
  ] as const) {
    it(`is nothing that ${what} decides: that is drift`, async () => {
      assert.deepEqual(await found(...resources), [tells(rui, "INSERT")]);
    });
  }
});
