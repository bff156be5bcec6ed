import type { Dialect } from "../dialect.js";
import { adaptToRedshift } from "./arguments.js";
import { catalogue, columns } from "./catalogue.js";
import { facts } from "./facts.js";
import { holdings } from "./holdings.js";
import { builders } from "./statements.js";

/** Amazon Redshift, provisioned and serverless. */
export const redshiftDialect: Dialect = {
  title: "Amazon Redshift",
  facts,
  builders,
  catalogue,
  columns,
  session: (statementTimeoutMs) => [
    `SET statement_timeout TO ${String(statementTimeoutMs)};`,
    "SET timezone TO 'UTC';",
    "SET datestyle TO 'ISO';",
  ],
  transaction: { begin: "BEGIN;", commit: "COMMIT;", rollback: "ROLLBACK;" },
  isTransient,
  remedy,
  holdings,
  adapt: adaptToRedshift,
};

/**
 * Serializable isolation violation (1023), a table that the snapshot does not have (1018), a conflict over rows of the
 * catalogue, which also comes as a duplicate of default privileges; deadlocks.
 */
function isTransient(error: Error): boolean {
  const { code } = error as { code?: string };
  if (code === "40001" || code === "40P01" || code === "25P02") return true;
  if (/^(1023|1018)$/.test(error.message) || error.message.includes("conflict with concurrent transaction"))
    return true;
  return error.message.includes("pg_defacl_name_index");
}

function remedy(code: string | undefined, message: string): string | undefined {
  if (isTransient(Object.assign(new Error(message), { code })))
    return "Others change the same rights, or load the same tables, at this time. All of the transaction was undone and tried again, six times; run the command again when they are done.";
  if (/cannot be dropped because|can't be dropped because/.test(message))
    return 'Take back what it holds and give away what it owns, in every database of the cluster (there is no REASSIGN OWNED or DROP OWNED), or give the resource onRemove: "disable" or "keep".';
  if (code === "42501")
    return "Users, groups and roles are the business of superusers (CREATEUSER). A role with GRANT CREATE USER, ALTER USER, DROP USER is enough for users alone.";
  if (code === "0LP01" && message.includes("circular")) return "Take one of these grants out of the program.";
  return undefined;
}
