import { Client } from "pg";

/** Where a server is, and who logs in: for a server that tests started, its superuser. */
export interface ServerAccount {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** A client of a server, not connected yet. */
export function clientOf({ host, port, user, password }: ServerAccount, database = "postgres"): Client {
  return new Client({ host, port, user, password, database, ssl: false });
}
