import { rm } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { runAs } from "./account.js";
import { lastLines, type PostgresVersion } from "./binaries.js";
import { clientOf } from "./client.js";
import { copyTemplate, readIfThere, SUPERUSER, template, type Template, writeServerFile } from "./cluster.js";
import type { Certificate } from "./certificates.js";
import { serverPid } from "./serverProcess.js";

export { POSTGRES_VERSIONS, type PostgresVersion } from "./binaries.js";
export { keepServers, removeRun } from "./runFolder.js";

/** How a server is to be. */
export interface PostgresOptions {
  readonly version: PostgresVersion;
  /** A free one, unless given. */
  readonly port?: number;
  /** Writes every statement to the server's log, as a canary test wants it. */
  readonly logStatements?: boolean;
  /** Further settings, as in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /**
   * Lines of pg_hba.conf. They decide for everybody but the superuser, who always gets in from this machine with the
   * password; who is met by none of them gets in with a password by scram-sha-256.
   */
  readonly hba?: readonly string[];
  /** Offers TLS with this certificate, and believes client certificates that `clientCa` (PEM) signed. */
  readonly ssl?: Certificate & { readonly clientCa?: string };
}

/** As whom, and where, to run a statement. */
export interface QueryOptions {
  readonly database?: string;
  readonly user?: string;
  readonly password?: string;
  readonly values?: readonly unknown[];
}

/** A running server. */
export interface PostgresServer {
  readonly version: PostgresVersion;
  readonly host: "127.0.0.1";
  readonly port: number;
  /** The superuser, with a password that is new in each process. */
  readonly user: string;
  readonly password: string;
  /** The process id of the server's first process. */
  readonly pid: number;
  /** The folder with the server's data and log. It goes when the server stops. */
  readonly folder: string;
  /** The server's own log so far; after `stop`, all of it. */
  log(): Promise<string>;
  /** Runs SQL in a connection of its own, as the superuser unless told otherwise. Gives the last statement's rows. */
  query<Row extends object = Record<string, unknown>>(sql: string, options?: QueryOptions): Promise<Row[]>;
  /** Stops the server, ends its connections and removes its data. To call it again does nothing. */
  stop(): Promise<void>;
}

const HOST = "127.0.0.1";

/**
 * Starts a real PostgreSQL of its own on a free port of this machine. It ends when it is told to, and at the latest
 * with this process, however that ends.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const from = await template[options.version]();
  const folder = await copyTemplate(from);
  try {
    await configure(from, folder, options);
    const port = await launch(from, folder, options.port);
    const pid = await serverPid(path.join(folder, "data"));
    if (pid === undefined) throw new Error(`PostgreSQL ended right after its start: ${await lastOfLog(folder)}`);
    return serverIn(from, folder, port, pid);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Writes the server's settings, who may log in how, and its certificate. */
async function configure(from: Template, folder: string, options: PostgresOptions): Promise<void> {
  const file = (name: string): string => path.join(folder, "data", name);
  const settings: Record<string, string | number | boolean> = { ...SETTINGS };
  if (options.logStatements) settings["log_statement"] = "all";
  if (options.ssl) {
    Object.assign(settings, { ssl: true, ssl_cert_file: "server.crt", ssl_key_file: "server.key" });
    await writeServerFile(from, file("server.crt"), options.ssl.cert);
    await writeServerFile(from, file("server.key"), options.ssl.key);
    if (options.ssl.clientCa !== undefined) {
      settings["ssl_ca_file"] = "clients.crt";
      await writeServerFile(from, file("clients.crt"), options.ssl.clientCa);
    }
  }
  // The server reads this file after postgresql.conf, which stays as initdb found it best for the machine.
  await writeServerFile(from, file("postgresql.auto.conf"), settingsText({ ...settings, ...options.settings }));
  await writeServerFile(from, file("pg_hba.conf"), hbaText(options.hba ?? []));
}

const SETTINGS = {
  listen_addresses: HOST,
  // libpq's default folder for sockets is common to all servers of a machine.
  unix_socket_directories: "",
  // Data that live for minutes need not survive a crash of the machine.
  fsync: false,
  synchronous_commit: false,
  full_page_writes: false,
  wal_level: "minimal",
  max_wal_senders: 0,
  log_line_prefix: "%m [%p] %q%u@%d ",
  timezone: "UTC",
  log_timezone: "UTC",
};

