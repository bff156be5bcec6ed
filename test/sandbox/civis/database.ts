import { Client, type QueryArrayConfig } from "pg";
import type { Execute } from "./queries.js";

/** Where a server is, and who may log in. */
interface Place {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** Values as the server writes them. */
const AS_TEXTS = { getTypeParser: () => (value: unknown) => value };

/**
 * Runs the queries of a sandbox on a real server, each in a session of its own and one statement at a time, values as
 * texts: what the API does besides is not known, so nothing may rest on it.
 */
export function onServer({ host, port, user, password }: Place): Execute {
  return async (_database, sql) => {
    if (/;\s*\S/.test(sql)) throw new Error("cannot insert multiple commands into a query");
    const client = new Client({ host, port, user, password, database: "postgres" });
    await client.connect();
    try {
      const query = { text: sql, rowMode: "array", types: AS_TEXTS };
      const { fields, rows } = await client.query<unknown[]>(query as QueryArrayConfig);
      return { columns: fields.map(({ name }) => name), rows };
    } finally {
      await client.end();
    }
  };
}
