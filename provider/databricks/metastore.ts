import { securableKey } from "./securables.js";

/** Somebody's privileges on one securable, given there and not inherited. */
export interface Assignment {
  /** As the service writes it. */
  readonly principal: string;
  /** In their canonical form. */
  readonly privileges: ReadonlySet<string>;
}

/** The privileges on one securable, by folded principal. */
export type Assignments = Map<string, Assignment>;

/** The account that runs this. */
export interface Account {
  /** Folded: the user name, or the application id of a service principal. */
  readonly names: ReadonlySet<string>;
  /** The groups that it is in, folded. */
  readonly groups: ReadonlySet<string>;
}

/** Whose server it is: they differ in how privileges are written and in which there are. */
export type Edition = "databricks" | "open source";

/** What is known of a metastore: the securables that were looked at. */
export interface Metastore {
  /** Undefined where it was not asked, or the server does not tell. */
  account: Account | undefined;
  edition: Edition | undefined;
  /** The address without what may differ in spelling. */
  host: string | undefined;
  /** By key; undefined for a securable that was looked at and is not there. */
  readonly securables: Map<string, Assignments | undefined>;
}

/** A principal as it is compared: e-mail addresses come back in another case than they were sent in. */
export function fold(principal: string): string {
  return principal.toLowerCase();
}

/** A metastore of which nothing is known. */
export function blankMetastore(): Metastore {
  return { account: undefined, edition: undefined, host: undefined, securables: new Map() };
}

/** An independent copy. */
export function copyMetastore(metastore: Metastore): Metastore {
  const securables = [...metastore.securables].map(([key, of]) => [key, copyAssignments(of)] as const);
  return { ...metastore, securables: new Map(securables) };
}

function copyAssignments(assignments: Assignments | undefined): Assignments | undefined {
  return assignments === undefined ? undefined : new Map(assignments);
}

/** Brings into a copy what was looked at after the copy was made. */
export function completeMetastore(copy: Metastore, live: Metastore): void {
  copy.account ??= live.account;
  copy.edition ??= live.edition;
  for (const [key, assignments] of live.securables) {
    if (!copy.securables.has(key)) copy.securables.set(key, copyAssignments(assignments));
  }
}

/** Whether a securable was looked at and is not there. */
export function isMissing(metastore: Metastore, securable: string): boolean {
  const key = securableKey(securable);
  return metastore.securables.has(key) && metastore.securables.get(key) === undefined;
}

const NOBODY: ReadonlyMap<string, Assignment> = new Map();

/** The privileges on a securable; none where nothing is known of it. */
export function assignmentsOn(metastore: Metastore, securable: string): ReadonlyMap<string, Assignment> {
  return metastore.securables.get(securableKey(securable)) ?? NOBODY;
}

const NOTHING: ReadonlySet<string> = new Set();

/** Somebody's privileges on a securable. */
export function privilegesOf(metastore: Metastore, securable: string, principal: string): ReadonlySet<string> {
  return assignmentsOn(metastore, securable).get(fold(principal))?.privileges ?? NOTHING;
}
