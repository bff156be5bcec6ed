import * as z from "zod";
import { canonicalJson, decodeLines, encodeLines, type Entry } from "../core/lines.js";
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
    .transform((text, context) => entries(text, databaseAttributes, context))
    .optional(),
  /** By database. */
  schemas: z
    .record(z.string(), z.string())
    .transform((all, context) => mapValues(all, (text) => entries(text, schemaAttributes, context)))
    .optional(),
  grants: lists.transform((all, context) => granteeLists(all, grantTarget, context)).optional(),
  defaultPrivileges: lists.transform((all, context) => granteeLists(all, defaultTarget, context)).optional(),
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

function entries(text: string, attributes: z.ZodObject, context: z.core.$RefinementCtx): string {
  return checked(context, () =>
    encodeLines(
      decodeLines(text).map((entry) => ({ name: entry.name, ...checkedAttributes(entry, attributes, context) })),
    ),
  );
}

function checkedAttributes(
  { name, attributes: given }: Entry,
  schemaOf: z.ZodObject,
  context: z.core.$RefinementCtx,
): Partial<Entry> {
  if (given === undefined) return {};
  const parsed = schemaOf.safeParse(given);
  for (const issue of parsed.error?.issues ?? []) {
    context.addIssue({ code: "custom", message: `${JSON.stringify(name)}: ${issue.path.join(".")}: ${issue.message}` });
  }
  return { attributes: defined(parsed.data ?? {}) };
}

const granteeAttributes = z.strictObject({ until: validUntil() });

function granteeLists(all: Lists, target: z.ZodObject, context: z.core.$RefinementCtx): Lists {
  return mapValues(all, (byTarget, database) => {
    const canonical: Record<string, string> = {};
    for (const [text, names] of Object.entries(byTarget)) {
      const key = checked(context, () => targetText(text, target, database, context));
      const misplaced = wrongPlace(key, database);
      if (misplaced !== undefined) context.addIssue({ code: "custom", message: misplaced });
      // Two spellings of one target are one list.
      canonical[key] = checked(context, () => granteeText(`${canonical[key] ?? ""}${names}`, context));
    }
    return canonical;
  });
}

/** A target, canonical: parsing it again changes nothing. */
function targetText(text: string, target: z.ZodObject, database: string, context: z.core.$RefinementCtx): string {
  const parsed = target.safeParse(JSON.parse(text));
  for (const issue of parsed.error?.issues ?? []) {
    const where = `database ${JSON.stringify(database)}, ${text}: ${issue.path.join(".")}`;
    context.addIssue({ code: "custom", message: `${where}: ${issue.message}` });
  }
  return canonicalJson(defined(parsed.data ?? {}));
}

/** Why a target cannot be where it stands: what all databases share is in none of them, all else is in one. */
function wrongPlace(target: string, database: string): string | undefined {
  const { on } = (target === "" ? {} : JSON.parse(target)) as Partial<GrantTarget>;
  if (on === undefined) return undefined;
  const inNone = isShared(on) && on !== "database";
  if (inNone === (database === "")) return undefined;
  return inNone
    ? `${target}: databases has no meaning for privileges on a ${on}, which all databases of the server share`
    : `${target}: databases is required for privileges on a ${on}`;
}

function granteeText(text: string, context: z.core.$RefinementCtx): string {
  return encodeLines(
    decodeLines(text).map((entry) => {
      const parsed = grantee.safeParse(entry.name);
      for (const { message } of parsed.error?.issues ?? []) {
        context.addIssue({ code: "custom", message: `the name ${JSON.stringify(entry.name)} ${message}` });
      }
      return { name: parsed.data ?? entry.name, ...checkedAttributes(entry, granteeAttributes, context) };
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
