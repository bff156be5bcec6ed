import { applyDatabase, type DatabaseChange } from "./databaseChanges.js";
import { isShared } from "./objectKinds.js";
import { applyPrivilege, renameInPrivileges, type PrivilegeChange } from "./privilegeChanges.js";
import { BLANK_ROLE, databaseName, type Attributes, type Catalog, type Membership, type Role } from "./catalog.js";

/** The options of a membership; INHERIT and SET exist from PostgreSQL 16 on. */
export type MembershipOption = "admin" | "inherit" | "set";

/** One thing to do to a server, as data: rendered for a plan, run, and played through on a catalog. */
export type Change = RoleChange | DatabaseChange | PrivilegeChange;

/** Changes of roles and memberships. */
export type RoleChange =
  | {
      readonly kind: "createRole";
      readonly name: string;
      /** Where roles are apart from users and groups: that it is one. */
      readonly as?: "role";
      readonly attributes: Partial<Attributes>;
      readonly password?: string;
    }
  | {
      readonly kind: "alterRole";
      readonly name: string;
      readonly attributes: Partial<Attributes>;
      readonly password?: string;
    }
  | {
      readonly kind: "renameRole";
      readonly name: string;
      readonly to: string;
      /** The verifier that the role has, for servers that forget it then. */
      readonly password?: string;
    }
  | { readonly kind: "commentRole"; readonly name: string; readonly comment: string | null }
  | { readonly kind: "dropRole"; readonly names: readonly string[] }
  | {
      readonly kind: "grantMembership";
      readonly group: string;
      readonly members: readonly string[];
      /** What is said WITH the grant; what is left out is as the server does it. */
      readonly options?: Partial<Record<MembershipOption, boolean>>;
    }
  | {
      readonly kind: "revokeOption";
      readonly group: string;
      readonly members: readonly string[];
      readonly option: MembershipOption;
      readonly grantor?: string;
    }
  | {
      readonly kind: "revokeMembership";
      readonly group: string;
      readonly members: readonly string[];
      readonly grantor?: string;
    };

interface SchemaName {
  readonly database?: string | undefined;
  readonly name: string;
}

/** The database in which a change has to run; undefined where any will do. */
export function placeOfChange(change: Change): string | undefined {
  switch (change.kind) {
    case "grant":
    case "revoke":
      return isShared(change.target.kind) ? undefined : change.target.database;
    case "grantDefault":
    case "revokeDefault":
      return change.target.database;
    case "createSchema":
    case "ownSchema":
    case "commentSchema":
    case "dropSchema":
    case "reassignOwned":
    case "dropOwned":
      return change.database;
    default:
      return undefined;
  }
}

/** The users, groups, databases and schemas that are gone with a change, as resources call them. */
export function endsOf(catalog: Catalog, change: Change): string[] {
  switch (change.kind) {
    case "dropRole":
      return change.names.map((name) => `role:${name}`);
    case "dropDatabase":
      return [`database:${change.name}`];
    case "dropSchema":
      return schemaThings(catalog, change);
    default:
      return [];
  }
}

/** How a schema is called among the things that resources answer for: by its database as a program names it, or not. */
export function schemaThing({ database, name }: SchemaName): string {
  return `schema:${JSON.stringify([database ?? "", name])}`;
}

/** All that resources may call a schema: they may leave out the connection's own database. */
export function schemaThings(catalog: Catalog, { database, name }: SchemaName): string[] {
  const own = databaseName(catalog, database);
  return [own, ...(own === catalog.server?.database ? [""] : [])].map((each) => schemaThing({ database: each, name }));
}

/** Makes a catalog what it is after a change. */
export function applyTo(catalog: Catalog, change: Change): void {
  switch (change.kind) {
    case "createDatabase":
    case "alterDatabase":
    case "ownDatabase":
    case "commentDatabase":
    case "dropDatabase":
    case "createSchema":
    case "ownSchema":
    case "commentSchema":
    case "dropSchema":
    case "setParameter":
      applyDatabase(catalog, change);
      return;
    case "grant":
    case "revoke":
    case "grantDefault":
    case "revokeDefault":
    case "reassignOwned":
    case "dropOwned":
      applyPrivilege(catalog, change);
      return;
    default:
      applyRole(catalog, change);
  }
}

/**
 * Makes a catalog what it is after changes. Roles that are dropped one after the other are taken out of the groups
 * together: each by itself would go through every group of the server.
 */
export function applyAll(catalog: Catalog, changes: Iterable<Change>): void {
  let dropped = new Set<string>();
  const leave = (): void => {
    takeOut(catalog, dropped);
    dropped = new Set();
  };
  for (const change of changes) {
    if (change.kind === "dropRole") {
      for (const name of change.names) {
        forgetRole(catalog, name);
        dropped.add(name);
      }
    } else {
      leave();
      applyTo(catalog, change);
    }
  }
  leave();
}

function forgetRole(catalog: Catalog, name: string): void {
  catalog.roles.delete(name);
  catalog.members.delete(name);
  catalog.settings.delete(name);
  catalog.holdings?.delete(name);
}

