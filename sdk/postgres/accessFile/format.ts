import * as z from "zod";
import { keyMessages } from "../../core/documents.js";
import { instantOf } from "../../../provider/core/instants.js";
import { oneOf } from "../../../provider/core/oneOf.js";
import { unknownKey } from "../../../provider/core/unknownKeys.js";
import { refusedName } from "../../../provider/postgres/names.js";

/*
 * The two formats of a file with users. Messages are read by people who edit the file and may know neither Roster nor
 * PostgreSQL: each says what to write.
 */

/** Rights over the whole server, which a file that many people edit does not give. */
const RIGHTS = /^(superuser|bypassrls)$/i;
const PASSWORDS = /^(pass(word|wd)?|pwd|secret)s?$/i;

/** Why a key is refused: nobody knows it, or it is a password. */
function strange(key: string, what: string, known: readonly string[]): string {
  if (RIGHTS.test(key))
    return `${key} is not given by a file: take it out, and declare that user as a postgres.User in the program`;
  if (!PASSWORDS.test(key)) return unknownKey(key, what, known);
  return (
    `a ${key} does not belong in this file, which many may read: take it out, and give it as secret config, in an ` +
    "environment variable or in a mounted file; if this was ever committed or applied, choose another one"
  );
}

/** An object with only these keys. */
function entry<S extends z.core.$ZodLooseShape>(what: string, shape: S): z.ZodObject<S, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? keyMessages(issue.keys, (key) => strange(key, what, Object.keys(shape)))
        : `must be ${what} with keys, such as { ${Object.keys(shape).slice(0, 2).join(": ..., ")}: ... }`,
  });
}

function text(what: string): z.ZodString {
  return z.string({
    error: ({ input }) =>
      input === undefined
        ? `is missing: ${what}`
        : `must be ${what}, as text: a number, yes, no or null needs quotation marks`,
  });
}

function name(what: string): z.ZodType<string> {
  return text(what).superRefine((value, context) => {
    const reason = refusedName(value);
    const told =
      value === "" ? `${reason ?? ""}: write ${what}` : `${JSON.stringify(value)} ${reason ?? ""}: choose another name`;
    if (reason !== undefined) context.addIssue({ code: "custom", message: told });
  });
}

/** A name that is not of a role, for which PostgreSQL keeps other words. */
function objectName(what: string): z.ZodType<string> {
  return text(what).superRefine((value, context) => {
    const reason = /^(pg_|public$|none$)/.test(value) ? undefined : refusedName(value);
    if (reason !== undefined) context.addIssue({ code: "custom", message: `${reason}: choose another name` });
  });
}

function list<T extends z.ZodType>(of: T, what: string, example = "such as [one, another]"): z.ZodArray<T> {
  return z.array(of, {
    error: ({ input }) =>
      input === undefined ? `is missing: a list of ${what}` : `must be a list of ${what}, ${example}`,
  });
}

const day = text("a date such as 2027-01-31, or with time and zone 2027-01-31T18:00:00Z").refine(
  (value) => instantOf(value) !== undefined,
  { error: "must be a date that there is, such as 2027-01-31, or with time and zone 2027-01-31T18:00:00Z" },
);
const yes = z.boolean({ error: "must be true or false, without quotation marks" });
const notes = text("a text").optional().describe("For those who read the file.");
const user = name("the name of a user");
const group = name("the name of a group");
const database = objectName("the name of a database");
const schema = objectName("the name of a schema");

/** What somebody may do, in the words of the document: everything, or look. */
const privileges = z
  .enum(["ALL", "SELECT", "all", "select"], {
    error: ({ input }) => {
      if (input === undefined) return "is missing: write ALL or SELECT";
      const instead = Array.isArray(input)
        ? "write the word alone"
        : "declare other rights as a postgres.Grant in the program";
      return `must be ALL or SELECT, not ${JSON.stringify(input)}; ${instead}`;
    },
  })
  .transform((value) => value.toUpperCase() as "ALL" | "SELECT")
  .describe(
    "ALL: the database, schema public, all its tables and sequences, those of today and later ones. SELECT: to connect, and to read all tables of schema public, those of today and later ones.",
  );

/** An entry of the simple format. */
const simple = entry("an entry", {
  username: name("the name of the user"),
  databases: list(database, "databases").optional().describe("Databases, each made where it is missing."),
  privileges: privileges.optional(),
  notes,
}).superRefine(({ databases = [], privileges: given }, context) => {
  if (databases.length > 0 && given === undefined) {
    context.addIssue({
      code: "custom",
      path: ["privileges"],
      message: "is missing: write ALL or SELECT, for these databases",
    });
  }
  if (databases.length === 0 && given !== undefined) {
    context.addIssue({
      code: "custom",
      path: ["databases"],
      message: "is missing: write the databases for these privileges, such as [one, another], or take privileges out",
    });
  }
});

