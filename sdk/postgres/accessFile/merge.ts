import type { DocumentProblem, Place } from "../../core/documents.js";
import type { FullFile, SimpleFile } from "./format.js";
import type { UsersFile } from "./read.js";

type Privileges = "ALL" | "SELECT";
type FullUser = NonNullable<FullFile["users"]>[number];

/** A user of the files. */
export type FileUser = Omit<FullUser, "groups">;

/** A membership of the files. */
export interface FileMember {
  /** The user. */
  readonly name: string;
  /** When it ends; undefined for never. */
  readonly until?: string | undefined;
  /** May let others into the group. Default false. */
  readonly admin?: boolean | undefined;
}

/** A grant of the files: one grantee, one database. */
export interface FileGrant {
  /** A user or a group. */
  readonly to: string;
  /** The database. */
  readonly database: string;
  /** The schemas of it. */
  readonly schemas: readonly string[];
  /** ALL or SELECT. */
  readonly privileges: Privileges;
  /** When it ends; undefined for never. */
  readonly until?: string | undefined;
}

/** A grant of the files on what is in no schema: one grantee, one object. */
export interface FileObjectGrant {
  /** A user or a group. */
  readonly to: string;
  /** The kind of the object. */
  readonly on: "language" | "foreign data wrapper" | "foreign server" | "tablespace" | "parameter";
  /** The object. */
  readonly object: string;
  /** The database; undefined for what all databases share. */
  readonly database: string | undefined;
  /** When it ends; undefined for never. */
  readonly until?: string | undefined;
}

/** What all files say together. */
export interface Merged {
  /** The users, in the order of the files. */
  readonly users: readonly FileUser[];
  /** The groups, each with its members. */
  readonly groups: readonly {
    readonly name: string;
    readonly notes?: string | undefined;
    readonly members: readonly FileMember[];
  }[];
  /** The databases. */
  readonly databases: readonly {
    readonly name: string;
    readonly owner?: string | undefined;
    readonly notes?: string | undefined;
  }[];
  /** The grants on databases and what is in their schemas. */
  readonly grants: readonly FileGrant[];
  /** The grants on what is in no schema. */
  readonly objectGrants: readonly FileObjectGrant[];
  /** What is said twice, or does not fit together. */
  readonly problems: readonly DocumentProblem[];
}

/** Puts files together. What is said twice is a problem, at the second place, that names the first. */
export function mergeFiles(files: readonly UsersFile[]): Merged {
  const merging = new Merging();
  for (const file of files) {
    if (file.format === "simple") merging.addSimple(file.data, (path) => file.placeOf(path));
    else merging.addFull(file.data, (path) => file.placeOf(path));
  }
  return merging.result();
}

type ObjectGrant = Extract<NonNullable<FullFile["grants"]>[number], { on: unknown }>;
type PlaceOf = (path: readonly PropertyKey[]) => Place;

class Merging {
  private readonly users = new Map<string, FileUser>();
  private readonly groups = new Map<string, { name: string; notes?: string | undefined; members: FileMember[] }>();
  private readonly databases = new Map<
    string,
    { name: string; owner?: string | undefined; notes?: string | undefined }
  >();
  private readonly grants: FileGrant[] = [];
  private readonly objectGrants: FileObjectGrant[] = [];
  private readonly memberships: { group: string; member: FileMember; place: Place }[] = [];
  /** Users of the simple format, which may have an entry for each of several databases. */
  private readonly repeatable = new Set<string>();
  /** Databases of the simple format, with who may do everything in them. */
  private readonly simple = new Map<string, string[]>();
  private readonly said = new Map<string, Place>();
  private readonly problems: DocumentProblem[] = [];

  addSimple(entries: SimpleFile, placeOf: PlaceOf): void {
    entries.forEach(({ username, databases = [], privileges = "SELECT", notes }, index) => {
      const place = placeOf([index, "username"]);
      if (!this.repeatable.has(username) && this.isNew(`the role ${JSON.stringify(username)}`, place)) {
        this.users.set(username, { name: username, notes });
        this.repeatable.add(username);
      }
      databases.forEach((database, at) => {
        const owners = this.simple.get(database) ?? [];
        this.simple.set(database, privileges === "ALL" ? [...owners, username] : owners);
        this.grant({ to: username, database, schemas: ["public"], privileges }, placeOf([index, "databases", at]));
      });
    });
  }

