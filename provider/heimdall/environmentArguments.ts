import * as z from "zod";
import { decodeLines, decodeNames, encodeLines, encodeNames, type Entry } from "../core/lines.js";
import { checkWithin } from "../core/problems.js";
import { connection, cpf, description, mappingArguments, managedRole, nameArgument } from "./arguments.js";
import { ignoredBy } from "./data.js";
import type { DeclaredMapping } from "./mapping.js";
import { nameLines } from "./names.js";
import { SUPERADMIN, mappingKey } from "./snapshot.js";

/** A list as one text (core/lines.ts), each entry checked; parsing gives the canonical text. */
function entryLines(name: z.ZodType<string>, attributes: z.ZodObject): z.ZodType<string> {
  return z.string().transform((text, context) => {
    try {
      return encodeEntries(decodeLines(text).map((entry) => checked(entry, { name, attributes }, context)));
    } catch (error) {
      context.addIssue({ code: "custom", message: (error as Error).message });
      return z.NEVER;
    }
  });
}

function checked(
  entry: Entry,
  { name, attributes }: { readonly name: z.ZodType<string>; readonly attributes: z.ZodObject },
  context: z.core.$RefinementCtx,
): Entry {
  const label = JSON.stringify(entry.name);
  const named = name.safeParse(entry.name);
  for (const { message } of named.error?.issues ?? [])
    context.addIssue({ code: "custom", message: `${label} ${message}` });
  const given = checkWithin(attributes, entry.attributes ?? {}, { where: label, context, what: "an entry" });
  return given === undefined ? entry : { name: entry.name, attributes: given };
}

function encodeEntries(entries: readonly Entry[]): string {
  return encodeLines(
    entries.map(({ name, attributes = {} }) => ({
      name,
      attributes: Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined)),
    })),
  );
}

const described = z.strictObject({ description });
const { method, path, ...mappingAttributes } = mappingArguments;

/** A mapping is called by its method and its path: `GET /users`. */
const mappingName = z.string().superRefine((name, context) => {
  const key = keyOf(name);
  for (const { message } of method.safeParse(key.method).error?.issues ?? []) {
    context.addIssue({ code: "custom", message: `: the method ${message}` });
  }
  for (const { message } of path.safeParse(key.path).error?.issues ?? []) {
    context.addIssue({ code: "custom", message: `: the path ${message}` });
  }
});

const cpfLines = z.string().transform((text, context) => {
  const names = decodeNames(text);
  for (const name of names) {
    for (const { message } of cpf.safeParse(name).error?.issues ?? []) {
      context.addIssue({ code: "custom", message: `${JSON.stringify(name)} ${message}` });
    }
  }
  return encodeNames(names);
});

/** The arguments of `heimdall.Environment` as they travel. */
export const environmentSchema = z.strictObject({
  /** Stands for the environment: one resource of this name on one connection. */
  name: z.string().min(1),
  actions: entryLines(nameArgument(), described),
  roles: entryLines(managedRole(), described),
  mappings: entryLines(mappingName, z.strictObject(mappingAttributes)),
  groups: entryLines(nameArgument(), described),
  /** By role, each list one text; a role without one has none. */
  roleActions: z.record(z.string(), nameLines),
  /** By group, each list one text; a group without one has none. */
  groupRoles: z.record(z.string(), nameLines),
  /** By group; a group without one keeps the members that it has. */
  members: z.record(z.string(), cpfLines).optional(),
  ignore: z.array(z.string().min(1, "must not be empty")).optional(),
  onRemove: z.enum(["drop", "keep"]).optional(),
  connection,
});

/** The arguments of `heimdall.Environment`, canonical. */
export type EnvironmentArguments = z.output<typeof environmentSchema>;

/** What an environment is to be, read from its texts, without what is ignored. */
export interface DeclaredEnvironment {
  /** Descriptions by name. */
  readonly actions: ReadonlyMap<string, string>;
  readonly roles: ReadonlyMap<string, string>;
  readonly groups: ReadonlyMap<string, string>;
  /** By method and path. */
  readonly mappings: ReadonlyMap<string, DeclaredMapping>;
  readonly roleActions: ReadonlyMap<string, readonly string[]>;
  readonly groupRoles: ReadonlyMap<string, readonly string[]>;
  /** Only of groups whose members are declared. */
  readonly members: ReadonlyMap<string, readonly string[]>;
  readonly ignored: (name: string) => boolean;
}

/** What was read already: one call needs the same lists several times, and they can be long. */
const read = new WeakMap<EnvironmentArguments, DeclaredEnvironment>();

/** Reads the texts of an environment. What it ignores is left out everywhere. */
export function declaredEnvironment(args: EnvironmentArguments): DeclaredEnvironment {
  const known = read.get(args) ?? readTexts(args);
  read.set(args, known);
  return known;
}

