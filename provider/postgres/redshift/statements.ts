import type { Attributes, Catalog } from "../catalog.js";
import type { Builders, Secret } from "../dialect.js";
import { inChunks } from "../statementsPrivileges.js";
import { isGroup, lacks } from "./grantees.js";
import { identifier, literal, roleIdentifier } from "./quote.js";
import { databaseBuilders } from "./statementsDatabases.js";
import { privilegeBuilders } from "./statementsPrivileges.js";

/**
 * Redshift's statements. What can log in is a user here, what cannot is a group, and roles are a third kind. There are
 * no comments on any of them.
 */
export const builders: Builders = {
  ...databaseBuilders,
  ...privilegeBuilders,

  createRole({ name, as, attributes: { login, ...options }, password }, { secret }) {
    if (as === "role") return [`CREATE ROLE ${roleIdentifier(name)};`];
    if (!login) return [`CREATE GROUP ${identifier(name)};`];
    return [`CREATE USER ${identifier(name)} ${passwordOf(name, password, secret)}${words(options)};`];
  },

  alterRole: {
    looking({ name, attributes: { login, ...options }, password }, { catalog, secret }) {
      if (login === true) throw lacks(`a log-in for ${JSON.stringify(name)}, which is a group`);
      // Without a login is without a password. A superuser always has one, so that right goes first.
      const disabled = login === false ? [`ALTER USER ${identifier(name)} PASSWORD DISABLE;`] : [];
      const given = login === false && catalog.roles.get(name)?.superuser ? { superuser: false, ...options } : options;
      const set = `${password === undefined ? "" : ` ${passwordOf(name, password, secret)}`}${words(given)}`;
      // In a statement of its own: it is an option that takes another one back.
      const reset = "sessionTimeout" in options && options.sessionTimeout === undefined;
      return [
        ...(set === "" ? [] : [`ALTER USER ${identifier(name)}${set};`]),
        ...(reset ? [`ALTER USER ${identifier(name)} RESET SESSION TIMEOUT;`] : []),
        ...disabled,
      ];
    },
  },

  renameRole: {
    looking({ name, to, password }, { catalog, secret }) {
      if (catalog.roles.get(name)?.as === "role")
        return [`ALTER ROLE ${roleIdentifier(name)} RENAME TO ${roleIdentifier(to)};`];
      const kind = kindOf(catalog, name);
      const renamed = `ALTER ${kind} ${identifier(name)} RENAME TO ${identifier(to)};`;
      // A renamed user has no password any more.
      const again = password === undefined ? [] : [`ALTER USER ${identifier(to)} ${passwordOf(to, password, secret)};`];
      return [renamed, ...again];
    },
  },

  dropRole: {
    looking: ({ names }, { catalog }) => names.flatMap((name) => dropped(catalog, name)),
  },

  grantMembership: {
    looking({ group, members, options = {} }, { catalog }) {
      if (catalog.roles.get(group)?.as === "role") return grantRole(catalog, group, members, options.admin === true);
      if (options.admin === true) throw lacks('groups that members give to others; a role has that: as: "role"');
      for (const member of members) mustBeUser(catalog, group, member);
      return inChunks(members.map(identifier)).map((names) => `ALTER GROUP ${identifier(group)} ADD USER ${names};`);
    },
  },

  revokeMembership: {
    looking({ group, members }, { catalog }) {
      if (catalog.roles.get(group)?.as !== "role")
        return inChunks(members.map(identifier)).map((names) => `ALTER GROUP ${identifier(group)} DROP USER ${names};`);
      const from = inChunks(members.map((name) => grantee(catalog, name)));
      return from.map((names) => `REVOKE ROLE ${roleIdentifier(group)} FROM ${names};`);
    },
  },

  revokeOption: {
    looking({ group, members, option }, { catalog }) {
      if (option !== "admin") throw lacks(`the option ${option.toUpperCase()} of a membership`);
      const of = inChunks(members.map((name) => grantee(catalog, name)));
      return of.map((names) => `REVOKE ADMIN OPTION FOR ROLE ${roleIdentifier(group)} FROM ${names};`);
    },
  },
};

