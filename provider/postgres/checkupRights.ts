import type { Findings, Use } from "../core/checkup.js";
import { someOf } from "../core/errors.js";
import { decodeNames } from "../core/lines.js";
import { canBecome, hasRightsOf, type Catalog, type Server } from "./catalog.js";

/** From this version on CREATEROLE alone does not let an account change roles that others made. */
const ADMIN_NEEDED = 160_000;

/** What the stack manages over a connection, by names. */
interface Managed {
  readonly users: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
  readonly databases: ReadonlySet<string>;
  /** Whether roles are made or changed, and not only put in and out of groups. */
  readonly roles: boolean;
}

/** Whether the account may do what the stack manages, by the catalogue as it is. */
export function checkRights(
  findings: Findings,
  catalog: Catalog,
  { uses, redshift }: { readonly uses: readonly Use[]; readonly redshift: boolean },
): void {
  const { server } = catalog;
  const account = server === undefined ? undefined : catalog.roles.get(server.currentUser);
  if (server === undefined || account === undefined) return;
  if (account.superuser) {
    findings.good("rights", `${account.name} is a superuser`);
    return;
  }
  const managed = managedBy(uses);
  const before = findings.found.length;
  if (redshift) {
    if (uses.length > 0)
      findings.warn(
        "rights",
        `${account.name} is no superuser: it may change users only with the role sys:secadmin`,
        `GRANT ROLE sys:secadmin TO ${account.name}, or ALTER USER ${account.name} CREATEUSER.`,
      );
    return;
  }
  if (managed.roles && !account.createrole) {
    findings.bad(
      "rights",
      `${account.name} has no CREATEROLE, and the stack manages roles`,
      `As a superuser: ALTER ROLE ${account.name} CREATEROLE.`,
    );
  }
  checkSuperusers(findings, catalog, managed, account.name);
  checkAdministered(findings, catalog, { managed, account: account.name, server, createrole: account.createrole });
  checkDatabases(findings, catalog, managed, account);
  if (findings.found.length === before) findings.good("rights", `${account.name} may do what the stack manages`);
}

function checkSuperusers(findings: Findings, { roles }: Catalog, { users }: Managed, account: string): void {
  const above = [...users].filter((name) => roles.get(name)?.superuser === true);
  if (above.length === 0) return;
  findings.bad(
    "rights",
    `superusers are changed by superusers only: ${someOf(above)}`,
    `Run as a superuser, or take them out of the program; ${account} is none.`,
  );
}

function checkAdministered(
  findings: Findings,
  catalog: Catalog,
  { managed, account, server, createrole }: { managed: Managed; account: string; server: Server; createrole: boolean },
): void {
  const { users, groups } = managed;
  // Before, CREATEROLE administers everybody but superusers.
  if (server.version < ADMIN_NEEDED && createrole) return;
  // Superusers are told of already: no ADMIN OPTION would help.
  const lacks = (name: string): boolean =>
    catalog.roles.get(name)?.superuser === false && !administers(catalog, account, name);
  const wanting = [...new Set([...groups, ...users])].filter(lacks).sort();
  if (wanting.length === 0) return;
  findings.bad(
    "rights",
    `${account} has no ADMIN OPTION on ${someOf(wanting)}`,
    `As a superuser, for each of them: GRANT <role> TO ${account} WITH ADMIN OPTION.`,
  );
}

function administers({ members, roles }: Catalog, account: string, name: string): boolean {
  if (name === account) return true;
  for (const [member, rows] of members.get(name) ?? []) {
    if (!rows.some(({ admin }) => admin)) continue;
    if (member === account || hasRightsOf({ members, roles } as Catalog, account, member)) return true;
  }
  return false;
}

function checkDatabases(
  findings: Findings,
  catalog: Catalog,
  { databases }: Managed,
  account: { readonly name: string; readonly createdb: boolean },
): void {
  const missing = [...databases].filter((name) => !catalog.databases.has(name));
  if (missing.length > 0 && !account.createdb) {
    findings.bad(
      "rights",
      `${account.name} has no CREATEDB, and there is no database ${someOf(missing)} yet`,
      `As a superuser: ALTER ROLE ${account.name} CREATEDB.`,
    );
  }
  const foreign = [...databases].filter((name) => {
    const owner = catalog.databases.get(name)?.owner;
    return (
      owner !== undefined && !hasRightsOf(catalog, account.name, owner) && !canBecome(catalog, account.name, owner)
    );
  });
  if (foreign.length === 0) return;
  findings.bad(
    "rights",
    `${account.name} has not the rights of the owner of ${someOf(foreign)}`,
    `GRANT <owner> TO ${account.name}, or ALTER DATABASE ... OWNER TO ${account.name}.`,
  );
}

function managedBy(uses: readonly Use[]): Managed {
  const users = new Set<string>();
  const groups = new Set<string>();
  const databases = new Set<string>();
  const add = (to: Set<string>, name: unknown): void => {
    if (typeof name === "string" && name !== "") to.add(name);
  };
  for (const { token, args } of uses) {
    if (token === "postgres.User") add(users, args["name"]);
    if (token === "postgres.Group") add(groups, args["name"]);
    if (token === "postgres.GroupMembers" || token === "postgres.GroupMembership") add(groups, args["group"]);
    if (token === "postgres.Database") add(databases, args["name"]);
    if (token === "postgres.Access") {
      for (const name of namesIn(args["users"])) users.add(name);
      for (const name of namesIn(args["groups"])) groups.add(name);
      for (const name of namesIn(args["databases"])) databases.add(name);
    }
    if (token === "postgres.MemberLists") for (const name of namesIn(args["groups"])) groups.add(name);
  }
  const makes = /^postgres\.(User|Group|Access|MemberLists)$/;
  return { users, groups, databases, roles: uses.some(({ token }) => makes.test(token)) };
}

/** The names of what an argument holds by name, as an object or as one text. */
function namesIn(value: unknown): string[] {
  if (typeof value === "string") return decodeNames(value);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}
