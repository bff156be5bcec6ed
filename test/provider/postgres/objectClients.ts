import { Client } from "pg";
import type { PostgresServer } from "../../postgres/server.js";

/** Connections of a server's superuser, one a database, which are kept: thousands of questions are asked. */
export class Clients {
  private readonly open = new Map<string, Promise<Client>>();

  constructor(private readonly server: PostgresServer) {}

  /** Runs SQL in a database, or, for "", in the one that always is. */
  async query<Row extends object>(database: string, sql: string, values?: readonly unknown[]): Promise<Row[]> {
    const client = await (this.open.get(database) ?? this.connect(database));
    const { rows } = await client.query<Row>(sql, values === undefined ? undefined : [...values]);
    return rows;
  }

  private connect(database: string): Promise<Client> {
    const { host, port, user, password } = this.server;
    const client = new Client({ host, port, user, password, database: database || "postgres" });
    // The database can be dropped by force.
    client.on("error", () => this.open.delete(database));
    const made = client.connect().then(() => client);
    this.open.set(database, made);
    made.catch(() => this.open.delete(database));
    return made;
  }

  /** Leaves all databases, so that they can be dropped. */
  async leave(): Promise<void> {
    const clients = [...this.open].filter(([database]) => database !== "");
    for (const [database] of clients) this.open.delete(database);
    for (const [, client] of clients) await (await client).end();
  }

  async close(): Promise<void> {
    await this.leave();
    await (await this.open.get(""))?.end();
    this.open.clear();
  }
}
