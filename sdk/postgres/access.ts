import * as pulumi from "@pulumi/pulumi";
import { decodeNames } from "../../provider/core/lines.js";
import { argumentsOf } from "../core/argumentsOf.js";
import { expectList, expectLists, looked } from "../core/lists.js";
import { entriesText, inputsOf, namesOf, typeOf, withSecretOutputs } from "../core/resource.js";
import { objectInputs, type AccessObjectsArgs } from "./accessObjects.js";
import { connectionInput, type Connection } from "./connection.js";
import type { MembersInput } from "./member.js";
import type { UserArgs } from "./user.js";

/** A user of an `Access`: the arguments of `postgres.User` that concern the user and not the resource. */
export type AccessUserArgs = Omit<UserArgs, "existing" | "connection">;

/** A group of an `Access` with more to say than its list. */
export interface AccessGroupArgs {
  /** Everybody who is in the group. Left out, the group keeps the members that it has; an empty list empties it. */
  readonly members?: MembersInput;
  /** Amazon Redshift: "role" for a role, which is something else than a group there. Default "group". */
  readonly as?: pulumi.Input<"group" | "role">;
  /** A remark, kept in the server with COMMENT ON ROLE. Default: none. */
  readonly comment?: pulumi.Input<string>;
  /** Who gets what the group owns when it is dropped, as for a `postgres.Group`. Default: nobody. */
  readonly reassignTo?: pulumi.Input<string>;
  /** What happens when the group leaves the program. Default: what the resource's `onRemove` says. */
  readonly onRemove?: pulumi.Input<"drop" | "keep">;
}

/** Arguments of a `postgres.Access`. */
export interface AccessArgs extends AccessObjectsArgs {
  /** Users, by name or with what differs from the defaults. Default: none; users that exist stay as they are. */
  readonly users?: pulumi.Input<readonly pulumi.Input<string | AccessUserArgs>[]>;
  /** Groups by name, each with its whole list of members, or with a list and more. */
  readonly groups?: pulumi.Input<Readonly<Record<string, MembersInput | AccessGroupArgs>>>;
  /**
   * Names that are left alone everywhere, as users, groups and members: `*` stands for any characters, `?` for one,
   * a backslash before them takes that meaning away. Default: none.
   */
  readonly ignore?: pulumi.Input<readonly pulumi.Input<string>[]>;
  /**
   * What happens to users and groups that leave the program, where an entry does not say so itself: "drop", "disable"
   * (no login, and what we gave is taken back) or "keep". Default: "drop" for what this resource made, "disable" for
   * what it adopted. What another resource of the program has by then is left alone: see the resource for what moves.
   */
  readonly onRemove?: pulumi.Input<"disable" | "drop" | "keep">;
  /** The server. Default: the connection "postgres" (PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE). */
  readonly connection?: Connection;
}

/**
 * The users, groups and memberships of a PostgreSQL server in one resource, and its databases, schemas and privileges:
 * one catalogue read for the server and one for each database that is named, one comparison, few statements, for
 * thousands of memberships in seconds. Users come before databases, these before schemas and privileges. Authoritative
 * over the lists of the groups that it names; what it does not name is left alone and listed in `unmanaged`. Users and
 * groups that exist already are adopted. A single resource of the same program that contradicts a list or privileges in
 * here is refused.
 *
 * **What moves** from here to a resource of its own, or to another `Access`, in one `up` is left alone as soon as that
 * resource is registered. Let this one wait for it (`dependsOn`), and give it `existing: "adopt"`: then it goes over
 * with everything that it has. Where this one comes first, nobody knows yet where a user, a group or a database went
 * that leaves: it would be dropped, and made anew without what it had. `pulumi preview` refuses that; an `up` that
 * skips its preview can only warn. Where this one cannot wait, put the names into `ignore` in the same run, or give the
 * entries `onRemove: "keep"` in a run before. Memberships and grants that move that way are taken and given again.
 *
 * When some of the work fails, the rest is done and kept, and the next `up` does only what is left. One run removes at
 * most 10 entries or 20 % of a list, whichever is more (Pulumi config `roster:maxRemovals` for another limit).
 *
 * @example
 * const access = new postgres.Access("company", {
 *   users: ["ana", "rui", { name: "mei", validUntil: "2027-06-30" }],
 *   groups: { analysts: ["ana", { name: "mei", until: "2027-01-31" }], engineers: ["rui"] },
 *   ignore: ["svc_*"],
 * });
 *
 * @example
 * const sales = new postgres.Access("sales", {
 *   users: ["ana", "rui"],
 *   groups: { readers: ["ana"], writers: ["rui"] },
 *   databases: [{ name: "sales", owner: "writers" }],
 *   schemas: { sales: ["app"] },
 *   grants: [
 *     { to: ["readers", "writers"], databases: "sales", on: "database", privileges: ["CONNECT"] },
 *     { to: ["readers", "writers"], databases: "sales", on: "schema", schema: "app", privileges: ["USAGE"] },
 *     { to: "readers", databases: "sales", on: "table", schema: "app", privileges: ["SELECT"], future: true },
 *   ],
 * });
 *
 * @example
 * // Ana leaves the Access for a resource of her own: she is adopted before the Access lets go of her.
 * const ana = new postgres.User("ana", { name: "ana", existing: "adopt" });
 * const staff = new postgres.Access("staff", { users: ["rui"] }, { dependsOn: [ana] });
 */