  addFull({ users = [], groups = [], databases = [], grants = [] }: FullFile, placeOf: PlaceOf): void {
    users.forEach(({ groups: of = [], ...user }, index) => {
      if (this.isNew(`the role ${JSON.stringify(user.name)}`, placeOf(["users", index, "name"]))) {
        this.users.set(user.name, user);
      }
      of.forEach((membership, at) => {
        const {
          name: group,
          notes: _notes,
          ...options
        } = typeof membership === "string" ? { name: membership, notes: undefined } : membership;
        const place = placeOf(["users", index, "groups", at]);
        this.memberships.push({ group, member: { name: user.name, ...options }, place });
      });
    });
    groups.forEach((group, index) => {
      if (this.isNew(`the role ${JSON.stringify(group.name)}`, placeOf(["groups", index, "name"]))) {
        this.groups.set(group.name, { ...group, members: [] });
      }
    });
    databases.forEach((database, index) => {
      if (this.isNew(`the database ${JSON.stringify(database.name)}`, placeOf(["databases", index, "name"]))) {
        this.databases.set(database.name, database);
      }
    });
    grants.forEach((grant, index) => {
      if ("on" in grant) {
        this.grantOn(grant, (at) => placeOf(["grants", index, "objects", at]));
        return;
      }
      const { to, databases: of, schemas = ["public"], privileges, until } = grant;
      of.forEach((database, at) => {
        const place = placeOf(["grants", index, "databases", at]);
        this.grant({ to, database, schemas, privileges, ...(until === undefined ? {} : { until }) }, place);
      });
    });
  }

  result(): Merged {
    for (const { group, member, place } of this.memberships) this.join(group, member, place);
    for (const [name, owners] of this.simple) {
      // As the document's SQL does it: the one user who may do everything owns the database.
      const owner = owners.length === 1 ? owners[0] : undefined;
      if (!this.databases.has(name)) this.databases.set(name, owner === undefined ? { name } : { name, owner });
    }
    return {
      users: [...this.users.values()],
      groups: [...this.groups.values()],
      databases: [...this.databases.values()],
      grants: this.grants,
      objectGrants: this.objectGrants,
      problems: this.problems,
    };
  }

  private join(group: string, member: FileMember, place: Place): void {
    const found = this.groups.get(group);
    if (found === undefined) {
      const message = `there is no group ${JSON.stringify(group)} in these files; declare it under groups: - name: ${group}`;
      this.problems.push({ ...place, message });
    } else if (this.isNew(`the membership of ${JSON.stringify(member.name)} in ${JSON.stringify(group)}`, place)) {
      found.members.push(member);
    }
  }

  private grant(grant: FileGrant, place: Place): void {
    const { to, database, schemas } = grant;
    const fresh = schemas.filter((schema) => {
      const where = `database ${JSON.stringify(database)}${schema === "public" ? "" : `, schema ${JSON.stringify(schema)}`}`;
      return this.isNew(`the grant to ${JSON.stringify(to)} on ${where}`, place);
    });
    if (fresh.length > 0) this.grants.push({ ...grant, schemas: fresh });
  }

  private grantOn({ to, on, objects, databases = [], until }: ObjectGrant, placeOf: (at: number) => Place): void {
    const where: readonly (string | undefined)[] = databases.length === 0 ? [undefined] : databases;
    objects.forEach((object, at) => {
      for (const database of where) {
        const place = database === undefined ? "" : ` in database ${JSON.stringify(database)}`;
        const said = `the grant to ${JSON.stringify(to)} on ${on} ${JSON.stringify(object)}${place}`;
        if (this.isNew(said, placeOf(at)))
          this.objectGrants.push({ to, on, object, database, ...(until === undefined ? {} : { until }) });
      }
    });
  }

  /** Notes that something is said, and a problem where it was said before. */
  private isNew(what: string, place: Place): boolean {
    const before = this.said.get(what);
    this.said.set(what, before ?? place);
    if (before === undefined) return true;
    const where = `${before.file}:${String(before.line)}:${String(before.column)}`;
    const also = what.startsWith("the role") ? "; users and groups have no name in common" : "";
    this.problems.push({ ...place, message: `${what} stands in ${where} already: keep one of them${also}` });
    return false;
  }
}
