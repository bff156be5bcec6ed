import type { Backend } from "../backend.js";
import { command, type Command } from "../command.js";
import { unsure } from "../errors.js";
import { roleNameOf, roleOf } from "../identities.js";
import { identifier, type Reader } from "../reader.js";
import { losers, receivers } from "./grantees.js";
import { PRIVILEGES, privileges, translated } from "./privileges.js";

/** Types stand for procedures, which PostgreSQL does not tell from functions here. */
const STANDS_FOR: Readonly<Record<string, string>> = { TABLES: "TABLES", FUNCTIONS: "FUNCTIONS", PROCEDURES: "TYPES" };

/**
 * ALTER DEFAULT PRIVILEGES [ FOR USER name [, ...] ] [ IN SCHEMA name [, ...] ]
 *   { GRANT privilege [, ...] ON what TO ... | REVOKE [ GRANT OPTION FOR ] privilege [, ...] ON what FROM ... }
 */
export function alterDefaultPrivileges(r: Reader): Command {
  const users = r.takes("FOR USER") ? r.list(() => r.userName()) : [];
  const schemas = r.takes("IN SCHEMA") ? r.list(() => r.name()) : [];
  const verb = r.oneOf("GRANT", "REVOKE");
  const optionOnly = verb === "REVOKE" && r.takes("GRANT OPTION FOR");
  const given = privileges(r);
  r.expects("ON");
  const what = r.oneOf("TABLES", "FUNCTIONS", "PROCEDURES");
  if (given.some(({ columns }) => columns !== undefined)) r.fail();
  const words = translated(given, what === "TABLES" ? PRIVILEGES.table : PRIVILEGES.routine);
  if (verb === "REVOKE" && given.some((privilege) => privilege.words === "drop"))
    throw unsure("ALTER DEFAULT PRIVILEGES ... REVOKE DROP");
  r.expects(verb === "GRANT" ? "TO" : "FROM");
  const holders = verb === "GRANT" ? receivers(r) : losers(r, optionOnly);
  r.end();
  const of = users.length === 0 ? "" : ` FOR ROLE ${users.map((user) => roleOf("user", user)).join(", ")}`;
  const within = schemas.length === 0 ? "" : ` IN SCHEMA ${schemas.map(identifier).join(", ")}`;
  const behind = what === "PROCEDURES" ? words.replace(/execute/g, "USAGE") : words;
  const change = `${verb} ${optionOnly ? "GRANT OPTION FOR " : ""}${behind} ON ${STANDS_FOR[what] ?? what}`;
  return command("ALTER DEFAULT PRIVILEGES", async ({ db }) => {
    // Nobody may call new procedures, and everybody may use new types.
    const bare = what === "PROCEDURES" && schemas.length === 0 ? await without(db, users) : [];
    for (const user of bare) await db.run(`ALTER DEFAULT PRIVILEGES FOR ROLE ${user} REVOKE ALL ON TYPES FROM PUBLIC`);
    await db.run(`ALTER DEFAULT PRIVILEGES${of}${within} ${change} ${verb === "GRANT" ? "TO" : "FROM"} ${holders}`);
  });
}

/** Those of these users, or whoever is logged in, for whom nothing is set on types in all schemas. */
async function without(db: Backend, users: readonly string[]): Promise<string[]> {
  const names = users.length > 0 ? users : [db.authorization].filter((name) => name !== undefined);
  const set = await db.rows<{ role: string }>(
    `SELECT r.rolname AS role FROM pg_default_acl d JOIN pg_roles r ON r.oid = d.defaclrole
      WHERE d.defaclobjtype = 'T' AND d.defaclnamespace = 0`,
  );
  const there = new Set(set.map(({ role }) => role));
  return names.filter((name) => !there.has(roleNameOf("user", name))).map((name) => roleOf("user", name));
}
