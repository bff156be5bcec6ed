import * as z from "zod";
import { decodeLines, encodeLines, type Entry } from "../core/lines.js";
import { checkWithin, type Called } from "../core/problems.js";
import { remembered } from "../core/remembered.js";
import { objectArguments } from "./accessObjectArguments.js";
import { checkName, decodeMembers, memberLines, type Member } from "./members.js";
import { areUsualNames, refusedRoleName } from "./names.js";
import {
  connection,
  existingRoleName,
  groupOrRole,
  ignoredBy,
  ignorePatterns,
  remark,
  userArguments,
} from "./roleArguments.js";

const userAttributes = z.strictObject(userArguments);

const groupAttributes = z.strictObject({
  as: groupOrRole,
  comment: remark,
  reassignTo: existingRoleName().optional(),
  onRemove: z.enum(["drop", "keep"]).optional(),
});

/** A user in an Access. */
export type AccessUser = { readonly name: string } & z.output<typeof userAttributes>;
/** A group in an Access. */
export type AccessGroup = { readonly name: string } & z.output<typeof groupAttributes>;

/** A list of roles as one text (core/lines.ts), each entry checked; parsing gives the canonical text. */
export function roleLines(attributes: z.ZodObject, called: Called): z.ZodType<string> {
  return z.string().transform((text, context) => {
    try {
      if (areUsualNames(text)) return text;
      return encodeEntries(decodeLines(text).map((entry) => checkedEntry(entry, attributes, { ...called, context })));
    } catch (error) {
      context.addIssue({ code: "custom", message: (error as Error).message });
      return z.NEVER;
    }
  });
}

function checkedEntry(
  entry: Entry,
  attributes: z.ZodObject,
  how: Called & { readonly context: z.core.$RefinementCtx },
): Entry {
  checkName(entry.name, refusedRoleName(entry.name), how.context);
  if (entry.attributes === undefined) return entry;
  const checked = checkWithin(attributes, entry.attributes, { ...how, where: JSON.stringify(entry.name) });
  return checked === undefined ? entry : { name: entry.name, attributes: checked };
}

/** Writes entries, without what is undefined. */
export function encodeEntries(entries: readonly Entry[]): string {
  return encodeLines(entries.map(withoutUndefined));
}

function withoutUndefined(entry: Entry): Entry {
  if (entry.attributes === undefined) return entry;
  const said = Object.entries(entry.attributes).filter(([, value]) => value !== undefined);
  return { name: entry.name, attributes: Object.fromEntries(said) };
}

/** The arguments of `postgres.Access` as they travel. */
export const accessSchema = z.strictObject({
  /** Stands for the server: one Access of this name on one connection. */
  name: z.string().min(1),
  users: roleLines(userAttributes, { what: "a user", also: ["name", "password"] }).optional(),
  groups: roleLines(groupAttributes, { what: "a group", also: ["members"] }).optional(),
  /** By group, each list one text. A group without a list keeps the members that it has. */
  members: z.record(z.string(), memberLines).optional(),
  /** By user. */
  passwords: z.record(z.string(), z.string().min(1, "must not be empty")).optional(),
  ...objectArguments,
  ignore: ignorePatterns,
  onRemove: z.enum(["disable", "drop", "keep"]).optional(),
  /**
   * Set by AccessFile and not by programs: what is given are words of a file, and mean what the kind of server has of
   * them. `check` takes it out.
   */
  fromFile: z.literal(true).optional(),
  /** Set by `check` and not by programs: the users and groups that were there before. */
  adopted: z.string().optional(),
  connection,
});

/** The arguments of `postgres.Access`, canonical. */
export type AccessArguments = z.output<typeof accessSchema>;

/** What an Access declares, read from its texts. */
export interface DeclaredAccess {
  readonly users: ReadonlyMap<string, AccessUser>;
  readonly groups: ReadonlyMap<string, AccessGroup>;
  /** Only groups that have a list. */
  readonly lists: ReadonlyMap<string, readonly Member[]>;
  readonly adopted: ReadonlySet<string>;
  readonly ignored: (name: string) => boolean;
}

/** What was read already: one call needs the same lists several times, and they can be long. */
const read = new WeakMap<AccessArguments, DeclaredAccess>();

/** Reads the texts of an Access. Names that it ignores are left out, on every side. */
export function readAccess(args: AccessArguments): DeclaredAccess {
  const known = read.get(args) ?? readTexts(args);
  read.set(args, known);
  return known;
}

const rolesIn = remembered((text): ReadonlyMap<string, AccessUser | AccessGroup> => {
  const roles = new Map<string, AccessUser | AccessGroup>();
  for (const entry of decodeLines(text)) {
    const { name, attributes } = entry;
    roles.set(name, attributes === undefined ? entry : { name, ...attributes });
  }
  return roles;
});

function readTexts(args: AccessArguments): DeclaredAccess {
  const ignored = ignoredBy(args.ignore);
  // The lists that are remembered are taken as they are, where nothing is to be left out of them.
  const kept = <T>(list: readonly T[], nameOf: (entry: T) => string): readonly T[] =>
    args.ignore === undefined ? list : list.filter((entry) => !ignored(nameOf(entry)));
  const named = (text = ""): ReadonlyMap<string, AccessUser | AccessGroup> => {
    const all = rolesIn(text);
    return args.ignore === undefined ? all : new Map(kept([...all], ([name]) => name));
  };
  const lists = kept(Object.entries(args.members ?? {}), ([group]) => group).map(
    ([group, text]) => [group, kept(decodeMembers(text), ({ name }) => name)] as const,
  );
  return {
    users: named(args.users) as DeclaredAccess["users"],
    groups: named(args.groups) as DeclaredAccess["groups"],
    lists: new Map(lists),
    adopted: new Set(decodeLines(args.adopted ?? "").map(({ name }) => name)),
    ignored,
  };
}

/** An Access that declares nothing. */
export const NOTHING = readAccess({ name: "-", connection: undefined });

/** Whether a name is declared, as a user or as a group. */
export function isKnown({ users, groups }: DeclaredAccess, name: string): boolean {
  return users.has(name) || groups.has(name);
}
