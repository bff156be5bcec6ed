import { copyDatabase, type Database, type DatabaseCatalog, type SecuredObject } from "./databaseCatalog.js";
import { POSTGRES_FACTS, type Facts, type ObjectKind } from "./objectKinds.js";

/** The attributes that a role has or has not. Names are those of the resources' arguments. */
export interface Attributes {
  readonly login: boolean;
  readonly superuser: boolean;
  readonly createdb: boolean;
  readonly createrole: boolean;
  readonly inherit: boolean;
  readonly replication: boolean;
  readonly bypassrls: boolean;
  /** Connections at a time; -1 for no limit. */
  readonly connectionLimit: number;
  /** When the password ends, ISO 8601 in UTC; undefined for never. */
  readonly validUntil: string | undefined;
  /** Sees what others have run in the system tables. Redshift; undefined where it does not. */
  readonly syslogAccess?: "unrestricted" | undefined;
  /** Seconds after which an idle session ends. Redshift; undefined for the server's own. */
  readonly sessionTimeout?: number | undefined;
}

/** A role: a user or a group. */
export interface Role extends Attributes {
  readonly name: string;
  /** Where roles are apart from users and groups: that it is one of them. */
  readonly as?: "role" | undefined;
  readonly comment: string | undefined;
  /** Whether anything in the server depends on it: objects that it owns, privileges, settings. */
  readonly holds: boolean;
}

/** One row of pg_auth_members: from PostgreSQL 16 on there can be one for each grantor. */
export interface Membership {
  readonly grantor: string;
  readonly admin: boolean;
  readonly inherit: boolean;
  readonly set: boolean;
}

/** Facts about the server and the account that is connected. */
export interface Server {
  /** As `server_version_num`: 180004 for 18.4. */
  readonly version: number;
  /** The account that statements run as. */
  readonly currentUser: string;
  /** The account that logged in. */
  readonly sessionUser: string;
  /** The name of the role that initdb made. */
  readonly bootstrapUser: string;
  /** When it was started, to the microsecond: tells servers apart, whatever address led to them. Undefined where it does not say. */
  readonly startedAt: string | undefined;
  /** Whether names of groups keep upper case; undefined where that is a matter of course. */
  readonly caseSensitive?: boolean;
  /** The database of the connection. */
  readonly database: string;
}

/** The parameters that are set for a role: by database ("" for all of them), then by name, as the server keeps them. */
export type RoleSettings = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * What is known of a server. What all of its databases share is read as a whole; of the databases, those that
 * resources look into. What is in the maps are values: they are replaced, never changed.
 */
export interface Catalog {
  /** What its kind of server knows. */
  readonly facts: Facts;
  /** Undefined where the server was not read: then nothing can be said about what does not exist. */
  server: Server | undefined;
  roles: Map<string, Role>;
  /** By group, then by member. */
  members: Map<string, Map<string, readonly Membership[]>>;
  databases: Map<string, Database>;
  /**
   * What databases share besides, by kind, then by name: tablespaces, and, where somebody has looked, the parameters on
   * which somebody has privileges.
   */
  shared: Map<ObjectKind, Map<string, SecuredObject>>;
  /** By role. */
  settings: Map<string, RoleSettings>;
  /**
   * By role, the databases in which it owned or held something when that was read ("" for what databases share), and
   * has been given something since. Undefined where that is looked up when somebody is dropped.
   */
  holdings: Map<string, ReadonlySet<string>> | undefined;
  /** What is in databases, by the database's name, as far as somebody has looked. */
  inside: Map<string, DatabaseCatalog>;
}

/** What `CREATE ROLE` gives where nothing is said. */
export const DEFAULT_ATTRIBUTES: Attributes = {
  login: false,
  superuser: false,
  createdb: false,
  createrole: false,
  inherit: true,
  replication: false,
  bypassrls: false,
  connectionLimit: -1,
  validUntil: undefined,
};

/** What `CREATE USER` gives where nothing is said. */
export const STANDARD_USER: Attributes = { ...DEFAULT_ATTRIBUTES, login: true };

/**
 * What roles are copied from. It has every property that a role of PostgreSQL has: a property that is added to a copy
 * costs ten times the copy, and gives roles shapes of their own, which makes looking at ten thousand of them slow.
 */
