import type { PostgresServer } from "../postgres/server.js";

/** A role as the server tells it, apart from its name. */
export interface LiveRole {
  readonly login: boolean;
  readonly superuser: boolean;
  readonly createdb: boolean;
  readonly createrole: boolean;
  readonly inherit: boolean;
  readonly replication: boolean;
  readonly bypassrls: boolean;
  readonly connectionLimit: number;
  readonly validUntil: string | null;
  readonly comment: string | null;
  /** Salted, so only good to tell whether it changed. */
  readonly verifier: string | null;
}

/** What is in a server: the roles by name, who is in what, `<group> < <member>`, sorted, and the databases. */
export interface Catalogue {
  readonly roles: Readonly<Record<string, LiveRole>>;
  readonly memberships: readonly string[];
  /** Name, owner and ACL of each. */
  readonly databases: readonly string[];
}

/** What a test sees of a server is read in its own words, and not in those of the code under test. */
const ROLES = `
  SELECT rolname AS name, rolcanlogin AS login, rolsuper AS superuser, rolcreatedb AS createdb,
         rolcreaterole AS createrole, rolinherit AS inherit, rolreplication AS replication, rolbypassrls AS bypassrls,
         rolconnlimit AS "connectionLimit", to_char(rolvaliduntil AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "validUntil",
         shobj_description(oid, 'pg_authid') AS comment, rolpassword AS verifier
    FROM pg_authid WHERE rolname !~ '^pg_'`;

const MEMBERSHIPS = `
  SELECT pg_get_userbyid(roleid) || ' < ' || pg_get_userbyid(member) AS membership
    FROM pg_auth_members WHERE pg_get_userbyid(roleid) !~ '^pg_'`;

const DATABASES = `
  SELECT concat_ws(' ', datname, pg_get_userbyid(datdba), datacl::text) AS database FROM pg_database ORDER BY 1`;

/** Everything that Roster could have changed in a server. */
export async function catalogue(server: Pick<PostgresServer, "query">): Promise<Catalogue> {
  const roles = await server.query<LiveRole & { name: string }>(ROLES);
  const memberships = await server.query<{ membership: string }>(MEMBERSHIPS);
  const databases = await server.query<{ database: string }>(DATABASES);
  return {
    roles: Object.fromEntries(roles.map(({ name, ...role }) => [name, role])),
    memberships: [...new Set(memberships.map(({ membership }) => membership))].sort(),
    databases: databases.map(({ database }) => database),
  };
}

/** A role, which is to be there. */
export async function role(server: PostgresServer, name: string): Promise<LiveRole> {
  const found = (await catalogue(server)).roles[name];
  if (found === undefined) throw new Error(`the server has no role ${name}`);
  return found;
}

/** Who is in a group, sorted. */
export async function membersOf(server: PostgresServer, group: string): Promise<string[]> {
  const { memberships } = await catalogue(server);
  return memberships.filter((text) => text.startsWith(`${group} < `)).map((text) => text.slice(group.length + 3));
}
