import type * as pulumi from "@pulumi/pulumi";
import type { civis, databricks, keycloak, postgres } from "pulumi-roster";

/** Pulumi's resource options, as far as the tests use them; other resources by name. */
export interface Options {
  readonly dependsOn?: readonly string[];
  readonly aliases?: readonly { readonly name: string }[];
}

/** A resource that the program of the tests (programs/declared.ts) makes. */
export interface Declaration {
  readonly type:
    | Exclude<keyof typeof postgres, "prototype">
    | "GroupSync"
    | "keycloak.GroupSync"
    | "Maker"
    | `databricks.${Exclude<keyof typeof databricks, "query">}`;
  /** The name in the program. */
  readonly name: string;
  readonly args: object;
  readonly options: Options;
}

/** A value that another resource of the program gives: `<resource>.<property>`. */
export function output(path: string): pulumi.Output<string> {
  return { $output: path } as never;
}

/** A value that the program marks as secret. */
export function secret(value: string): pulumi.Output<string> {
  return { $secret: value } as never;
}

/** A secret of the stack's config. */
export function config(key: string): pulumi.Output<string> {
  return { $config: key } as never;
}

/** A user; its name in the program is its name. */
export function user(name: string, args: Partial<postgres.UserArgs> = {}, options: Options = {}): Declaration {
  return { type: "User", name, args: { name, ...args }, options };
}

/** A group; its name in the program is its name. */
export function group(name: string, args: Partial<postgres.GroupArgs> = {}, options: Options = {}): Declaration {
  return { type: "Group", name, args: { name, ...args }, options };
}

/** A user's membership in a group, both of which the program declares too. */
export function membership(
  of: string,
  member: string,
  args: Partial<postgres.GroupMembershipArgs> = {},
  options: Options = {},
): Declaration {
  return {
    type: "GroupMembership",
    name: `${member} in ${of}`,
    args: { group: output(`${of}.name`), member: output(`${member}.name`), ...args },
    options,
  };
}

/** A group's whole list. The group is one that the program declares, unless `args` says otherwise. */
export function members(
  of: string,
  names: postgres.GroupMembersArgs["members"],
  args: Partial<postgres.GroupMembersArgs> = {},
  options: Options = {},
): Declaration {
  return {
    type: "GroupMembers",
    name: `members of ${of}`,
    args: { group: output(`${of}.name`), members: names, ...args },
    options,
  };
}

/** Users, groups and memberships in one resource. */
export function access(name: string, args: postgres.AccessArgs, options: Options = {}): Declaration {
  return { type: "Access", name, args, options };
}

/** Groups of the database that follow those of Civis Platform. */
export function groupSync(
  name: string,
  args: Omit<civis.GroupSyncArgs, "userMap">,
  options: Options = {},
): Declaration {
  return { type: "GroupSync", name, args, options };
}

/** Groups of the database that follow those of Keycloak. */
export function keycloakGroupSync(
  name: string,
  args: Omit<keycloak.GroupSyncArgs, "userMap" | "groups">,
  options: Options = {},
): Declaration {
  return { type: "keycloak.GroupSync", name, args, options };
}

/** A database; its name in the program is its name. */
export function database(name: string, args: Partial<postgres.DatabaseArgs> = {}, options: Options = {}): Declaration {
  return { type: "Database", name, args: { name, ...args }, options };
}

/** A schema; its name in the program is its name. */
export function schema(name: string, args: Partial<postgres.SchemaArgs> = {}, options: Options = {}): Declaration {
  return { type: "Schema", name, args: { name, ...args }, options };
}

/** A grant. */
export function grant(name: string, args: postgres.GrantArgs, options: Options = {}): Declaration {
  return { type: "Grant", name, args, options };
}

/** All that somebody has on something. */
export function privileges(name: string, args: postgres.PrivilegesArgs, options: Options = {}): Declaration {
  return { type: "Privileges", name, args, options };
}

/** What somebody gets on what will be made. */
export function defaults(name: string, args: postgres.DefaultPrivilegesArgs, options: Options = {}): Declaration {
  return { type: "DefaultPrivileges", name, args, options };
}

/** What stands for another provider's resource, with these outputs. */
export function maker(name: string, given: Readonly<Record<string, unknown>>): Declaration {
  return { type: "Maker", name, args: { given }, options: {} };
}

/** The same resource under another name in the program. */
export function called(name: string, declaration: Declaration): Declaration {
  return { ...declaration, name };
}
