import * as z from "zod";
import { leaveOut } from "../core/arguments.js";
import { decodeLines, encodeLines, type Entry } from "../core/lines.js";
import { checkWithin } from "../core/problems.js";
import { remembered } from "../core/remembered.js";
import { areUsualNames, refusedExistingName } from "./names.js";
import { validUntil } from "./roleArguments.js";

export { isOver } from "../core/instants.js";

/** How somebody is a member. What is left out is as PostgreSQL does it where nothing is said. */
export interface MemberOptions {
  /** May give the group to others. Default false. */
  readonly admin?: boolean | undefined;
  /** Has the group's rights without SET ROLE. Default: as the member's own `inherit` says. PostgreSQL 16 and later. */
  readonly inherit?: boolean | undefined;
  /** May become the group with SET ROLE. Default true. PostgreSQL 16 and later. */
  readonly set?: boolean | undefined;
}

/** A member of a list. */
export interface Member extends MemberOptions {
  readonly name: string;
  /** When the membership ends, ISO 8601 in UTC; undefined for never. */
  readonly until?: string | undefined;
}

/** The options and the end of a membership, as arguments. */
export const memberArguments = {
  admin: z.boolean().transform(leaveOut<boolean>(false)).optional(),
  inherit: z.boolean().optional(),
  set: z.boolean().transform(leaveOut<boolean>(true)).optional(),
  until: validUntil(),
};

const attributes = z.strictObject(memberArguments);

/** A list of members as one text (core/lines.ts); parsing gives the canonical text. */
export const memberLines = z.string().transform((text, context) => {
  try {
    if (areUsualNames(text)) return text;
    return encodeMembers(decodeLines(text).flatMap((entry, index) => checkedMember(entry, index, context)));
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
    return z.NEVER;
  }
});

function checkedMember(entry: Entry, index: number, context: z.core.$RefinementCtx): Member[] {
  const { name } = entry;
  checkName(name, refusedExistingName(name), context);
  if (entry.attributes === undefined) return [{ name }];
  const where = `${JSON.stringify(name)} (entry ${String(index + 1)})`;
  const checked = checkWithin(attributes, entry.attributes, { where, context, what: "a member", also: ["name"] });
  return checked === undefined ? [] : [{ name, ...checked }];
}

/** Refuses a name of a list for a reason, where there is one. */
export function checkName(name: string, reason: string | undefined, context: z.core.$RefinementCtx): void {
  if (reason !== undefined) context.addIssue({ code: "custom", message: `the name ${JSON.stringify(name)} ${reason}` });
}

const maps = new WeakMap<readonly Member[], ReadonlyMap<string, Member>>();

/** The members of a list by their names, worked out once for each list. */
export function byName(members: readonly Member[]): ReadonlyMap<string, Member> {
  const map = maps.get(members) ?? new Map(members.map((member) => [member.name, member]));
  maps.set(members, map);
  return map;
}

/** Writes a list of members as one text. */
export function encodeMembers(members: readonly Member[]): string {
  return encodeLines(members.map(entryOf));
}

/** Whether a membership has no options, as nearly all have none. */
export function isBare({ admin, inherit, set }: MemberOptions): boolean {
  return admin === undefined && inherit === undefined && set === undefined;
}

function entryOf({ name, admin, inherit, set, until }: Member): Entry {
  // Most members of a large list are a name alone.
  if (until === undefined && isBare({ admin, inherit, set })) return { name };
  const said = Object.entries({ admin, inherit, set, until }).filter(([, value]) => value !== undefined);
  return { name, attributes: Object.fromEntries(said) };
}

/** Reads a text that `encodeMembers` wrote. */
export const decodeMembers = remembered((text): readonly Member[] =>
  decodeLines(text).map((entry) =>
    entry.attributes === undefined ? entry : { name: entry.name, ...entry.attributes },
  ),
);
