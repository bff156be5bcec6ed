import { randomUUID } from "node:crypto";
import type {
  ClientRepresentation,
  GroupRepresentation,
  RealmRepresentation,
  UserRepresentation,
} from "./representation.js";

/** A user as the realm holds it. */
export interface RealmUser extends Omit<UserRepresentation, "groups"> {
  readonly id: string;
  readonly createdTimestamp: number;
}

/** A group as the realm holds it. */
export interface RealmGroup {
  readonly id: string;
  name: string;
  readonly parent: RealmGroup | undefined;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  readonly inside: Map<string, RealmGroup>;
  readonly members: Map<string, RealmUser>;
}

/** A list that is sorted when it is looked at, and not each time that something is put into it. */
export class Sorted<T> {
  private items: T[] | undefined;

  constructor(
    private readonly all: () => Iterable<T>,
    private readonly key: (item: T) => string,
  ) {}

  /** To be called whenever `all` gives something else. */
  changed(): void {
    this.items = undefined;
  }

  get(): readonly T[] {
    this.items ??= [...this.all()].sort((a, b) => (this.key(a) < this.key(b) ? -1 : 1));
    return this.items;
  }
}

/** A realm of the sandbox, and what an administrator does to it. */
export class Realm {
  readonly name: string;
  readonly accessTokenLifespan: number;
  readonly clients: ReadonlyMap<string, ClientRepresentation>;
  readonly users = new Map<string, RealmUser>();
  readonly groups = new Map<string, RealmGroup>();
  /** People, without service accounts. */
  readonly people = new Sorted(
    () => [...this.users.values()].filter(({ serviceAccountClientId }) => serviceAccountClientId === undefined),
    ({ username }) => username,
  );
  /** Everybody. */
  readonly everybody = new Sorted(
    () => this.users.values(),
    ({ username }) => username,
  );
  private readonly sortedMembers = new Map<string, Sorted<RealmUser>>();

  constructor(from: RealmRepresentation) {
    this.name = from.realm;
    this.accessTokenLifespan = from.accessTokenLifespan ?? 300;
    this.clients = new Map((from.clients ?? []).map((client) => [client.clientId, client]));
    for (const group of from.groups ?? []) this.addGroup(group);
    const paths = new Map([...this.groups.values()].map((group) => [pathOf(group), group]));
    const emails = new Set<string>();
    for (const { groups = [], ...user } of from.users ?? []) {
      const added = this.addUser(user);
      if (added.email !== undefined && emails.has(added.email) && from.duplicateEmailsAllowed !== true) {
        throw new Error(`the address ${added.email} stands twice, and the realm does not allow that`);
      }
      if (added.email !== undefined) emails.add(added.email);
      for (const path of groups) {
        const group = paths.get(path);
        if (group === undefined) throw new Error(`there is no group ${path}`);
        group.members.set(added.id, added);
      }
    }
  }

  /** Keycloak keeps user names and addresses in lower case. */
  addUser(user: Omit<UserRepresentation, "groups">): RealmUser {
    const { username, email } = user;
    const added: RealmUser = {
      ...user,
      username: username.toLowerCase(),
      ...(email === undefined ? {} : { email: email.toLowerCase() }),
      id: randomUUID(),
      createdTimestamp: Date.now(),
    };
    this.users.set(added.id, added);
    this.usersChanged();
    return added;
  }

  setAttributes(username: string, attributes: UserRepresentation["attributes"]): void {
    const user = this.user(username);
    this.users.set(user.id, { ...user, ...(attributes === undefined ? {} : { attributes }) });
    this.usersChanged();
  }

  deleteUser(username: string): void {
    const user = this.user(username);
    this.users.delete(user.id);
    for (const group of this.groups.values()) {
      if (group.members.delete(user.id)) this.sortedMembers.get(group.id)?.changed();
    }
    this.usersChanged();
  }

  user(username: string): RealmUser {
    const user = [...this.users.values()].find((each) => each.username === username);
    if (user === undefined) throw new Error(`there is no user ${username}`);
    return user;
  }

  addGroup({ name, attributes = {}, subGroups = [] }: GroupRepresentation, parent?: RealmGroup): RealmGroup {
    const group: RealmGroup = { id: randomUUID(), name, parent, attributes, inside: new Map(), members: new Map() };
    this.groups.set(group.id, group);
    parent?.inside.set(group.id, group);
    for (const inner of subGroups) this.addGroup(inner, group);
    return group;
  }

  deleteGroup(path: string): void {
    const drop = (group: RealmGroup): void => {
      this.groups.delete(group.id);
      group.inside.forEach(drop);
    };
    const group = this.group(path);
    group.parent?.inside.delete(group.id);
    drop(group);
  }

  group(path: string): RealmGroup {
    const group = [...this.groups.values()].find((each) => pathOf(each) === path);
    if (group === undefined) throw new Error(`there is no group ${path}`);
    return group;
  }

  /** Groups at the top, or within another, by name. */
  groupsIn(parent: RealmGroup | undefined): RealmGroup[] {
    const all =
      parent === undefined ? [...this.groups.values()].filter((each) => !each.parent) : parent.inside.values();
    return [...all].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  membersOf(group: RealmGroup): readonly RealmUser[] {
    const known =
      this.sortedMembers.get(group.id) ??
      new Sorted(
        () => group.members.values(),
        (user) => user.username,
      );
    this.sortedMembers.set(group.id, known);
    return known.get();
  }

  /** The roles of a client's service account in the realm. */
  rolesOf(clientId: string): readonly string[] {
    const account = [...this.users.values()].find((user) => user.serviceAccountClientId === clientId);
    const given = account?.clientRoles?.["realm-management"] ?? [];
    // What the role consists of, in a realm that is as Keycloak makes it.
    return [...new Set([...given, ...(given.includes("view-users") ? ["query-users", "query-groups"] : [])])];
  }

  private usersChanged(): void {
    this.people.changed();
    this.everybody.changed();
  }
}

/** `/data/analysts`. */
export function pathOf(group: RealmGroup): string {
  return `${group.parent === undefined ? "" : pathOf(group.parent)}/${group.name}`;
}
