/*
 * Types that programs see: of their own, so that a program's compiler reads no types of the libraries used here.
 */

/** Somebody with an account of Civis Platform. */
export interface User {
  readonly id: number;
  /** Unique in Platform. */
  readonly username: string;
  /** The full name; undefined where there is none. */
  readonly name?: string;
  /** Undefined where there is none. */
  readonly email?: string;
  /** Whether the account is active; false for one that was deactivated. */
  readonly active: boolean;
  /** Whether Platform has suspended the account because it was not used for long; it stays active. */
  readonly suspended: boolean;
}

/** Somebody in a group. */
export type Member = Omit<User, "suspended">;

/** What a group may do with another one. */
export type ChildPermission = "manageable" | "writeable" | "readable";

/** A group of Civis Platform. */
export interface Group {
  readonly id: number;
  /** Unique in its organization. */
  readonly name: string;
  /** The organization that the group belongs to; undefined where Platform does not say. */
  readonly organization?: string;
  /** Who is in the group, also who is not active, sorted by user name. */
  readonly members: readonly Member[];
  /** Whether `members` is everybody. */
  readonly complete: boolean;
  /** The groups that this one has permissions on, by id, where they were asked for. */
  readonly children?: Readonly<Record<ChildPermission, readonly number[]>>;
}

/** What was read of Civis Platform. */
export interface GroupReading {
  /** Sorted by name. */
  readonly groups: readonly Group[];
  /** Whether this is everything that the key may see, each group with all its members. */
  readonly complete: boolean;
  /** Why it is not everything: a sentence each. */
  readonly shortfalls: readonly string[];
}
