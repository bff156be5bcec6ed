import { command, type Command, type Context } from "../command.js";
import { Refusal, refusals, unsure } from "../errors.js";
import { roleOf } from "../identities.js";
import { literal, type Reader } from "../reader.js";
import { storedPassword } from "./passwords.js";
import { PARAMETERS } from "../words.js";

const LONGEST_NAME = 127;
const [SHORTEST_TIMEOUT, LONGEST_TIMEOUT] = [60, 1_728_000];

/** The options of a user, as read; what is undefined was not said. */
interface Options {
  createdb?: boolean;
  superuser?: boolean;
  syslog?: string;
  /** null: without a password. */
  password?: string | null;
  groups?: readonly string[];
  validUntil?: string;
  limit?: number;
  /** Seconds; null for none. */
  timeout?: number | null;
  external?: string;
}

/** CREATE USER name [ WITH ] PASSWORD ... [ option ... ] */
export function createUser(r: Reader): Command {
  const name = newUserName(r);
  r.takes("WITH");
  const options = optionsOf(r, { creating: true });
  r.end();
  if (options.password === undefined) throw unsure("CREATE USER without PASSWORD");
  if (options.superuser && options.password === null) throw refusals.superuserDisabled();
  return command("CREATE USER", async ({ db }) => {
    await db.requireRight("create user", "user");
    if ((await db.identities("role", [name])).has(name)) throw refusals.roleExists(name);
    await db.administer(`CREATE ROLE ${roleOf("user", name)} LOGIN${roleOptions(options)}`);
    await db.note("user", name, { kind: "user", name, ...notes(options, name) });
    for (const group of options.groups ?? []) {
      await db.require("group", [group]);
      await db.administer(`GRANT ${roleOf("group", group)} TO ${roleOf("user", name)}`);
    }
  });
}

/** ALTER USER name { [ WITH ] option ... | RENAME TO name | SET parameter ... | RESET parameter } */
export function alterUser(r: Reader): Command {
  const name = r.userName();
  if (r.takes("RENAME TO")) return rename(r, name);
  if (r.takes("SET")) return setParameter(r, name);
  if (r.takes("RESET SESSION TIMEOUT")) return altered(r, name, { timeout: null });
  if (r.takes("RESET")) {
    knownParameter(r.word());
    r.end();
    return command("ALTER USER", ({ db }) => db.require("user", [name]));
  }
  r.takes("WITH");
  return altered(r, name, optionsOf(r, { creating: false }));
}

/** DROP USER [ IF EXISTS ] name [, ... ] */
export function dropUser(r: Reader): Command {
  const ifExists = r.takes("IF EXISTS");
  const names = r.list(() => r.userName());
  r.end();
  return command("DROP USER", async (context) => {
    await context.db.requireRight("drop user", "user");
    for (const name of names) await drop(context, name, ifExists);
  });
}

function newUserName(r: Reader): string {
  const name = r.userName();
  if (name.toLowerCase() === "public") throw new Refusal("42939", `role name "${name}" is reserved`);
  if (Buffer.byteLength(name) > LONGEST_NAME) throw unsure("a user with a name of more than 127 bytes");
  return name;
}

/** Options in any order, each once. */
function optionsOf(r: Reader, { creating }: { creating: boolean }): Options {
  const options: Options = {};
  const set = (given: Options): void => {
    if (Object.keys(given).some((key) => key in options))
      throw new Refusal("42601", "conflicting or redundant options");
    Object.assign(options, given);
  };
  do {
    if (r.takes("CREATEDB")) set({ createdb: true });
    else if (r.takes("NOCREATEDB")) set({ createdb: false });
    else if (r.takes("CREATEUSER")) set({ superuser: true });
    else if (r.takes("NOCREATEUSER")) set({ superuser: false });
    else if (r.takes("SYSLOG ACCESS")) set({ syslog: r.oneOf("RESTRICTED", "UNRESTRICTED") });
    else if (r.takes("PASSWORD")) set({ password: r.takes("DISABLE") ? null : r.string() });
    else if (r.takes("VALID UNTIL")) set({ validUntil: r.string() });
    else if (r.takes("CONNECTION LIMIT")) set({ limit: limit(r) });
    else if (r.takes("SESSION TIMEOUT")) set({ timeout: timeout(r) });
    else if (r.takes("EXTERNALID")) set({ external: r.name() });
    else if (creating && r.takes("IN GROUP")) set({ groups: r.list(() => r.name()) });
    else r.fail();
  } while (!r.atEnd());
  return options;
}

/** { number | UNLIMITED }, where -1 is no limit either. */
export function limit(r: Reader): number {
  if (r.takes("UNLIMITED")) return -1;
  const number = r.integer();
  return number >= -1 ? number : r.fail();
}

