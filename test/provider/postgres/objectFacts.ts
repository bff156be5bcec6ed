import type { Clients } from "./objectClients.js";
import { DATABASES, OBJECT_GROUPS, OBJECT_USERS } from "./objectSequences.js";
import { SUPERUSER } from "../../postgres/cluster.js";
import { IGNORED, STRANGER } from "./sequences.js";

/** Something that privileges are on: a database, a schema, what is in one, or what an owner will make. */
export interface Thing {
  readonly kind: string;
  readonly database: string;
  readonly schema: string;
  readonly name: string;
  readonly owner: string;
  readonly comment: string | null;
  readonly connectionLimit: number | null;
  /** By grantee and privilege: whether it may be given on. */
  readonly items: ReadonlyMap<string, boolean>;
}

/** What is in the databases of a server. */
export interface Facts {
  /** By `keyOf`. */
  readonly things: ReadonlyMap<string, Thing>;
  /** Who can make something, by database and schema. */
  readonly creators: ReadonlyMap<string, readonly string[]>;
}

/** What stands for a thing, whatever happens to it. */
export function keyOf({ kind, database, schema, name }: Pick<Thing, "kind" | "database" | "schema" | "name">): string {
  return [kind, database, schema, name].join(" ");
}

interface Row extends Omit<Thing, "items" | "database"> {
  readonly acl: readonly (readonly [string, string, boolean])[] | null;
}

const exploded = (acl: string): string => `(SELECT json_agg(json_build_array(
    CASE WHEN x.grantee = 0 THEN 'public' ELSE pg_get_userbyid(x.grantee) END, x.privilege_type, x.is_grantable))
  FROM aclexplode(${acl}) x)`;

const THINGS = `
SELECT 'database' AS kind, '' AS schema, datname::text AS name, pg_get_userbyid(datdba)::text AS owner,
       shobj_description(oid, 'pg_database') AS comment, datconnlimit AS "connectionLimit",
       ${exploded("coalesce(datacl, acldefault('d', datdba))")} AS acl
  FROM pg_database WHERE datname = current_database()
UNION ALL
SELECT 'schema', n.nspname, '', pg_get_userbyid(nspowner), obj_description(oid, 'pg_namespace'), NULL,
       ${exploded("coalesce(nspacl, acldefault('n', nspowner))")}
  FROM pg_namespace n WHERE nspname IN ('s1', 's2', 'public')
UNION ALL
SELECT CASE relkind WHEN 'S' THEN 'sequence' ELSE 'table' END, n.nspname, relname, pg_get_userbyid(relowner), NULL, NULL,
       ${exploded(`coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))`)}
  FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
 WHERE nspname IN ('s1', 's2', 'public') AND relkind IN ('r', 'S')
UNION ALL
SELECT 'column', n.nspname, relname || '.' || attname, pg_get_userbyid(relowner), NULL, NULL, ${exploded("attacl")}
  FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
 WHERE nspname IN ('s1', 's2', 'public') AND relkind = 'r' AND attnum > 0
UNION ALL
SELECT 'function', n.nspname, proname, pg_get_userbyid(proowner), NULL, NULL, ${exploded("coalesce(proacl, acldefault('f', proowner))")}
  FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname IN ('s1', 's2', 'public')
UNION ALL
SELECT 'future ' || k.kind, s.schema, r.rolname, r.rolname, NULL, NULL,
       ${exploded(`coalesce(d.defaclacl, CASE s.schema WHEN '' THEN acldefault(CASE k.code WHEN 'S' THEN 's' ELSE k.code END, r.oid) END)`)}
  FROM pg_roles r
  CROSS JOIN (VALUES ('table', 'r'::"char"), ('sequence', 'S'), ('function', 'f'), ('schema', 'n')) k(kind, code)
  CROSS JOIN (VALUES (0::oid, '') UNION ALL SELECT oid, nspname FROM pg_namespace
               WHERE nspname IN ('s1', 's2', 'public')) s(oid, schema)
  LEFT JOIN pg_default_acl d ON d.defaclrole = r.oid AND d.defaclnamespace = s.oid AND d.defaclobjtype = k.code
 WHERE r.rolname = ANY ($1) AND NOT (k.kind = 'schema' AND s.schema <> '')`;

/**
 * Who can make something in a schema: its owner, those who may create there, and those who own something there, each
 * with its members; so superusers too. That everybody may create counts for nobody.
 */
const CREATORS = `
SELECT n.nspname::text AS schema, array_agg(DISTINCT r.rolname::text) AS names
  FROM pg_namespace n CROSS JOIN pg_roles r
 WHERE n.nspname IN ('s1', 's2', 'public') AND r.rolname !~ '^pg_'
   AND EXISTS (
     SELECT FROM (
       SELECT nspowner AS role
       UNION SELECT x.grantee FROM aclexplode(coalesce(nspacl, acldefault('n', nspowner))) x
              WHERE x.privilege_type = 'CREATE' AND x.grantee <> 0
       UNION SELECT relowner FROM pg_class WHERE relnamespace = n.oid AND relkind IN ('r', 'S')
       UNION SELECT proowner FROM pg_proc WHERE pronamespace = n.oid
     ) c WHERE pg_has_role(r.oid, c.role, 'MEMBER'))
 GROUP BY 1`;

/** Reads the databases of histories as superuser, without the code that is tested. */
export async function readFacts(clients: Clients): Promise<Facts> {
  const things = new Map<string, Thing>();
  const creators = new Map<string, readonly string[]>();
  const present = await clients.query<{ name: string }>("", "SELECT datname AS name FROM pg_database");
  const roles = [...OBJECT_USERS, ...OBJECT_GROUPS, ...IGNORED, STRANGER, SUPERUSER];
  for (const database of DATABASES.filter((each) => present.some(({ name }) => name === each))) {
    for (const { acl, ...row } of await clients.query<Row>(database, THINGS, [roles])) {
      const items = new Map<string, boolean>();
      for (const [grantee, privilege, grantable] of acl ?? []) {
        const item = `${grantee} ${privilege}`;
        items.set(item, grantable || items.get(item) === true);
      }
      const name = row.kind === "database" ? "" : row.name;
      const thing = { ...row, database, name, items };
      things.set(keyOf(thing), thing);
    }
    const makers = await clients.query<{ schema: string; names: string[] }>(database, CREATORS);
    for (const { schema, names } of makers) creators.set(`${database} ${schema}`, names);
  }
  return { things, creators };
}