/** The guide shows the admin option behind one user, and not behind a list. */
function grantRole(catalog: Catalog, role: string, members: readonly string[], admin: boolean): string[] {
  const grant = `GRANT ROLE ${roleIdentifier(role)} TO`;
  if (admin) return members.map((name) => `${grant} ${grantee(catalog, name)} WITH ADMIN OPTION;`);
  return inChunks(members.map((name) => grantee(catalog, name))).map((names) => `${grant} ${names};`);
}

function grantee(catalog: Catalog, name: string): string {
  if (catalog.roles.get(name)?.as === "role") return `ROLE ${roleIdentifier(name)}`;
  if (isGroup(catalog, name)) throw lacks(`roles for groups, such as ${JSON.stringify(name)}`);
  return identifier(name);
}

function mustBeUser(catalog: Catalog, group: string, member: string): void {
  const role = catalog.roles.get(member);
  if (role === undefined || role.login) return;
  throw lacks(`members of ${JSON.stringify(group)} that are no users, such as ${JSON.stringify(member)}`);
}

function kindOf(catalog: Catalog, name: string): "USER" | "GROUP" {
  return isGroup(catalog, name) ? "GROUP" : "USER";
}

function dropped(catalog: Catalog, name: string): string[] {
  if (catalog.roles.get(name)?.as === "role") return [...leaving(catalog, name), `DROP ROLE ${roleIdentifier(name)};`];
  if (kindOf(catalog, name) === "GROUP") return [`DROP GROUP ${identifier(name)};`];
  return [...leaving(catalog, name), `DROP USER ${identifier(name)};`];
}

/** Takes somebody out of every group and role: a user who is in one may not be dropped. */
function leaving(catalog: Catalog, name: string): string[] {
  const groups = [...catalog.members].filter(([, members]) => members.has(name)).map(([group]) => group);
  return groups
    .sort()
    .map((group) =>
      catalog.roles.get(group)?.as === "role"
        ? `REVOKE ROLE ${roleIdentifier(group)} FROM ${grantee(catalog, name)};`
        : `ALTER GROUP ${identifier(group)} DROP USER ${identifier(name)};`,
    );
}

function passwordOf(name: string, password: string | undefined, secret: Secret): string {
  return `PASSWORD ${password === undefined ? "DISABLE" : secret(password, name, "password")}`;
}

type Options = Partial<Omit<Attributes, "login">>;
type Word<A extends keyof Options> = (value: Options[A]) => string;

/** How each attribute is said. What is not here no user of Redshift has. */
const WORDS: { readonly [A in keyof Options]?: Word<A> } = {
  superuser: (is) => (is ? "CREATEUSER" : "NOCREATEUSER"),
  createdb: (may) => (may ? "CREATEDB" : "NOCREATEDB"),
  connectionLimit: (limit = -1) => `CONNECTION LIMIT ${limit < 0 ? "UNLIMITED" : String(limit)}`,
  validUntil: (until) => `VALID UNTIL ${literal(instant(until))}`,
  syslogAccess: (access) => `SYSLOG ACCESS ${access === undefined ? "RESTRICTED" : "UNRESTRICTED"}`,
  sessionTimeout: (seconds) => (seconds === undefined ? "" : `SESSION TIMEOUT ${String(seconds)}`),
};

function words(options: Options): string {
  return Object.entries(options)
    .map(([attribute, value]) => {
      const word = WORDS[attribute as keyof Options] as Word<keyof Options> | undefined;
      if (word === undefined) throw lacks(attribute);
      const text = word(value);
      return text === "" ? "" : ` ${text}`;
    })
    .join("");
}

/** `2031-03-01T12:00:00Z` as the server writes it. */
function instant(until: string | undefined): string {
  return until === undefined ? "infinity" : until.replace("T", " ").replace("Z", "+00");
}