function readTexts(args: EnvironmentArguments): DeclaredEnvironment {
  const ignored = ignoredBy(args.ignore);
  const entries = (text: string): Entry[] => decodeLines(text).filter(({ name }) => !ignored(name));
  const descriptions = (text: string): Map<string, string> =>
    new Map(entries(text).map(({ name, attributes }) => [name, attributes?.["description"] as string]));
  const lists = (by: Readonly<Record<string, string>> | undefined, names: ReadonlyMap<string, unknown>) =>
    new Map(
      Object.entries(by ?? {})
        .filter(([name]) => names.has(name))
        .map(([name, text]) => [name, decodeNames(text).filter((each) => !ignored(each))]),
    );
  const [roles, groups] = [descriptions(args.roles), descriptions(args.groups)];
  const mappings = entries(args.mappings).map(({ name, attributes }): DeclaredMapping => ({
    ...keyOf(name),
    ...(attributes as { action: string; description?: string }),
  }));
  return {
    actions: descriptions(args.actions),
    roles,
    groups,
    mappings: new Map(mappings.filter(({ action }) => !ignored(action)).map((each) => [mappingKey(each), each])),
    roleActions: lists(args.roleActions, roles),
    groupRoles: lists(args.groupRoles, groups),
    members: lists(args.members, groups),
    ignored,
  };
}

function keyOf(name: string): { method: string; path: string } {
  const space = name.indexOf(" ");
  return space < 0 ? { method: name, path: "" } : { method: name.slice(0, space), path: name.slice(space + 1) };
}

/** The texts of an environment; lists that are empty are left out of their records. */
export function encodeEnvironment(
  declared: Omit<DeclaredEnvironment, "ignored">,
): Pick<EnvironmentArguments, "actions" | "roles" | "mappings" | "groups" | "roleActions" | "groupRoles"> {
  const descriptions = (of: ReadonlyMap<string, string>): string =>
    encodeEntries([...of].map(([name, text]) => ({ name, attributes: { description: text } })));
  return {
    actions: descriptions(declared.actions),
    roles: descriptions(declared.roles),
    groups: descriptions(declared.groups),
    mappings: encodeEntries(
      [...declared.mappings].map(([name, { action, description: text }]) => ({
        name,
        attributes: { action, description: text },
      })),
    ),
    roleActions: encodeLists(declared.roleActions),
    groupRoles: encodeLists(declared.groupRoles),
  };
}

/** Lists by name as texts; those that are empty are left out. */
export function encodeLists(lists: ReadonlyMap<string, readonly string[]>): Record<string, string> {
  const filled = [...lists].filter(([, names]) => names.length > 0).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(filled.map(([name, names]) => [name, encodeNames(names)]));
}

/** What refers to something that the environment does not have. */
export function contradictions(
  args: Partial<EnvironmentArguments>,
  pending: ReadonlySet<string>,
): { property: string; reason: string }[] {
  // Lists that are not known yet can have everything.
  if (pending.size > 0) return [];
  const declared = declaredEnvironment(args as EnvironmentArguments);
  const { ignored } = declared;
  const strangers = (
    property: string,
    what: string,
    owners: readonly string[],
    names: ReadonlyMap<string, unknown>,
  ): { property: string; reason: string }[] =>
    owners
      .filter((name) => !names.has(name) && !ignored(name))
      .map((name) => ({ property, reason: `there is no ${what} ${JSON.stringify(name)} in this environment` }));
  const unknown = (
    property: string,
    lists: ReadonlyMap<string, readonly string[]>,
    what: "action" | "role",
  ): { property: string; reason: string }[] =>
    [...lists].flatMap(([owner, names]) =>
      names
        .filter((name) => !(what === "action" ? declared.actions : declared.roles).has(name) && name !== SUPERADMIN)
        .map((name) => ({
          property,
          reason: `${JSON.stringify(owner)} has the ${what} ${JSON.stringify(name)}, which this environment does not have`,
        })),
    );
  const mappings = [...declared.mappings.values()].filter(({ action }) => !declared.actions.has(action));
  return [
    ...strangers("roleActions", "role", Object.keys(args.roleActions ?? {}), declared.roles),
    ...strangers("groupRoles", "group", Object.keys(args.groupRoles ?? {}), declared.groups),
    ...strangers("members", "group", Object.keys(args.members ?? {}), declared.groups),
    ...unknown("roleActions", declared.roleActions, "action"),
    ...unknown("groupRoles", declared.groupRoles, "role"),
    ...mappings.map((each) => ({
      property: "mappings",
      reason: `${mappingKey(each)} asks for the action ${JSON.stringify(each.action)}, which this environment does not have`,
    })),
  ];
}
