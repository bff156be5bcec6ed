import assert from "node:assert/strict";
import { DRY_RUN, INSTANCE } from "../../../provider/core/arguments.js";
import { encodeLines, encodeNames } from "../../../provider/core/lines.js";
import type { Properties } from "../../../provider/core/resource.js";
import { UNKNOWN } from "../../../provider/core/unknown.js";
import type { PostgresVersion } from "../../postgres/server.js";
import { Scene } from "./scene.js";
import type { Declared } from "./stack.js";

/*
 * Two resources of one program that would undo each other's work in every run. What is refused is held against what
 * happens where it is not: the runs of these tests have no mark of the program's run, and so nothing is refused in them.
 */

const of = (type: string, args: Properties): Declared => ({ type, args });

const list = (members: string, more: Properties = {}): Declared =>
  of("GroupMembers", { group: "$readers", members, ...more });
const single = (more: Properties = {}): Declared =>
  of("GroupMembership", { group: "$readers", member: "$ana", ...more });
const lists = (members: string, group: Properties = {}, more: Properties = {}): Declared =>
  of("MemberLists", {
    name: "lists",
    groups: encodeLines([{ name: "$readers", attributes: group }]),
    members: { $readers: members },
    ...more,
  });
const withOptions = (attributes: Record<string, unknown>): string => encodeLines([{ name: "$ana", attributes }]);
const access = (more: Properties): Declared => of("Access", { name: "company", ...more });

const TABLES = { database: "$db", on: "table", schema: "s", grantee: "$ana" };
const exact = (privileges: readonly string[], more: Properties = {}): Declared =>
  of("Privileges", { ...TABLES, privileges, ...more });
const grant = (privileges: readonly string[], more: Properties = {}): Declared =>
  of("Grant", { ...TABLES, privileges, ...more });
const grantList = (target: Properties, names = ["$ana"], database = "$db"): Declared => {
  const what = JSON.stringify({ on: "table", schema: "s", privileges: ["SELECT"], ...target });
  return access({ grants: { [database]: { [what]: encodeNames(names) } } });
};
const defaults = (privileges: readonly string[], more: Properties = {}): Declared =>
  of("DefaultPrivileges", { ...TABLES, privileges, ...more });
const EVERYTHING = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"];

type Case = readonly [what: string, one: Declared, other: Declared];

const UNDOING: readonly Case[] = [
  ["a list without somebody, and a membership", list("$rui\n"), single()],
  ["a list in which somebody has no ADMIN, and a membership with it", list("$ana\n"), single({ admin: true })],
  ["a list in which somebody has ADMIN, and a membership without", list(withOptions({ admin: true })), single()],
  ["a list in which somebody has SET, and a membership without", list("$ana\n"), single({ set: false })],
  ["INHERIT and no INHERIT", list(withOptions({ inherit: false })), single({ inherit: true })],
  ["two memberships with other options", single(), single({ admin: true })],
  ["a list with somebody whose membership is over", list("$ana\n"), single({ until: "2026-01-01" })],
  ["the list of an Access, and a membership", access({ members: { $readers: "" } }), single()],
  ["a list of many, and a membership", lists(""), single()],
  ["a list that may lack members, and other options", lists("$ana\n", { incomplete: true }), single({ admin: true })],

  ["all that somebody has, and a grant of more", exact(["SELECT"]), grant(["INSERT"])],
  ["nothing that somebody has, and a grant", exact([]), grant(["SELECT"])],
  ["all tables, and a grant on one", exact(["SELECT"]), grant(["INSERT"], { objects: "orders\n" })],
  ["two lists of all that somebody has, one of some tables", exact(["SELECT"]), exact([], { objects: "orders\n" })],
  ["all that somebody has, and ALL", exact(["SELECT", "INSERT"]), grant(["ALL"])],
  ["without the grant option, and with it", exact(["SELECT"]), grant(["SELECT"], { grantOption: true })],
  ["two grants, one with the grant option", grant(["SELECT"]), grant(["SELECT"], { grantOption: true })],
  [
    "one function in two spellings",
    exact([], { on: "function", objects: "f(int)\n" }),
    grant(["EXECUTE"], { on: "function", objects: "f(integer)\n" }),
  ],
  ["the connection's database, named and not", exact(["SELECT"], { database: undefined }), grant(["INSERT"])],
  ["an exact list of an Access, and a grant", grantList({ exact: true }), grant(["INSERT"])],
  ["a list of an Access, and all that somebody has", grantList({}, ["$ana", "$rui"]), exact(["INSERT"])],

  [
    "functions and procedures, which have one entry",
    defaults([], { on: "function" }),
    grant(["EXECUTE"], { on: "procedure", future: true }),
  ],
  [
    "whatever anybody makes, and what one of them makes",
    defaults(["SELECT"]),
    defaults(["INSERT"], { owner: "$maker" }),
  ],
  ["what will be made, and a grant on it", defaults([]), grant(["SELECT"], { future: true })],
  ["what will be made, and all that somebody has", defaults(["SELECT"]), exact(["INSERT"], { future: true })],
  ["what will be made, and a list of an Access", defaults([]), grantList({ future: true })],
];

