/** Somebody with an account. */
export interface PlatformUser {
  readonly id: number;
  readonly username: string;
  readonly name: string;
  readonly email: string | null;
  active: boolean;
  readonly suspended?: boolean;
}

/** A group, and who is in it. */
export interface PlatformGroup {
  readonly id: number;
  name: string;
  /** Ids of users. */
  members: number[];
  /** Ids of groups that it has permissions on. */
  readonly children?: Partial<Record<"manageable" | "writeable" | "readable", readonly number[]>>;
  /** Members whom the API counts and does not show to this key. */
  readonly hidden?: readonly number[];
}

/** A database that Platform knows. */
export interface PlatformDatabase {
  readonly id: number;
  readonly name: string;
  readonly adapter?: string;
}

/** A credential that Platform keeps. */
export interface PlatformCredential {
  readonly id: number;
  readonly name: string;
  readonly default: boolean;
}

/** Everything that a sandbox has. Tests change it while it runs. */
export interface Platform {
  users: PlatformUser[];
  groups: PlatformGroup[];
  databases: PlatformDatabase[];
  credentials: PlatformCredential[];
}

/** What a group is said to have in a test: names of users. */
export interface Membership {
  readonly id?: number;
  readonly members: readonly string[];
  readonly children?: PlatformGroup["children"];
  readonly hidden?: readonly number[];
}

/** A platform of groups by name and their members by user name; `away` are deactivated. */
export function platformOf(
  groups: Readonly<Record<string, readonly string[] | Membership>>,
  { away = [], emails = {} }: { away?: readonly string[]; emails?: Readonly<Record<string, string | null>> } = {},
): Platform {
  const told = Object.entries(groups).map(([name, of]): [string, Membership] => [
    name,
    Array.isArray(of) ? { members: of as readonly string[] } : (of as Membership),
  ]);
  const names = [...new Set(told.flatMap(([, { members }]) => members))].sort();
  const ids = new Map(names.map((name, index) => [name, 1001 + index]));
  return {
    users: names.map((username) => ({
      id: ids.get(username) ?? 0,
      username,
      name: `Person ${username}`,
      email: username in emails ? (emails[username] ?? null) : `${username}@larkspur.example`,
      active: !away.includes(username),
    })),
    groups: told.map(([name, { id, members, ...rest }], index) => ({
      id: id ?? 11 + index,
      name,
      members: members.map((member) => ids.get(member) ?? 0),
      ...rest,
    })),
    databases: [{ id: 21, name: "warehouse" }],
    credentials: [{ id: 31, name: "roster", default: true }],
  };
}
