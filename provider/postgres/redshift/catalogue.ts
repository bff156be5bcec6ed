import type { Catalog, Membership, Role } from "../catalog.js";
import { BLANK_ROLE, blankCatalog } from "../catalog.js";
import { isoInstant } from "../../core/instants.js";
import type { CatalogueReader, ColumnKind } from "../dialect.js";
import { SERVERS_OWN, facts } from "./facts.js";
import { HOLDER, grouped, type HolderRow } from "./holders.js";
import { databaseAcl, inside } from "./inside.js";

/**
 * Reads users, groups, roles and memberships in one round trip. Each query reads one view: not all of Redshift's can be
 * joined with others. Whoever is no superuser sees of other users what pg_user shows.
 */
const SQL = `
SELECT current_user AS account, session_user AS login, current_database() AS database;
SHOW enable_case_sensitive_identifier;
SELECT d.datname AS name, u.usename AS owner, d.datacl IS NULL AS untouched
  FROM pg_catalog.pg_database d LEFT JOIN pg_catalog.pg_user u ON u.usesysid = d.datdba
 WHERE d.datallowconn AND NOT d.datistemplate AND d.datname NOT IN ('padb_harvest', 'sys:internal', 'awsdatacatalog');
SELECT datname AS name, datconnlimit AS "limit" FROM pg_catalog.pg_database_info;
SELECT database_name AS name, ${HOLDER}, admin_option AS admin FROM svv_database_privileges
 WHERE privilege_scope = 'DATABASE';
SELECT usesysid AS id, usename AS name, usecreatedb AS createdb, usesuper AS superuser, valuntil AS until
  FROM pg_catalog.pg_user;
SELECT user_id AS id, connection_limit AS "limit", syslog_access AS syslog, session_timeout AS timeout FROM svv_user_info;
SELECT grosysid AS id, groname AS name, grolist AS members FROM pg_catalog.pg_group;
SELECT role_id AS id, role_name AS name FROM svv_roles;
SELECT user_id AS member, role_id AS role, admin_option AS admin FROM svv_user_grants;
SELECT role_id AS member, granted_role_id AS role FROM svv_role_grants;
SELECT DISTINCT identity_type AS kind, identity_id AS id FROM svv_schema_privileges;
SELECT DISTINCT identity_type AS kind, identity_id AS id FROM svv_relation_privileges;
SELECT DISTINCT identity_type AS kind, identity_id AS id FROM svv_database_privileges;
SELECT DISTINCT identity_type AS kind, identity_id AS id FROM svv_function_privileges;
SELECT DISTINCT identity_type AS kind, identity_id AS id FROM svv_language_privileges;
SELECT DISTINCT grantee_type AS kind, grantee_id AS id FROM svv_default_privileges;
SELECT DISTINCT owner_type AS kind, owner_id AS id FROM svv_default_privileges;
SELECT DISTINCT 'user' AS kind, nspowner AS id FROM pg_catalog.pg_namespace;
SELECT DISTINCT 'user' AS kind, relowner AS id FROM pg_catalog.pg_class;
SELECT DISTINCT 'user' AS kind, datdba AS id FROM pg_catalog.pg_database;
`;
/** What Redshift says of itself in PostgreSQL's words: 8.0.2. */
const VERSION = 80_002;

interface DatabaseRow {
  name: string;
  owner: string | null;
  untouched: boolean;
}

interface User {
  id: number;
  name: string;
  createdb: boolean;
  superuser: boolean;
  until: string | null;
}

interface UserInfo {
  id: number;
  limit: string | null;
  syslog: string | null;
  timeout: number | null;
}

interface Held {
  kind: string;
  id: number;
}

interface Named {
  id: number;
  name: string;
}

interface Grant {
  member: number;
  role: number;
  admin?: boolean;
}

/** What the columns of these queries hold, where values arrive as texts. */
export const columns: Readonly<Record<string, ColumnKind>> = {
  id: "number",
  member: "number",
  role: "number",
  timeout: "number",
  members: "numbers",
  createdb: "boolean",
  superuser: "boolean",
  admin: "boolean",
  untouched: "boolean",
};

/** How a cluster is read. */
export const catalogue: CatalogueReader = { sql: SQL, read, inside };

/** The rows of the queries, in their order. */
type Rows = [
  accounts: { account: string; login: string; database: string }[],
  sensitive: Record<string, string>[],
  databases: DatabaseRow[],
  limits: { name: string; limit: string | null }[],
  onDatabases: (HolderRow & { name: string })[],
  users: User[],
  infos: UserInfo[],
  groups: (Named & { members: number[] | null })[],
  roles: Named[],
  userGrants: Grant[],
  roleGrants: Grant[],
  ...held: Held[][],
];

