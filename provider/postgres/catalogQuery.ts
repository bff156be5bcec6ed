import { BLANK_ROLE, type Catalog, type Membership, type Role, type RoleSettings } from "./catalog.js";
import {
  DATABASE_SQL,
  PARAMETERS_SQL,
  databaseCatalogOf,
  databaseOf,
  explodedAcl,
  securedObjects,
  type DatabaseRow,
  type DatabaseRows,
  type SecuredRow,
} from "./databaseQuery.js";
import type { CatalogueReader } from "./dialect.js";
import { isoInstant } from "../core/instants.js";
import { POSTGRES_FACTS } from "./objectKinds.js";

/**
 * Reads what Roster needs of a server in one round trip. Everything is qualified, so that no search_path can put
 * another function or table in its place. `to_jsonb` reads columns of pg_database that not every version has. It takes
 * long where there are many rows; of memberships the two columns that only PostgreSQL 16 and later have are named, and
 * where the table has none of that name, the name means the column of `older`. Roles that are alike in everything but
 * their names are one row, and so are members of a group with equal options. Who does not inherit is a list and not a
 * join: on most servers nobody is in it, and the server does not sort memberships for it.
 */
export const CATALOG_SQL = `
SELECT pg_catalog.current_setting('server_version_num')::int AS version,
       current_user AS "currentUser",
       session_user AS "sessionUser",
       (SELECT rolname FROM pg_catalog.pg_roles WHERE oid = 10) AS "bootstrapUser",
       extract(epoch FROM pg_catalog.pg_postmaster_start_time())::text AS "startedAt",
       pg_catalog.current_database() AS database,
       (SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
            'oid', d.oid::int8, 'name', d.datname, 'owner', pg_catalog.pg_get_userbyid(d.datdba),
            'encoding', pg_catalog.pg_encoding_to_char(d.encoding), 'collate', d.datcollate, 'ctype', d.datctype,
            'provider', pg_catalog.to_jsonb(d) ->> 'datlocprovider',
            'locale', coalesce(pg_catalog.to_jsonb(d) ->> 'datlocale', pg_catalog.to_jsonb(d) ->> 'daticulocale'),
            'connectionLimit', d.datconnlimit, 'allowConnections', d.datallowconn,
            'comment', pg_catalog.shobj_description(d.oid, 'pg_database'),
            'acl', ${explodedAcl("coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))")}))
          FROM pg_catalog.pg_database d) AS databases,
       (SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
            'name', t.spcname, 'owner', pg_catalog.pg_get_userbyid(t.spcowner),
            'acl', ${explodedAcl("coalesce(t.spcacl, pg_catalog.acldefault('t', t.spcowner))")}))
          FROM pg_catalog.pg_tablespace t) AS tablespaces;

SELECT pg_catalog.json_agg(pg_catalog.json_build_array(r.oid::int8, r.rolname)) AS roles,
       r.rolcanlogin AS login, r.rolsuper AS superuser, r.rolcreatedb AS createdb, r.rolcreaterole AS createrole,
       r.rolinherit AS inherit, r.rolreplication AS replication, r.rolbypassrls AS bypassrls,
       r.rolconnlimit AS "connectionLimit",
       extract(epoch FROM r.rolvaliduntil)::float8 AS "validUntil",
       c.description AS comment,
       d.refobjid IS NOT NULL OR s.setrole IS NOT NULL AS holds, d.databases, s.settings
  FROM pg_catalog.pg_roles r
  LEFT JOIN (SELECT refobjid, pg_catalog.jsonb_agg(dbid::int8 ORDER BY dbid) AS databases
               FROM (SELECT DISTINCT refobjid, dbid FROM pg_catalog.pg_shdepend
                      WHERE refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass) held
              GROUP BY refobjid) d ON d.refobjid = r.oid
  LEFT JOIN (SELECT setrole, pg_catalog.jsonb_agg(pg_catalog.jsonb_build_array(setdatabase::int8, setconfig)
                                          ORDER BY setdatabase) AS settings
               FROM pg_catalog.pg_db_role_setting GROUP BY setrole) s ON s.setrole = r.oid
  LEFT JOIN pg_catalog.pg_shdescription c
         ON c.objoid = r.oid AND c.classoid = 'pg_catalog.pg_authid'::pg_catalog.regclass
 GROUP BY 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14;

SELECT m.roleid AS group, m.grantor, m.admin_option AS admin,
       coalesce(m.inherit_option, NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE oid = m.member AND NOT rolinherit))
         AS inherit,
       m.set_option AS set,
       pg_catalog.string_agg(m.member::text, ',') AS members
  FROM (SELECT NULL::boolean AS inherit_option, true AS set_option) older
 CROSS JOIN LATERAL (SELECT roleid, member, grantor, admin_option, inherit_option, set_option
                       FROM pg_catalog.pg_auth_members) m
 GROUP BY 1, 2, 3, 4, 5;
`;

/** The rows of the three queries in `CATALOG_SQL`. */
export interface CatalogRows {
  readonly server: {
    version: number;
    currentUser: string;
    sessionUser: string;
    bootstrapUser: string;
    startedAt: string;
    database: string;
    databases: readonly DatabaseRow[];
    tablespaces: readonly SecuredRow[];
  };
  readonly roles: readonly RoleRow[];
  readonly memberships: readonly MembershipRow[];
}

/** A number; a text in rows that come as JSON. */
type Oid = number | string;

