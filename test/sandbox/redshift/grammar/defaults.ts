import { command, type Command } from "../command.js";
import { unsure } from "../errors.js";
import { roleOf } from "../identities.js";
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
    await db.run(`ALTER DEFAULT PRIVILEGES${of}${within} ${change} ${verb === "GRANT" ? "TO" : "FROM"} ${holders}`);
  });
}