export const BLANK_ROLE: Role = { name: "", ...DEFAULT_ATTRIBUTES, comment: undefined, holds: false };

/** A catalog that knows nothing. */
export function blankCatalog(facts = POSTGRES_FACTS): Catalog {
  return {
    facts,
    server: undefined,
    roles: new Map(),
    members: new Map(),
    databases: new Map(),
    shared: new Map(),
    settings: new Map(),
    holdings: new Map(),
    inside: new Map(),
  };
}

/** An independent copy. */
export function copyCatalog(catalog: Catalog): Catalog {
  const members = [...catalog.members].map(([group, of]): [string, Map<string, readonly Membership[]>] => [
    group,
    new Map(of),
  ]);
  return {
    facts: catalog.facts,
    server: catalog.server,
    roles: new Map(catalog.roles),
    members: new Map(members),
    databases: new Map(catalog.databases),
    shared: new Map([...catalog.shared].map(([kind, of]) => [kind, new Map(of)])),
    settings: new Map(catalog.settings),
    holdings: catalog.holdings && new Map(catalog.holdings),
    inside: new Map([...catalog.inside].map(([name, database]) => [name, copyDatabase(database)])),
  };
}

/** Puts what was read of databases since into a copy; what the copy knows already stays. */
export function completeCatalog(copy: Catalog, live: Catalog): void {
  for (const [name, database] of live.inside) {
    if (!copy.inside.has(name)) copy.inside.set(name, copyDatabase(database));
  }
  for (const [kind, of] of live.shared) if (!copy.shared.has(kind)) copy.shared.set(kind, new Map(of));
}

/** The name of a database that a resource names, or of the connection's own; "" where that is not known. */
export function databaseName(catalog: Catalog, named: string | undefined): string {
  return named ?? catalog.server?.database ?? "";
}

/** Whether a database is certainly missing; false where the server was not read. */
export function isMissingDatabase(catalog: Catalog, database: string): boolean {
  return catalog.server !== undefined && !catalog.databases.has(database);
}

/** Whether a role has the rights of another one: it is that role, or in it with INHERIT, also by way of others. */
export function hasRightsOf(catalog: Catalog, role: string, other: string, database?: Database): boolean {
  return reaches(catalog, role, other, ({ inherit }) => inherit, database);
}

/** Whether a role may become another one with SET ROLE. */
export function canBecome(catalog: Catalog, role: string, other: string): boolean {
  return catalog.roles.get(role)?.superuser === true || reaches(catalog, role, other, ({ set }) => set);
}

/** The owner of a database is in this role, in that database alone. */
const DATABASE_OWNER = "pg_database_owner";

function reaches(
  catalog: Catalog,
  role: string,
  other: string,
  counts: (row: Membership) => boolean,
  database?: Database,
): boolean {
  const seen = new Set([other]);
  // A set can be added to while it is walked, and then walks on.
  for (const group of seen) {
    if (group === role) return true;
    if (group === DATABASE_OWNER && database !== undefined) seen.add(database.owner);
    for (const [member, rows] of catalog.members.get(group) ?? []) if (rows.some(counts)) seen.add(member);
  }
  return false;
}

/** Whether a role is certainly missing; false where the server was not read. */
export function isMissing(catalog: Catalog, role: string): boolean {
  return catalog.server !== undefined && !catalog.roles.has(role);
}

/** The rows that make a role a member of a group. */
export function membershipsOf(catalog: Catalog, group: string, member: string): readonly Membership[] {
  return catalog.members.get(group)?.get(member) ?? NO_MEMBERSHIPS;
}

const NO_MEMBERSHIPS: readonly Membership[] = [];

/**
 * Whether somebody has a group's privileges. A row with neither INHERIT nor SET gives none: PostgreSQL 16 makes such
 * a row for the account that creates a role, so that it can administer it.
 */
export function isMember(catalog: Catalog, group: string, member: string): boolean {
  return givesRights(membershipsOf(catalog, group, member));
}

/** Whether rows give a group's privileges. */
export function givesRights(rows: readonly Membership[]): boolean {
  return rows.some((row) => row.inherit || row.set);
}

/** Whether a role is the account that runs Roster, which must not lock itself out. */
export function isOwnAccount(catalog: Catalog, role: string): boolean {
  return role === catalog.server?.currentUser || role === catalog.server?.sessionUser;
}
