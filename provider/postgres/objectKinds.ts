/** What privileges are given on. A column is one of a table, and named with it. */
export type ObjectKind =
  | "database"
  | "tablespace"
  | "parameter"
  | "schema"
  | "language"
  | "foreign data wrapper"
  | "foreign server"
  | "table"
  | "column"
  | "sequence"
  | "function"
  | "procedure"
  | "type";

/** What PostgreSQL knows of a kind of object. https://www.postgresql.org/docs/current/ddl-priv.html */
export interface KindFacts {
  /** Privileges in the order in which the documentation lists them, each with the first version that has it. */
  readonly privileges: Readonly<Record<string, number>>;
  /** What PUBLIC has on a new object where nobody says otherwise. */
  readonly toPublic: readonly string[];
  /** How GRANT calls one: `TABLE`. */
  readonly word: string;
  /** How ALTER DEFAULT PRIVILEGES calls them: `TABLES`; undefined where there are no default privileges. */
  readonly future?: string;
  /** `defaclobjtype` of pg_default_acl. */
  readonly code?: string;
  /** What it is in: all databases of a server share it, or it is in one of them, or in a schema of one. */
  readonly within: "server" | "database" | "schema";
}

const ALWAYS = 0;

/** The facts of each kind. */
export const KINDS: Readonly<Record<ObjectKind, KindFacts>> = {
  database: {
    privileges: { CREATE: ALWAYS, CONNECT: ALWAYS, TEMPORARY: ALWAYS },
    toPublic: ["CONNECT", "TEMPORARY"],
    word: "DATABASE",
    within: "server",
  },
  tablespace: { privileges: { CREATE: ALWAYS }, toPublic: [], word: "TABLESPACE", within: "server" },
  parameter: {
    privileges: { SET: 150000, "ALTER SYSTEM": 150000 },
    toPublic: [],
    word: "PARAMETER",
    within: "server",
  },
  schema: {
    privileges: { CREATE: ALWAYS, USAGE: ALWAYS },
    toPublic: [],
    word: "SCHEMA",
    future: "SCHEMAS",
    code: "n",
    within: "database",
  },
  language: { privileges: { USAGE: ALWAYS }, toPublic: ["USAGE"], word: "LANGUAGE", within: "database" },
  "foreign data wrapper": {
    privileges: { USAGE: ALWAYS },
    toPublic: [],
    word: "FOREIGN DATA WRAPPER",
    within: "database",
  },
  "foreign server": { privileges: { USAGE: ALWAYS }, toPublic: [], word: "FOREIGN SERVER", within: "database" },
  table: {
    privileges: {
      SELECT: ALWAYS,
      INSERT: ALWAYS,
      UPDATE: ALWAYS,
      DELETE: ALWAYS,
      TRUNCATE: ALWAYS,
      REFERENCES: ALWAYS,
      TRIGGER: ALWAYS,
      MAINTAIN: 170000,
    },
    toPublic: [],
    word: "TABLE",
    future: "TABLES",
    code: "r",
    within: "schema",
  },
  column: {
    privileges: { SELECT: ALWAYS, INSERT: ALWAYS, UPDATE: ALWAYS, REFERENCES: ALWAYS },
    toPublic: [],
    word: "TABLE",
    within: "schema",
  },
  sequence: {
    privileges: { SELECT: ALWAYS, UPDATE: ALWAYS, USAGE: ALWAYS },
    toPublic: [],
    word: "SEQUENCE",
    future: "SEQUENCES",
    code: "S",
    within: "schema",
  },
  // FUNCTIONS in default privileges means procedures too: the server has one entry for both.
  function: {
    privileges: { EXECUTE: ALWAYS },
    toPublic: ["EXECUTE"],
    word: "FUNCTION",
    future: "FUNCTIONS",
    code: "f",
    within: "schema",
  },
  procedure: {
    privileges: { EXECUTE: ALWAYS },
    toPublic: ["EXECUTE"],
    word: "PROCEDURE",
    future: "ROUTINES",
    code: "f",
    within: "schema",
  },
  type: {
    privileges: { USAGE: ALWAYS },
    toPublic: ["USAGE"],
    word: "TYPE",
    future: "TYPES",
    code: "T",
    within: "schema",
  },
};

/** Whether privileges on a kind name the objects in a list: a database and a schema are named by arguments of their own. */
export function isListed(kind: ObjectKind): boolean {
  return kind !== "database" && kind !== "schema";
}

/** Whether all databases of a server share what is of a kind. */
export function isShared(kind: ObjectKind): boolean {
  return KINDS[kind].within === "server";
}

/** What a kind of server knows of objects, of who may own them, and of roles that go. */
export interface Facts {
  readonly kinds: Readonly<Record<ObjectKind, Pick<KindFacts, "privileges" | "toPublic">>>;
  /** The kind under which default privileges are kept. */
  readonly defaultsKind: (kind: ObjectKind) => ObjectKind;
  /** Whether somebody can make something, and own it. */
  readonly mayOwn: (role: { readonly name: string; readonly login: boolean }) => boolean;
  /** Whether all memberships of a role, and in it, end when it is dropped; else they are ended before. */
  readonly dropEndsMemberships: boolean;
}

/** What PostgreSQL knows. */
export const POSTGRES_FACTS: Facts = {
  kinds: KINDS,
  // It has one entry for functions and procedures.
  defaultsKind: (kind) => (kind === "procedure" ? "function" : kind),
  mayOwn: () => true,
  dropEndsMemberships: true,
};

/** What is known of a server, as far as it decides on its privileges. */
export interface Known {
  readonly facts: Facts;
  readonly server: { readonly version: number } | undefined;
}

/** All privileges of a kind that a server's version has; of every version where it is not known. */
export function privilegesOf(kind: ObjectKind, { facts, server }: Known): string[] {
  return Object.entries(facts.kinds[kind].privileges)
    .filter(([, since]) => server === undefined || server.version >= since)
    .map(([privilege]) => privilege);
}

/** All privileges of a kind that PostgreSQL has in some version. */
export function postgresPrivileges(kind: ObjectKind): string[] {
  return Object.keys(KINDS[kind].privileges);
}

/** Privileges that PostgreSQL has not, and another kind of server has. */
const ELSEWHERE: Partial<Record<ObjectKind, readonly string[]>> = { table: ["DROP"] };

/** All privileges of a kind that some server has. */
export function everyPrivilege(kind: ObjectKind): string[] {
  return [...postgresPrivileges(kind), ...(ELSEWHERE[kind] ?? [])];
}

/** What stands for every privilege that the server's version knows. */
export const ALL = "ALL";

/** Privileges with ALL written out, in the documentation's order. Those that the server does not know are left out. */
export function expanded(kind: ObjectKind, privileges: readonly string[], known: Known): string[] {
  const all = privilegesOf(kind, known);
  return privileges.includes(ALL) ? all : all.filter((privilege) => privileges.includes(privilege));
}