function read(results: readonly (readonly unknown[])[]): Catalog {
  const rows = results as unknown as Rows;
  const [[account], [sensitive], databases, limits, onDatabases, users, infos, groups, roles, ...others] = rows;
  const [userGrants, roleGrants, ...held] = others;
  const holders = new Set(held.flat().map(({ kind, id }) => `${kind} ${String(id)}`));
  const holds = (kind: string, id: number): boolean => holders.has(`${kind} ${String(id)}`);
  const details = new Map(infos.map((info) => [info.id, info]));
  const catalog = blankCatalog(facts);
  catalog.holdings = undefined;
  catalog.server = {
    version: VERSION,
    currentUser: account?.account ?? "",
    sessionUser: account?.login ?? "",
    bootstrapUser: SERVERS_OWN,
    startedAt: undefined,
    caseSensitive: /^(on|true|1)$/i.test(Object.values(sensitive ?? {})[0] ?? ""),
    database: account?.database ?? "",
  };
  // A user, a group and a role can have one name. The last that is put here is what resources see.
  for (const { id, name } of roles) catalog.roles.set(name, { ...nobody(name), as: "role", holds: holds("role", id) });
  for (const { id, name } of groups) catalog.roles.set(name, { ...nobody(name), holds: holds("group", id) });
  for (const user of users) catalog.roles.set(user.name, userOf(user, details.get(user.id), holds("user", user.id)));
  // Whose name is whose is known by now.
  putDatabases(catalog, databases, limits, onDatabases);
  const userNames = namesOf(users);
  const roleNames = namesOf(roles);
  for (const { name, members } of groups) for (const id of members ?? []) put(catalog, name, userNames.get(id), false);
  for (const { member, role, admin } of userGrants)
    put(catalog, roleNames.get(role), userNames.get(member), admin ?? false);
  for (const { member, role } of roleGrants) put(catalog, roleNames.get(role), roleNames.get(member), false);
  return catalog;
}

function namesOf(rows: readonly Named[]): Map<number, string> {
  return new Map(rows.map(({ id, name }) => [id, name]));
}

function putDatabases(catalog: Catalog, databases: Rows[2], limits: Rows[3], onDatabases: Rows[4]): void {
  const limitOf = new Map(limits.map(({ name, limit }) => [name, limit]));
  const holders = grouped(onDatabases, ({ name }) => name);
  const fixed = {
    encoding: "UNICODE",
    collate: "",
    ctype: "",
    provider: "libc",
    locale: undefined,
    comment: undefined,
  };
  for (const { name, owner, untouched } of databases) {
    const acl = databaseAcl(catalog, owner ?? "", untouched, holders(name));
    const connectionLimit = numberOf(limitOf.get(name));
    catalog.databases.set(name, {
      ...{ name, owner: owner ?? "", ...fixed },
      ...{ connectionLimit, allowConnections: true, acl },
    });
  }
}

/** `20`, `-1`, UNLIMITED or nothing. */
function numberOf(limit: string | null | undefined): number {
  return /^\d+$/.test(limit ?? "") ? Number(limit) : -1;
}

function nobody(name: string): Role {
  return { ...BLANK_ROLE, name };
}

function userOf({ name, createdb, superuser, until }: User, info: UserInfo | undefined, holds: boolean): Role {
  // Superusers see everything, whatever the option says.
  const syslog = info?.syslog === "UNRESTRICTED" && !superuser;
  return {
    ...nobody(name),
    login: true,
    createdb,
    superuser,
    connectionLimit: numberOf(info?.limit),
    validUntil: instant(until),
    ...(syslog ? { syslogAccess: "unrestricted" as const } : {}),
    ...(info?.timeout ? { sessionTimeout: info.timeout } : {}),
    holds,
  };
}

/** Somebody who was dropped between two of the queries has no name any more. */
function put(catalog: Catalog, group: string | undefined, member: string | undefined, admin: boolean): void {
  if (group === undefined || member === undefined) return;
  const of = catalog.members.get(group) ?? new Map<string, readonly Membership[]>();
  of.set(member, [{ grantor: "", admin, inherit: true, set: true }]);
  catalog.members.set(group, of);
}

/** `2031-03-01 12:00:00+00`, infinity or invalid: the type ends in January 2038. */
function instant(until: string | null): string | undefined {
  if (until === null || until === "infinity") return undefined;
  const date = new Date(until.replace(" ", "T").replace(/([+-]\d{2})$/, "$1:00"));
  return Number.isNaN(date.getTime()) ? until : isoInstant(date);
}
