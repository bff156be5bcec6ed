import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { encodeLines, encodeNames } from "../../../../provider/core/lines.js";
import { makeCertificates } from "../../../postgres/certificates.js";
import { startRedshift, type Redshift } from "../../../sandbox/redshift/index.js";
import type { Program } from "../stack.js";
import { Scene, group, messages, stackOn, user } from "./scene.js";

/*
 * The dialect against the gate that stands for Redshift. What a statement may be is the gate's to say: besides the
 * results, each test looks that nothing was refused that it did not expect.
 */

describe("the dialect of Amazon Redshift", function () {
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
  afterEach(async () => {
    await scene.end();
    assert.deepEqual(await names("pg_user", "usename"), [redshift.user]);
    assert.deepEqual(
      [...(await names("pg_group", "groname")), ...(await names("svv_roles", "role_name"))].filter(own),
      [],
    );
  });

  const own = (name: string): boolean => !name.startsWith("sys:");

  async function names(view: string, column: string): Promise<string[]> {
    const rows = await redshift.query<{ name: string }>(`SELECT ${column} AS name FROM ${view} ORDER BY 1`);
    return rows.map(({ name }) => name);
  }

  async function members(group: string): Promise<string[]> {
    const rows = await redshift.query<{ name: string }>(
      `SELECT u.usename AS name FROM pg_user u, pg_group g WHERE g.groname = '${group}' AND u.usesysid = ANY (g.grolist) ORDER BY 1`,
    );
    return rows.map(({ name }) => name);
  }

  it("plans and makes users with every option, and alters and disables them", async () => {
    const options = {
      superuser: true,
      createdb: true,
      connectionLimit: 3,
      validUntil: "2031-03-01",
      sessionTimeout: 900,
    };
    const first = await scene.settles({
      ...user("Ana", { ...options, password: "Kestrel77x", onRemove: "drop" }),
      ...user("rui", { syslogAccess: "unrestricted" }),
    });
    assert.deepEqual(first, {
      Ana: [
        `CREATE USER "Ana" PASSWORD :'Ana_password' CREATEUSER CREATEDB CONNECTION LIMIT 3 VALID UNTIL '2031-03-01 00:00:00+00' SESSION TIMEOUT 900;`,
      ],
      rui: ["CREATE USER rui PASSWORD DISABLE SYSLOG ACCESS UNRESTRICTED;"],
    });
    const second = await scene.settles({
      ...user("Ana", { password: "Kestrel77x", onRemove: "disable" }),
      ...user("rui"),
    });
    assert.deepEqual(second, {
      Ana: [
        `ALTER USER "Ana" NOCREATEUSER NOCREATEDB CONNECTION LIMIT UNLIMITED VALID UNTIL 'infinity';`,
        `ALTER USER "Ana" RESET SESSION TIMEOUT;`,
      ],
      rui: ["ALTER USER rui SYSLOG ACCESS RESTRICTED;"],
    });
    await scene.stack.succeed(user("rui"));
    await assert.rejects(login("Ana", "Kestrel77x"), { code: "28P01" });
    await redshift.query('DROP USER "Ana"');
  });

  it("sends no password in clear, sets it by its version, and keeps it when the user is renamed", async () => {
    for (const form of ["sha256", "md5"]) {
      const on = (scene.stack = stackOn(redshift, { ROSTER_POSTGRES_PASSWORD_FORM: form }));
      await scene.settles(
        { mei: { type: "User", args: { name: "mei", password: "Kestrel77x", passwordVersion: 1 } } },
        on,
      );
      await login("mei", "Kestrel77x");
      await on.succeed({ mei: { type: "User", args: { name: "mei", password: "Kestrel78x", passwordVersion: 1 } } });
      await login("mei", "Kestrel77x");
      const renamed = { name: "mai", password: "Kestrel78x", passwordVersion: form === "md5" ? 2 : 1 };
      await scene.settles({ mei: { type: "User", args: renamed } }, on);
      await login("mai", form === "md5" ? "Kestrel78x" : "Kestrel77x");
      await on.destroy();
      assert.ok(!redshift.seen.some(({ statement }) => /Kestrel7[78]x/.test(statement)));
      assert.ok(redshift.seen.some(({ statement }) => statement.includes(form === "md5" ? "'md5" : "'sha256|")));
    }
  });

  it("folds the names of groups, and never takes that for a difference", async () => {
    const plans = await scene.settles({
      ...user("Ana"),
      ...group("Analysts"),
      member: { type: "GroupMembership", args: { group: "ANALYSTS", member: "Ana" }, after: ["Ana", "Analysts"] },
    });
    assert.deepEqual(
      [plans["Analysts"], plans["member"]],
      [["CREATE GROUP analysts;"], ['ALTER GROUP analysts ADD USER "Ana";']],
    );
    assert.deepEqual(await members("analysts"), ["Ana"]);
  });

  it("keeps the case of names where the cluster does", async () => {
    const sensitive = await startRedshift({ behind: redshift.behind, caseSensitive: true });
    const on = stackOn(sensitive);
    await scene.settles(group("Analysts"), on);
    assert.deepEqual(await names("pg_group", "groname"), ["Analysts"]);
    await on.destroy();
    await sensitive.stop();
  });

  it("grants roles to users and to roles, and takes them back", async () => {
    const program = (admin: boolean): Program => ({
      ...user("ana"),
      ...group("steward", { as: "role" }),
      ...group("reader", { as: "role" }),
      one: { type: "GroupMembership", args: { group: "steward", member: "ana", admin }, after: ["ana", "steward"] },
      two: { type: "GroupMembership", args: { group: "reader", member: "steward" }, after: ["reader", "steward"] },
    });
    const plans = await scene.settles(program(true));
    assert.deepEqual(
      [plans["steward"], plans["one"], plans["two"]],
      [
        ["CREATE ROLE steward;"],
        ["GRANT ROLE steward TO ana WITH ADMIN OPTION;"],
        ["GRANT ROLE reader TO ROLE steward;"],
      ],
    );
    assert.deepEqual((await scene.settles(program(false)))["one"], ["REVOKE ADMIN OPTION FOR ROLE steward FROM ana;"]);
  });

  it("keeps the lists of groups, and repairs what was changed by hand", async () => {
    const program = (list: string[]): Program => ({
      access: {
        type: "Access",
        args: {
          name: "all",
          users: encodeLines([{ name: "ana" }, { name: "rui", attributes: { connectionLimit: 5 } }, { name: "zoe" }]),
          groups: encodeLines([{ name: "Staff" }, { name: "robots", attributes: { as: "role" } }]),
          members: { Staff: encodeNames(list), robots: encodeNames(["zoe"]) },
          ignore: [redshift.user],
        },
      },
    });
    await scene.settles(program(["ana", "rui"]));
    await redshift.query("ALTER GROUP staff DROP USER ana; ALTER GROUP staff ADD USER zoe; ALTER USER rui CREATEDB");
    await scene.stack.refresh();
    assert.deepEqual((await scene.stack.preview(program(["ana", "rui"]))).plans["access"], [
      "ALTER USER rui NOCREATEDB;",
      "ALTER GROUP staff DROP USER zoe;",
      "ALTER GROUP staff ADD USER ana;",
    ]);
    await scene.settles(program(["ana", "rui"]));
    assert.deepEqual(await members("staff"), ["ana", "rui"]);
  });

  it("keeps the lists of many groups that come from elsewhere", async () => {
    await redshift.query("CREATE USER ana PASSWORD DISABLE");
    const args = {
      name: "synced",
      groups: encodeNames(["Staff", "Desk"]),
      members: { Staff: encodeNames(["ana"]), Desk: encodeNames(["ana", "nobody"]) },
      missing: "skip",
    };
    await scene.settles({ lists: { type: "MemberLists", args } });
    assert.deepEqual([await members("staff"), await members("desk")], [["ana"], ["ana"]]);
    await scene.stack.destroy();
    await redshift.query("DROP USER ana");
  });

  it("says in the preview and in the update what Redshift does not have, and what to use", async () => {
    const all = { login: false, inherit: false, createrole: true, replication: true, bypassrls: true, comment: "x" };
    const said = await scene.reasons(user("ana", { ...all, settings: { search_path: "mart" }, reassignTo: "rui" }));
    for (const name of Object.keys(all))
      assert.match(said, name === "login" ? /PASSWORD DISABLE/ : /Amazon Redshift has no/);
    assert.match(said, /ALTER USER \.\.\. SET/);
    assert.match(said, /REASSIGN OWNED/);
    assert.match(await scene.reasons(user("ana", { password: "kestrel" })), /8 to 64/);
    assert.match(await scene.reasons(user("ana", { superuser: true })), /needs a password/);
    assert.match(await scene.reasons(user("ana", { validUntil: "2039-01-01" })), /January 2038/);
    assert.match(await scene.reasons(user("u".repeat(128))), /128 bytes/);
    assert.match(await scene.reasons(group("__own")), /begins with __/);
    assert.match(await scene.reasons(group("team/finance", { as: "role" })), /holds : or \//);
    const member = { type: "GroupMembership", args: { group: "a", member: "b", inherit: true } };
    assert.match(await scene.reasons({ member }), /no INHERIT/);
  });

  it("refuses groups in groups, and roles for groups", async () => {
    const made = { ...group("a"), ...group("b"), ...group("r", { as: "role" }) };
    const within = (one: string, other: string): Program => ({
      ...made,
      in: { type: "GroupMembership", args: { group: one, member: other }, after: ["a", "b", "r"] },
    });
    assert.match(
      (await scene.stack.preview(within("a", "b"))).errors.join(),
      /Redshift does not have members of "a" that are no users/,
    );
    assert.match((await scene.stack.up(within("r", "b"))).errors.join(), /Redshift does not have roles for groups/);
  });

  it("lists by database what somebody still owns and holds, and drops nobody who does", async () => {
    await scene.stack.succeed({ ...user("ana"), ...group("readers") });
    await redshift.query("CREATE DATABASE other");
    await redshift.query("CREATE SCHEMA far AUTHORIZATION ana", { database: "other" });
    await redshift.query(
      "CREATE SCHEMA near; GRANT USAGE ON SCHEMA near TO GROUP readers; GRANT CREATE ON SCHEMA near TO ana",
    );
    const said = (await scene.stack.destroy()).errors.map(({ message }) => message).join("\n");
    assert.match(said, /in database postgres: CREATE on schema near\n\s+in database other: owns schema far/);
    assert.match(said, /"readers" owns or holds something[^]*USAGE on schema near/);
    assert.deepEqual(await names("pg_user", "usename"), ["ana", redshift.user]);
    await redshift.query("DROP SCHEMA far", { database: "other" });
    await redshift.query("DROP SCHEMA near");
    await redshift.query("DROP DATABASE other");
  });

  it("takes users out of groups and roles before it drops them", async () => {
    await scene.stack.succeed(user("ana"));
    await redshift.query("CREATE GROUP by_hand WITH USER ana; CREATE ROLE also; GRANT ROLE also TO ana");
    await scene.stack.destroy();
    assert.deepEqual(scene.refused(), []);
    await redshift.query("DROP GROUP by_hand; DROP ROLE also");
  });

  it("logs in with passwords that a command or a module makes, and makes another one when they ended", async () => {
    await redshift.query("CREATE USER admin PASSWORD 'Kestrel77x' CREATEUSER");
    const folder = mkdtempSync(path.join(tmpdir(), "roster-"));
    const file = path.join(folder, "password.cjs");
    const made = [redshift.temporaryPassword("IAM:admin", new Date(0)), redshift.temporaryPassword("IAM:admin")];
    writeFileSync(
      file,
      `const made = ${JSON.stringify(made)}; module.exports = () => ({ token: made.length > 1 ? made.shift() : made[0] });`,
    );
    const common = { PGUSER: "IAM:admin", PGPASSWORD: "" };
    scene.stack = stackOn(redshift, { ...common, ROSTER_POSTGRES_PASSWORD_MODULE: file });
    await scene.settles(group("by_module"));
    await scene.stack.destroy();
    scene.stack = stackOn(redshift, {
      ...common,
      ROSTER_POSTGRES_PASSWORD_COMMAND: `echo ${redshift.temporaryPassword("IAM:admin")}`,
    });
    await scene.settles(group("by_command"));
    await scene.stack.destroy();
    scene.stack = stackOn(redshift);
    await redshift.query("DROP USER admin");
  });

  it("verifies the cluster's certificate, and sends nothing to one that nobody trusts", async () => {
    const { server, ca } = await makeCertificates();
    const secured = await startRedshift({ behind: redshift.behind, ssl: server });
    const settings = { PGHOST: "localhost", PGSSLMODE: "verify-full" };
    const { errors } = await stackOn(secured, settings).up(group("readers"));
    assert.match(messages(errors).join(), /certificate[^]*what to do: [^]*sslrootcert/i);
    assert.deepEqual(secured.seen, []);
    const on = stackOn(secured, { ...settings, PGSSLROOTCERT: ca.cert });
    await scene.settles(group("readers"), on);
    await on.destroy();
    await secured.stop();
  });

  async function login(name: string, password: string): Promise<void> {
    const { host, port } = redshift;
    const client = new pg.Client({ host, port, user: name, password, database: "postgres" });
    await client.connect();
    await client.end();
  }
});
