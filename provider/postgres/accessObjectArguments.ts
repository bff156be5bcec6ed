import * as z from "zod";
import { someOf } from "../core/errors.js";
import { canonicalJson, decodeLines, decodeNames, encodeLines, type Entry } from "../core/lines.js";
import { checkWithin, type Called } from "../core/problems.js";
import { databaseDefinition } from "./database.js";
import { defaultPrivilegesDefinition } from "./defaultPrivileges.js";
import { grantSchema, grantee } from "./grantArguments.js";
import { isShared } from "./objectKinds.js";
import { validUntil } from "./roleArguments.js";
import { schemaDefinition } from "./schema.js";

/*
 * Databases, schemas and privileges of an Access, as they travel: lists as text (core/lines.ts). Privileges are lists
 * of grantees, by database and by what they are granted: `{"on":"table","privileges":["SELECT"],"schema":"app"}`.
 */

const { name: _name, existing: _existing, connection: _connection, ...databaseShape } = databaseDefinition.schema.shape;
/** What an entry of `databases` may say. */
export const databaseAttributes = z.strictObject(databaseShape);
/** What an entry of `schemas` may say. */
export const schemaAttributes = schemaDefinition.schema.pick({ owner: true, comment: true, onRemove: true });

const { on, schema, columns, privileges, grantOption, future } = grantSchema.shape;
const objects = z.array(z.string()).transform((names) => [...new Set(names)].sort());
const grantTarget = z.strictObject({
  on,
  schema,
  objects: objects.optional(),
  columns,
  privileges,
  grantOption,
  future,
  exact: z.literal(true).optional(),
});
/** What a list of `grants` is about. */
export type GrantTarget = z.output<typeof grantTarget>;

const defaultTarget = defaultPrivilegesDefinition.schema.pick({
  owner: true,
  schema: true,
  on: true,
  privileges: true,
  grantOption: true,
});
/** What a list of `defaultPrivileges` is about. */
export type DefaultTarget = z.output<typeof defaultTarget>;

/** Lists of grantees by database ("" for what all databases share) and target. */
const lists = z.record(z.string(), z.record(z.string(), z.string()));
/** These, checked. */
export type Lists = z.output<typeof lists>;

/** The arguments that an Access has for what is in a server besides roles. */
export const objectArguments = {
  databases: z
    .string()
    .transform((text, context) => entries(text, databaseAttributes, { what: "a database", context }))
    .optional(),
  /** By database. */
  schemas: z
    .record(z.string(), z.string())
    .transform((all, context) =>
      mapValues(all, (text) => entries(text, schemaAttributes, { what: "a schema", context })),
    )
    .optional(),
  grants: lists.transform((all, context) => granteeLists(all, grantTarget, { what: "a grant", context })).optional(),
  defaultPrivileges: lists
    .transform((all, context) => granteeLists(all, defaultTarget, { what: "default privileges", context }))
    .optional(),
};

/** These arguments, canonical. */
export interface ObjectArguments {
  readonly databases?: string | undefined;
  readonly schemas?: Readonly<Record<string, string>> | undefined;
  readonly grants?: Readonly<Lists> | undefined;
  readonly defaultPrivileges?: Readonly<Lists> | undefined;
}

/** The names of these arguments. */
export const OBJECT_ARGUMENTS = ["databases", "schemas", "grants", "defaultPrivileges"] as const;

/** What is checked, and where what is wrong with it is told. */
interface Check extends Called {
  readonly context: z.core.$RefinementCtx;
}

function entries(text: string, attributes: z.ZodObject, check: Check): string {
  return checked(check.context, () =>
    encodeLines(
      decodeLines(text).map((entry) => ({ name: entry.name, ...checkedAttributes(entry, attributes, check) })),
    ),
  );
}

function checkedAttributes(
  { name, attributes: given }: Entry,
  schemaOf: z.ZodObject,
  { what, context }: Check,
): Partial<Entry> {
  if (given === undefined) return {};
  const called = { where: JSON.stringify(name), what, also: ["name"], context };
  return { attributes: defined(checkWithin(schemaOf, given, called) ?? {}) };
}

const granteeAttributes = z.strictObject({ until: validUntil() });