/** The simple format: a list. */
export const simpleFile = z
  .array(simple, { error: "must be a list of entries, each beginning with - username:" })
  .describe("Users, and the databases that each may use.");

const membership = z.union(
  [group, entry("a membership", { name: group, until: day.optional(), admin: yes.optional(), notes })],
  { error: "must be the name of a group, or an object with its name" },
);

const userEntry = entry("a user", {
  name: user,
  groups: list(membership, "groups").optional().describe("Groups that the user is a member of."),
  login: yes.optional().describe("Default: true."),
  createdb: yes.optional().describe("Default: false."),
  createrole: yes.optional().describe("Default: false."),
  replication: yes.optional().describe("Default: false."),
  connectionLimit: z
    .int({ error: "must be a whole number; -1 is no limit" })
    .min(-1, { error: "must be -1 (no limit) or more" })
    .optional(),
  validUntil: day.optional().describe("When the password ends."),
  onRemove: z
    .enum(["disable", "drop", "keep"], { error: "must be disable, drop or keep" })
    .optional()
    .describe("What becomes of the user when this entry goes."),
  notes,
});

const groupEntry = entry("a group", { name: group, notes });

const databaseEntry = entry("a database", {
  name: database,
  owner: name("the name of the owner").optional().describe("Default: the account that makes it."),
  notes,
});

const grantEntry = entry("a grant", {
  to: name("the name of a user or a group"),
  databases: list(database, "databases").min(1, {
    error: "must have one at least; take the entry out where there is none",
  }),
  privileges,
  schemas: list(schema, "schemas")
    .min(1, { error: "must have one at least; take the entry out where there is none" })
    .optional()
    .describe("Default: [public]."),
  until: day.optional().describe("When it ends."),
  notes,
});

const OBJECTS = ["language", "foreign data wrapper", "foreign server", "tablespace", "parameter"] as const;
/** What all databases of a server share. */
const SHARED: readonly string[] = ["tablespace", "parameter"];

/** A grant on what is in no schema. Of each kind there is one privilege that a file gives. */
const objectGrantEntry = entry("a grant on objects", {
  to: name("the name of a user or a group"),
  on: z
    .enum(OBJECTS, {
      error: `must be ${oneOf(OBJECTS)}; what is in schemas is given by privileges, ALL or SELECT, and anything else by a postgres.Grant in the program`,
    })
    .describe(
      "The kind of the objects. It gives USAGE on a language, a foreign data wrapper or a foreign server, CREATE on a tablespace, SET on a parameter.",
    ),
  objects: list(
    text("the name of an object").min(1, { error: "must not be empty" }),
    "names of what is granted",
    "such as [plpgsql]",
  ).min(1, {
    error: "must have one at least; take the entry out where there is none",
  }),
  databases: list(database, "databases")
    .optional()
    .describe("Databases that the objects are in. Left out for tablespaces and parameters, which all databases share."),
  until: day.optional().describe("When it ends."),
  notes,
}).superRefine(({ on, databases = [] }, context) => {
  const shared = SHARED.includes(on);
  if (shared === (databases.length === 0)) return;
  const message = shared
    ? `have no meaning for a ${on}, which all databases share; take them out`
    : `is missing: the databases that the ${on} is in, such as [one, another]`;
  context.addIssue({ code: "custom", path: ["databases"], message });
});

/** The full format: an object of lists. */
export const fullFile = entry("the file", {
  $schema: z.string().optional(),
  users: list(userEntry, "users", "such as [{ name: ana }], or [] for none").optional(),
  groups: list(groupEntry, "groups", "such as [{ name: analysts }], or [] for none").optional(),
  databases: list(databaseEntry, "databases", "such as [{ name: reports }], or [] for none").optional(),
  grants: list(
    z.union([grantEntry, objectGrantEntry], {
      error: "must be a grant, such as { to: ana, databases: [reports], privileges: SELECT }",
    }),
    "grants",
    "such as [{ to: analysts, databases: [reports], privileges: SELECT }], or [] for none",
  ).optional(),
}).describe("Users, groups, databases and grants of a PostgreSQL server.");

/** Either format. */
export const usersFile = z.union([simpleFile, fullFile]);

/** A file in the simple format. */
export type SimpleFile = z.output<typeof simpleFile>;
/** A file in the full format. */
export type FullFile = z.output<typeof fullFile>;
