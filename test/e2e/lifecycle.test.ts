import assert from "node:assert/strict";
import type { postgres } from "pulumi-roster";
import type { PostgresServer } from "../postgres/server.js";
import { STANDARD_ROLE, type LiveRole } from "../postgres/roles.js";
import { catalogue, membersOf } from "./catalogue.js";
import { group, members, membership, user, type Declaration } from "./declare.js";
import type { Engine } from "../engine/index.js";
import { onEachEngine, scene, superuser, type Place } from "./scene.js";
import { operations, plans, type Workspace } from "./workspace.js";

/** One argument of a user: a value other than the default, the statement that sets it, and a change by hand. */
interface Argument {
  readonly args: Partial<postgres.UserArgs>;
  readonly statement: string;
  readonly byHand: string;
  /** Only a superuser may give it. */
  readonly superuserOnly?: true;
}

/** A user for each argument, so that one run shows what each of them does alone. */
const ARGUMENTS: Readonly<Record<string, Argument>> = {
  u_login: { args: { login: false }, statement: "ALTER ROLE u_login NOLOGIN;", byHand: "ALTER ROLE u_login LOGIN" },
  u_super: {
    args: { superuser: true },
    statement: "ALTER ROLE u_super SUPERUSER;",
    byHand: "ALTER ROLE u_super NOSUPERUSER",
    superuserOnly: true,
  },
  u_createdb: {
    args: { createdb: true },
    statement: "ALTER ROLE u_createdb CREATEDB;",
    byHand: "ALTER ROLE u_createdb NOCREATEDB",
  },
  u_createrole: {
    args: { createrole: true },
    statement: "ALTER ROLE u_createrole CREATEROLE;",
    byHand: "ALTER ROLE u_createrole NOCREATEROLE",
  },
  u_inherit: {
    args: { inherit: false },
    statement: "ALTER ROLE u_inherit NOINHERIT;",
    byHand: "ALTER ROLE u_inherit INHERIT",
  },
  u_replication: {
    args: { replication: true },
    statement: "ALTER ROLE u_replication REPLICATION;",
    byHand: "ALTER ROLE u_replication NOREPLICATION",
    superuserOnly: true,
  },
  u_bypassrls: {
    args: { bypassrls: true },
    statement: "ALTER ROLE u_bypassrls BYPASSRLS;",
    byHand: "ALTER ROLE u_bypassrls NOBYPASSRLS",
    superuserOnly: true,
  },
  u_limit: {
    args: { connectionLimit: 3 },
    statement: "ALTER ROLE u_limit CONNECTION LIMIT 3;",
    byHand: "ALTER ROLE u_limit CONNECTION LIMIT 4",
  },
  u_until: {
    args: { validUntil: "2031-05-06" },
    statement: "ALTER ROLE u_until VALID UNTIL '2031-05-06T00:00:00Z';",
    byHand: "ALTER ROLE u_until VALID UNTIL '2032-01-01'",
  },
  u_comment: {
    args: { comment: "Ana's account" },
    statement: "COMMENT ON ROLE u_comment IS 'Ana''s account';",
    byHand: "COMMENT ON ROLE u_comment IS 'mine now'",
  },
};

function argumentsFor(privileged: boolean): [string, Argument][] {
  return Object.entries(ARGUMENTS).filter(([, { superuserOnly }]) => privileged || superuserOnly === undefined);
}

/** Users as `args` says, a group with a list, and a group with single memberships. */
function program(
  users: readonly Declaration[],
  list: readonly string[],
  args: { comment?: string; ignore?: string[]; onRemove?: "keep" } = {},
): Declaration[] {
  const { comment, ignore, onRemove } = args;
  return [
    ...users,
    user("ana"),
    user("rui"),
    user("zoe"),
    group("listed", { comment }),
    group("single"),
    group("gone"),
    members("gone", ["rui"], {}, { dependsOn: ["rui"] }),
    members("listed", list, { ignore }, { dependsOn: ["ana", "rui", "zoe"] }),
    membership("single", "ana", { onRemove }),
    membership("single", "zoe"),
  ];
}

function beforehand(privileged: boolean): Declaration[] {
  const users = argumentsFor(privileged).map(([name]) => user(name));
  return program(users, ["ana", "rui"]);
}

function changed(privileged: boolean): Declaration[] {
  const users = argumentsFor(privileged).map(([name, { args }]) => user(name, args));
  return program(users, ["rui", "zoe"], { comment: "by list", ignore: ["svc_*"], onRemove: "keep" });
}

/** A change by hand of everything that Roster looks after, and a thing of each kind removed. */
async function drift(db: PostgresServer, privileged: boolean): Promise<void> {
  // A membership belongs to who granted it: what the operator is to repair, the operator's own hand has changed.
  const by = privileged ? {} : { user: "operator", password: "operates" };
  const altered = argumentsFor(privileged).map(([, { byHand }]) => byHand);
  await db.query(
    [
      ...altered,
      "COMMENT ON ROLE listed IS NULL",
      "ALTER ROLE single LOGIN",
      "GRANT listed TO ana",
      "REVOKE listed FROM rui",
      "REVOKE single FROM ana",
      "DROP ROLE zoe",
      "DROP ROLE gone",
    ].join(";"),
    by,
  );
}

/** What the drift takes to repair, by resource. */
function repairs(privileged: boolean): Record<string, string[]> {
  return {
    ...Object.fromEntries(argumentsFor(privileged).map(([name, { statement }]) => [name, [statement]])),
    listed: ["COMMENT ON ROLE listed IS 'by list';"],
    single: ["ALTER ROLE single NOLOGIN;"],
    "members of listed": ["REVOKE listed FROM ana;", "GRANT listed TO rui, zoe;"],
    "ana in single": ["GRANT single TO ana;"],
    zoe: ["CREATE ROLE zoe LOGIN;"],
    gone: ["CREATE ROLE gone;"],
    "members of gone": ["GRANT gone TO rui;"],
    "zoe in single": ["GRANT single TO zoe;"],
  };
}

