import * as z from "zod";
import { leaveOut } from "../core/arguments.js";
import { readAccess, roleLines, type DeclaredAccess } from "./accessArguments.js";
import type { MemberList } from "./memberList.js";
import { memberLines } from "./members.js";
import { connection, flag, ignoredBy, ignorePatterns } from "./roleArguments.js";

const listAttributes = z.strictObject({
  create: flag(true),
  incomplete: flag(false),
  onRemove: z.enum(["drop", "keep"]).optional(),
});

/** A group as a MemberLists names it. */
export interface ListedGroup extends Partial<z.output<typeof listAttributes>> {
  readonly name: string;
}

/** The arguments of `postgres.MemberLists` as they travel. */
export const memberListsSchema = z.strictObject({
  /** Stands for the server: one MemberLists of this name on one connection. */
  name: z.string().min(1),
  groups: roleLines(listAttributes, { what: "a group", also: ["members"] }),
  /** By group, each list one text. */
  members: z.record(z.string(), memberLines),
  /** Of members, and not of groups. */
  ignore: ignorePatterns,
  missing: z.enum(["fail", "skip"]).transform(leaveOut<"fail" | "skip">("fail")).optional(),
  onRemove: z.enum(["drop", "keep"]).optional(),
  /** Set by `check` and not by programs: the groups that were there before. */
  adopted: z.string().optional(),
  /** Set by `check` and not by programs: the members who were left out because the server does not know them. */
  absent: z.string().optional(),
  connection,
});

/** The arguments of `postgres.MemberLists`, canonical. */
export type MemberListsArguments = z.output<typeof memberListsSchema>;

/** What a MemberLists declares, read from its texts: an Access without users, whose groups say more. */
export interface DeclaredLists extends DeclaredAccess {
  readonly groups: ReadonlyMap<string, ListedGroup>;
  /** Whether somebody is left alone as a member. Groups are never ignored. */
  readonly ignoredMember: (name: string) => boolean;
}

/** The arguments without what an Access takes for groups too. */
export function asAccess({ ignore: _ignore, ...rest }: MemberListsArguments): Omit<MemberListsArguments, "ignore"> {
  return rest;
}

/** What was read already: one call needs the same lists several times, and they can be long. */
const read = new WeakMap<MemberListsArguments, DeclaredLists>();

/** Reads the texts of a MemberLists. Members whom it ignores are left out. */
export function readLists(args: MemberListsArguments): DeclaredLists {
  const known = read.get(args) ?? readTexts(args);
  read.set(args, known);
  return known;
}

function readTexts(args: MemberListsArguments): DeclaredLists {
  const ignoredMember = ignoredBy(args.ignore);
  const declared = readAccess(asAccess(args));
  const lists = [...declared.lists].map(
    ([group, members]) => [group, members.filter(({ name }) => !ignoredMember(name))] as const,
  );
  return { ...declared, groups: declared.groups, lists: new Map(lists), ignoredMember };
}

/** Each group's list, as the code that works on one list takes it. */
export function listsOf({ groups, lists, ignoredMember }: DeclaredLists): MemberList[] {
  return [...lists].map(([group, declared]) => ({
    group,
    declared,
    ignored: ignoredMember,
    ...(groups.get(group)?.incomplete === true ? { incomplete: true } : {}),
  }));
}