/** A row of the second query; `validUntil` in seconds since 1970, possibly infinite. */
export interface RoleRow {
  /** Oid and name of each role that the rest is true of. */
  roles: readonly (readonly [number, string])[];
  login: boolean;
  superuser: boolean;
  createdb: boolean;
  createrole: boolean;
  inherit: boolean;
  replication: boolean;
  bypassrls: boolean;
  connectionLimit: number;
  validUntil: number | null;
  comment: string | null;
  holds: boolean;
  /** The databases in which it owns or holds something, by oid; 0 for what they share. */
  databases: readonly number[] | null;
  /** By database (0 for all), `name=value` each. */
  settings: readonly (readonly [number, readonly string[]])[] | null;
}

/** A row of the third query; roles by oid. */
export interface MembershipRow {
  group: Oid;
  /** Oids, with a comma between. */
  members: string;
  grantor: Oid;
  admin: boolean;
  inherit: boolean;
  set: boolean;
}

/** How a PostgreSQL server is read. */
export const catalogue: CatalogueReader = {
  sql: CATALOG_SQL,
  read: ([server, roles, memberships]) =>
    catalogOf({
      server: server?.[0] as CatalogRows["server"],
      roles: roles as readonly RoleRow[],
      memberships: memberships as readonly MembershipRow[],
    }),
  inside: {
    sql: DATABASE_SQL,
    read: ([schemas, objects, defaults]) =>
      databaseCatalogOf({
        schemas: schemas as DatabaseRows["schemas"],
        objects: objects as DatabaseRows["objects"],
        defaults: defaults as DatabaseRows["defaults"],
      }),
  },
  parameters: {
    since: 150000,
    sql: PARAMETERS_SQL,
    read: ([parameters]) => securedObjects(parameters as readonly SecuredRow[]),
  },
};

/** Makes a catalog of what `CATALOG_SQL` gave. */
export function catalogOf(rows: CatalogRows): Catalog {
  const names = new Map<number, string>();
  const roles = new Map<string, Role>();
  for (const row of rows.roles) {
    const alike = roleOf(row);
    for (const [oid, name] of row.roles) {
      names.set(oid, name);
      roles.set(name, { ...alike, name });
    }
  }
  const { databases, tablespaces, ...server } = rows.server;
  const databaseNames = new Map([[0, ""], ...databases.map((row) => [row.oid, row.name] as const)]);
  return {
    facts: POSTGRES_FACTS,
    server,
    roles,
    members: membersOf(rows.memberships, names),
    databases: new Map(databases.map((row) => [row.name, databaseOf(row)])),
    shared: new Map([["tablespace", securedObjects(tablespaces)]]),
    settings: new Map(rows.roles.flatMap((row) => settingsOf(row, databaseNames))),
    holdings: new Map(rows.roles.flatMap((row) => holdingsOf(row, databaseNames))),
    inside: new Map(),
  };
}

/** Who is in which group. A role that was dropped between two of the queries has no name any more. */
function membersOf(rows: readonly MembershipRow[], names: ReadonlyMap<number, string>): Catalog["members"] {
  const members: Catalog["members"] = new Map();
  for (const { group: oid, grantor, members: oids, admin, inherit, set } of rows) {
    const group = names.get(Number(oid));
    if (group === undefined) continue;
    const of = members.get(group) ?? new Map<string, readonly Membership[]>();
    members.set(group, of);
    // One value for all, as what is in the maps is never changed.
    const alike = [{ grantor: names.get(Number(grantor)) ?? "", admin, inherit, set }];
    for (const each of JSON.parse(`[${oids}]`) as number[]) {
      const member = names.get(each);
      if (member === undefined) continue;
      const others = of.get(member);
      of.set(member, others === undefined ? alike : [...others, ...alike]);
    }
  }
  return members;
}

function holdingsOf(
  { roles, databases }: RoleRow,
  names: ReadonlyMap<number, string>,
): [string, ReadonlySet<string>][] {
  if (databases === null) return [];
  // A database that was dropped in between holds nothing any more.
  const held = new Set(databases.flatMap((oid) => names.get(oid) ?? []));
  return roles.map(([, name]) => [name, held]);
}

function settingsOf({ roles, settings }: RoleRow, names: ReadonlyMap<number, string>): [string, RoleSettings][] {
  if (settings === null) return [];
  const byDatabase = settings.flatMap(([oid, config]): [string, Map<string, string>][] => {
    const database = names.get(oid);
    return database === undefined ? [] : [[database, new Map(config.map(parameterOf))]];
  });
  const set = new Map(byDatabase);
  return roles.map(([, name]) => [name, set]);
}

/** `search_path=app, public`. Names of parameters mean the same in upper and lower case. */
function parameterOf(text: string): [string, string] {
  const at = text.indexOf("=");
  return [text.slice(0, at).toLowerCase(), text.slice(at + 1)];
}

/** What the roles of a row have in common. */
function roleOf({ roles: _names, databases: _in, settings: _set, validUntil, comment, ...rest }: RoleRow): Role {
  const end = validUntil === null ? undefined : instant(validUntil);
  return { ...BLANK_ROLE, ...rest, validUntil: end, comment: comment ?? undefined };
}

/** What no argument can say, an end before all time or after JavaScript's, is told in words: it differs from all that is declared. */
function instant(seconds: number): string | undefined {
  if (seconds === Infinity) return undefined;
  if (seconds === -Infinity) return "-infinity";
  // Rounded: seconds as a floating-point number miss the millisecond by a little.
  const date = new Date(Math.round(seconds * 1000));
  return Number.isNaN(date.getTime()) ? `${String(seconds)} seconds after 1970` : isoInstant(date);
}
