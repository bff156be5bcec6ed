import type * as pulumi from "@pulumi/pulumi";
import { expectKey } from "../core/knownKeys.js";
import { expectList, expectLists, looked } from "../core/lists.js";
import { entriesText, type EntryInput } from "../core/resource.js";
import type { DatabaseArgs } from "./database.js";
import type { DefaultPrivilegesArgs } from "./defaultPrivileges.js";
import type { GrantArgs } from "./grant.js";
import type { SchemaArgs } from "./schema.js";

/** A database of an `Access`: the arguments of `postgres.Database`. It is kept when it leaves the program, unless `onRemove` says "drop". */
export type AccessDatabaseArgs = Omit<DatabaseArgs, "existing" | "connection">;

/** A schema of an `Access`: the arguments of `postgres.Schema`. It is kept when it leaves the program, unless `onRemove` says "drop". */
export type AccessSchemaArgs = Omit<SchemaArgs, "existing" | "connection" | "database">;

/** Somebody who is granted something, and until when. */
export interface GranteeArgs {
  /** The name of a user or a group, or "PUBLIC". */
  readonly name: pulumi.Input<string>;
  /** When it ends: a date (midnight UTC) or ISO 8601 with zone. Default: never. */
  readonly until?: pulumi.Input<string>;
}

/** What everybody of a list is granted in some databases: the arguments of `postgres.Grant` for many at once. */
export interface AccessGrantArgs extends Omit<
  GrantArgs,
  "grantee" | "database" | "until" | "onRemove" | "connection" | "objects"
> {
  /** Who: one name or a list. */
  readonly to: pulumi.Input<string | readonly pulumi.Input<string | GranteeArgs>[]>;
  /** In which databases: one name or a list. Needed for all but tablespaces and parameters, which databases share. */
  readonly databases?: pulumi.Input<string | readonly pulumi.Input<string>[]>;
  /** As in `postgres.Grant`. */
  readonly objects?: pulumi.Input<readonly pulumi.Input<string>[]>;
  /**
   * Whether these are all privileges that each of them is to have on these objects, as with `postgres.Privileges`.
   * Left out, what they have besides is left alone. Lists that would undo each other's work in every run are refused.
   */
  readonly exact?: true;
}

/** Default privileges for many at once: the arguments of `postgres.DefaultPrivileges`. */
export interface AccessDefaultPrivilegesArgs extends Omit<
  DefaultPrivilegesArgs,
  "grantee" | "database" | "onRemove" | "connection"
> {
  /** Who: one name or a list. */
  readonly to: pulumi.Input<string | readonly pulumi.Input<string>[]>;
  /** In which databases: one name or a list. */
  readonly databases: pulumi.Input<string | readonly pulumi.Input<string>[]>;
}

/** What an `Access` declares besides users and groups. */
export interface AccessObjectsArgs {
  /** Databases, by name or with what differs from the defaults; made before schemas and privileges. Those that exist are adopted. */
  readonly databases?: pulumi.Input<readonly pulumi.Input<string | AccessDatabaseArgs>[]>;
  /** Schemas, by database. Those that exist are adopted. */
  readonly schemas?: pulumi.Input<
    Readonly<Record<string, pulumi.Input<readonly pulumi.Input<string | AccessSchemaArgs>[]>>>
  >;
  /** Privileges on databases and on what is in them. */
  readonly grants?: pulumi.Input<readonly pulumi.Input<AccessGrantArgs>[]>;
  /** Privileges on what will be made. */
  readonly defaultPrivileges?: pulumi.Input<readonly pulumi.Input<AccessDefaultPrivilegesArgs>[]>;
}

type Lists = Record<string, Record<string, string>>;

/** These arguments as they travel: lists as text, privileges as lists of grantees by database and by what they get. */
export function objectInputs(what: string, args: AccessObjectsArgs): pulumi.Inputs {
  const { databases, schemas, grants, defaultPrivileges } = args;
  const list = (name: string) => (given: unknown) => {
    expectList(`${what}: ${name}`, given);
  };
  const lists = (given: unknown): void => {
    expectLists(what, "schemas", given);
  };
  return {
    databases: mapped(databases, list("databases"), (known) =>
      entriesText(`${what}: databases`, known as readonly EntryInput[]),
    ),
    schemas: mapped(schemas, lists, (all) =>
      Object.fromEntries(
        Object.entries(all).map(([database, list]) => [
          database,
          entriesText(`${what}: schemas of ${JSON.stringify(database)}`, list as readonly EntryInput[]),
        ]),
      ),
    ),
    grants: mapped(grants, list("grants"), (all) => granteeLists(`${what}: grants`, all as readonly Target[])),
    defaultPrivileges: mapped(defaultPrivileges, list("defaultPrivileges"), (all) =>
      granteeLists(`${what}: defaultPrivileges`, all as readonly Target[]),
    ),
  };
}

function mapped<T>(
  value: pulumi.Input<T> | undefined,
  look: (known: unknown) => void,
  change: (value: pulumi.Unwrap<T>) => unknown,
): unknown {
  return value === undefined ? undefined : looked(value, look).apply(change);
}

interface Target {
  readonly to: string | readonly (string | { readonly name: string })[];
  readonly databases?: string | readonly string[];
}

/** Where it stands what all databases share. */
const NO_DATABASE = "";

function granteeLists(what: string, all: readonly Target[]): Lists {
  const lists = new Map<string, Map<string, EntryInput[]>>();
  for (const [index, entry] of all.entries()) {
    expectKey(`${what}: entry ${String(index + 1)}`, "to", entry);
    const { to, databases = NO_DATABASE, ...target } = entry;
    const key = JSON.stringify(target);
    for (const database of typeof databases === "string" ? [databases] : databases) {
      const byTarget = lists.get(database) ?? new Map<string, EntryInput[]>();
      lists.set(database, byTarget);
      byTarget.set(key, [...(byTarget.get(key) ?? []), ...(typeof to === "string" ? [to] : to)]);
    }
  }
  return Object.fromEntries(
    [...lists].map(([database, byTarget]) => [
      database,
      Object.fromEntries([...byTarget].map(([key, names]) => [key, entriesText(what, names)])),
    ]),
  );
}