function settingsText(settings: Readonly<Record<string, string | number | boolean>>): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${String(value).replaceAll("'", "''")}'\n`);
  return lines.join("");
}

function hbaText(lines: readonly string[]): string {
  const own = `host all ${SUPERUSER} ${HOST}/32 scram-sha-256`;
  return `${[own, ...lines, "host all all all scram-sha-256"].join("\n")}\n`;
}

/**
 * Starts the server with pg_ctl, which returns when the server is ready or has given up.
 * @returns the port
 */
async function launch(from: Template, folder: string, wanted: number | undefined): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const port = wanted ?? (await freePort());
    const log = await tryLaunch(from, folder, port);
    if (log === undefined) return port;
    const taken = /could not bind/i.test(log);
    // Somebody else can take a free port before the server does.
    if (taken && wanted === undefined && attempt < 10) continue;
    const what = `PostgreSQL ${String(from.version)} did not start on port ${String(port)} of ${HOST}`;
    throw new Error(
      taken
        ? `${what}: the port is in use. Choose another port, or stop what listens there.`
        : `${what}. It said:\n${lastLines(log)}`,
    );
  }
}

/** Tries one port; gives the server's log if it did not start. */
async function tryLaunch(from: Template, folder: string, port: number): Promise<string | undefined> {
  await rm(logFile(folder), { force: true });
  const args = ["start", "-D", path.join(folder, "data"), "-l", logFile(folder), "-w", "-t", "60"];
  const outputFile = path.join(folder, "output");
  const finished = await runAs(from.account, from.programs.pg_ctl, [...args, "-o", `-p ${String(port)}`], {
    cwd: folder,
    outputFile,
  });
  return finished.code === 0 ? undefined : `${await readIfThere(logFile(folder))}\n${finished.output}`;
}

function logFile(folder: string): string {
  return path.join(folder, "log");
}

async function lastOfLog(folder: string): Promise<string> {
  return lastLines(await readIfThere(logFile(folder)));
}

/** A port that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once("error", reject);
    probe.listen(0, HOST, () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => {
        resolve(port);
      });
    });
  });
}

function serverIn(from: Template, folder: string, port: number, pid: number): PostgresServer {
  let stopped: Promise<string> | undefined;
  const common = { version: from.version, host: HOST, port, user: SUPERUSER, password: from.password } as const;
  return {
    ...common,
    pid,
    folder,
    log: () => stopped ?? readIfThere(logFile(folder)),
    query: (sql, options) => query(common, sql, options),
    stop: async () => {
      stopped ??= stop(from, folder);
      await stopped;
    },
  };
}

/** Stops a server and gives its whole log. */
async function stop(from: Template, folder: string): Promise<string> {
  // "fast": connections are ended, with the error that clients get from any orderly shutdown.
  const args = ["stop", "-D", path.join(folder, "data"), "-m", "fast", "-w", "-t", "60"];
  const outputFile = path.join(folder, "output");
  const { code, output } = await runAs(from.account, from.programs.pg_ctl, args, { cwd: folder, outputFile });
  const alive = await serverPid(path.join(folder, "data"));
  if (code !== 0 && alive !== undefined) throw new Error(`PostgreSQL does not stop: ${lastLines(output)}`);
  const log = await readIfThere(logFile(folder));
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  return log;
}

async function query<Row extends object>(
  server: Pick<PostgresServer, "host" | "port" | "user" | "password">,
  sql: string,
  options: QueryOptions = {},
): Promise<Row[]> {
  const { user = server.user, password = server.password, database } = options;
  const client = clientOf({ ...server, user, password }, database);
  await client.connect();
  try {
    const values = options.values && [...options.values];
    const result = await client.query<Row>(sql, values);
    // Several statements in one text give an array, whatever the type says.
    const last = ([] as (typeof result)[]).concat(result).at(-1);
    return last?.rows ?? [];
  } finally {
    await client.end();
  }
}
