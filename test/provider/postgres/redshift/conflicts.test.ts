import assert from "node:assert/strict";
import { refusals, type Redshift } from "../../../sandbox/redshift/index.js";
import type { Program } from "../stack.js";
import { Scene, group, messages, one, user } from "./scene.js";

/*
 * Error 1023 and its like: what others do at the same time is in the way, so that the whole transaction is run again,
 * within bounds.
 */

const CONFLICTS = [
  refusals.serializable,
  refusals.concurrent,
  refusals.relationGone,
  refusals.deadlock,
  refusals.defaultsTwice,
];

describe("conflicts in Amazon Redshift", function () {
  this.timeout(60_000);
  let scene: Scene;
  let redshift: Redshift;

  before(async () => {
    scene = await Scene.start();
    redshift = scene.redshift;
  });
  after(() => scene.stop());
  beforeEach(() => {
    scene.begin();
  });
  afterEach(() => scene.end());

  /** Statements that begin so meet others, the first times or always. */
  function conflict(beginning: string, times = Infinity): void {
    let met = 0;
    redshift.seen.length = 0;
    redshift.fault = (statement) => {
      if (!statement.startsWith(beginning) || met >= times) return undefined;
      met += 1;
      return CONFLICTS[met % CONFLICTS.length]?.();
    };
  }

  const WITHIN = { database: "app", schema: "mart" };
  const SELECTED = { ...WITHIN, owner: "etl", on: "table", privileges: ["SELECT"], grantee: "ana" };
  const DROPPED = { ...SELECTED, privileges: ["SELECT", "DROP"] };
  const defaults = (args: object): Program => ({
    defaults: { type: "DefaultPrivileges", args: { ...args }, after: ["mart", "ana", "etl"] },
  });
  /** What is added step by step, and the statement of it that meets others. */
  const STEPS: readonly (readonly [string, Program])[] = [
    ["CREATE USER ana", { ...user("ana"), ...user("etl") }],
    ["CREATE GROUP readers", group("readers")],
    ["CREATE ROLE steward", group("steward", { as: "role" })],
    ["GRANT ROLE steward", one("GroupMembership", { group: "steward", member: "ana" }, "steward", "ana")],
    ["ALTER GROUP readers", one("GroupMembers", { group: "readers", members: "ana\n" }, "readers", "ana")],
    ["CREATE DATABASE app", { app: { type: "Database", args: { name: "app", onRemove: "drop" } } }],
    ["CREATE SCHEMA mart", { mart: { type: "Schema", args: { database: "app", name: "mart" }, after: ["app"] } }],
    [
      "GRANT USAGE ON SCHEMA mart",
      one("Grant", { ...WITHIN, on: "schema", privileges: ["USAGE"], grantee: "readers" }, "mart", "readers"),
    ],
    [
      "REVOKE TEMPORARY ON DATABASE app",
      one("Privileges", { database: "app", on: "database", privileges: [], grantee: "PUBLIC" }, "app"),
    ],
    ["ALTER DEFAULT PRIVILEGES FOR USER etl IN SCHEMA mart GRANT", defaults(DROPPED)],
    // Takes all and gives the rest again: half of it would be worse than nothing.
    ["ALTER DEFAULT PRIVILEGES FOR USER etl IN SCHEMA mart GRANT SELECT ON", defaults(SELECTED)],
  ];

  it("runs the whole transaction again, whatever resource it is of", async () => {
    let program: Program = {};
    for (const [beginning, more] of STEPS) {
      program = { ...program, ...more };
      conflict(beginning, 2);
      await scene.stack.succeed(program);
      assert.equal(scene.sent(beginning), 3, beginning);
      assert.equal(scene.refused().length, 2, beginning);
    }
    assert.equal(scene.sent("ALTER DEFAULT PRIVILEGES FOR USER etl IN SCHEMA mart REVOKE ALL"), 3);
    const { ops } = await scene.stack.preview(program);
    assert.deepEqual([...new Set(Object.values(ops))], ["same"]);
    for (const beginning of ["DROP SCHEMA", "DROP DATABASE", "DROP GROUP", "DROP USER"]) {
      conflict(beginning, 2);
      program = remaining(program, beginning);
      await scene.stack.succeed(program);
      assert.ok(scene.sent(beginning) >= 3, beginning);
    }
  });

  /** The program without what a statement drops, and without what is about that. */
  function remaining(program: Program, dropped: string): Program {
    const type = { "DROP SCHEMA": "Schema", "DROP DATABASE": "Database", "DROP GROUP": "Group" }[dropped] ?? "User";
    const going = new Set(Object.keys(program).filter((name) => program[name]?.type === type));
    return Object.fromEntries(
      Object.entries(program).filter(
        ([name, { after = [] }]) => !going.has(name) && !after.some((of) => going.has(of)),
      ),
    );
  }

  it("gives up after six times with an error that says so, undoes what it began, and does what else there is", async () => {
    const made: Program = Object.assign({}, ...STEPS.slice(0, 7).map(([, more]) => more), defaults(DROPPED)) as Program;
    await scene.stack.succeed(made);
    conflict("ALTER DEFAULT PRIVILEGES FOR USER etl IN SCHEMA mart GRANT");
    const changed = { ...made, ...defaults(SELECTED), ...group("more") };
    const [said = ""] = messages((await scene.stack.up(changed)).errors);
    assert.match(said, /^postgres\.DefaultPrivileges [^]*: the server refused a statement\n/);
    assert.match(said, /tried: +ALTER DEFAULT PRIVILEGES FOR USER etl IN SCHEMA mart GRANT SELECT ON TABLES TO ana;\n/);
    assert.match(said, /what to do: Others change the same rights[^]*six times; run the command again/);
    assert.equal(scene.sent("ALTER DEFAULT PRIVILEGES FOR USER etl IN SCHEMA mart GRANT"), 6);
    assert.equal(scene.sent("CREATE GROUP more"), 1);
    const rows = await redshift.query<{ p: string }>(
      "SELECT privilege_type AS p FROM svv_default_privileges WHERE grantee_name = 'ana' ORDER BY 1",
      { database: "app" },
    );
    assert.deepEqual(rows, [{ p: "DROP" }, { p: "SELECT" }]);
    redshift.fault = () => undefined;
    await scene.stack.succeed(changed);
  });

  it("drops from the transaction whose statement it was, and lets the others through", async () => {
    conflict("CREATE GROUP g");
    const { errors } = await scene.stack.up({ ...user("ana"), ...group("g"), ...group("h") });
    assert.deepEqual(messages(errors).length, 1);
    assert.deepEqual([...scene.stack.state.keys()].sort(), ["ana", "h"]);
    assert.equal(scene.sent("CREATE GROUP g"), 6);
  });
});