const STANDING: readonly Case[] = [
  ["a list and a membership that is on it", list("$ana\n"), single()],
  ["a list and a membership with the same options", list(withOptions({ admin: true })), single({ admin: true })],
  ["a list that ignores the member", list("$rui\n", { ignore: ["*ana"] }), single({ admin: true })],
  ["a list of another group", list("", { group: "$writers" }), single()],
  ["INHERIT that is not said", list("$ana\n"), single({ inherit: true })],
  ["two memberships that are the same", single(), single()],
  ["two members", single(), single({ member: "$rui", admin: true })],
  ["a list without somebody whose membership is over", list(""), single({ until: "2026-01-01" })],
  ["the list of an Access that ignores the member", access({ members: { $readers: "" }, ignore: ["*ana"] }), single()],
  ["a list that may lack members", lists("", { incomplete: true }), single()],
  [
    "a list that leaves out who has no user",
    lists("$nobody\n", {}, { missing: "skip" }),
    list("", { group: "$writers" }),
  ],

  ["all that somebody has, and a grant of the same", exact(["SELECT", "INSERT"]), grant(["INSERT"])],
  ["ALL, and a grant", exact(["ALL"]), grant(["INSERT"])],
  ["each by its name, and ALL", exact([...EVERYTHING, "MAINTAIN"]), grant(["ALL"])],
  ["other tables", exact(["SELECT"], { objects: "items\n" }), grant(["INSERT"], { objects: "orders\n" })],
  ["somebody else", exact(["SELECT"]), grant(["INSERT"], { grantee: "$rui" })],
  ["another kind", exact([]), grant(["USAGE"], { on: "schema" })],
  ["another database", exact([], { database: "$other" }), grant(["SELECT"])],
  [
    "the connection's database and another",
    exact([], { database: undefined }),
    grant(["SELECT"], { database: "$other" }),
  ],
  ["a table and its columns", exact(["SELECT"]), grant(["UPDATE"], { objects: "orders\n", columns: ["id"] })],
  ["a grant that is over", exact([]), grant(["SELECT"], { until: "2026-01-01" })],
  ["two grants that add up", grant(["SELECT"]), grant(["INSERT"])],
  ["a list of an Access that adds", grantList({}), grant(["INSERT"])],
  ["an exact list of an Access, and a grant of the same", grantList({ exact: true }), grant(["SELECT"])],
  ["an exact list of an Access with somebody else", grantList({ exact: true }, ["$rui"]), grant(["INSERT"])],

  ["what others make", defaults(["SELECT"], { owner: "$maker" }), defaults(["INSERT"], { owner: "$boss" })],
  ["what somebody makes who can make nothing", defaults(["SELECT"]), defaults(["INSERT"], { owner: "$rui" })],
  ["one schema, and all of them", defaults(["SELECT"]), defaults(["INSERT"], { owner: "$maker", schema: undefined })],
  ["what will be made, and a grant of the same", defaults(["SELECT"]), grant(["SELECT"], { future: true })],
  ["what will be made, and a grant on what there is", defaults([]), grant(["SELECT"])],
];

