import assert from "node:assert/strict";
import type { Redshift } from "../../../sandbox/redshift/index.js";
import type { Program } from "../stack.js";
import { Scene, group, messages, one, user } from "./scene.js";

/*
 * DROP USER and DROP GROUP, which Redshift refuses while anything is held, and which it does not refuse where something
 * is owned in another database. Programs here name users by their text, so that Pulumi knows of no order.
 */

describe("drops of users and groups in Amazon Redshift", function () {
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
    await redshift.query("CREATE SCHEMA mart; CREATE TABLE mart.facts (id int)", WITHIN);
    scene.begin();
  });
  afterEach(async () => {
    await scene.end();
    assert.deepEqual(scene.refused(), []);
    await redshift.behind.query("DROP DATABASE wh WITH (FORCE)");
  });

  const PEOPLE = { ...user("ana"), ...user("etl"), ...group("readers") };
  /** Without what waits for what: as a program says it that names people by their text. */
  const GIVEN: Program = {
    ...one("Privileges", { ...WITHIN, on: "schema", schema: "mart", privileges: ["USAGE"], grantee: "readers" }),
    ...one("Privileges", { ...WITHIN, on: "table", schema: "mart", privileges: ["SELECT"], grantee: "ana" }),
    ...one("Grant", { on: "schema", schema: "public", privileges: ["CREATE"], grantee: "readers" }),
    ...one("DefaultPrivileges", { ...WITHIN, owner: "etl", on: "table", privileges: ["SELECT"], grantee: "ana" }),
    ...one("GroupMembership", { group: "readers", member: "ana" }),
  };

  async function given(): Promise<void> {
    await scene.stack.succeed(PEOPLE);
    await scene.stack.succeed({ ...PEOPLE, ...GIVEN });
  }

  /** The first is dropped before anything is taken, as far as the engine knows. */
  it("takes back first what other resources gave, in all databases, in whatever order Pulumi removes them", async () => {
    for (const parallel of [16, 4]) {
      await given();
      redshift.seen.length = 0;
      const { errors } = await scene.stack.destroy({ parallel });
      assert.deepEqual(messages(errors), []);
      const dropped = redshift.seen.findIndex(({ statement }) => statement.startsWith("DROP USER ana"));
      const taken = redshift.seen.findLastIndex(({ statement }) => /^(REVOKE|ALTER DEFAULT).*ana/.test(statement));
      assert.ok(taken >= 0 && taken < dropped, `${String(taken)} and ${String(dropped)}`);
    }
  });

  it("takes back what we gave, and lists by database what somebody else did, who then stays", async () => {
    await given();
    await redshift.query("GRANT INSERT ON mart.facts TO ana; GRANT DELETE ON mart.facts TO GROUP readers", WITHIN);
    await redshift.query("GRANT USAGE ON SCHEMA public TO ana WITH GRANT OPTION");
    const said = messages((await scene.stack.destroy()).errors).join("\n");
    assert.match(said, /"ana" owns or holds something, and is not dropped/);
    assert.match(said, /in database postgres: USAGE on schema public\n\s+in database wh: INSERT on mart\.facts\n/);
    assert.match(said, /"readers" owns or holds something[^]*in database wh: DELETE on mart\.facts\n/);
    assert.match(said, /name the user or group there by its resource \(grantee: ana\.name\)/);
    assert.deepEqual([...scene.stack.state.keys()].sort(), ["ana", "readers"], "what we gave is gone, and etl");
    assert.equal(scene.sent("DROP USER ana"), 0);
    // Nothing of what a stranger gave was taken.
    const rows = await redshift.query<Record<string, string>>(
      "SELECT identity_name AS i, privilege_type AS p FROM svv_relation_privileges ORDER BY 1, 2",
      WITHIN,
    );
    assert.deepEqual(rows, [
      { i: "ana", p: "INSERT" },
      { i: "readers", p: "DELETE" },
    ]);
    await redshift.query(
      "REVOKE INSERT ON mart.facts FROM ana; REVOKE DELETE ON mart.facts FROM GROUP readers",
      WITHIN,
    );
    await redshift.query("REVOKE USAGE ON SCHEMA public FROM ana");
  });

  it("keeps in the list what a resource leaves when it goes", async () => {
    await scene.stack.succeed(PEOPLE);
    const kept = { ...WITHIN, on: "schema", schema: "mart", privileges: ["USAGE"], grantee: "ana", onRemove: "keep" };
    await scene.stack.succeed({ ...PEOPLE, ...one("Grant", kept) });
    const said = messages((await scene.stack.destroy()).errors).join("\n");
    assert.match(said, /in database wh: USAGE on schema mart\n/);
    await redshift.query("REVOKE USAGE ON SCHEMA mart FROM ana", WITHIN);
  });
});
