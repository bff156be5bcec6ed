import assert from "node:assert/strict";
import type { Properties } from "../../../provider/core/resource.js";
import { Scene } from "./scene.js";
import type { Declared } from "./stack.js";

/* Two connections to two databases of one server, of which only the connections say which. */
describe("what leaves one database", () => {
  let scene: Scene;
  beforeEach(async () => {
    scene = await Scene.on(18);
    await scene.sql("CREATE DATABASE $here");
    await scene.sql("CREATE DATABASE $there");
    await scene.sql("CREATE ROLE $ana; CREATE ROLE $maker");
    for (const database of ["here", "there"]) await scene.inside(database, "CREATE SCHEMA s; CREATE TABLE s.t ()");
    const { host, port, user, password } = scene.server;
    const settings = { HOST: host, PORT: String(port), USER: user, PASSWORD: password, DATABASE: scene.n("there") };
    scene.stack.environment = {
      PGDATABASE: scene.n("here"),
      ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`ROSTER_OTHER_${name}`, value])),
    };
  });
  afterEach(() => scene.clear());

  const declared = (type: string, args: Properties): Declared => ({
    type,
    args: JSON.parse(scene.text(JSON.stringify(args))) as Properties,
  });
  const count = async (database: string, from: string): Promise<number> =>
    (await scene.inside(database, `SELECT 1 FROM ${from}`)).length;

  for (const [type, args, from] of [
    [
      "Grant",
      { on: "table", schema: "s", privileges: ["SELECT"], grantee: "$ana" },
      "pg_class c, aclexplode(c.relacl) a WHERE c.relname = 't' AND a.grantee = '$ana'::regrole",
    ],
    [
      "DefaultPrivileges",
      { on: "table", schema: "s", privileges: ["SELECT"], grantee: "$ana", owner: "$maker" },
      "pg_default_acl",
    ],
    ["Schema", { name: "app", onRemove: "drop" }, "pg_namespace WHERE nspname = 'app'"],
  ] as const) {
    it(`goes, although another one has the same: ${type}`, async () => {
      const other = declared(type, { ...args, connection: "other" });
      await scene.stack.succeed({ one: declared(type, args), other });
      assert.deepEqual([await count("here", from), await count("there", from)], [1, 1]);
      await scene.stack.succeed({ other });
      assert.deepEqual([await count("here", from), await count("there", from)], [0, 1]);
    });

    it(`stays where another resource has it, whoever names the database: ${type}`, async () => {
      const named = { ...args, database: "$here", connection: "other" };
      const after: Properties = type === "Schema" ? { ...named, existing: "adopt" } : named;
      await scene.stack.succeed({ one: declared(type, args) });
      await scene.stack.succeed({ again: declared(type, after) });
      assert.equal(await count("here", from), 1);
    });
  }

  it("stays where another connection gives it too, of what all databases share", async () => {
    const args = { on: "parameter", objects: "work_mem\n", privileges: ["SET"], grantee: "$ana" };
    const other = declared("Grant", { ...args, connection: "other" });
    const from = "pg_parameter_acl p, aclexplode(p.paracl) a WHERE a.grantee = '$ana'::regrole";
    await scene.stack.succeed({ one: declared("Grant", args), other });
    await scene.stack.succeed({ other });
    assert.equal(await count("here", from), 1);
  });
});
