import type { Holding, HoldingsReader } from "../dialect.js";
import { literal } from "./quote.js";

/** Rows of one query: more than a person reads. */
const MOST = 20;

/**
 * What users, groups and roles own and hold in a database. A user who owns something in another database than the
 * current one is dropped all the same, and leaves it to nobody.
 */
export const holdings: HoldingsReader = {
  sql(names) {
    const some = `(${names.map(literal).join(", ")})`;
    const privileges = (view: string, object: string): string =>
      `SELECT identity_name AS name, privilege_type AS held, ${object} AS object FROM ${view}
        WHERE identity_type <> 'public' AND identity_name IN ${some} ORDER BY 1, 3, 2 LIMIT ${String(MOST)};`;
    return [
      `SELECT u.usename AS name, 'owns' AS held, 'schema ' || n.nspname AS object
         FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_user u ON u.usesysid = n.nspowner
        WHERE u.usename IN ${some} ORDER BY 1, 3 LIMIT ${String(MOST)};`,
      `SELECT u.usename AS name, 'owns' AS held, n.nspname || '.' || c.relname AS object
         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         JOIN pg_catalog.pg_user u ON u.usesysid = c.relowner
        WHERE u.usename IN ${some} ORDER BY 1, 3 LIMIT ${String(MOST)};`,
      `SELECT u.usename AS name, 'owns' AS held, 'database ' || d.datname AS object
         FROM pg_catalog.pg_database d JOIN pg_catalog.pg_user u ON u.usesysid = d.datdba
        WHERE u.usename IN ${some} ORDER BY 1, 3 LIMIT ${String(MOST)};`,
      privileges("svv_schema_privileges", "'schema ' || namespace_name"),
      privileges("svv_relation_privileges", "namespace_name || '.' || relation_name"),
      privileges("svv_function_privileges", "namespace_name || '.' || function_name"),
      privileges("svv_language_privileges", "'language ' || language_name"),
      privileges("svv_database_privileges", "'database ' || database_name"),
      `SELECT grantee_name AS name, 'is given ' || privilege_type AS held, 'what ' || owner_name || ' makes' AS object
         FROM svv_default_privileges WHERE grantee_type <> 'public' AND grantee_name IN ${some}
        ORDER BY 1, 3, 2 LIMIT ${String(MOST)};`,
      `SELECT owner_name AS name, 'gives ' || privilege_type AS held, 'what it makes' AS object
         FROM svv_default_privileges WHERE owner_name IN ${some} ORDER BY 1, 3, 2 LIMIT ${String(MOST)};`,
    ].join("\n");
  },

  read: (results) => results.flat().map((row) => holding(row as { name: string; held: string; object: string })),
};

function holding({ name, held, object }: { name: string; held: string; object: string }): Holding {
  const everywhere = object.startsWith("database ");
  return { name, everywhere, what: held === "owns" ? `owns ${object}` : `${held} on ${object}` };
}
