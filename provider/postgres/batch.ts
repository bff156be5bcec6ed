import { chunks } from "../core/chunks.js";
import { asRosterError, type RosterError } from "../core/errors.js";
import { canonicalJson } from "../core/lines.js";
import type { Change } from "./changes.js";
import type { Writer, Written } from "./dialect.js";
import { NAMES_IN_A_STATEMENT } from "./quote.js";

/** What one resource wants done, all or nothing. */
export interface Member {
  readonly changes: readonly Change[];
  resolve(): void;
  reject(error: RosterError): void;
}

/** One statement of a script, and who wants it. */
export interface Line extends Written {
  readonly owners: readonly Member[];
}

const TAKING = ["revokeMembership", "revokeOption", "revokeDefault", "revoke"] as const;

/**
 * Changes that are merged over members, what is taken before what is given: a moment with too little is safer than one
 * with too much. Who is dropped cannot be named any more, and so goes when all is taken.
 */
const ORDER = [...TAKING, "dropRole", "grantMembership", "grant", "grantDefault"] as const;

type Mergeable = Extract<Change, { kind: (typeof ORDER)[number] }>;

/** Whether a change can be in no transaction. */
export function runsAlone({ kind }: Change): boolean {
  return kind === "createDatabase" || kind === "dropDatabase";
}

/** Members of one script and so of one transaction: a failure makes the others of its script run again. */
const MEMBERS_IN_A_SCRIPT = 500;
/** Names in one script where all is given, or all is taken: the server begins when these are written. */
const NAMES_IN_A_SCRIPT = 5000;

/** What goes into the next script. */
export interface NextScript {
  /** How many of those that wait. */
  readonly count: number;
  /** Whether it is as large as scripts get, so that nothing is won by waiting for more. */
  readonly full: boolean;
}

/** The next script of what waits: members of one transaction, or one that no transaction takes. */
export function nextScript(waiting: readonly Member[]): NextScript {
  let names = 0;
  const most = isOneWay(waiting.slice(0, MEMBERS_IN_A_SCRIPT)) ? NAMES_IN_A_SCRIPT : Infinity;
  for (const [index, { changes }] of waiting.entries()) {
    if (changes.some(runsAlone)) return { count: Math.max(index, 1), full: false };
    for (const change of changes) names += namesIn(change);
    if (index + 1 === MEMBERS_IN_A_SCRIPT || names >= most) return { count: index + 1, full: true };
  }
  return { count: waiting.length, full: false };
}

/** Whether members only give, or only take: who moves is to lose the one in no later transaction than to get the other. */
function isOneWay(members: readonly Member[]): boolean {
  const takes = new Set(
    members.flatMap(({ changes }) => changes.map(({ kind }) => TAKING.some((each) => each === kind))),
  );
  return takes.size < 2;
}

/**
 * The statements for members of a batch. Memberships of one group, equal privileges on the same objects, and drops become one
 * statement for hundreds of names, whoever wants them. Members of a batch do not need each other, so their order is
 * ours: what is not merged first, then what is taken, who is dropped, and what is given, each by what it is in or on.
 * One fixed order also means that two runs which meet wait for each other and do not lock each other out.
 */
export function linesOf(members: readonly Member[], writer: Writer): Line[] {
  const own: Line[] = [];
  const merging = new Map<string, Wanted[]>();
  for (const owner of members) {
    if (!owner.changes.every((change) => isMergeable(change, writer))) own.push(...ownLines(owner, writer));
    else for (const change of owner.changes) put(merging, change.kind, { change: change as Mergeable, owner });
  }
  return [...own, ...ORDER.flatMap((kind) => mergedLines(merging.get(kind) ?? [], writer))];
}

/** A change that is merged with others, and who wants it. */
interface Wanted {
  readonly change: Mergeable;
  readonly owner: Member;
}

function put<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function namesIn(change: Change): number {
  if ("grantees" in change) return change.grantees.length;
  if (change.kind === "dropRole") return change.names.length;
  return "members" in change ? change.members.length : 1;
}

function isMergeable({ kind }: Change, { dropsTogether }: Writer): boolean {
  return kind === "dropRole" ? dropsTogether : ORDER.some((merged) => merged === kind);
}

function ownLines(member: Member, writer: Writer): Line[] {
  return member.changes.flatMap((change) => lines(change, [member], writer));
}

function lines(change: Change, owners: readonly Member[], writer: Writer): Line[] {
  return writer.written(change).map(({ sql, shown }) => ({ sql, shown, owners }));
}

/** The members that want what the dialect does not have, and what it says to that. */
export function unwritable(members: readonly Member[], writer: Writer): Map<Member, RosterError> {
  const found = new Map<Member, RosterError>();
  for (const member of members) {
    try {
      member.changes.forEach(writer.shown);
    } catch (error) {
      found.set(member, asRosterError(error));
    }
  }
  return found;
}

/**
 * Whether privileges on columns are changed. That comes after those on tables: who loses something on a table keeps what
 * there is on its columns (statementsPrivileges.ts), also what is to go with the next statement.
 */
export function isOnColumns(change: Change): boolean {
  return (change.kind === "grant" || change.kind === "revoke") && change.target.kind === "column";
}

/** The names that a change is about, and what is the same for all of them: equal for changes that one statement can do. */
function namesOf(change: Mergeable): { names: readonly string[]; same: string } {
  if (change.kind === "dropRole") return { names: change.names, same: change.kind };
  if ("grantees" in change) {
    const { grantees, ...rest } = change;
    return { names: grantees, same: canonicalJson(rest) };
  }
  const { members, ...rest } = change;
  return { names: members, same: canonicalJson(rest) };
}

function withNames(change: Mergeable, names: readonly string[]): Change {
  if (change.kind === "dropRole") return { ...change, names };
  return "grantees" in change ? { ...change, grantees: names } : { ...change, members: names };
}

function mergedLines(changes: readonly Wanted[], writer: Writer): Line[] {
  const byStatement = new Map<string, { change: Mergeable; wanted: { name: string; owner: Member }[] }>();
  for (const { change, owner } of changes) {
    const { names, same } = namesOf(change);
    const entry = byStatement.get(same) ?? { change, wanted: [] };
    for (const name of names) entry.wanted.push({ name, owner });
    byStatement.set(same, entry);
  }
  const ordered = [...byStatement].sort(
    ([a, { change: one }], [b, { change: other }]) =>
      Number(isOnColumns(one)) - Number(isOnColumns(other)) || (a < b ? -1 : 1),
  );
  return ordered.flatMap(([, { change, wanted }]) =>
    chunks(wanted, NAMES_IN_A_STATEMENT).flatMap((chunk) => merged(change, chunk, writer)),
  );
}

function merged(change: Mergeable, wanted: readonly { name: string; owner: Member }[], writer: Writer): Line[] {
  const names = [...new Set(wanted.map(({ name }) => name))];
  return lines(withNames(change, names), [...new Set(wanted.map(({ owner }) => owner))], writer);
}
