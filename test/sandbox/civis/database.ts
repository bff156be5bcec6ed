import { Client, type QueryArrayConfig } from "pg";
import type { PostgresServer } from "../../postgres/server.js";
import type { Execute } from "./queries.js";

/** Values as the server writes them. */
const AS_TEXTS = { getTypeParser: () => (value: unknown) => value };

/**
 * Runs the queries of a sandbox on a real server, each in a session of its own and one statement at a time, values as
 * texts: what the API does besides is not known, so nothing may rest on it.
 */
export function onServer(server: PostgresServer, options?: string): Execute {
  return async (_database, sql) => {
    const { host, port, user, password } = server;
    const client = new Client({ host, port, user, password, database: "postgres", ...(options ? { options } : {}) });
    await client.connect();
    try {
      const query = { text: sql, rowMode: "array", queryMode: "extended", types: AS_TEXTS };
      const { fields, rows } = await client.query<unknown[]>(query as QueryArrayConfig);
      return { columns: fields.map(({ name }) => name), rows };
    } finally {
      await client.end();
    }
  };
}
