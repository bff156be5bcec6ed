import { command, type Command } from "../command.js";
import { Refusal, refusals, unsure } from "../errors.js";
import { roleOf, type Kind } from "../identities.js";
import type { Reader } from "../reader.js";
import type { Backend } from "../backend.js";

/** CREATE ROLE name [ EXTERNALID id ] */
export function createRole(r: Reader): Command {
  const name = newRoleName(r);
  const external = r.takes("EXTERNALID") ? r.name() : undefined;
  r.end();
  return command("CREATE ROLE", async ({ db }) => {
    await db.requireRight("create role", "role");
    if ((await db.identities("user", [name])).has(name)) throw refusals.roleExists(name);
    await db.administer(`CREATE ROLE ${roleOf("role", name)}`);
    await db.note("role", name, { kind: "role", name, external, ...(db.authorization && { owner: db.authorization }) });
  });
}

/** ALTER ROLE name [ WITH ] { RENAME TO name | OWNER TO user } | EXTERNALID TO id */
export function alterRole(r: Reader): Command {
  const name = roleName(r);
  r.takes("WITH");
  const what = r.oneOf("RENAME TO", "OWNER TO", "EXTERNALID TO");
  const value = what === "RENAME TO" ? newRoleName(r) : what === "OWNER TO" ? r.userName() : r.name();
  r.end();
  return command("ALTER ROLE", async ({ db }) => {
    await db.requireRight(undefined, "role");
    await db.require("role", [name]);
    if (what === "EXTERNALID TO") return db.note("role", name, { external: value });
    if (what === "OWNER TO") {
      await db.require("user", [value]);
      return db.note("role", name, { owner: value });
    }
    if ((await db.identities("user", [value])).has(value)) throw refusals.roleExists(value);
    await db.administer(`ALTER ROLE ${roleOf("role", name)} RENAME TO ${roleOf("role", value)}`);
    return db.note("role", value, { kind: "role", name: value });
  });
}

/** DROP ROLE name [ FORCE | RESTRICT ] */
export function dropRole(r: Reader): Command {
  const name = roleName(r);
  const force = r.takes("FORCE");
  if (!force) r.takes("RESTRICT");
  r.end();
  return command("DROP ROLE", async ({ db }) => {
    await db.requireRight("drop role", "role");
    const { oid } = await db.identity("role", name);
    const related = await db.rows<{ user: boolean }>(
      `SELECT member_kind = 'user' AS user FROM redshift_gate.members WHERE group_id = $1 OR member_id = $1`,
      [oid],
    );
    if (!force && related.some(({ user }) => user)) throw refusals.roleGranted();
    if (!force && related.length > 0) throw refusals.roleDepends();
    if (force) await db.administer(`DROP OWNED BY ${roleOf("role", name)}`);
    await db.administer(`DROP ROLE ${roleOf("role", name)}`);
  });
}

/** The name of a role; those of the system have two parts. */
export function roleName(r: Reader): string {
  const name = r.name();
  return r.takesSymbol(":") ? `${name}:${r.name()}` : name;
}

function newRoleName(r: Reader): string {
  const name = r.newName("role");
  if (/[:/\n]/.test(name)) throw new Refusal("42939", `role name "${name}" must not contain : / or a line feed`);
  if (name === "public") throw new Refusal("42939", 'role name "public" is reserved');
  return name;
}

/** Whoever is given or loses a role. */
export interface Grantee {
  readonly kind: Kind;
  readonly name: string;
}

/** GRANT ROLE name [, ROLE name ...] TO { user [ WITH ADMIN OPTION ] | ROLE name } [, ...] */
export function grantRoles(r: Reader): Command {
  const roles = rolesOf(r);
  r.expects("TO");
  const grantees = r.list(() => ({ ...granteeOf(r), admin: false }));
  const last = grantees.at(-1);
  if (r.takes("WITH ADMIN OPTION")) {
    if (last?.kind !== "user") throw new Refusal("42601", "WITH ADMIN OPTION only applies to users and not to roles");
    if (grantees.length > 1) throw unsure("WITH ADMIN OPTION behind several users");
    last.admin = true;
  }
  r.end();
  return command("GRANT", async ({ db }) => {
    await requireAdmin(db, roles);
    for (const { kind, name, admin } of grantees) {
      await db.require(kind, [name]);
      for (const role of roles)
        await db.administer(
          `GRANT ${roleOf("role", role)} TO ${roleOf(kind, name)}${admin ? " WITH ADMIN OPTION" : ""}`,
        );
    }
  });
}

/** REVOKE [ ADMIN OPTION FOR ] ROLE name [, ROLE name ...] FROM { user | ROLE name } [, ...] */
export function revokeRoles(r: Reader, adminOnly: boolean): Command {
  const roles = rolesOf(r);
  r.expects("FROM");
  const grantees = r.list(() => granteeOf(r));
  r.end();
  if (adminOnly && grantees.some(({ kind }) => kind !== "user")) r.fail();
  return command("REVOKE", async ({ db }) => {
    await requireAdmin(db, roles);
    for (const { kind, name } of grantees) {
      const { oid } = await db.identity(kind, name);
      for (const role of roles) {
        const granted = await db.rows<{ admin: boolean }>(
          "SELECT admin FROM redshift_gate.members WHERE group_kind = 'role' AND group_name = $1 AND member_id = $2",
          [role, oid],
        );
        if (granted.length === 0) throw unsure(`a role that was not granted: ${role} to ${name}`);
        const what = adminOnly ? "ADMIN OPTION FOR " : "";
        await db.administer(`REVOKE ${what}${roleOf("role", role)} FROM ${roleOf(kind, name)}`);
      }
    }
  });
}

function rolesOf(r: Reader): string[] {
  return r.list(() => {
    r.expects("ROLE");
    return roleName(r);
  });
}

function granteeOf(r: Reader): Grantee {
  if (r.takes("ROLE")) return { kind: "role", name: roleName(r) };
  if (r.sees("PUBLIC")) throw unsure("a role that is granted to PUBLIC");
  return { kind: "user", name: r.userName() };
}

/** Superusers grant every role, others those that they have with the admin option. */
async function requireAdmin(db: Backend, roles: readonly string[]): Promise<void> {
  await db.require("role", roles);
  if (db.authorization === undefined) return;
  const mine = await db.rows<{ name: string }>(
    `SELECT group_name AS name FROM redshift_gate.members
      WHERE group_kind = 'role' AND member_kind = 'user' AND member_name = $1 AND admin`,
    [db.authorization],
  );
  const may = new Set(mine.map(({ name }) => name));
  for (const role of roles) if (!may.has(role)) await db.requireRight(undefined, `role ${role}`);
}
