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
}

/** A role: a user or a group. */
export interface Role extends Attributes {
  readonly name: string;
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
  /** When it was started, to the microsecond: tells servers apart, whatever address led to them. */
  readonly startedAt: string;
}

/** What is known of a server's roles and memberships. Roles and memberships in it are values: they are replaced, never changed. */
export interface Catalog {
  /** Undefined where the server was not read: then nothing can be said about what does not exist. */
  server: Server | undefined;
  roles: Map<string, Role>;
  /** By group, then by member. */
  members: Map<string, Map<string, readonly Membership[]>>;
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

/** A catalog that knows nothing. */
export function blankCatalog(): Catalog {
  return { server: undefined, roles: new Map(), members: new Map() };
}

/** An independent copy. */
export function copyCatalog(catalog: Catalog): Catalog {
  const members = [...catalog.members].map(([group, of]): [string, Map<string, readonly Membership[]>] => [
    group,
    new Map(of),
  ]);
  return { server: catalog.server, roles: new Map(catalog.roles), members: new Map(members) };
}

/** Whether a role is certainly missing; false where the server was not read. */
export function isMissing(catalog: Catalog, role: string): boolean {
  return catalog.server !== undefined && !catalog.roles.has(role);
}

/** The rows that make a role a member of a group. */
export function membershipsOf(catalog: Catalog, group: string, member: string): readonly Membership[] {
  return catalog.members.get(group)?.get(member) ?? [];
}

/**
 * Whether somebody has a group's privileges. A row with neither INHERIT nor SET gives none: PostgreSQL 16 makes such
 * a row for the account that creates a role, so that it can administer it.
 */
export function isMember(catalog: Catalog, group: string, member: string): boolean {
  return membershipsOf(catalog, group, member).some((row) => row.inherit || row.set);
}

/** Whether a role is the account that runs Roster, which must not lock itself out. */
export function isOwnAccount(catalog: Catalog, role: string): boolean {
  return role === catalog.server?.currentUser || role === catalog.server?.sessionUser;
}
