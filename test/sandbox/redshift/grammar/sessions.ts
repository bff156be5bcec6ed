import type { Answer } from "../backend.js";
import { command, type Command, type Context } from "../command.js";
import { refusals, syntaxError, unsure } from "../errors.js";
import { literal, type Reader } from "../reader.js";
import { PARAMETERS, SHARED_PARAMETERS } from "../words.js";

/** SET [ SESSION | LOCAL ] { parameter { TO | = } value [, ...] | SESSION AUTHORIZATION { user | DEFAULT } } */
export function set(r: Reader): Command {
  const local = r.takes("LOCAL");
  if (r.takes("SESSION AUTHORIZATION")) return authorize(r);
  if (!local) r.takes("SESSION");
  if (r.takes("TRANSACTION") || r.takes("CHARACTERISTICS"))
    throw unsure("SET TRANSACTION and SET SESSION CHARACTERISTICS");
  const name = r.word();
  if (!r.takesSymbol("=") && !r.takes("TO")) r.fail();
  const values = r.takes("DEFAULT") ? undefined : r.list(() => r.value());
  r.end();
  known(name);
  return command("SET", async ({ db, parameters }) => {
    if (!SHARED_PARAMETERS.has(name)) {
      if (values === undefined) parameters.delete(name);
      else parameters.set(name, values.join(", "));
      return;
    }
    const value = values === undefined ? "DEFAULT" : values.map(literal).join(", ");
    await db.run(`SET ${local ? "LOCAL " : ""}${name} TO ${value}`);
  });
}

function authorize(r: Reader): Command {
  const name = r.takes("DEFAULT") ? undefined : r.nameOrString();
  r.end();
  return authorization("SET", name);
}

function authorization(tag: string, name: string | undefined): Command {
  return command(tag, async ({ db }) => {
    if (name !== undefined) {
      await db.requireLogin();
      await db.require("user", [name]);
    }
    db.authorization = name ?? db.login;
  });
}

/** RESET { parameter | ALL | SESSION AUTHORIZATION } */
export function reset(r: Reader): Command {
  if (r.takes("SESSION AUTHORIZATION")) {
    r.end();
    return authorization("RESET", undefined);
  }
  const name = r.word();
  r.end();
  if (name !== "all") known(name);
  return command("RESET", async ({ db, parameters }) => {
    if (name === "all") parameters.clear();
    else parameters.delete(name);
    if (SHARED_PARAMETERS.has(name)) await db.run(`RESET ${name}`);
  });
}

/** SHOW parameter */
export function show(r: Reader): Command {
  const name = r.word();
  r.end();
  known(name);
  return {
    tag: "SHOW",
    act: async ({ db, parameters }): Promise<Answer> => {
      if (SHARED_PARAMETERS.has(name)) return db.run(`SHOW ${name}`);
      return db.run(`SELECT ${literal(parameters.get(name) ?? "")}::text AS ${name}`);
    },
  };
}

function known(name: string): void {
  if (!PARAMETERS.has(name)) throw refusals.unknownParameter(name);
}

/** BEGIN [ WORK | TRANSACTION ] [ ISOLATION LEVEL ... ] [ READ WRITE | READ ONLY ], and START TRANSACTION. */
export function begin(r: Reader): Command {
  if (!r.takes("WORK")) r.takes("TRANSACTION");
  // Whichever is asked for, it is SERIALIZABLE; the catalogue is read as READ COMMITTED all the same.
  if (r.takes("ISOLATION LEVEL")) r.oneOf("SERIALIZABLE", "READ COMMITTED", "READ UNCOMMITTED", "REPEATABLE READ");
  const readOnly = r.takes("READ ONLY");
  if (!readOnly) r.takes("READ WRITE");
  r.end();
  return ending("BEGIN", "begin", readOnly ? "BEGIN READ ONLY" : "BEGIN");
}

/** COMMIT, END [ WORK | TRANSACTION ] */
export function commit(r: Reader): Command {
  if (!r.takes("WORK")) r.takes("TRANSACTION");
  r.end();
  return ending("COMMIT", "commit", "COMMIT");
}

/** ROLLBACK, ABORT [ WORK | TRANSACTION ] */
export function rollback(r: Reader): Command {
  if (r.takes("TO")) {
    r.takes("SAVEPOINT");
    throw refusals.rollbackTo(r.name());
  }
  if (!r.takes("WORK")) r.takes("TRANSACTION");
  r.end();
  return ending("ROLLBACK", "rollback", "ROLLBACK");
}

/** SAVEPOINT and RELEASE, of which only a report says that they are taken. */
export function savepoint(): never {
  throw unsure("savepoints");
}

function ending(tag: string, transaction: NonNullable<Command["transaction"]>, sql: string): Command {
  return { ...command(tag, ({ db }: Context) => db.run(sql)), transaction };
}

/** What no rule is for. */
export function unknown(r: Reader): never {
  throw syntaxError(r.tokens[0]?.source);
}
