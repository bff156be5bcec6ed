import type { Backend } from "../backend.js";
import { command, formal, type Command, type Context } from "../command.js";
import { Refusal, syntaxError, unsure } from "../errors.js";
import { identifier, literal, type Reader } from "../reader.js";
import { SYSTEM_PERMISSIONS } from "../words.js";
import { losers, receivers } from "./grantees.js";
import { PRIVILEGES, privileges, translated, type Privilege } from "./privileges.js";
import { grantRoles, revokeRoles, roleName } from "./roles.js";

/** Whether something is given or taken, and if only the option to give it on. */
interface Way {
  readonly verb: "GRANT" | "REVOKE";
  readonly optionOnly: boolean;
}

/** GRANT { privilege [, ...] ON object | ROLE name [, ...] | permission [, ...] | ASSUMEROLE ON ... } TO ... */
export function grant(r: Reader): Command {
  if (r.sees("ROLE")) return grantRoles(r);
  return privilege(r, { verb: "GRANT", optionOnly: false });
}

/** REVOKE [ GRANT OPTION FOR | ADMIN OPTION FOR ] ... FROM ... [ RESTRICT ] */
export function revoke(r: Reader): Command {
  if (r.takes("ADMIN OPTION FOR")) return revokeRoles(r, true);
  if (r.sees("ROLE")) return revokeRoles(r, false);
  return privilege(r, { verb: "REVOKE", optionOnly: r.takes("GRANT OPTION FOR") });
}

function privilege(r: Reader, way: Way): Command {
  if (r.takes("ASSUMEROLE ON")) return assumeRole(r, way);
  const given = privileges(r);
  if (!r.takes("ON")) return systemPermissions(r, way, given);
  if (r.takes("DATASHARE")) return onDatashare(r, way, given);
  return onObject(r, way, given);
}

/** ASSUMEROLE ON { 'role' [, ...] | default | ALL } { TO | FROM } holder [, ...] FOR { ALL | COPY | UNLOAD | ... } [, ...] */
function assumeRole(r: Reader, { verb, optionOnly }: Way): Command {
  if (optionOnly) r.fail();
  if (!r.takes("ALL") && !r.takes("DEFAULT")) r.list(() => r.string());
  r.expects(verb === "GRANT" ? "TO" : "FROM");
  if (verb === "GRANT") receivers(r);
  else losers(r, false);
  r.expects("FOR");
  r.list(() => r.oneOf("ALL", "COPY", "UNLOAD", "EXTERNAL FUNCTION", "CREATE MODEL"));
  r.end();
  return formal(verb);
}

/** System permissions are given to roles; CREATE MODEL to everybody. */
function systemPermissions(r: Reader, { verb, optionOnly }: Way, given: readonly Privilege[]): Command {
  const names = given.map(({ words }) => words);
  const all = names.length === 1 && (names[0] === "all" || names[0] === "all privileges");
  const strange = given.find(({ words, columns }) => columns !== undefined || (!all && !SYSTEM_PERMISSIONS.has(words)));
  if (strange?.words === "access system table") throw unsure("the permission ACCESS SYSTEM TABLE");
  if (strange !== undefined) throw syntaxError(strange.words);
  if (optionOnly) r.fail();
  r.expects(verb === "GRANT" ? "TO" : "FROM");
  if (names.join() === "create model" && !r.sees("ROLE")) {
    if (verb === "GRANT") receivers(r);
    else losers(r, false);
    r.end();
    return formal(verb);
  }
  const roles = r.list(() => {
    r.expects("ROLE");
    return roleName(r);
  });
  r.end();
  return command(verb, async ({ db }) => {
    await db.requireRight(undefined, "system permissions");
    for (const role of roles) await permit(db, role, verb, all ? [...SYSTEM_PERMISSIONS] : names);
  });
}

async function permit(db: Backend, role: string, verb: Way["verb"], names: readonly string[]): Promise<void> {
  const { notes } = await db.identity("role", role);
  const has = new Set((notes["permissions"] as string[] | undefined) ?? []);
  for (const name of names) {
    if (verb === "GRANT") has.add(name);
    else has.delete(name);
  }
  await db.note("role", role, { permissions: [...has].sort() });
}

/** { ALTER | SHARE } to users, groups and roles; USAGE to another namespace or account. */
function onDatashare(r: Reader, { verb, optionOnly }: Way, given: readonly Privilege[]): Command {
  if (optionOnly) r.fail();
  r.name();
  r.expects(verb === "GRANT" ? "TO" : "FROM");
  if (given.length === 1 && given[0]?.words === "usage") {
    r.list(() => {
      const what = r.oneOf("NAMESPACE", "ACCOUNT");
      r.string();
      if (what === "ACCOUNT") r.takes("VIA DATA CATALOG");
    });
  } else {
    translated(given, PRIVILEGES.datashare);
    if (verb === "GRANT") receivers(r);
    else losers(r, false);
  }
  r.end();
  return formal(verb);
}

