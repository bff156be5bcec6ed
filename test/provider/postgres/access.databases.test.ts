import assert from "node:assert/strict";
import { encodeNames } from "../../../provider/core/lines.js";
import { clientOf } from "../../postgres/client.js";
import { startPostgres, type PostgresServer } from "../../postgres/server.js";
import { Stack, type Program } from "./stack.js";

const CONNECT = JSON.stringify({ on: "database", privileges: ["CONNECT"] });
const USAGE = JSON.stringify({ on: "schema", schema: "app", privileges: ["USAGE"] });
const LATER = JSON.stringify({ on: "table", schema: "app", privileges: ["SELECT"], future: true });
const ana = encodeNames(["ana"]);

/** Two databases that go with the Access, and somebody who gets in. */
const company = access({
  databases: 'reports\t{"onRemove":"drop"}\nsales\t{"onRemove":"drop"}\n',
  schemas: { sales: "app\n" },
  grants: { reports: { [CONNECT]: ana }, sales: { [CONNECT]: ana, [USAGE]: ana } },
});

function access(args: Readonly<Record<string, unknown>>): Program {
  return { access: { type: "Access", args: { name: "company", users: ana, ...args } } };
}

// On one version: the server waits five seconds for somebody to leave.
describe("the databases and schemas of a postgres.Access that goes", () => {
  let server: PostgresServer;
  let stack: Stack;
  beforeEach(async () => {
    server = await startPostgres({ version: 18 });
    stack = new Stack(server);
  });
  afterEach(() => server.stop());

  const make = async (program: Program): Promise<void> => {
    await stack.succeed(program);
    stack.wire.reset();
  };

  const taken = (): string[] => stack.wire.statements.splice(0).filter((sql) => /^(DROP|REVOKE)/.test(sql));

  it("are dropped as they are, without taking apart what is in them", async () => {
    await make(company);
    assert.deepEqual((await stack.destroy()).errors, []);
    assert.deepEqual(taken().sort(), ["DROP DATABASE reports;", "DROP DATABASE sales;", "DROP ROLE ana;"]);
  });

  it("lose their privileges where somebody keeps them from going; the others go, and are not tried twice", async () => {
    await make(company);
    const session = clientOf(server, "sales");
    await session.connect();
    try {
      const [error] = (await stack.destroy()).errors;
      assert.match(error?.details.said ?? "", /database "sales" is being accessed by other users/);
      assert.doesNotMatch(error?.details.said ?? "", /reports/);
      const [one, other, ...rest] = taken();
      assert.deepEqual([one, other].sort(), ["DROP DATABASE reports;", "DROP DATABASE sales;"]);
      assert.deepEqual(rest, [
        "REVOKE CONNECT ON DATABASE sales FROM ana;",
        "REVOKE USAGE ON SCHEMA app FROM ana;",
        "DROP ROLE ana;",
      ]);
    } finally {
      await session.end();
    }
    assert.deepEqual((await stack.destroy()).errors, []);
  });

  it("take default privileges and those on later objects with them", async () => {
    const usage = JSON.stringify({ owner: server.user, on: "sequence", privileges: ["USAGE"], schema: "app" });
    const grants = { reports: { [CONNECT]: ana } };
    await make(
      access({
        databases: "reports\n",
        schemas: { reports: 'app\t{"onRemove":"drop"}\n' },
        grants: { reports: { ...grants.reports, [USAGE]: ana, [LATER]: ana } },
        defaultPrivileges: { reports: { [usage]: ana } },
      }),
    );
    const rest = access({ databases: "reports\n", grants });
    const { plans } = await stack.preview(rest);
    assert.match(JSON.stringify(plans), /DROP SCHEMA app;/);
    assert.doesNotMatch(JSON.stringify(plans), /REVOKE/);
    await stack.succeed(rest);
    assert.deepEqual(taken(), ["DROP SCHEMA app;"]);
    assert.deepEqual((await stack.preview(rest)).ops, { access: "same" });
  });

  it("go also where a schema is not empty, in a database that goes", async () => {
    const drop = '\t{"onRemove":"drop"}\n';
    await make(access({ databases: `reports${drop}`, schemas: { reports: `app${drop}empty${drop}` } }));
    await server.query("CREATE TABLE app.orders (id int)", { database: "reports" });
    assert.deepEqual((await stack.destroy()).errors, []);
    assert.deepEqual(taken(), ["DROP SCHEMA empty;", "DROP DATABASE reports;", "DROP ROLE ana;"]);
  });

  it("are left alone that somebody has dropped already", async () => {
    await make(company);
    await server.query("DROP DATABASE sales WITH (FORCE)");
    assert.deepEqual((await stack.destroy()).errors, []);
    assert.deepEqual(taken().sort(), ["DROP DATABASE reports;", "DROP ROLE ana;"]);
  });
});
