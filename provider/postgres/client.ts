import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type pg from "pg";
import type { Connection } from "../core/connections.js";
import { CONNECTION_LOST, RosterError } from "../core/errors.js";
import type { Catalog } from "./catalog.js";
import { connectionError } from "./connectionErrors.js";
import type { DatabaseCatalog } from "./databaseCatalog.js";
import type { Dialect } from "./dialect.js";
import { dialectOf } from "./dialects.js";
import { passwordSource } from "./password.js";
import { Script, type ScriptOutcome } from "./script.js";
import { connections, type PostgresSettings } from "./settings.js";
import { numberSetting, requiredSetting } from "./settingValues.js";
import { encryption, type Encryption } from "./tls.js";

/** One connection to a server. Only this file talks to pg. */
export interface Client {
  /** Reads what all databases of the server share, in one round trip. */
  readCatalog(): Promise<Catalog>;
  /** Reads what is in the database of the connection, in one round trip; takes what is known of the server. */
  readDatabase(server: Catalog): Promise<DatabaseCatalog>;
  /** Runs statements in one round trip and one transaction. Rejects only when the connection broke. */
  run(statements: readonly string[]): Promise<ScriptOutcome>;
  /** The rows of each statement of a text, in one round trip. */
  rows(sql: string): Promise<unknown[][]>;
  /** How the connection is encrypted; undefined where it is not. Left out where others connect to the server. */
  encryption?(): Encrypted | undefined;
  /** Ends the connection. */
  close(): Promise<void>;
  /** Whether the connection broke, or was ended. */
  readonly broken: boolean;
}

/** An encrypted connection. */
export interface Encrypted {
  /** Whether the server's certificate was held against the authorities that are trusted. */
  readonly verified: boolean;
  /** When that certificate ends. */
  readonly until: Date | undefined;
}

/** The same connection to another database of the server. */
export function toDatabase(connection: Connection<PostgresSettings>, database: string): Connection<PostgresSettings> {
  const { settings } = connection;
  if (settings.database.value === database) return connection;
  return { ...connection, settings: { ...settings, database: { value: database, source: "the resource" } } };
}

/** `connection postgres (db.example.com:5432, database postgres)`, for messages. */
export function describe(connection: Connection<PostgresSettings>): string {
  const { host, port, database, via, civisUrl } = connection.settings;
  if (via.value === "civis") {
    return `connection ${connection.name} (database ${database.value ?? ""} through Civis Platform, ${civisUrl.value ?? ""})`;
  }
  const where = `${host.value ?? "no host"}:${port.value ?? ""}`;
  return `connection ${connection.name} (${where}, database ${database.value ?? ""})`;
}

/** Connects, and makes the session fit for Roster. Throws a RosterError that says which setting is wrong. */
export async function connect(connection: Connection<PostgresSettings>): Promise<Client> {
  // Before anything is sent: a setting that is not valid needs no connection.
  const timeout = Math.round(numberSetting(connection, "statementTimeout") * 1000);
  const dialect = dialectOf(connection);
  const source = passwordSource(connection);
  const attempts = encryption(connection);
  // Loaded here and not with this file: a preview with nothing to do connects to nothing.
  const driver = loadDriver();
  let renewed = false;
  for (let index = 0; index < attempts.length;) {
    const password = await source.token();
    const client = new driver.Client(clientConfig(connection, attempts[index]?.ssl ?? false, password));
    // A connection that breaks tells it twice: to whoever waits for an answer, and here. Without this line Node.js would
    // take the second for an error that nobody handles.
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.query(dialect.session(timeout).join(" "));
      return new OpenClient(client, connection, driver.DatabaseError, longestSilence(connection), dialect);
    } catch (error) {
      // Not waited for: after some failures of TLS it never comes to an end.
      void client.end().catch(() => undefined);
      // A password that ends may have ended meanwhile; the next one is new.
      if (!renewed && isRefusedPassword(error) && source.refused(password)) {
        renewed = true;
        continue;
      }
      // `prefer` takes a plain connection where the server has no TLS; every other failure is final.
      index += 1;
      if (index === attempts.length || !noTls(error)) throw connectionError(connection, error);
    }
  }
  throw new RosterError(`no way to connect to ${describe(connection)}`);
}

