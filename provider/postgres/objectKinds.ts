/** What privileges are given on. A column is one of a table, and named with it. */
export type ObjectKind = "database" | "schema" | "table" | "column" | "sequence" | "function" | "procedure" | "type";

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
  /** Whether it is in a schema. */
  readonly inSchema: boolean;
}

const ALWAYS = 0;

/** The facts of each kind. */
export const KINDS: Readonly<Record<ObjectKind, KindFacts>> = {
  database: {
    privileges: { CREATE: ALWAYS, CONNECT: ALWAYS, TEMPORARY: ALWAYS },
    toPublic: ["CONNECT", "TEMPORARY"],
    word: "DATABASE",
    inSchema: false,
  },
  schema: {
    privileges: { CREATE: ALWAYS, USAGE: ALWAYS },
    toPublic: [],
    word: "SCHEMA",
    future: "SCHEMAS",
    code: "n",
    inSchema: false,
  },
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
    inSchema: true,
  },
  column: {
    privileges: { SELECT: ALWAYS, INSERT: ALWAYS, UPDATE: ALWAYS, REFERENCES: ALWAYS },
    toPublic: [],
    word: "TABLE",
    inSchema: true,
  },
  sequence: {
    privileges: { SELECT: ALWAYS, UPDATE: ALWAYS, USAGE: ALWAYS },
    toPublic: [],
    word: "SEQUENCE",
    future: "SEQUENCES",
    code: "S",
    inSchema: true,
  },
  // FUNCTIONS in default privileges means procedures too: the server has one entry for both.
  function: {
    privileges: { EXECUTE: ALWAYS },
    toPublic: ["EXECUTE"],
    word: "FUNCTION",
    future: "FUNCTIONS",
    code: "f",
    inSchema: true,
  },
  procedure: {
    privileges: { EXECUTE: ALWAYS },
    toPublic: ["EXECUTE"],
    word: "PROCEDURE",
    future: "ROUTINES",
    code: "f",
    inSchema: true,
  },
  type: {
    privileges: { USAGE: ALWAYS },
    toPublic: ["USAGE"],
    word: "TYPE",
    future: "TYPES",
    code: "T",
    inSchema: true,
  },
};

/** All privileges of a kind that a server's version has; of every version where it is not known. */
export function privilegesOf(kind: ObjectKind, version: number | undefined): string[] {
  return Object.entries(KINDS[kind].privileges)
    .filter(([, since]) => version === undefined || version >= since)
    .map(([privilege]) => privilege);
}

/** What stands for every privilege that the server's version knows. */
export const ALL = "ALL";

/** Privileges with ALL written out, in the documentation's order. Unknown ones are left out. */
export function expanded(kind: ObjectKind, privileges: readonly string[], version: number | undefined): string[] {
  const known = privilegesOf(kind, version);
  return privileges.includes(ALL) ? known : known.filter((privilege) => privileges.includes(privilege));
}