export class Access extends pulumi.CustomResource {
  /** The names of the users. */
  declare readonly users: pulumi.Output<string[]>;
  /** The names of the groups. */
  declare readonly groups: pulumi.Output<string[]>;
  /** The names of the members, by group. */
  declare readonly members: pulumi.Output<Record<string, string[]>>;
  /** The names of the databases. */
  declare readonly databases: pulumi.Output<string[]>;
  /** Users and groups that were there before this resource; they are not dropped unasked. */
  declare readonly adopted: pulumi.Output<string[]>;
  /** Roles of the server that this resource neither declares nor ignores. It leaves them alone. */
  declare readonly unmanaged: pulumi.Output<string[]>;

  /**
   * Declares who has access.
   *
   * @param name The resource's name in the program.
   * @param args The users, the groups, and who is in them.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: AccessArgs, options?: pulumi.CustomResourceOptions) {
    const { connection, users, groups, databases, schemas, grants, defaultPrivileges, ...rest } = argumentsOf(
      "postgres.Access",
      name,
      { args, options, hasExisting: false },
    );
    const what = `postgres.Access ${JSON.stringify(name)}`;
    const inputs = {
      ...rest,
      ...(users === undefined ? { users: undefined } : usersInputs(what, users)),
      ...objectInputs(what, {
        ...(databases === undefined ? {} : { databases }),
        ...(schemas === undefined ? {} : { schemas }),
        ...(grants === undefined ? {} : { grants }),
        ...(defaultPrivileges === undefined ? {} : { defaultPrivileges }),
      }),
      ...(groups === undefined ? { groups: undefined, members: undefined } : groupsInputs(what, groups)),
      name,
      connection: connectionInput(connection),
    };
    super(
      typeOf("postgres.Access"),
      name,
      inputsOf("postgres.Access", inputs, ["adopted", "unmanaged"]),
      withSecretOutputs(options, "passwords"),
    );
    this.users = namesOf(this.users);
    this.groups = namesOf(this.groups);
    this.databases = namesOf(this.databases);
    this.members = (this.members as unknown as pulumi.Output<Record<string, string> | undefined>).apply((lists) =>
      Object.fromEntries(Object.entries(lists ?? {}).map(([group, text]) => [group, decodeNames(text)])),
    );
    this.adopted = namesOf(this.adopted);
    this.unmanaged = namesOf(this.unmanaged);
  }
}

/**
 * Passwords travel apart from the users: they would make the whole list a secret that no preview can show. Taken off
 * before the list becomes an output, so that every other secret in it stays one, and a password that is not known yet
 * hides nobody.
 */
function usersInputs(what: string, users: NonNullable<AccessArgs["users"]>): pulumi.Inputs {
  const bare = Array.isArray(users)
    ? (users as readonly unknown[]).map((user) => (isPlain(user) ? withoutPassword(user) : user))
    : users;
  const look = (list: unknown): void => {
    expectList(`${what}: users`, list);
  };
  const text = looked(bare as readonly (string | { readonly name: string })[], look).apply((list) =>
    entriesText(`${what}: users`, list.map(withoutPassword)),
  );
  const passwords = looked(users, look).apply((list) => {
    const given = list.flatMap((user) =>
      typeof user === "object" && user.password !== undefined ? [[user.name, user.password] as const] : [],
    );
    return given.length === 0 ? undefined : Object.fromEntries(given);
  });
  return { users: text, passwords: pulumi.secret(passwords) };
}

function isPlain(user: unknown): user is { readonly name: string } {
  return typeof user === "object" && user !== null && !pulumi.Output.isInstance(user) && !(user instanceof Promise);
}

function withoutPassword(user: string | { readonly name: string }): string | { readonly name: string } {
  if (typeof user === "string") return user;
  return Object.fromEntries(Object.entries(user).filter(([key]) => key !== "password")) as { name: string };
}

function groupsInputs(what: string, groups: NonNullable<AccessArgs["groups"]>): pulumi.Inputs {
  const known = looked(groups, (all) => {
    expectLists(what, "groups", all);
  });
  return {
    groups: known.apply((all) =>
      entriesText(
        `${what}: groups`,
        Object.entries(all).map(([name, group]) => ({ ...detailsOf(group), name })),
      ),
    ),
    members: known.apply((all) => {
      const lists = Object.entries(all).flatMap(([name, group]) => {
        const members = Array.isArray(group)
          ? group
          : (group as { members?: readonly (string | { name: string })[] }).members;
        return members === undefined ? [] : [[name, entriesText(`${what}: ${JSON.stringify(name)}`, members)] as const];
      });
      return Object.fromEntries(lists);
    }),
  };
}

function detailsOf(group: unknown): object {
  if (Array.isArray(group)) return {};
  const { members: _members, ...details } = group as { members?: unknown };
  return details;
}
