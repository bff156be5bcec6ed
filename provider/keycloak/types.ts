/*
 * Types that programs see: of their own, so that a program's compiler reads no types of the libraries used here.
 */

/** Somebody in a realm. */
export interface User {
  /** Keycloak's id; it stays when everything else changes. */
  readonly id: string;
  /** Unique in the realm, in lower case. */
  readonly username: string;
  /** In lower case; undefined where there is none. Unique unless the realm allows duplicates. */
  readonly email?: string;
  /** Whether the address has been verified. */
  readonly emailVerified: boolean;
  /** The given name; undefined where there is none. */
  readonly firstName?: string;
  /** The family name; undefined where there is none. */
  readonly lastName?: string;
  /** Whether the user may log in. */
  readonly enabled: boolean;
  /** Whether this is the account of a client and no person. */
  readonly serviceAccount: boolean;
  /** By name, each a list. Those that the realm's user profile does not show to administrators are not there. */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  /** When the user was made, milliseconds since 1970; undefined where Keycloak does not say. */
  readonly createdAt?: number;
}

/** A group of a realm. */
export interface Group {
  /** Keycloak's id; it stays when everything else changes. */
  readonly id: string;
  /** Unique among the groups of the same parent. */
  readonly name: string;
  /** The names from the top, each after a slash: `/data/analysts`. A slash in a name looks like another level. */
  readonly path: string;
  /** The id of the group that it is in; undefined at the top. */
  readonly parentId?: string;
  /** By name, each a list. */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

/** Somebody in a group: what Keycloak says of a user in a list of members. */
export type Member = Omit<User, "attributes" | "createdAt">;

/** A group with those who are in it. */
export interface GroupList extends Group {
  /** Who is in the group itself, sorted by user name; undefined where nobody asked for it. */
  readonly members?: readonly Member[];
  /** Whether `members` is everybody. */
  readonly complete: boolean;
}

/** A user with the groups that the user is in. */
export interface Person extends User {
  /** The paths of the groups, sorted. Being in a group does not put one into the group around it. */
  readonly groups: readonly string[];
}
