import { someOf } from "../core/errors.js";
import { decodeNames } from "../core/lines.js";
import { ALL } from "./objectKinds.js";

/** A list of who gets privileges on something, as far as two lists can meet. */
export interface GrantList {
  /** "" for what all databases share. */
  readonly database: string;
  /** It is about what will be made. */
  readonly future: boolean;
  readonly target: {
    readonly on: string;
    /** Who will make it; undefined for everybody who can. */
    readonly owner?: string | undefined;
    readonly schema?: string | undefined;
    readonly objects?: readonly string[] | undefined;
    readonly columns?: readonly string[] | undefined;
    readonly privileges: readonly string[];
    readonly grantOption?: boolean | undefined;
    /** Besides these privileges they are to have none. */
    readonly exact?: boolean | undefined;
    /** They are to have them on what will be made too. */
    readonly future?: boolean | undefined;
  };
  /** The grantees (core/lines.ts). */
  readonly text: string;
}

/**
 * Lists of one Access that would undo each other's work in every run: one is exact and takes what another gives, or one
 * takes the grant option that another gives. Each is a sentence.
 */
export function contradictoryGrants(lists: readonly GrantList[]): string[] {
  return lists.flatMap((one, index) => lists.slice(index + 1).flatMap((other) => contradiction(one, other)));
}

function contradiction(one: GrantList, other: GrantList): string[] {
  if (!meet(one, other) || !undoEachOther(one, other)) return [];
  const both = inBoth(one, other);
  if (both.length === 0) return [];
  return [
    `${someOf(both, 3)}: two lists about ${placeOf(one)} would undo each other's work in every run, (${said(one)}) ` +
      `and (${said(other)}); say in one list what they are to have there`,
  ];
}

const grantees = new WeakMap<GrantList, ReadonlySet<string>>();

/** The grantees of a list, worked out once for each list. */
function granteesOf(list: GrantList): ReadonlySet<string> {
  const found = grantees.get(list) ?? new Set(decodeNames(list.text));
  grantees.set(list, found);
  return found;
}

/** Who is on both of two lists. */
export function inBoth(one: GrantList, other: GrantList): string[] {
  const [few = new Set(), many = new Set()] = [granteesOf(one), granteesOf(other)].sort((a, b) => a.size - b.size);
  return [...few].filter((name) => many.has(name));
}

/** What a list is about, in words. */
export function placeOf({ database, future, target: { on, schema } }: GrantList): string {
  const inside = [
    ...(schema === undefined ? [] : [`schema ${JSON.stringify(schema)}`]),
    ...(database === "" ? [] : [`database ${JSON.stringify(database)}`]),
  ];
  return `${future ? "future" : "the same"} ${on}s${inside.length === 0 ? "" : ` in ${inside.join(" of ")}`}`;
}

/** What a list gives, in words. */
export function said({ future, target: { privileges, grantOption, exact } }: GrantList): string {
  const more = [...(grantOption === true ? ["grant option"] : []), ...(exact === true && !future ? ["exact"] : [])];
  return [...privileges, ...more].join(", ");
}

/** Whether two lists are about some of the same things. */
function meet(one: GrantList, other: GrantList): boolean {
  const [a, b] = [one.target, other.target];
  if (one.database !== other.database || one.future !== other.future) return false;
  if (a.on !== b.on || a.schema !== b.schema || a.owner !== b.owner) return false;
  return overlapIn(one, other);
}

/** Whether two lists about one kind of things in one place are about some of the same. */
export function overlapIn({ target: a }: GrantList, { target: b }: GrantList): boolean {
  // Privileges on columns are others than those on their tables.
  if ((a.columns === undefined) !== (b.columns === undefined)) return false;
  return overlap(a.objects, b.objects) && overlap(a.columns, b.columns);
}

/** Whether two lists of names have one in common; those that name nothing mean all. */
function overlap(one: readonly string[] | undefined, other: readonly string[] | undefined): boolean {
  return one === undefined || other === undefined || one.some((name) => other.includes(name));
}

/** Whether one of two lists takes away something that the other gives, where they are about the same. */
export function undoEachOther(one: GrantList, other: GrantList): boolean {
  return undoes(one, other) || undoes(other, one);
}

/** Whether the first list takes away something that the second one gives. */
function undoes({ target: one }: GrantList, { target: other }: GrantList): boolean {
  const given = other.privileges.filter((privilege) => covers(one.privileges, privilege));
  if (one.exact === true && given.length < other.privileges.length) return true;
  const shared = given.length > 0 || one.privileges.some((privilege) => covers(other.privileges, privilege));
  return shared && one.grantOption !== true && other.grantOption === true;
}

function covers(privileges: readonly string[], privilege: string): boolean {
  return privileges.includes(ALL) || privileges.includes(privilege);
}
