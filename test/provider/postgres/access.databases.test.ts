import assert from "node:assert/strict";
import { encodeNames } from "../../../provider/core/lines.js";
import { clientOf } from "../../postgres/client.js";
import { startPostgres, type PostgresServer } from "../../postgres/server.js";
import { Stack, type Program } from "./stack.js";

const CONNECT = JSON.stringify({ on: "database", privileges: ["CONNECT"] });
const USAGE = JSON.stringify({ on: "schema", schema: "app", privileges: ["USAGE"] });
const ana = encodeNames(["ana"]);

/** Two databases that go with the Access, and somebody who gets in. */
const company: Program = {
  access: {
    type: "Access",
    args: {
      name: "company",
      users: ana,
      databases: 'reports\t{"onRemove":"drop"}\nsales\t{"onRemove":"drop"}\n',
      schemas: { sales: "app\n" },
      grants: { reports: { [CONNECT]: ana }, sales: { [CONNECT]: ana, [USAGE]: ana } },
    },
  },
};

// On one version: the server waits five seconds for somebody to leave.
describe("the databases of a postgres.Access that goes", () => {
  let server: PostgresServer;
  let stack: Stack;
  beforeEach(async () => {
    server = await startPostgres({ version: 18 });
    stack = new Stack(server);
    await stack.succeed(company);
    stack.wire.reset();
  });
  afterEach(() => server.stop());

  const taken = (): string[] => stack.wire.statements.splice(0).filter((sql) => /^(DROP|REVOKE)/.test(sql));

  it("are dropped as they are, without taking apart what is in them", async () => {
    assert.deepEqual((await stack.destroy()).errors, []);
    assert.deepEqual(taken().sort(), ["DROP DATABASE reports;", "DROP DATABASE sales;", "DROP ROLE ana;"]);
  });

  it("lose their privileges where somebody keeps them from going; the others go, and are not tried twice", async () => {
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

  it("are left alone that somebody has dropped already", async () => {
    await server.query("DROP DATABASE sales WITH (FORCE)");
    assert.deepEqual((await stack.destroy()).errors, []);
    assert.deepEqual(taken().sort(), ["DROP DATABASE reports;", "DROP ROLE ana;"]);
  });
});