/** An object with the privileges that it has, as SQL for PostgreSQL. */
interface Target {
  readonly sql: string;
  readonly allowed: ReadonlySet<string>;
  /** What has to be known of the server before. */
  readonly check?: (context: Context) => Promise<void>;
  /** There is nothing behind the gate. */
  readonly nothing?: (context: Context) => boolean;
}

function onObject(r: Reader, { verb, optionOnly }: Way, given: readonly Privilege[]): Command {
  const target = targetOf(r, given);
  if (given.some(({ columns }) => columns !== undefined) && target.allowed !== PRIVILEGES.table) r.fail();
  const shared = given.length === 1 && given[0]?.words === "usage" && target.allowed === PRIVILEGES.database;
  const words = shared ? "USAGE" : translated(given, target.allowed);
  r.expects(verb === "GRANT" ? "TO" : "FROM");
  const holders = verb === "GRANT" ? receivers(r) : losers(r, optionOnly);
  r.end();
  const onColumns = given.some(({ columns }) => columns !== undefined);
  if (onColumns && holders.endsWith("WITH GRANT OPTION"))
    throw new Refusal("0A000", "WITH GRANT OPTION is not supported for column privileges");
  const option = optionOnly ? "GRANT OPTION FOR " : "";
  const way = verb === "GRANT" ? "TO" : "FROM";
  return command(verb, async (context) => {
    await target.check?.(context);
    if (target.nothing?.(context)) return;
    if (shared) throw unsure("USAGE on a database that was not made from a datashare");
    if (/^(ALL )?PROCEDURE/.test(target.sql)) await closeProcedures(context.db);
    await context.db.run(`${verb} ${option}${words} ON ${target.sql} ${way} ${holders}`);
  });
}

function targetOf(r: Reader, given: readonly Privilege[]): Target {
  if (r.takes("DATABASE")) {
    const names = r.list(() => r.name());
    const nothing = ({ shared }: Context): boolean => names.every((name) => shared.has(name));
    return { sql: `DATABASE ${names.map(identifier).join(", ")}`, allowed: PRIVILEGES.database, nothing };
  }
  if (r.takes("SCHEMA"))
    return { sql: `SCHEMA ${r.list(() => identifier(r.name())).join(", ")}`, allowed: PRIVILEGES.schema };
  if (r.takes("LANGUAGE")) {
    const names = r.list(() => identifier(r.name())).join(", ");
    return { sql: `LANGUAGE ${names}`, allowed: PRIVILEGES.language };
  }
  if (r.takes("ALL")) {
    const what = r.oneOf("TABLES", "FUNCTIONS", "PROCEDURES");
    r.expects("IN SCHEMA");
    const schemas = r.list(() => identifier(r.name())).join(", ");
    const allowed = what === "TABLES" ? PRIVILEGES.table : PRIVILEGES.routine;
    return { sql: `ALL ${what} IN SCHEMA ${schemas}`, allowed };
  }
  for (const what of ["FUNCTION", "PROCEDURE"]) {
    if (r.takes(what)) return { sql: `${what} ${r.list(() => routine(r)).join(", ")}`, allowed: PRIVILEGES.routine };
  }
  r.takes("TABLE");
  const tables = r.list(() => r.qualifiedName());
  const sql = `TABLE ${tables.map((parts) => parts.map(identifier).join(".")).join(", ")}`;
  return { sql, allowed: PRIVILEGES.table, check: ({ db }) => columnsOfViews(db, tables, given) };
}

/** Procedures of which nobody has said anything are their owners' alone, where PostgreSQL lets everybody call them. */
async function closeProcedures(db: Backend): Promise<void> {
  const open = await db.rows<{ name: string }>(
    "SELECT oid::regprocedure::text AS name FROM pg_proc WHERE prokind = 'p' AND proacl IS NULL",
  );
  for (const { name } of open) await db.administer(`REVOKE ALL ON PROCEDURE ${name} FROM PUBLIC`);
}

/** A routine with its arguments, which have to be said. */
export function routine(r: Reader): string {
  const parts = r.qualifiedName();
  if (parts[0] === "pg_catalog")
    throw new Refusal("0A000", "GRANT and REVOKE are not supported for built-in functions");
  return `${parts.map(identifier).join(".")} ${r.parenthesized()}`;
}

/** On a view only SELECT is granted by column. */
async function columnsOfViews(
  db: Backend,
  tables: readonly (readonly string[])[],
  given: readonly Privilege[],
): Promise<void> {
  if (!given.some(({ words, columns }) => columns !== undefined && words !== "select")) return;
  const names = tables.map((parts) => literal(parts.map(identifier).join(".")));
  const views = await db.rows(
    `SELECT 1 FROM pg_class WHERE relkind IN ('v', 'm') AND oid = ANY (ARRAY[${names.map((name) => `to_regclass(${name})`).join(", ")}]::oid[])`,
  );
  if (views.length > 0) throw new Refusal("0A000", "only SELECT can be granted on the columns of a view");
}
