import { command, type Command, type Context } from "../command.js";
import { Refusal } from "../errors.js";
import { roleOf } from "../identities.js";
import { identifier, type Reader } from "../reader.js";
import { newOwner } from "./objects.js";
import { limit } from "./users.js";

/**
 * CREATE DATABASE name { [ WITH ] [ OWNER [=] user ] [ CONNECTION LIMIT ... ] [ COLLATE ... ] [ ISOLATION LEVEL ... ]
 *   | FROM DATASHARE name OF [ ACCOUNT 'id' ] NAMESPACE 'id' }
 */
export function createDatabase(r: Reader): Command {
  const name = r.newName("database");
  if (r.takes("FROM DATASHARE")) return fromDatashare(r, name);
  r.takes("WITH");
  const options: string[] = [];
  const owners: string[] = [];
  while (!r.atEnd()) {
    if (r.takes("OWNER")) {
      r.takesSymbol("=");
      const owner = r.userName();
      owners.push(owner);
      options.push(`OWNER ${roleOf("user", owner)}`);
    } else if (r.takes("CONNECTION LIMIT")) options.push(`CONNECTION LIMIT ${String(limit(r))}`);
    else if (r.takes("COLLATE")) r.oneOf("CASE_SENSITIVE", "CASE_INSENSITIVE");
    else isolation(r);
  }
  return alone("CREATE DATABASE", async ({ db }) => {
    await db.require("user", owners);
    // From the template that nobody is connected to: two can be made at a time.
    await db.run(`CREATE DATABASE ${identifier(name)} TEMPLATE template0 ${options.join(" ")}`);
  });
}

function fromDatashare(r: Reader, name: string): Command {
  r.name();
  r.expects("OF");
  if (r.takes("ACCOUNT")) r.string();
  r.expects("NAMESPACE");
  r.string();
  r.end();
  return alone("CREATE DATABASE", ({ shared }) => Promise.resolve(shared.add(name)));
}

/** ALTER DATABASE name { RENAME TO name | OWNER TO user | CONNECTION LIMIT ... | COLLATE ... | ISOLATION LEVEL ... } */
export function alterDatabase(r: Reader): Command {
  const name = r.name();
  const tag = "ALTER DATABASE";
  if (r.takes("OWNER TO")) return newOwner(r, tag, `DATABASE ${identifier(name)}`);
  if (r.takes("RENAME TO")) {
    const to = r.newName("database");
    r.end();
    return command(tag, ({ db }) => db.run(`ALTER DATABASE ${identifier(name)} RENAME TO ${identifier(to)}`));
  }
  if (r.takes("CONNECTION LIMIT")) {
    const connections = limit(r);
    r.end();
    return command(tag, ({ db }) =>
      db.run(`ALTER DATABASE ${identifier(name)} CONNECTION LIMIT ${String(connections)}`),
    );
  }
  if (r.takes("COLLATE")) {
    r.oneOf("CASE_SENSITIVE", "CASE_INSENSITIVE");
    r.end();
    return command(tag, (context) => mustExist(context, name));
  }
  isolation(r);
  r.end();
  return alone(tag, (context) => mustExist(context, name));
}

/** DROP DATABASE name */
export function dropDatabase(r: Reader): Command {
  const name = r.name();
  r.end();
  return alone("DROP DATABASE", async ({ db, shared }) => {
    if (!shared.delete(name)) await db.run(`DROP DATABASE ${identifier(name)}`);
  });
}

function isolation(r: Reader): void {
  r.expects("ISOLATION LEVEL");
  r.oneOf("SERIALIZABLE", "SNAPSHOT");
}

function alone(tag: string, act: (context: Context) => Promise<unknown>): Command {
  return { ...command(tag, act), alone: true };
}

async function mustExist({ db }: Context, name: string): Promise<void> {
  const found = await db.rows("SELECT 1 FROM pg_database WHERE datname = $1", [name]);
  if (found.length === 0) throw new Refusal("3D000", `database "${name}" does not exist`);
}
