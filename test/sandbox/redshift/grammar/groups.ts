import { command, type Command } from "../command.js";
import { refusals, unsure } from "../errors.js";
import { roleNameOf, roleOf } from "../identities.js";
import type { Reader } from "../reader.js";
import type { Backend } from "../backend.js";

/** CREATE GROUP name [ [ WITH ] USER name [, ...] ] */
export function createGroup(r: Reader): Command {
  const name = newGroupName(r);
  const named = r.takes("WITH") || r.sees("USER");
  if (named) r.expects("USER");
  const members = named ? r.list(() => r.userName()) : [];
  r.end();
  return command("CREATE GROUP", async ({ db }) => {
    await db.requireRight(undefined, "group");
    await db.administer(`CREATE ROLE ${roleOf("group", name)}`);
    await db.note("group", name, { kind: "group", name });
    if (members.length > 0) await add(db, name, members);
  });
}

/** ALTER GROUP name { ADD USER name [, ...] | DROP USER name [, ...] | RENAME TO name } */
export function alterGroup(r: Reader): Command {
  const name = r.name();
  const what = r.oneOf("ADD USER", "DROP USER", "RENAME TO");
  if (what === "RENAME TO") return rename(r, name);
  const members = r.list(() => r.userName());
  r.end();
  return command("ALTER GROUP", async ({ db }) => {
    await db.requireRight(undefined, "group");
    await (what === "ADD USER" ? add : remove)(db, name, members);
  });
}

/** DROP GROUP name */
export function dropGroup(r: Reader): Command {
  const name = r.name();
  r.end();
  return command("DROP GROUP", async ({ db }) => {
    await db.requireRight(undefined, "group");
    const { oid } = await db.identity("group", name);
    const held = await db.rows(
      "SELECT 1 FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = $1 LIMIT 1",
      [oid],
    );
    if (held.length > 0) throw refusals.groupHolds(name);
    await db.administer(`DROP ROLE ${roleOf("group", name)}`);
  });
}

function newGroupName(r: Reader): string {
  const name = r.newName("group");
  if (name.startsWith("__")) throw unsure("a group with a name that begins with two underscores");
  return name;
}

function rename(r: Reader, name: string): Command {
  const to = newGroupName(r);
  r.end();
  return command("ALTER GROUP", async ({ db }) => {
    await db.requireRight(undefined, "group");
    await db.require("group", [name]);
    await db.administer(`ALTER ROLE ${roleOf("group", name)} RENAME TO ${roleOf("group", to)}`);
    await db.note("group", to, { kind: "group", name: to });
  });
}

async function add(db: Backend, group: string, users: readonly string[]): Promise<void> {
  const already = await membersAmong(db, group, users);
  if (already.size > 0) throw unsure(`a user who is in the group already: ${[...already].join(", ")}`);
  await db.administer(`GRANT ${roleOf("group", group)} TO ${users.map((user) => roleOf("user", user)).join(", ")}`);
}

async function remove(db: Backend, group: string, users: readonly string[]): Promise<void> {
  const already = await membersAmong(db, group, users);
  const strangers = users.filter((user) => !already.has(user));
  if (strangers.length > 0) throw unsure(`a user who is not in the group: ${strangers.join(", ")}`);
  await db.administer(`REVOKE ${roleOf("group", group)} FROM ${users.map((user) => roleOf("user", user)).join(", ")}`);
}

/** Which of these users are in a group; it and they have to exist. */
async function membersAmong(db: Backend, group: string, users: readonly string[]): Promise<Set<string>> {
  if (new Set(users).size < users.length) throw unsure("a user who is named twice");
  await db.require("group", [group]);
  const roles = await db.rows<{ name: string; member: boolean }>(
    `SELECT u.rolname AS name, a.member IS NOT NULL AS member
       FROM pg_roles u LEFT JOIN (pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid AND g.rolname = $1) ON a.member = u.oid
      WHERE u.rolname = ANY ($2::name[])`,
    [roleNameOf("group", group), users.map((user) => roleNameOf("user", user))],
  );
  const member = new Map(roles.map((role) => [role.name, role.member]));
  const isMember = (user: string): boolean => member.get(roleNameOf("user", user)) ?? missing(user);
  return new Set(users.filter(isMember));
}

function missing(user: string): never {
  throw refusals.userMissing(user);
}