/** Takes roles out of every group. */
function takeOut(catalog: Catalog, names: ReadonlySet<string>): void {
  if (names.size === 0) return;
  for (const of of catalog.members.values()) {
    if (names.size < of.size) for (const name of names) of.delete(name);
    else for (const name of of.keys()) if (names.has(name)) of.delete(name);
  }
}

function applyRole(catalog: Catalog, change: RoleChange): void {
  switch (change.kind) {
    case "createRole":
      catalog.roles.set(change.name, {
        ...BLANK_ROLE,
        ...change.attributes,
        name: change.name,
        ...(change.as === undefined ? {} : { as: change.as }),
      });
      return;
    case "alterRole":
      replaceRole(catalog, change.name, change.attributes);
      return;
    case "commentRole":
      replaceRole(catalog, change.name, { comment: change.comment ?? undefined });
      return;
    case "renameRole":
      renameRole(catalog, change.name, change.to);
      return;
    case "dropRole":
      for (const name of change.names) forgetRole(catalog, name);
      takeOut(catalog, new Set(change.names));
      return;
    case "grantMembership":
      grant(catalog, change.group, change.members, change.options ?? {});
      return;
    case "revokeOption":
      for (const member of change.members) revokeOption(catalog, change.group, member, change.option, change.grantor);
      return;
    case "revokeMembership":
      revoke(catalog, change.group, change.members, change.grantor);
      return;
  }
}

function replaceRole(catalog: Catalog, name: string, values: Partial<Role>): void {
  const role = catalog.roles.get(name);
  if (role !== undefined) catalog.roles.set(name, { ...role, ...values });
}

function renameRole(catalog: Catalog, name: string, to: string): void {
  const role = catalog.roles.get(name);
  catalog.roles.delete(name);
  if (role !== undefined) catalog.roles.set(to, { ...role, name: to });
  const own = catalog.members.get(name);
  catalog.members.delete(name);
  if (own !== undefined) catalog.members.set(to, own);
  const settings = catalog.settings.get(name);
  catalog.settings.delete(name);
  if (settings !== undefined) catalog.settings.set(to, settings);
  renameInPrivileges(catalog, name, to);
  for (const of of catalog.members.values()) {
    const rows = of.get(name);
    of.delete(name);
    if (rows !== undefined) of.set(to, rows);
  }
}

function grant(
  catalog: Catalog,
  group: string,
  members: readonly string[],
  options: Partial<Record<MembershipOption, boolean>>,
): void {
  const of = catalog.members.get(group) ?? new Map<string, readonly Membership[]>();
  catalog.members.set(group, of);
  const grantor = defaultGrantor(catalog) ?? "";
  const made = { grantor, admin: false, set: true, ...options };
  // One value for all who come anew, as what is in the maps is never changed.
  const fresh = [true, false].map((inherit): readonly Membership[] => [{ inherit, ...made }]);
  for (const member of members) {
    const inherit = catalog.roles.get(member)?.inherit ?? true;
    const rows = of.get(member);
    of.set(
      member,
      rows === undefined
        ? (fresh[inherit ? 0 : 1] ?? [])
        : regranted(catalog, rows, grantor, options, { inherit, ...made }),
    );
  }
}

/** What a grant does not name stays as it is in a row that is there. Before PostgreSQL 16 there is one, whoever grants. */
function regranted(
  catalog: Catalog,
  rows: readonly Membership[],
  grantor: string,
  options: Partial<Membership>,
  made: Membership,
): Membership[] {
  const own = hasGrantors(catalog) ? rows.find((row) => row.grantor === grantor) : rows[0];
  return [...rows.filter((row) => row !== own), own === undefined ? made : { ...own, ...options }];
}

function revokeOption(
  catalog: Catalog,
  group: string,
  member: string,
  option: MembershipOption,
  grantor: string | undefined,
): void {
  const of = catalog.members.get(group);
  const from = hasGrantors(catalog) ? (grantor ?? defaultGrantor(catalog)) : undefined;
  const rows = of?.get(member) ?? [];
  of?.set(
    member,
    rows.map((row) => (from === undefined || row.grantor === from ? { ...row, [option]: false } : row)),
  );
}

function revoke(catalog: Catalog, group: string, members: readonly string[], grantor: string | undefined): void {
  const of = catalog.members.get(group);
  if (of === undefined) return;
  const from = hasGrantors(catalog) ? (grantor ?? defaultGrantor(catalog)) : undefined;
  for (const member of members) {
    const kept = from === undefined ? [] : (of.get(member) ?? []).filter((row) => row.grantor !== from);
    if (kept.length > 0) of.set(member, kept);
    else of.delete(member);
  }
  // Else each role that is dropped later would be looked for in the empty list of each group.
  if (of.size === 0) catalog.members.delete(group);
}

/** From PostgreSQL 16 on a membership belongs to its grantor, and a REVOKE takes back what one grantor gave. */
export function hasGrantors(catalog: Catalog): boolean {
  return (catalog.server?.version ?? 0) >= 160000;
}

/** The grantor that the server assumes where a statement names none: for a superuser the role that initdb made. */
export function defaultGrantor(catalog: Catalog): string | undefined {
  if (catalog.server === undefined) return undefined;
  const { currentUser, bootstrapUser } = catalog.server;
  return hasGrantors(catalog) && catalog.roles.get(currentUser)?.superuser === true ? bootstrapUser : currentUser;
}
