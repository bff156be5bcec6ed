import * as z from "zod";
import { leaveOut } from "../core/arguments.js";
import { decodeNames, encodeNames } from "../core/lines.js";
import type { CheckFailure } from "../core/resource.js";
import { PUBLIC } from "./acl.js";
import { nameOf } from "./databaseCatalog.js";
import { ALL, KINDS, everyPrivilege, isListed, isShared, postgresPrivileges, type ObjectKind } from "./objectKinds.js";
import { refusedExistingName, refusedRoleName } from "./names.js";
import { connection, relationOnRemove, validUntil } from "./roleArguments.js";
import { routineOf } from "./routines.js";

/** Who is granted something: a role that is, or everybody. */
export const grantee = z
  .string()
  .transform((name) => (name.toLowerCase() === PUBLIC ? PUBLIC : name))
  .superRefine((name, context) => {
    const reason = name === PUBLIC ? undefined : refusedExistingName(name);
    if (reason !== undefined) context.addIssue({ code: "custom", message: reason });
  });

/** The name of a database, a schema or something in one. */
export function objectName(): z.ZodType<string> {
  return z.string().superRefine((name, context) => {
    const reason = /^(pg_|public$|none$)/.test(name) ? undefined : refusedRoleName(name);
    if (reason !== undefined) context.addIssue({ code: "custom", message: reason });
  });
}

const SYNONYMS: Readonly<Record<string, string>> = { TEMP: "TEMPORARY", "ALL PRIVILEGES": ALL };

/** Privileges by name; ALL says that it is all of them. */
export const privileges = z
  .array(z.string().transform((name) => SYNONYMS[name.toUpperCase()] ?? name.toUpperCase()))
  .transform((names) => (names.includes(ALL) ? [ALL] : [...new Set(names)].sort()));

const objects = z.string().transform((text, context) => {
  try {
    return encodeNames(decodeNames(text));
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
    return z.NEVER;
  }
});

/** The arguments of `postgres.Grant` and `postgres.Privileges`. */
export const grantSchema = z.strictObject({
  database: objectName().optional(),
  on: z.enum([
    "database",
    "tablespace",
    "parameter",
    "schema",
    "language",
    "foreign data wrapper",
    "foreign server",
    "table",
    "sequence",
    "function",
    "procedure",
    "type",
  ]),
  schema: objectName().optional(),
  /** One text, a name a line; left out, all of the schema. */
  objects: objects.optional(),
  columns: z
    .array(objectName())
    .transform((names) => [...new Set(names)].sort())
    .optional(),
  grantee,
  privileges,
  grantOption: z.boolean().transform(leaveOut<boolean>(false)).optional(),
  future: z.boolean().transform(leaveOut<boolean>(false)).optional(),
  until: validUntil(),
  /** Set by `check` and not by programs: the end has come. It is what makes an unchanged program differ from its state. */
  expired: z.literal(true).optional(),
  onRemove: relationOnRemove,
  connection,
});

/** The arguments of a grant, canonical. */
export type GrantArguments = z.output<typeof grantSchema>;

/** The kind that a grant's privileges are of. */
export function kindOf({ on, columns }: Pick<GrantArguments, "on" | "columns">): ObjectKind {
  return columns === undefined ? on : "column";
}

/** The names that a grant gives, as a catalog keeps them; undefined for all of a schema. */
export function declaredNames(args: GrantArguments): string[] | undefined {
  if (args.objects === undefined) return undefined;
  const names = decodeNames(args.objects);
  if (args.columns !== undefined)
    return names.flatMap((table) => (args.columns ?? []).map((name) => nameOf(table, name)));
  if (args.on === "function" || args.on === "procedure") return names.map((text) => nameOf(...routineOf(text)));
  // The server keeps names of parameters so, and takes them in any case.
  return args.on === "parameter" ? [...new Set(names.map((name) => name.toLowerCase()))] : names;
}

/** What contradicts itself within the arguments of a grant. */
export function contradictions(
  args: Partial<GrantArguments>,
  pending: ReadonlySet<string>,
  exact: boolean,
): CheckFailure[] {
  const { on } = args;
  if (on === undefined) return [];
  const failures: CheckFailure[] = [];
  const refuse = (property: keyof GrantArguments, reason: string): void => void failures.push({ property, reason });
  const given = (property: keyof GrantArguments): boolean => args[property] !== undefined || pending.has(property);
  const inside = KINDS[on].within === "schema";
  if (inside || on === "schema") {
    if (!given("schema")) refuse("schema", `is required for privileges on a ${on}`);
  } else if (given("schema")) refuse("schema", `has no meaning for privileges on a ${on}`);
  if (!isListed(on)) {
    if (given("objects")) refuse("objects", `has no meaning for privileges on a ${on}; it is named by ${on}`);
  } else if (!inside && !given("objects")) refuse("objects", `is required for privileges on a ${on}: the names`);
  if (isShared(on) && on !== "database" && given("database"))
    refuse("database", `has no meaning for privileges on a ${on}, which all databases of the server share`);
  if (given("columns") && (on !== "table" || !given("objects")))
    refuse("columns", 'can be given on: "table" with objects, the tables that have them');
  if (given("future") && (!inside || given("objects")))
    refuse("future", "is for all of a schema: leave objects out, and give it on something that is in a schema");
  if (given("grantOption") && args.grantee === PUBLIC) refuse("grantOption", "cannot be given to PUBLIC");
  if (args.privileges?.length === 0 && !exact) refuse("privileges", "must not be empty");
  const kind = kindOf({ on, columns: args.columns });
  failures.push(...unknownPrivileges(kind, args.privileges ?? []), ...malformedRoutines(args));
  return failures;
}

/** Privileges that no server has on a kind of object. */
export function unknownPrivileges(kind: ObjectKind, names: readonly string[]): CheckFailure[] {
  const known = postgresPrivileges(kind);
  const some = everyPrivilege(kind);
  return names
    .filter((name) => name !== ALL && !some.includes(name))
    .map((name) => ({
      property: "privileges",
      reason: `there is no privilege ${JSON.stringify(name)} on a ${kind}; there are ${known.join(", ")} and ALL`,
    }));
}

function malformedRoutines({ on, objects: text }: Partial<GrantArguments>): CheckFailure[] {
  if ((on !== "function" && on !== "procedure") || text === undefined) return [];
  return decodeNames(text).flatMap((name) => {
    try {
      routineOf(name);
      return [];
    } catch (error) {
      return [{ property: "objects", reason: (error as Error).message }];
    }
  });
}