describe("two resources of a program", () => {
  let scene: Scene;
  const begin = async (version: PostgresVersion): Promise<void> => {
    scene = await Scene.on(version);
    await scene.sql("CREATE DATABASE $db");
    await scene.sql("CREATE DATABASE $other");
    for (const role of ["readers", "writers", "ana", "rui", "maker", "boss"]) await scene.sql(`CREATE ROLE $${role}`);
    for (const database of ["db", "other"]) {
      await scene.inside(
        database,
        "CREATE SCHEMA s; GRANT CREATE ON SCHEMA s TO $maker; CREATE TABLE s.orders (id int); CREATE TABLE s.items (); " +
          "CREATE FUNCTION s.f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; REVOKE ALL ON FUNCTION s.f FROM PUBLIC",
      );
    }
    scene.stack.environment = { PGDATABASE: scene.n("db") };
  };
  beforeEach(() => begin(18));
  afterEach(() => scene.clear());

  const named = ({ type, args }: Declared): Declared => ({
    type,
    args: JSON.parse(scene.text(JSON.stringify(args))) as Properties,
  });

  /** Why the second of two is refused, where both are of one run of a program. */
  const refusal = async (one: Declared, other: Declared, more: Properties = {}): Promise<string> => {
    const host = scene.stack.host({}, []);
    const failures = async ({ type, args }: Declared, nth: number): Promise<string[]> => {
      const news = { ...args, ...more, [INSTANCE]: `p:${String(nth)}` };
      return (await scene.stack.resource(type).check(host, {}, news)).failures.map(({ reason }) => reason);
    };
    assert.deepEqual(await failures(named(one), 1), []);
    const [reason = "", ...others] = await failures(named(other), 2);
    assert.deepEqual(others, []);
    return scene.short(reason);
  };

  /** Whether a run still has something to do after others that each had their way. */
  const isRestless = async (one: Declared, other: Declared, now = "2026-06-01"): Promise<boolean> => {
    const program = { one: named(one), other: { ...named(other), after: ["one"] } };
    await scene.stack.succeed(program, { now });
    for (let round = 0; round < 2; round += 1) {
      await scene.stack.refresh({ now });
      await scene.stack.succeed(program, { now });
    }
    await scene.stack.refresh({ now });
    const { plans } = await scene.stack.preview(program, { now });
    return Object.keys(plans).length > 0;
  };

  for (const [what, one, other] of UNDOING) {
    it(`are refused in either order where they would undo each other: ${what}`, async () => {
      const there = `is declared otherwise by the postgres.${one.type} `;
      const reason = await refusal(one, other, { [DRY_RUN]: true });
      assert.ok(reason.includes(there), reason);
      assert.match(reason, /\(.+ there, .+ here\), and each would undo the other's work in every run\. [A-Z]/);
      assert.match(await refusal(other, one), new RegExp(`is declared otherwise by the postgres\\.${other.type} `));
      assert.equal(await isRestless(one, other), true);
    });
  }

  for (const [what, one, other] of STANDING) {
    it(`stand side by side: ${what}`, async () => {
      assert.equal(await refusal(one, other, { [DRY_RUN]: true }), "");
      assert.equal(await refusal(other, one), "");
      assert.equal(await isRestless(one, other), false);
    });
  }

  it("are refused before the end at which they begin to undo each other", async () => {
    const ending = single({ until: "2026-07-01" });
    assert.match(await refusal(list("$ana\n"), ending), /\(a member there, a member until 2026-07-01T00:00:00/);
    assert.equal(await refusal(list(withOptions({ until: "2026-07-01" })), ending), "");
    assert.equal(await isRestless(list("$ana\n"), ending, "2026-08-01"), true);
    await scene.stack.destroy();
    assert.equal(await isRestless(list(withOptions({ until: "2026-07-01" })), ending, "2026-08-01"), false);
  });

  it("stand side by side where one is about the account that runs this", async () => {
    const member = scene.server.user;
    for (const [one, other] of [
      [list(""), single({ member })],
      [list(""), single({ member, admin: true })],
      [list(encodeNames([member])), single({ member, admin: true })],
      [access({ members: { $readers: "" } }), single({ member })],
      [exact([], { grantee: member }), grant(["SELECT"], { grantee: member })],
    ] as const) {
      assert.equal(await refusal(one, other, { [DRY_RUN]: true }), "");
      assert.equal(await refusal(other, one), "");
    }
  });

  it("are not refused for what the server's version does not have", async () => {
    const pair = [exact(EVERYTHING), grant(["ALL"])] as const;
    assert.match(await refusal(...pair), /\(.*TRUNCATE.* there, ALL here\)/);
    await scene.clear();
    await begin(14);
    assert.equal(await refusal(...pair), "");
    assert.equal(await isRestless(...pair), false);
  });

  it("are not refused for a member who has no user before this run", async () => {
    const skipping = lists("$ana\n$new\n", {}, { missing: "skip" });
    assert.equal(await refusal(skipping, single({ member: "$new" })), "");
    assert.match(await refusal(skipping, single({ member: "$rui" })), /\(no member there, a member here\)/);
  });

  it("are not refused for what is not known yet", async () => {
    for (const [one, other] of [
      [list(UNKNOWN), single()],
      [list(""), single({ member: UNKNOWN })],
      [access({ members: { $readers: UNKNOWN } }), single()],
      [exact(["SELECT"]), grant(["INSERT"], { database: UNKNOWN })],
    ] as const) {
      assert.equal(await refusal(one, other, { [DRY_RUN]: true }), "");
      assert.equal(await refusal(other, one, { [DRY_RUN]: true }), "");
    }
  });

  it("say who and what is meant, and what to do", async () => {
    assert.equal(
      await refusal(list("$rui\n"), single({ admin: true })),
      'the membership of "$ana" in "$readers" is declared otherwise by the postgres.GroupMembers "$readers" (no member ' +
        "there, a member with admin here), and each would undo the other's work in every run. Declare it in one of " +
        "them only, or the same in both: a list has to name everybody who is in the group, but for those whom its " +
        "ignore leaves alone",
    );
    assert.equal(
      await refusal(exact(["SELECT"]), grant(["INSERT"])),
      'what "$ana" has on the same tables in schema "s" of database "$db" is declared otherwise by the ' +
        'postgres.Privileges SELECT on all tables of schema "s" in database "$db" for "$ana" (SELECT, exact there, ' +
        "INSERT here), and each would undo the other's work in every run. Say in one of them all that is to be had there",
    );
  });

  it("can take turns from run to run: what moves from one to the other is no contradiction", async () => {
    const [before, after] = [named(list("$ana\n")), named(list("$rui\n"))];
    await scene.stack.succeed({ list: before, one: named(single({ member: "$rui" })) });
    await scene.stack.succeed({ list: after, one: named(single()) });
    const host = scene.stack.host({}, []);
    const check = async ({ type, args }: Declared, olds: Declared, instance: string): Promise<number> => {
      const { failures } = await scene.stack.resource(type).check(host, olds.args, { ...args, [INSTANCE]: instance });
      return failures.length;
    };
    assert.equal(await check(named(list("$rui\n")), before, "p:1"), 0);
    assert.equal(await check(named(list("", { group: "$writers" })), after, "p:2"), 0);
    assert.equal(await check(named(single({ member: "$rui" })), named(single()), "p:3"), 0);
  });
});
