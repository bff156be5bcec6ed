import { Resolver } from "./resolver.js";

/*
 * What an environment holds, and how the service changes it: each thing here was seen on running instances of the
 * service, and is in the contract's table.
 */

export interface ActionRow {
  readonly id: number;
  name: string;
  description: string | null;
}

export interface RoleRow {
  readonly id: number;
  readonly name: string;
  description: string | null;
  readonly actions: Set<string>;
}

export interface MappingRow {
  readonly id: number;
  path_pattern: string;
  method: string;
  action: string;
  description: string | null;
  readonly created_by: string | null;
  readonly created_at: string;
  updated_at: string;
}

export interface GroupRow {
  readonly id: number;
  readonly name: string;
  description: string | null;
  readonly created_by: string | null;
  readonly created_at: string;
  readonly roles: Set<string>;
  /** Newest first, as they are listed. */
  readonly members: { readonly subject: string; readonly joined_at: string; readonly added_by: string | null }[];
}

/** An environment in a form that can be compared: what the service's own numbers and times are not part of. */
export interface Picture {
  readonly actions: Readonly<Record<string, string | null>>;
  readonly roles: Readonly<
    Record<string, { readonly description: string | null; readonly actions: readonly string[] }>
  >;
  readonly mappings: Readonly<Record<string, { readonly action: string; readonly description: string | null }>>;
  readonly groups: Readonly<
    Record<
      string,
      { readonly description: string | null; readonly roles: readonly string[]; readonly members: readonly string[] }
    >
  >;
}

/** What an environment starts with; everything may be left out. */
export interface Contents {
  readonly actions?: Readonly<Record<string, string>>;
  readonly roles?: Readonly<Record<string, { readonly description: string; readonly actions?: readonly string[] }>>;
  /** By `GET /path`. */
  readonly mappings?: Readonly<Record<string, { readonly action: string; readonly description?: string | null }>>;
  readonly groups?: Readonly<
    Record<
      string,
      { readonly description: string; readonly roles?: readonly string[]; readonly members?: readonly string[] }
    >
  >;
}

/** The rows of an environment. Lists without an order of their own stand as PostgreSQL would give them: what is written moves to the end. */
export class Store {
  actions: ActionRow[] = [];
  roles: RoleRow[] = [];
  mappings: MappingRow[] = [];
  groups: GroupRow[] = [];
  /** Everybody who has ever been named. */
  readonly users = new Set<string>();
  /** What the service keeps of mappings outside its database. */
  readonly resolver = new Resolver();
  /** How often the service was told that policies have to be written again; gateways ask for them. */
  policyVersion = 0;
  private lastId = 0;
  private lastTime = Date.UTC(2026, 0, 1);

  nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  /** ISO 8601 with microseconds and +00:00. */
  now(): string {
    this.lastTime += 1000;
    return new Date(this.lastTime).toISOString().replace(/\.(\d{3})Z$/, ".$1000+00:00");
  }

  /** Puts things in, without a request. */
  fill({ actions = {}, roles = {}, mappings = {}, groups = {} }: Contents): void {
    for (const [name, description] of Object.entries(actions)) this.addAction(name, description);
    for (const [name, { description, actions: of = [] }] of Object.entries(roles)) {
      this.addRole(name, description).actions = new Set(of);
    }
    for (const [key, { action, description = null }] of Object.entries(mappings)) {
      const [method = "", path = ""] = key.split(/ (.*)/s);
      this.addMapping({ method, path_pattern: path, action, description }, null);
    }
    for (const [name, { description, roles: of = [], members = [] }] of Object.entries(groups)) {
      const group = this.addGroup(name, description, null);
      for (const role of of) group.roles.add(role);
      for (const cpf of members) this.join(group, cpf, null);
    }
  }

  addAction(name: string, description: string): ActionRow {
    const row = { id: this.nextId(), name, description };
    this.actions.push(row);
    return row;
  }

  addRole(name: string, description: string): RoleRow & { actions: Set<string> } {
    const row = { id: this.nextId(), name, description, actions: new Set<string>() };
    this.roles.push(row);
    return row;
  }

  addMapping(
    given: Pick<MappingRow, "method" | "path_pattern" | "action" | "description">,
    by: string | null,
  ): MappingRow {
    const now = this.now();
    const row = { id: this.nextId(), ...given, created_by: by, created_at: now, updated_at: now };
    this.mappings.push(row);
    this.resolver.write(row);
    return row;
  }

  addGroup(name: string, description: string, by: string | null): GroupRow {
    const row = {
      id: this.nextId(),
      name,
      description,
      created_by: by,
      created_at: this.now(),
      roles: new Set<string>(),
      members: [],
    };
    this.groups.push(row);
    return row;
  }

  join(group: GroupRow, subject: string, by: string | null): void {
    this.users.add(subject);
    if (group.members.some((member) => member.subject === subject)) return;
    group.members.unshift({ subject, joined_at: this.now(), added_by: by });
  }

  /** What is updated moves to the end of an unordered list. */
  touchAction(action: ActionRow): void {
    this.actions = [...this.actions.filter((row) => row !== action), action];
  }

  /** Mappings and assignments go with it. */
  removeAction(action: ActionRow): void {
    this.actions = this.actions.filter((row) => row !== action);
    this.mappings = this.mappings.filter((mapping) => mapping.action !== action.name);
    for (const role of this.roles) role.actions.delete(action.name);
  }

  renameAction(action: ActionRow, name: string): void {
    for (const mapping of this.mappings) if (mapping.action === action.name) mapping.action = name;
    for (const role of this.roles) if (role.actions.delete(action.name)) role.actions.add(name);
    action.name = name;
  }

  /** Roles in the order in which the service knows them. */
  sortedRoles(): RoleRow[] {
    return [...this.roles].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Everything that is to be compared. */
  picture(): Picture {
    const entries = <T, V>(rows: readonly T[], name: (row: T) => string, value: (row: T) => V): Record<string, V> =>
      Object.fromEntries(rows.map((row): [string, V] => [name(row), value(row)]).sort(([a], [b]) => (a < b ? -1 : 1)));
    return {
      actions: entries(this.actions, nameOf, ({ description }) => description),
      roles: entries(
        this.roles.filter(({ name }) => name !== "superadmin"),
        nameOf,
        ({ description, actions }) => ({ description, actions: [...actions].sort() }),
      ),
      mappings: entries(
        this.mappings,
        ({ method, path_pattern: path }) => `${method} ${path}`,
        ({ action, description }) => ({ action, description }),
      ),
      groups: entries(this.groups, nameOf, ({ description, roles, members }) => ({
        description,
        roles: [...roles].sort(),
        members: members.map(({ subject }) => subject).sort(),
      })),
    };
  }
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}