function timeout(r: Reader): number {
  const seconds = r.integer();
  if (seconds >= SHORTEST_TIMEOUT && seconds <= LONGEST_TIMEOUT) return seconds;
  throw new Refusal("22023", `SESSION TIMEOUT must be from ${String(SHORTEST_TIMEOUT)} to ${String(LONGEST_TIMEOUT)}`);
}

function roleOptions({ createdb, superuser, limit: connections, validUntil }: Options): string {
  const words = [
    ...(createdb === undefined ? [] : [createdb ? "CREATEDB" : "NOCREATEDB"]),
    ...(superuser === undefined ? [] : [superuser ? "SUPERUSER" : "NOSUPERUSER"]),
    ...(connections === undefined ? [] : [`CONNECTION LIMIT ${String(connections)}`]),
    ...(validUntil === undefined ? [] : [`VALID UNTIL ${literal(validUntil)}`]),
  ];
  return words.map((word) => ` ${word}`).join("");
}

function notes(options: Options, name: string): Record<string, unknown> {
  const { password, syslog, timeout: seconds, external } = options;
  return {
    ...(password === undefined ? {} : { password: password === null ? null : storedPassword(password, name) }),
    ...(syslog === undefined ? {} : { syslog }),
    ...(seconds === undefined ? {} : { timeout: seconds }),
    ...(external === undefined ? {} : { external }),
  };
}

function altered(r: Reader, name: string, options: Options): Command {
  r.end();
  return command("ALTER USER", async ({ db }) => {
    await db.requireRight("alter user", "user");
    const { superuser } = await db.identity("user", name);
    if (options.password === null && (options.superuser ?? superuser)) throw refusals.superuserDisabled();
    const words = roleOptions(options);
    if (words !== "") await db.administer(`ALTER ROLE ${roleOf("user", name)}${words}`);
    await db.note("user", name, notes(options, name));
  });
}

function rename(r: Reader, name: string): Command {
  const to = newUserName(r);
  r.end();
  return command("ALTER USER", async ({ db }) => {
    await db.requireRight("alter user", "user");
    await db.require("user", [name]);
    if ((await db.identities("user", [to])).has(to)) throw refusals.userExists(to);
    await db.administer(`ALTER ROLE ${roleOf("user", name)} RENAME TO ${roleOf("user", to)}`);
    // The name is part of an MD5 hash: a renamed user has no password any more.
    await db.note("user", to, { kind: "user", name: to, password: null });
  });
}

/** SET parameter { TO | = } { value [, ...] | DEFAULT } */
function setParameter(r: Reader, name: string): Command {
  knownParameter(r.word());
  if (!r.takesSymbol("=")) r.expects("TO");
  if (!r.takes("DEFAULT")) r.list(() => r.value());
  r.end();
  return command("ALTER USER", ({ db }) => db.require("user", [name]));
}

function knownParameter(parameter: string): void {
  if (!PARAMETERS.has(parameter)) throw refusals.unknownParameter(parameter);
}

async function drop({ db }: Context, name: string, ifExists: boolean): Promise<void> {
  const found = (await db.identities("user", [name])).get(name);
  if (found === undefined) {
    if (ifExists) return;
    throw refusals.userMissing(name);
  }
  const held = await db.rows<{ owns: boolean; defaults: boolean; here: boolean; elsewhere: boolean }>(
    `SELECT bool_or(here AND deptype = 'o' AND classid <> 'pg_default_acl'::regclass) AS owns,
            bool_or(here AND classid = 'pg_default_acl'::regclass) AS defaults,
            bool_or(here) AS here, bool_or(NOT here) AS elsewhere
       FROM (SELECT *, dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())) AS here
               FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = $1) d`,
    [found.oid],
  );
  const [{ owns, defaults, here, elsewhere } = { owns: false, defaults: false, here: false, elsewhere: false }] = held;
  const detail = defaults ? `owner of default privileges on new relations belonging to user ${name}` : undefined;
  if (owns) throw refusals.userOwns(name, detail);
  if (here) throw refusals.userHolds(name, detail);
  // The guide counts a privilege on a group among those that hinder; whether membership is one it does not say.
  const groups = await db.rows("SELECT 1 FROM redshift_gate.members WHERE member_id = $1", [found.oid]);
  if (groups.length > 0) throw refusals.userHolds(name);
  // Other databases are not looked at: what is there has an owner afterwards whom nobody knows.
  if (!elsewhere) return db.administer(`DROP ROLE ${roleOf("user", name)}`);
  const unknown = `unknown|${String(found.oid)}|`;
  await db.administer(`ALTER ROLE ${roleOf("user", name)} RENAME TO "${unknown}"`);
  await db.rows("SELECT redshift_gate.note($1, $2)", [unknown, JSON.stringify({ kind: "unknown", name: "unknown" })]);
}