const DEFAULTS: Omit<LiveRole, "verifier"> = { ...STANDARD_ROLE, login: true };

/** Holds the server against what the program declared, in the server's own words. */
async function expectChanged(db: PostgresServer, privileged: boolean): Promise<void> {
  const { roles } = await catalogue(db);
  for (const [name, { args }] of argumentsFor(privileged)) {
    const { validUntil } = args;
    const expected = {
      ...DEFAULTS,
      ...args,
      ...(validUntil === undefined ? {} : { validUntil: "2031-05-06T00:00:00Z" }),
    };
    assert.deepEqual(roles[name], { ...expected, verifier: null }, name);
  }
  assert.deepEqual(roles["listed"], { ...DEFAULTS, login: false, comment: "by list", verifier: null });
  assert.deepEqual(roles["single"], { ...DEFAULTS, login: false, verifier: null });
  assert.deepEqual(without(await membersOf(db, "listed"), "operator"), ["rui", "zoe"]);
  assert.deepEqual(without(await membersOf(db, "single"), "operator"), ["ana", "zoe"]);
  assert.deepEqual(without(await membersOf(db, "gone"), "operator"), ["rui"]);
}

async function expectBeforehand(db: PostgresServer, privileged: boolean): Promise<void> {
  const { roles } = await catalogue(db);
  for (const [name] of argumentsFor(privileged)) assert.deepEqual(roles[name], { ...DEFAULTS, verifier: null }, name);
  assert.equal(roles["listed"]?.comment, null);
  assert.deepEqual(without(await membersOf(db, "listed"), "operator"), ["ana", "rui"]);
  assert.deepEqual(without(await membersOf(db, "single"), "operator"), ["ana", "zoe"]);
}

/** PostgreSQL 16 makes the account that creates a role a member of it, to administer it. */
function without(names: readonly string[], account: string): string[] {
  return names.filter((name) => name !== account);
}

/** The account of somebody who administers users and is no superuser. */
const operator: Pick<Place, "env" | "given" | "takenBack"> = {
  given: "CREATE ROLE operator LOGIN CREATEROLE CREATEDB PASSWORD 'operates'",
  takenBack: "DROP ROLE operator",
  env: (db) => ({ ...superuser(db), PGUSER: "operator", PGPASSWORD: "operates" }),
};

async function shortLife(workspace: Workspace, db: PostgresServer, privileged: boolean): Promise<void> {
  await workspace.up(beforehand(privileged));
  await expectBeforehand(db, privileged);
  await workspace.up(changed(privileged));
  await expectChanged(db, privileged);
  await drift(db, privileged);
  assert.deepEqual(plans(await workspace.preview(undefined, "--refresh")), repairs(privileged));
  await workspace.up(undefined, "--refresh");
  await expectChanged(db, privileged);
  await workspace.expectNoChanges();
  await workspace.destroy();
}

onEachEngine("the life of users, groups and memberships", (engine: Engine) => {
  it("on PostgreSQL 18, with every argument", () =>
    scene({ engine }, async (workspace, db) => {
      const first = plans(await workspace.preview(beforehand(true)));
      assert.deepEqual(first["u_login"], ["CREATE ROLE u_login LOGIN;"]);
      assert.deepEqual(first["listed"], ["CREATE ROLE listed;"]);
      assert.deepEqual(first["members of listed"], ["GRANT listed TO ana, rui;"]);
      assert.deepEqual(first["zoe in single"], ["GRANT single TO zoe;"]);
      await workspace.up();
      await expectBeforehand(db, true);
      await workspace.expectNoChanges();

      const update = await workspace.preview(changed(true));
      assert.deepEqual(plans(update), {
        ...Object.fromEntries(argumentsFor(true).map(([name, { statement }]) => [name, [statement]])),
        listed: ["COMMENT ON ROLE listed IS 'by list';"],
        "members of listed": ["REVOKE listed FROM ana;", "GRANT listed TO zoe;"],
      });
      assert.deepEqual([...new Set(Object.values(operations(update)))], ["update"], "everything changes in place");
      assert.equal(operations(update)["ana in single"], "update", "onRemove alone is an update that runs nothing");
      await workspace.up();
      await expectChanged(db, true);
      expectNoPlanInState(workspace);

      await drift(db, true);
      const { text } = await workspace.expectDrift();
      for (const statement of Object.values(repairs(true)).flat())
        assert.ok(text.includes(statement), `${statement}\n${text}`);
      await workspace.up(undefined, "--refresh");
      await expectChanged(db, true);
      await workspace.expectNoChanges();

      await drift(db, true);
      const again = plans(await workspace.preview(undefined, "--refresh"));
      assert.deepEqual(again, repairs(true), "the same drift, the same plan");
      await workspace.up(beforehand(true), "--refresh");
      await expectBeforehand(db, true);
      expectNoPlanInState(workspace);
      await workspace.destroy();
    }));

  it("on PostgreSQL 14", () => scene({ engine, version: 14 }, (workspace, db) => shortLife(workspace, db, true)));

  it("as an account with CREATEROLE, on PostgreSQL 18", () =>
    scene({ engine, ...operator }, (workspace, db) => shortLife(workspace, db, false)));
});

function expectNoPlanInState(workspace: Workspace): void {
  const text = workspace.stateText();
  assert.ok(text.includes("dynamic/postgres:User::u_login"), "the state holds the resources");
  for (const word of ['"plan"', "__dryRun"]) assert.ok(!text.includes(word), `state holds ${word}`);
}
