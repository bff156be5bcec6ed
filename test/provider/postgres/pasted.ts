import { spawnSync } from "node:child_process";
import type { PostgresServer } from "../../postgres/server.js";

/*
 * What a person does with a plan: pastes it into psql. Where there is no psql, what psql does with it is done here: it
 * goes to another database at \connect, and puts values in place of variables.
 */

/** Whether this machine has a psql. */
export const HAS_PSQL = spawnSync("psql", ["--version"]).status === 0;

/** Pastes a plan into psql, with values for its variables. Throws at the first statement that is refused. */
export function pasteIntoPsql(
  { host, port, user, password }: PostgresServer,
  plan: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  const given = Object.entries(variables).flatMap(([name, value]) => ["-v", `${name}=${value}`]);
  const where = ["-h", host, "-p", String(port), "-U", user, "-d", "postgres"];
  const { status, stderr } = spawnSync("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", ...given, ...where], {
    input: plan.map((line) => `${line}\n`).join(""),
    encoding: "utf8",
    env: { ...process.env, PGPASSWORD: password },
  });
  return status === 0 ? Promise.resolve() : Promise.reject(new Error(stderr));
}

/** The same without psql. Statements of a plan are one a line. */
export async function pasteLineByLine(
  server: PostgresServer,
  plan: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  let database = "postgres";
  let role = "";
  for (const line of plan) {
    const to = databaseIn(line);
    if (to !== undefined) database = to;
    else if (/^(RE)?SET ROLE\b/.test(line)) role = line.startsWith("RESET") ? "" : `${line} `;
    else if (!line.startsWith("--")) {
      const sql = line.replace(/:'(\w+)'/g, (_, name: string) => `'${(variables[name] ?? "").replaceAll("'", "''")}'`);
      await server.query(role + sql, { database });
    }
  }
}

/** The database to which a line connects, as `connectTo` writes it. */
function databaseIn(line: string): string | undefined {
  const plain = /^\\connect (\w+)$/.exec(line)?.[1];
  if (plain !== undefined) return plain;
  const quoted = /^\\connect -reuse-previous=on "dbname='(.*)'"$/.exec(line)?.[1];
  return quoted?.replaceAll('""', '"').replace(/\\(.)/g, "$1");
}

const items = (acl: string): string =>
  `(SELECT string_agg(format('%s=%s%s/%s', x.grantee::regrole, x.privilege_type, CASE WHEN x.is_grantable THEN '*' END, x.grantor::regrole), ',' ORDER BY x.grantee::regrole::text, x.privilege_type, x.grantor::regrole::text)
      FROM aclexplode(${acl}) x)`;

/** What all databases of a server share, as lines of text. */
const SERVER = `
  SELECT format('role %s %s%s%s%s%s %s %s %s', rolname, rolsuper, rolcanlogin, rolcreatedb, rolcreaterole, rolinherit, rolconnlimit, rolvaliduntil, rolpassword IS NULL) AS line FROM pg_authid
  UNION ALL SELECT format('comment %s', shobj_description(oid, 'pg_authid')) FROM pg_authid
  UNION ALL SELECT format('member %s %s %s', roleid::regrole, member::regrole, admin_option) FROM pg_auth_members
  UNION ALL SELECT format('setting %s %s', setrole::regrole, setconfig) FROM pg_db_role_setting
  UNION ALL SELECT format('database %s %s %s %s %s', datname, datdba::regrole, datconnlimit, shobj_description(oid, 'pg_database'), ${items("datacl")}) FROM pg_database
  UNION ALL SELECT format('tablespace %s %s', spcname, ${items("spcacl")}) FROM pg_tablespace`;
const PARAMETERS = `
  UNION ALL SELECT format('parameter %s %s', parname, ${items("paracl")}) FROM pg_parameter_acl`;
const INSIDE = `
  SELECT format('schema %s %s %s %s', nspname, nspowner::regrole, obj_description(oid, 'pg_namespace'), ${items("nspacl")}) AS line FROM pg_namespace WHERE nspname !~ '^pg_'
  UNION ALL SELECT format('class %s %s %s', oid::regclass, relowner::regrole, ${items("relacl")}) FROM pg_class WHERE oid >= 16384 AND relkind IN ('r', 'v', 'S')
  UNION ALL SELECT format('column %s %s %s', attrelid::regclass, attname, ${items("attacl")}) FROM pg_attribute WHERE attacl IS NOT NULL AND attrelid >= 16384
  UNION ALL SELECT format('function %s %s', oid::regprocedure, ${items("proacl")}) FROM pg_proc WHERE oid >= 16384
  UNION ALL SELECT format('language %s %s', lanname, ${items("lanacl")}) FROM pg_language
  UNION ALL SELECT format('server %s %s', srvname, ${items("srvacl")}) FROM pg_foreign_server
  UNION ALL SELECT format('wrapper %s %s', fdwname, ${items("fdwacl")}) FROM pg_foreign_data_wrapper
  UNION ALL SELECT format('default %s %s %s %s', defaclrole::regrole, defaclnamespace::regnamespace, defaclobjtype, ${items("defaclacl")}) FROM pg_default_acl`;

/** Everything on a server that a plan can change, as sorted lines. */
export async function everything(server: PostgresServer, version: number): Promise<string[]> {
  const shared = await server.query<{ line: string }>(SERVER + (version < 15 ? "" : PARAMETERS));
  const names = await server.query<{ name: string }>(
    "SELECT datname AS name FROM pg_database WHERE datallowconn ORDER BY 1",
  );
  const lines = shared.map(({ line }) => line);
  for (const { name } of names) {
    const rows = await server.query<{ line: string }>(INSIDE, { database: name });
    lines.push(...rows.map(({ line }) => `${name}: ${line}`));
  }
  return lines.sort();
}
