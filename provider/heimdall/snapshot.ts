import { connections } from "./settings.js";

/** An action: what a role allows and a mapping asks for. */
export interface Action {
  /** The service's own number; undefined where it is not made yet, in a plan. */
  readonly id: number | undefined;
  readonly name: string;
  readonly description: string | undefined;
  /** How many mappings asked for it when it was read. */
  readonly mappings?: number | undefined;
}

/** A role or a group. */
export interface Named {
  readonly name: string;
  readonly description: string;
}

/** A mapping: which action an endpoint asks for. */
export interface Mapping {
  readonly id: number | undefined;
  readonly method: string;
  readonly path: string;
  readonly action: string;
  readonly description: string | undefined;
}

/** What was taken from a role or group that is made again, and is to be put back. */
export interface Restore {
  readonly kind: "role" | "group";
  readonly name: string;
  /** Before. */
  readonly description: string;
  /** Of a role. */
  readonly actions?: readonly string[] | undefined;
  /** Of a role: the groups that it was assigned to. */
  readonly groups?: readonly string[] | undefined;
  /** Of a group. */
  readonly roles?: readonly string[] | undefined;
  /** Of a group. */
  readonly members?: readonly string[] | undefined;
}

/** What is known of an environment. Values in it are replaced, never changed; sets are changed. */
export interface Snapshot {
  /** The parts that were read (`parts`); of others nothing can be said. */
  readonly loaded: Set<string>;
  readonly actions: Map<string, Action>;
  readonly roles: Map<string, Named>;
  readonly groups: Map<string, Named>;
  /** By `mappingKey`. */
  readonly mappings: Map<string, Mapping>;
  /** Names of actions, by role. */
  readonly roleActions: Map<string, Set<string>>;
  /** Names of roles, by group. */
  readonly groupRoles: Map<string, Set<string>>;
  /** CPFs, by group. */
  readonly members: Map<string, Set<string>>;
  /** What a run that was cut off took and did not put back, by `restoreKey`. */
  readonly restores: Map<string, Restore>;
  /** The name of the connection, for what a reader can set. */
  connection: string;
  /** Whether roles and groups may be made again. */
  recreate: boolean;
  /** Whether a backup is to be written before a whole environment is changed. */
  backup: boolean;
  /** Whether all was well when it was looked, and the backup written. */
  ready: boolean;
}

/** The role that administrators have: the service makes it, and its definition is not ours to manage. */
export const SUPERADMIN = "superadmin";

/** How many roles the service can tell the actions of. */
export const ROLES_WITHIN_REACH = 50;

/** The parts in which an environment is read. */
export const parts = {
  actions: "actions",
  roles: "roles",
  mappings: "mappings",
  groups: "groups",
  /** The actions of a role; of all without a name. */
  roleActions: (role = "*"): string => `roleActions:${role}`,
  /** The roles of a group; of all without a name. */
  groupRoles: (group = "*"): string => `groupRoles:${group}`,
  /** The members of a group; of all without a name. */
  members: (group = "*"): string => `members:${group}`,
};

/** A mapping's natural key: method and path as they are, exact and case-sensitive. */
export function mappingKey({ method, path }: { readonly method: string; readonly path: string }): string {
  return `${method} ${path}`;
}

/** By what a restore is found. */
export function restoreKey(kind: Restore["kind"], name: string): string {
  return `${kind}:${name}`;
}

/** A snapshot that knows nothing. */
export function blankSnapshot(): Snapshot {
  return {
    loaded: new Set(),
    actions: new Map(),
    roles: new Map(),
    groups: new Map(),
    mappings: new Map(),
    roleActions: new Map(),
    groupRoles: new Map(),
    members: new Map(),
    restores: new Map(),
    connection: connections.defaultName,
    recreate: false,
    backup: false,
    ready: false,
  };
}

/** An independent copy. */
export function copySnapshot(from: Snapshot): Snapshot {
  const sets = (of: Map<string, Set<string>>): Map<string, Set<string>> =>
    new Map([...of].map(([name, set]) => [name, new Set(set)]));
  return {
    loaded: new Set(from.loaded),
    actions: new Map(from.actions),
    roles: new Map(from.roles),
    groups: new Map(from.groups),
    mappings: new Map(from.mappings),
    roleActions: sets(from.roleActions),
    groupRoles: sets(from.groupRoles),
    members: sets(from.members),
    restores: new Map(from.restores),
    connection: from.connection,
    recreate: from.recreate,
    backup: from.backup,
    ready: from.ready,
  };
}

/** Whether a part was read, also as part of a larger one. */
export function isLoaded({ loaded }: Snapshot, part: string): boolean {
  return loaded.has(part) || loaded.has(part.replace(/:.*$/, ":*"));
}

/** Brings into a copy what was read since it was made. What a plan has played through on it stays. */
export function completeSnapshot(copy: Snapshot, live: Snapshot): void {
  const lists = ["actions", "roles", "groups", "mappings"] as const;
  for (const list of lists) {
    if (copy.loaded.has(list) || !live.loaded.has(list)) continue;
    const into = copy[list] as Map<string, unknown>;
    for (const [name, value] of live[list]) into.set(name, value);
  }
  for (const kind of ["roleActions", "groupRoles", "members"] as const) {
    for (const [name, set] of live[kind]) {
      if (!isLoaded(copy, `${kind}:${name}`) && !copy[kind].has(name)) copy[kind].set(name, new Set(set));
    }
  }
  for (const part of live.loaded) copy.loaded.add(part);
}

/** Whether something is certainly missing; false where its list was not read. */
export function isMissing(snapshot: Snapshot, list: "actions" | "roles" | "groups", name: string): boolean {
  return snapshot.loaded.has(list) && !snapshot[list].has(name);
}

/** The entries of one of the sets, sorted. */
export function listed(sets: Map<string, Set<string>>, name: string): string[] {
  return [...(sets.get(name) ?? [])].sort();
}
