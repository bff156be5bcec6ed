import type { Connection } from "../../../provider/core/connections.js";
import { CONNECTION_LOST, RosterError } from "../../../provider/core/errors.js";
import type { Catalog } from "../../../provider/postgres/catalog.js";
import type { DatabaseCatalog } from "../../../provider/postgres/databaseCatalog.js";
import { connect, type Client } from "../../../provider/postgres/client.js";
import type { ScriptOutcome } from "../../../provider/postgres/script.js";
import type { PostgresSettings } from "../../../provider/postgres/settings.js";

/** What happens to a script, or to a read of the catalogue, instead of what should. */
export type Fault =
  /** The server refuses the statement with this number, counted from 0. */
  | { readonly refuse: number }
  /** The connection breaks before the server does anything, or before its answer arrives. */
  | "lost before"
  | "lost after"
  /** The whole process ends there: nothing of what follows reaches the server, and nobody hears of what came before. */
  | "killed before"
  | "killed after";

/** Chooses what happens to a script (its statements) or to a read of the catalogue (no statements). */
export type Faults = (statements: readonly string[]) => Fault | undefined;

/** What a session threw because its process had been killed. */
export class Killed extends Error {}

const REFUSED = "DO $$BEGIN RAISE EXCEPTION 'refused for the test' USING ERRCODE = '42501'; END$$;";

/**
 * The way from sessions to a server: one connection for any number of sessions, which counts what passes and in which
 * a test can make things fail. Each session believes that the connection is its own.
 */
export class Wire {
  /** Every statement that was sent, in order, also those of scripts that failed. */
  readonly statements: string[] = [];
  /** Round trips that ran scripts. */
  scripts = 0;
  /** Reads of what all databases share. */
  reads = 0;
  /** Reads of the inside of a database, by its name. */
  insides: Record<string, number> = {};
  /** Other queries, such as that for privileges on parameters. */
  readonly queries: string[] = [];
  /** Set for the time of a run. */
  faults: Faults = () => undefined;
  killed = false;
  private readonly clients = new Map<string, Promise<Client>>();

  /** What `openSession` dials. */
  readonly dial = (connection: Connection<PostgresSettings>): Promise<Client> =>
    Promise.resolve(new Line(this, connection));

  /** Forgets what was counted and what was to fail. */
  reset(): void {
    this.statements.length = 0;
    this.queries.length = 0;
    this.scripts = 0;
    this.reads = 0;
    this.insides = {};
    this.faults = () => undefined;
    this.killed = false;
  }

  /** The real connection to a database; a new one where the last one broke. */
  async open(connection: Connection<PostgresSettings>): Promise<Client> {
    const database = databaseOf(connection);
    const client = await (this.clients.get(database) ?? this.connect(connection));
    return client.broken ? this.connect(connection) : client;
  }

  private connect(connection: Connection<PostgresSettings>): Promise<Client> {
    const made = connect(connection);
    this.clients.set(databaseOf(connection), made);
    made.catch(() => this.clients.delete(databaseOf(connection)));
    return made;
  }

  /** A new run begins, in a process of its own: of the connections only that to the first database is kept, to save time. */
  begin(): void {
    for (const [database, client] of [...this.clients].slice(1)) {
      this.clients.delete(database);
      void client.then((open) => open.close()).catch(() => undefined);
    }
  }

  /** Ends the connections to databases that are about to be dropped. */
  async close(...databases: readonly string[]): Promise<void> {
    for (const database of databases) await (await this.clients.get(database))?.close();
  }
}

/** The connection of one session. */
class Line implements Client {
  broken = false;

  constructor(
    private readonly wire: Wire,
    private readonly connection: Connection<PostgresSettings>,
  ) {}

  async readCatalog(): Promise<Catalog> {
    this.wire.reads += 1;
    return this.through([], (client) => client.readCatalog());
  }

  async rows(sql: string): Promise<unknown[][]> {
    this.wire.queries.push(sql);
    return this.through([], (client) => client.rows(sql));
  }

  async readDatabase(server: Catalog): Promise<DatabaseCatalog> {
    const database = databaseOf(this.connection);
    this.wire.insides[database] = (this.wire.insides[database] ?? 0) + 1;
    return this.through([], (client) => client.readDatabase(server));
  }

  /** Other sessions go on with the connection, unless the database is to go. */
  async close(): Promise<void> {
    this.broken = true;
    await this.wire.close(databaseOf(this.connection));
  }

  async run(statements: readonly string[]): Promise<ScriptOutcome> {
    this.wire.scripts += 1;
    this.wire.statements.push(...statements);
    return this.through(statements, (client, fault) =>
      client.run(
        typeof fault === "object"
          ? statements.map((sql, index) => (index === fault.refuse ? REFUSED : sql))
          : statements,
      ),
    );
  }

  private async through<T>(
    statements: readonly string[],
    pass: (client: Client, fault: Fault | undefined) => Promise<T>,
  ): Promise<T> {
    if (this.wire.killed) throw new Killed();
    const fault = this.wire.faults(statements);
    if (fault === "killed before") this.kill();
    if (fault === "lost before") this.lose();
    const answer = await pass(await this.wire.open(this.connection), fault);
    if (fault === "killed after") this.kill();
    if (fault === "lost after") this.lose();
    return answer;
  }

  private kill(): never {
    this.wire.killed = true;
    throw new Killed();
  }

  private lose(): never {
    this.broken = true;
    throw new RosterError("the connection broke", { code: CONNECTION_LOST });
  }
}

function databaseOf({ settings }: Connection<PostgresSettings>): string {
  return settings.database.value ?? "";
}