/**
 * The driver asks by `navigator` whether it runs at Cloudflare, and where there is none, as in Node.js 20, by making a
 * Response of fetch, for which Node.js loads its whole HTTP client: longer than the driver itself takes. So while it
 * loads there is one that says what that of later versions says.
 */
function loadDriver(): typeof pg {
  const lacks = !("navigator" in globalThis);
  const userAgent = `Node.js/${process.versions.node.split(".")[0] ?? ""}`;
  if (lacks) Object.defineProperty(globalThis, "navigator", { value: { userAgent }, configurable: true });
  try {
    // With `require`, as the first import() of a process loads the loader of ES modules too.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require("pg") as typeof pg;
  } finally {
    if (lacks) Reflect.deleteProperty(globalThis, "navigator");
  }
}

/**
 * Milliseconds after which a server that says nothing counts as gone: one statement's time and the time for a
 * connection. The server's own statement_timeout is of no use where the server, or the way to it, has stopped. 0 for
 * no limit.
 */
function longestSilence(connection: Connection<PostgresSettings>): number {
  const [statement, connect] = [
    numberSetting(connection, "statementTimeout"),
    numberSetting(connection, "connectTimeout"),
  ];
  return statement === 0 || connect === 0 ? 0 : Math.round((statement + connect) * 1000);
}

/** A token of a cloud's IAM that has ended is refused in the way of PAM (28000) and not as a password (28P01). */
function isRefusedPassword(error: unknown): boolean {
  return ["28P01", "28000"].includes(String((error as { code?: unknown }).code));
}

function noTls(error: unknown): boolean {
  return error instanceof Error && error.message.includes("does not support SSL");
}

function clientConfig(
  connection: Connection<PostgresSettings>,
  ssl: Encryption["ssl"],
  password: string,
): pg.ClientConfig {
  return {
    host: requiredSetting(connection, "host"),
    port: numberSetting(connection, "port"),
    user: requiredSetting(connection, "user"),
    database: requiredSetting(connection, "database"),
    // A function, so that pg does not look for PGPASSWORD itself: that one counts for the default connection only.
    password: () => password,
    ssl,
    connectionTimeoutMillis: numberSetting(connection, "connectTimeout") * 1000,
    application_name: "pulumi-roster",
    ...startOptions(connection),
    keepAlive: true,
  };
}

/**
 * What the session starts with. The role to assume is part of it, and no statement after it: so RESET ROLE leads back
 * to that role and not to the account that logged in.
 */
function startOptions(connection: Connection<PostgresSettings>): { options?: string } {
  const role = connection.settings.assumeRole.value ?? "";
  // pg takes PGOPTIONS for every connection. It counts for the default one, like the other variables of libpq.
  const own = connection.name === connections.defaultName ? (process.env["PGOPTIONS"] ?? "") : "";
  if (role !== "") return { options: `${own} -c role=${role.replace(/[\\\s]/g, "\\$&")}`.trim() };
  return own === "" && process.env["PGOPTIONS"] !== undefined ? { options: " " } : {};
}

/**
 * Class 01 is that of warnings, in whatever language the server speaks; 01P01 says that something done is going out of
 * use, such as a password hashed with MD5.
 */
function isWarning(code: string | undefined): boolean {
  return code?.startsWith("01") === true && code !== "01P01";
}

/** The socket under a client. pg's types do not tell of it; after the handshake it is that of the encryption. */
function socketOf(client: pg.Client): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream;
}

