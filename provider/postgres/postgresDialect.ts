import { catalogue } from "./catalogQuery.js";
import type { Dialect } from "./dialect.js";
import { POSTGRES_FACTS } from "./objectKinds.js";
import { adaptToPostgres } from "./postgresArguments.js";
import { isTransient } from "./serverErrors.js";
import { builders } from "./statements.js";

/** PostgreSQL itself. */
export const postgresDialect: Dialect = {
  title: "PostgreSQL",
  facts: POSTGRES_FACTS,
  builders,
  catalogue,
  // Sent as statements and not with the connection: poolers refuse parameters that they do not know.
  session: (statementTimeoutMs) => [
    `SET statement_timeout = ${String(statementTimeoutMs)};`,
    "SET client_min_messages = warning;",
    "SET TIME ZONE 'UTC';",
  ],
  isTransient,
  dropsTogether: true,
  adapt: adaptToPostgres,
};
