import { createHash } from "node:crypto";
import { once } from "node:events";
import net from "node:net";
import pg from "pg";
import { PostgresConnection, type Credentials } from "pg-gateway";
import type { Certificate } from "../../postgres/certificates.js";
import { startPostgres, type PostgresServer, type QueryOptions } from "../../postgres/server.js";
import { Backend } from "./backend.js";
import { Refusal } from "./errors.js";
import { isPassword } from "./grammar/passwords.js";
import { Session, type Fault, type Seen } from "./session.js";

/** How a gate is to be. */
export interface GateOptions {
  /** The server behind it; one of its own, unless given. */
  readonly behind?: PostgresServer;
  /** `enable_case_sensitive_identifier` for all sessions, as the cluster's parameter group sets it. */
  readonly caseSensitive?: boolean;
  /** Offers TLS with this certificate. */
  readonly ssl?: Certificate;
}

/** A cluster that behaves as Redshift does, as far as the contract knows. */
export interface Redshift {
  readonly host: "127.0.0.1";
  readonly port: number;
  /** The administrator, a superuser, with a password that is new in each process. */
  readonly user: string;
  readonly password: string;
  /** What is behind the gate, for a test that looks past it. */
  readonly behind: PostgresServer;
  /** Every statement that came, with what it was refused for. */
  readonly seen: Seen[];
  /** What is to happen to a statement instead of what should. */
  fault: Fault;
  /** A password that lets a user in for some time, as GetClusterCredentials gives one; an IAM user is called `IAM:...`. */
  temporaryPassword(user: string, until?: Date): string;
  /** Runs SQL through the gate, in a connection of its own. Gives the last statement's rows. */
  query<Row extends object = Record<string, unknown>>(sql: string, options?: QueryOptions): Promise<Row[]>;
  stop(): Promise<void>;
}

const HOST = "127.0.0.1";
const [QUERY, TERMINATE] = ["Q".charCodeAt(0), "X".charCodeAt(0)];
/** The first and the last message of an extended query. */
const [PARSE, SYNC] = ["P".charCodeAt(0), "S".charCodeAt(0)];

/** Starts PostgreSQL and the gate in front of it. */
export async function startRedshift(options: GateOptions = {}): Promise<Redshift> {
  const behind = options.behind ?? (await startPostgres({ version: 18 }));
  const gate = new Gate(behind, options);
  const server = net.createServer((socket) => {
    gate.take(socket);
  });
  server.listen(0, HOST);
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  const redshift: Redshift = {
    host: HOST,
    port,
    user: behind.user,
    password: behind.password,
    behind,
    seen: gate.seen,
    fault: () => undefined,
    temporaryPassword: (user, until = new Date(Date.now() + 900_000)) => gate.issue(user, until),
    query: (sql, how) => query(redshift, sql, how),
    stop: async () => {
      server.close();
      await gate.close();
      if (options.behind === undefined) await behind.stop();
    },
  };
  gate.fault = (statement) => redshift.fault(statement);
  return redshift;
}

class Gate {
  readonly seen: Seen[] = [];
  fault: Fault = () => undefined;
  private readonly sockets = new Set<net.Socket>();
  private readonly backends = new Set<Backend>();
  private readonly shared = new Set<string>();
  private readonly issued = new Map<string, { user: string; until: Date }>();

  constructor(
    private readonly behind: PostgresServer,
    private readonly options: GateOptions,
  ) {}

  issue(user: string, until: Date): string {
    const password = createHash("sha256")
      .update(`${user} ${String(this.issued.size)}`)
      .digest("base64url");
    this.issued.set(password, { user, until });
    return password;
  }

  take(socket: net.Socket): void {
    let backend: Backend | undefined;
    let session: Session | undefined;
    let working: Promise<unknown> = Promise.resolve();
    this.sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.sockets.delete(socket);
      void working.finally(() => this.leave(backend));
    });
    const { ssl } = this.options;
    const connection = new PostgresConnection(socket, {
      serverVersion: "8.0.2",
      authMode: "cleartextPassword",
      ...(ssl === undefined ? {} : { tls: { key: Buffer.from(ssl.key), cert: Buffer.from(ssl.cert) } }),
      onStartup: async ({ clientInfo }) => {
        const { user, database = user }: Record<string, string> = clientInfo?.parameters ?? {};
        try {
          backend = await Backend.open(this.behind, database ?? "");
          this.backends.add(backend);
          return false;
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          connection.sendError({ severity: "FATAL", code: error.code, message: error.message });
          socket.end();
          return true;
        }
      },
      validateCredentials: async (credentials) => backend !== undefined && this.lets(credentials, backend),
      onMessage: (data, { isAuthenticated }) => {
        if (!isAuthenticated || backend === undefined || data[0] === TERMINATE) return false;
        const sensitive = ["enable_case_sensitive_identifier", this.options.caseSensitive ? "on" : "off"] as const;
        const context = { db: backend, parameters: new Map<string, string>([sensitive]), shared: this.shared };
        session ??= new Session(
          context,
          (sql) => this.fault(sql),
          (seen) => {
            this.seen.push(seen);
          },
        );
        const current = session;
        working = working.then(async () => {
          if (data[0] === QUERY) {
            const sql = Buffer.from(data).toString("utf8", 5, data.length - 1);
            connection.sendData(await current.answer(sql));
          } else if (data[0] === PARSE)
            connection.sendError({ severity: "ERROR", code: "0A000", message: "the gate knows simple queries only" });
          else if (data[0] === SYNC) connection.sendReadyForQuery();
        });
        return working.then(() => true);
      },
    });
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await Promise.all([...this.backends].map((backend) => this.leave(backend)));
  }

  private async leave(backend: Backend | undefined): Promise<void> {
    if (backend === undefined) return;
    this.backends.delete(backend);
    await backend.close();
  }

  /** Whether somebody may log in; from then on statements run with their rights. */
  private async lets(credentials: Credentials, backend: Backend): Promise<boolean> {
    if (credentials.authMode !== "cleartextPassword") return false;
    const { user, password } = credentials;
    if (user === this.behind.user) return password === this.behind.password;
    const temporary = this.issued.get(password);
    const name = user.replace(/^IAMA?:/, "");
    const found =
      (await backend.identities("user", [name])).get(name) ?? (await backend.identities("user", [user])).get(user);
    if (found === undefined) return false;
    backend.login = backend.authorization = found.name;
    if (temporary !== undefined) return temporary.user === user && temporary.until > new Date();
    const stored = found.notes["password"];
    return typeof stored === "string" && isPassword(stored, password, user) && !(await isOver(backend, found.oid));
  }
}

async function isOver(backend: Backend, oid: number): Promise<boolean> {
  const [row] = await backend.rows<{ over: boolean }>(
    "SELECT coalesce(rolvaliduntil < now(), false) AS over FROM pg_roles WHERE oid = $1",
    [oid],
  );
  return row?.over ?? true;
}

async function query<Row extends object>(
  { host, port, user, password }: Redshift,
  sql: string,
  options: QueryOptions = {},
): Promise<Row[]> {
  const client = new pg.Client({
    host,
    port,
    user: options.user ?? user,
    password: options.password ?? password,
    database: options.database ?? "postgres",
    ssl: false,
  });
  await client.connect();
  try {
    const result = await client.query<Row>(sql);
    // Several statements in one text give an array, whatever the type says.
    return ([] as (typeof result)[]).concat(result).at(-1)?.rows ?? [];
  } finally {
    await client.end();
  }
}