class OpenClient implements Client {
  broken = false;
  private running: Script | undefined;
  /** What was asked last. One thing is asked at a time: pg does not queue for much longer. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly client: pg.Client,
    private readonly connection: Connection<PostgresSettings>,
    /** What the server said no with, in contrast to a connection that broke. */
    private readonly refusals: typeof pg.DatabaseError,
    private readonly silence: number,
    private readonly dialect: Dialect,
  ) {
    client.on("error", () => {
      this.broken = true;
    });
    client.on("end", () => {
      this.broken = true;
    });
    client.on("notice", (notice) => {
      if (isWarning(notice.code)) this.running?.noticed(notice.message ?? "");
    });
  }

  async readCatalog(): Promise<Catalog> {
    const { sql, read } = this.dialect.catalogue;
    return read(await this.rows(sql));
  }

  async readDatabase(server: Catalog): Promise<DatabaseCatalog> {
    const { sql, read } = this.dialect.catalogue.inside;
    return read(await this.rows(sql), server);
  }

  async rows(sql: string): Promise<unknown[][]> {
    try {
      const results = (await this.alone(() => this.client.query(sql))) as unknown as readonly pg.QueryResult[];
      // One statement gives one result, whatever the type says.
      return ([] as pg.QueryResult[]).concat(results).map((result) => result.rows as unknown[]);
    } catch (error) {
      throw this.lost(error) ?? connectionError(this.connection, error);
    }
  }

  async run(statements: readonly string[]): Promise<ScriptOutcome> {
    const { transaction } = this.dialect;
    // What is alone is a transaction of its own, and may be what no other transaction takes.
    if (transaction === undefined || statements.length < 2) return this.script(statements);
    const { begin, commit, rollback } = transaction;
    const { completed, error, warnings } = await this.script([begin, ...statements, commit]);
    if (error !== undefined) await this.script([rollback]);
    return {
      // BEGIN and COMMIT are not the caller's.
      completed: Math.min(Math.max(completed - 1, 0), statements.length),
      error,
      warnings: warnings.map(({ statement, message }) => ({ statement: statement - 1, message })),
    };
  }

  encryption(): Encrypted | undefined {
    const socket = socketOf(this.client);
    if (!(socket instanceof TLSSocket)) return undefined;
    const { valid_to: end } = socket.getPeerCertificate() as { valid_to?: string };
    return { verified: socket.authorized, until: end === undefined ? undefined : new Date(end) };
  }

  async close(): Promise<void> {
    this.broken = true;
    await this.alone(() => this.client.end());
  }

  private async script(statements: readonly string[]): Promise<ScriptOutcome> {
    const outcome = await this.alone(() => {
      const script = new Script(statements.join("\n"));
      this.running = script;
      this.client.query(script);
      return script.done;
    });
    this.running = undefined;
    if (outcome.error === undefined) return outcome;
    const lost = this.lost(outcome.error);
    if (lost !== undefined) throw lost;
    return outcome;
  }

  private alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(() => this.heard(work));
    this.last = done.catch(() => undefined);
    return done;
  }

  /** Ends the connection when nothing is heard for too long while an answer is owed. */
  private async heard<T>(work: () => Promise<T>): Promise<T> {
    const socket = socketOf(this.client);
    const giveUp = (): void => {
      socket.destroy(new Error(`the server said nothing for ${String(this.silence / 1000)} seconds`));
    };
    socket.setTimeout(this.silence, giveUp);
    try {
      return await work();
    } finally {
      socket.setTimeout(0);
      socket.off("timeout", giveUp);
    }
  }

  private lost(error: unknown): RosterError | undefined {
    if (error instanceof this.refusals && !/^(08|57P)/.test(error.code ?? "")) return undefined;
    this.broken = true;
    return new RosterError(`${describe(this.connection)} broke`, {
      said: error instanceof Error ? error.message : String(error),
      remedy: "Run the same command again: it looks at the server first and does only what is left.",
      code: CONNECTION_LOST,
      cause: error,
    });
  }
}
