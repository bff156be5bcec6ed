import { ROLES, type LiveRole } from "../postgres/roles.js";
import type { PostgresServer } from "../postgres/server.js";

/** What is in a server: the roles by name, who is in what, `<group> < <member>`, sorted, and the databases. */
export interface Catalogue {
  readonly roles: Readonly<Record<string, LiveRole>>;
  readonly memberships: readonly string[];
  /** Name, owner and ACL of each. */
  readonly databases: readonly string[];
}

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
