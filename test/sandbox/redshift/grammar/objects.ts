import { command, formal, type Command } from "../command.js";
import { Refusal, unsure } from "../errors.js";
import { roleOf } from "../identities.js";
import { identifier, literal, rendered, type Reader } from "../reader.js";
import { createTable } from "../query.js";
import { routine } from "./grants.js";

/** CREATE SCHEMA [ IF NOT EXISTS ] name [ AUTHORIZATION user ] [ QUOTA ... ] | AUTHORIZATION user [ QUOTA ... ] */
export function createSchema(r: Reader): Command {
  const ifNotExists = r.takes("IF NOT EXISTS");
  const name = r.sees("AUTHORIZATION") && !ifNotExists ? undefined : r.newName("schema");
  if (name === "public") throw new Refusal("42939", "the schema name cannot be PUBLIC");
  const owner = r.takes("AUTHORIZATION") ? r.userName() : undefined;
  if (r.takes("QUOTA")) quota(r);
  const elements = r.rest();
  const table = elements.length === 0 ? "" : ` ${rendered(elements, r.caseSensitive)}`;
  return command("CREATE SCHEMA", async ({ db }) => {
    if (table !== "") await createTable(table);
    if (owner !== undefined) await db.require("user", [owner]);
    const named = name ?? owner ?? "";
    const authorization = owner === undefined ? "" : ` AUTHORIZATION ${roleOf("user", owner)}`;
    await db.run(`CREATE SCHEMA ${ifNotExists ? "IF NOT EXISTS " : ""}${identifier(named)}${authorization}${table}`);
  });
}

/** CREATE EXTERNAL SCHEMA [ IF NOT EXISTS ] name FROM ...: what it leads to is not behind the gate. */
export function createExternalSchema(r: Reader): Command {
  const ifNotExists = r.takes("IF NOT EXISTS");
  const name = r.newName("schema");
  r.expects("FROM");
  const from = r.oneOf("DATA CATALOG", "REDSHIFT", "HIVE METASTORE", "POSTGRES", "MYSQL", "KINESIS");
  r.expects(from === "KINESIS" ? "IAM_ROLE" : "DATABASE");
  r.string();
  while (!r.atEnd()) {
    if (r.takes("CREATE EXTERNAL DATABASE IF NOT EXISTS")) continue;
    const option = r.oneOf("SCHEMA", "REGION", "IAM_ROLE", "CATALOG_ROLE", "URI", "PORT", "SECRET_ARN");
    if (option === "PORT") r.integer();
    else if (!(option === "IAM_ROLE" && r.takes("DEFAULT"))) r.string();
  }
  return command("CREATE SCHEMA", ({ db }) =>
    db.run(`CREATE SCHEMA ${ifNotExists ? "IF NOT EXISTS " : ""}${identifier(name)}`),
  );
}

/** ALTER SCHEMA name { RENAME TO name | OWNER TO user | QUOTA ... } */
export function alterSchema(r: Reader): Command {
  const name = identifier(r.name());
  if (r.takes("QUOTA")) {
    quota(r);
    r.end();
    return formal("ALTER SCHEMA");
  }
  if (r.takes("OWNER TO")) return newOwner(r, "ALTER SCHEMA", `SCHEMA ${name}`);
  r.expects("RENAME TO");
  const to = r.newName("schema");
  r.end();
  return command("ALTER SCHEMA", ({ db }) => db.run(`ALTER SCHEMA ${name} RENAME TO ${identifier(to)}`));
}

/** DROP SCHEMA [ IF EXISTS ] name [, ...] [ DROP EXTERNAL DATABASE ] [ CASCADE | RESTRICT ] */
export function dropSchema(r: Reader): Command {
  const ifExists = r.takes("IF EXISTS") ? "IF EXISTS " : "";
  const names = r.list(() => identifier(r.name())).join(", ");
  r.takes("DROP EXTERNAL DATABASE");
  const cascade = r.takes("CASCADE") ? " CASCADE" : "";
  if (cascade === "") r.takes("RESTRICT");
  r.end();
  return command("DROP SCHEMA", ({ db }) => db.run(`DROP SCHEMA ${ifExists}${names}${cascade}`));
}

