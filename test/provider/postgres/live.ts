import type { Client } from "pg";
import { ROLES, type LiveRole } from "../../postgres/roles.js";

/** A row of pg_auth_members. */
export interface LiveRow {
  readonly group: string;
  readonly member: string;
  readonly grantor: string;
  readonly admin: boolean;
  /** true before PostgreSQL 16, which has no such column. */
  readonly inherit: boolean;
  readonly set: boolean;
}

/** Roles and memberships. */
export interface Live {
  readonly roles: ReadonlyMap<string, LiveRole>;
  readonly rows: readonly LiveRow[];
}

/** Reads a server as its superuser, without the code that is tested. */
export async function readLive(client: Client): Promise<Live> {
  const roles = await client.query<LiveRole & { readonly name: string }>(ROLES);
  const version = await client.query<{ n: number }>("SELECT current_setting('server_version_num')::int AS n");
  const options =
    (version.rows[0]?.n ?? 0) >= 160000
      ? 'a.inherit_option AS inherit, a.set_option AS "set"'
      : 'true AS inherit, true AS "set"';
  const rows = await client.query<LiveRow>(
    `SELECT g.rolname AS "group", m.rolname AS member, by.rolname AS grantor, a.admin_option AS admin, ${options}
       FROM pg_auth_members a JOIN pg_authid g ON g.oid = a.roleid JOIN pg_authid m ON m.oid = a.member
       LEFT JOIN pg_authid by ON by.oid = a.grantor
      WHERE g.rolname !~ '^pg_' ORDER BY 1, 2, 3`,
  );
  return { roles: new Map(roles.rows.map(({ name, ...role }) => [name, role])), rows: rows.rows };
}
