import { Client, escapeIdentifier } from "pg";
import type { Address } from "../contestant.js";
import { DATABASE_SQL } from "../../../provider/postgres/databaseQuery.js";
import { SCHEMA, type ServerWorkload } from "./workload.js";

/* The limit: what a bare client needs for the same, in one round trip to each database, one after the other. */

/** Makes everything. */
export async function makeBarely(address: Address, { users, databases }: ServerWorkload): Promise<void> {
  const to = users.map((name) => escapeIdentifier(name)).join(", ");
  await run(address, "postgres", [
    users.map((name) => `CREATE ROLE ${escapeIdentifier(name)} LOGIN;`).join("\n"),
    ...databases.map((name) => `CREATE DATABASE ${escapeIdentifier(name)}`),
    databases.map((name) => `GRANT CONNECT ON DATABASE ${escapeIdentifier(name)} TO ${to};`).join("\n"),
  ]);
  const inside = `CREATE SCHEMA ${SCHEMA}; GRANT USAGE ON SCHEMA ${SCHEMA} TO ${to};
    ALTER DEFAULT PRIVILEGES IN SCHEMA ${SCHEMA} GRANT SELECT ON TABLES TO ${to};
    ALTER DEFAULT PRIVILEGES IN SCHEMA ${SCHEMA} GRANT USAGE ON SEQUENCES TO ${to};`;
  for (const database of databases) await run(address, database, [inside]);
}

/** Looks at everything. */
export async function readBarely(address: Address, { databases }: ServerWorkload): Promise<void> {
  await run(address, "postgres", ["SELECT * FROM pg_roles; SELECT * FROM pg_database"]);
  for (const database of databases) await run(address, database, [DATABASE_SQL]);
}

/** Takes everything away. */
export async function dropBarely(address: Address, { users, databases }: ServerWorkload): Promise<void> {
  await run(address, "postgres", [
    ...databases.map((name) => `DROP DATABASE ${escapeIdentifier(name)}`),
    users.map((name) => `DROP ROLE ${escapeIdentifier(name)};`).join("\n"),
  ]);
}

async function run(address: Address, database: string, scripts: readonly string[]): Promise<void> {
  const client = new Client({ ...address, database, ssl: false });
  await client.connect();
  try {
    for (const script of scripts) await client.query(script);
  } finally {
    await client.end();
  }
}