function granteeLists(all: Lists, target: z.ZodObject, check: Check): Lists {
  const { context } = check;
  const targets = checkedTargets(all, target, check);
  return mapValues(all, (byTarget, database) => {
    const canonical: Record<string, string> = {};
    for (const [text, names] of Object.entries(byTarget)) {
      const key = targets.get(text) ?? "";
      const misplaced = wrongPlace(key, database, names);
      if (misplaced !== undefined) context.addIssue({ code: "custom", message: misplaced });
      // Two spellings of one target are one list.
      canonical[key] = checked(context, () => granteeText(`${canonical[key] ?? ""}${names}`, context));
    }
    return canonical;
  });
}

/** What a program gives with a target, and what stands apart from it as it travels. */
const BESIDE_TARGET = ["to", "databases"];

/**
 * Targets in canonical form, by the text that came: parsing that again changes nothing. One that is given in several
 * databases is one entry of the program, and what is wrong with it is told once.
 */
function checkedTargets(all: Lists, target: z.ZodObject, { what, context }: Check): Map<string, string> {
  const found = new Map<string, { readonly databases: string[]; readonly names: string }>();
  for (const [database, byTarget] of Object.entries(all)) {
    for (const [text, names] of Object.entries(byTarget)) {
      const entry = found.get(text) ?? { databases: [], names };
      if (database !== "") entry.databases.push(database);
      found.set(text, entry);
    }
  }
  const canonical = [...found].map(([text, entry]) => {
    const key = checked(context, () => {
      const given: unknown = JSON.parse(text);
      const called = { where: titleOf(given, entry), what, also: BESIDE_TARGET, context };
      return canonicalJson(defined(checkWithin(target, given, called) ?? {}));
    });
    return [text, key] as const;
  });
  return new Map(canonical);
}

/** How an entry of the program that may be wrong is called: `SELECT on table in schema "app" of "sales" to "ana"`. */
function titleOf(
  given: unknown,
  { databases, names }: { readonly databases: string[]; readonly names: string },
): string {
  const { on, schema: place, privileges: wanted } = given as Readonly<Record<string, unknown>>;
  const what = [wanted].flat().filter((each) => typeof each === "string");
  return [
    what.length === 0 ? "privileges" : what.join(", "),
    ...(typeof on === "string" ? [`on ${on}`] : []),
    ...(typeof place === "string" ? [`in schema ${JSON.stringify(place)}`] : []),
    ...(databases.length === 0 ? [] : [`of ${someOf(databases, 3)}`]),
    `to ${someOf(decodeNames(names), 3)}`,
  ].join(" ");
}

/** Why a target cannot be where it stands: what all databases share is in none of them, all else is in one. */
function wrongPlace(target: string, database: string, names: string): string | undefined {
  const given = (target === "" ? {} : JSON.parse(target)) as Partial<GrantTarget>;
  const { on } = given;
  if (on === undefined) return undefined;
  const inNone = isShared(on) && on !== "database";
  if (inNone === (database === "")) return undefined;
  const title = titleOf(given, { databases: inNone ? [database] : [], names });
  return inNone
    ? `${title}: databases has no meaning for privileges on a ${on}, which all databases of the server share`
    : `${title}: databases is required for privileges on a ${on}`;
}

function granteeText(text: string, context: z.core.$RefinementCtx): string {
  return encodeLines(
    decodeLines(text).map((entry) => {
      const parsed = grantee.safeParse(entry.name);
      for (const { message } of parsed.error?.issues ?? []) {
        context.addIssue({ code: "custom", message: `the name ${JSON.stringify(entry.name)} ${message}` });
      }
      const called = { what: "a grantee", context };
      return { name: parsed.data ?? entry.name, ...checkedAttributes(entry, granteeAttributes, called) };
    }),
  );
}

function checked(context: z.core.$RefinementCtx, read: () => string): string {
  try {
    return read();
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
    return "";
  }
}

/** Without properties that are undefined. */
export function defined(values: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** A record of the same keys. */
export function mapValues<A, B>(
  all: Readonly<Record<string, A>>,
  change: (value: A, key: string) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(all).map(([key, value]) => [key, change(value, key)]));
}