/** ALTER TABLE name OWNER TO user, also for views; no other form is known here. */
export function alterTable(r: Reader): Command {
  const name = r.qualifiedName().map(identifier).join(".");
  r.expects("OWNER TO");
  const owner = r.userName();
  r.end();
  return command("ALTER TABLE", async ({ db }) => {
    const materialized = await db.rows(
      `SELECT 1 FROM pg_class WHERE relkind = 'm' AND oid = to_regclass(${literal(name)})`,
    );
    if (materialized.length > 0) throw unsure("ALTER TABLE for a materialized view");
    await db.require("user", [owner]);
    await db.run(`ALTER TABLE ${name} OWNER TO ${roleOf("user", owner)}`);
  });
}

/** ALTER FUNCTION name ( ... ) OWNER TO user, which is known from the code of a provider. */
export function alterFunction(r: Reader): Command {
  const name = routine(r);
  r.expects("OWNER TO");
  return newOwner(r, "ALTER FUNCTION", `FUNCTION ${name}`);
}

/** ALTER PROCEDURE name ( ... ) OWNER TO { user | CURRENT_USER | SESSION_USER } */
export function alterProcedure(r: Reader): Command {
  const name = routine(r);
  r.expects("OWNER TO");
  for (const who of ["CURRENT_USER", "SESSION_USER"]) {
    if (!r.takes(who)) continue;
    r.end();
    return command("ALTER PROCEDURE", ({ db }) => db.run(`ALTER PROCEDURE ${name} OWNER TO ${who}`));
  }
  return newOwner(r, "ALTER PROCEDURE", `PROCEDURE ${name}`);
}

/** ALTER DATASHARE name OWNER TO user */
export function alterDatashare(r: Reader): Command {
  r.name();
  r.expects("OWNER TO");
  r.userName();
  r.end();
  return formal("ALTER DATASHARE");
}

/** COMMENT ON { TABLE | COLUMN | VIEW | DATABASE | CONSTRAINT name ON } name IS { 'text' | NULL } */
export function comment(r: Reader): Command {
  const what = r.oneOf("TABLE", "COLUMN", "VIEW", "DATABASE", "CONSTRAINT");
  const constraint = what === "CONSTRAINT" ? `${identifier(r.name())} ON ` : "";
  if (what === "CONSTRAINT") r.expects("ON");
  const name = r.qualifiedName().map(identifier).join(".");
  r.expects("IS");
  const text = r.takes("NULL") ? "NULL" : literal(r.string());
  r.end();
  return command("COMMENT", ({ db }) => db.run(`COMMENT ON ${what} ${constraint}${name} IS ${text}`));
}

/** LOCK [ TABLE ] name [, ...] */
export function lock(r: Reader): Command {
  r.takes("TABLE");
  const names = r.list(() => r.qualifiedName().map(identifier).join(".")).join(", ");
  r.end();
  return command("LOCK TABLE", ({ db }) => db.run(`LOCK TABLE ${names}`));
}

/** The new owner, who is a user. */
export function newOwner(r: Reader, tag: string, object: string): Command {
  const owner = r.userName();
  r.end();
  return command(tag, async ({ db }) => {
    await db.require("user", [owner]);
    await db.run(`ALTER ${object} OWNER TO ${roleOf("user", owner)}`);
  });
}

/** { number [ MB | GB | TB ] | UNLIMITED } */
function quota(r: Reader): void {
  if (r.takes("UNLIMITED")) return;
  if (r.integer() < 0) r.fail();
  for (const unit of ["MB", "GB", "TB"]) if (r.takes(unit)) return;
}
