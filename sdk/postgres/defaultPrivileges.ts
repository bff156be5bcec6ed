import * as pulumi from "@pulumi/pulumi";
import { argumentsOf } from "../core/argumentsOf.js";
import { inputsOf, typeOf } from "../core/resource.js";
import { connectionInput, type Connection } from "./connection.js";

/** Arguments of a `postgres.DefaultPrivileges`. */
export interface DefaultPrivilegesArgs {
  /** The database: `app.name` of a `postgres.Database`, or the name of one that exists. Default: the connection's. */
  readonly database?: pulumi.Input<string>;
  /**
   * Whose objects: a user or a group. Default: everybody who can make something there: owners of schemas, those with
   * CREATE and their members, who owns something there already, and, where a superuser runs this, superusers.
   */
  readonly owner?: pulumi.Input<string>;
  /** The schema in which they will be made. Default: any, now or later, with what is built in (see `privileges`). */
  readonly schema?: pulumi.Input<string>;
  /**
   * The kind of object. "table" means views too; "schema" without `schema`. "function" means procedures too; Amazon
   * Redshift has defaults of their own for those, "procedure", and none for sequences, types and schemas.
   */
  readonly on: "table" | "sequence" | "function" | "procedure" | "type" | "schema";
  /** Who gets them: the name of a user or a group, or "PUBLIC" for everybody. */
  readonly grantee: pulumi.Input<string>;
  /**
   * Every privilege that the grantee gets, by name as for `postgres.Grant`; an empty list for none. Without a schema
   * PUBLIC gets EXECUTE on functions and USAGE on types where nobody says otherwise: an empty list takes that away.
   */
  readonly privileges: pulumi.Input<readonly pulumi.Input<string>[]>;
  /** May be given on (WITH GRANT OPTION). Default false. */
  readonly grantOption?: pulumi.Input<boolean>;
  /** What happens when it leaves the program: "drop", the default, goes back to what is built in; "keep" leaves it. */
  readonly onRemove?: pulumi.Input<"drop" | "keep">;
  /** The server. Default: the connection "postgres" (PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE). */
  readonly connection?: Connection;
}

/**
 * The privileges that somebody gets on objects that are not made yet. Authoritative for this grantee, owner, schema and
 * kind. What exists already is not touched: for that, and for both at once (`future`), use `postgres.Grant`. What
 * another resource of the same program says otherwise of the same is refused.
 *
 * Throws in `up` (a warning in `preview`) when grantee, owner or schema do not exist, and when the account is neither
 * the owner nor a member of it nor a superuser.
 *
 * @example
 * const later = new postgres.DefaultPrivileges("later", {
 *   database: app.name,
 *   owner: "migrations",
 *   schema: "public",
 *   on: "table",
 *   privileges: ["SELECT"],
 *   grantee: analysts.name,
 * });
 *
 * @example
 * const closed = new postgres.DefaultPrivileges("closed", { owner: "migrations", on: "function", privileges: [], grantee: "PUBLIC" });
 *
 * @see https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html
 */
export class DefaultPrivileges extends pulumi.CustomResource {
  /** Who gets them; "public" for everybody. */
  declare readonly grantee: pulumi.Output<string>;
  /** The privileges, by name. */
  declare readonly privileges: pulumi.Output<string[]>;
  /** The database; undefined for the connection's. */
  declare readonly database: pulumi.Output<string | undefined>;
  /** Whose objects; undefined for those of everybody. */
  declare readonly owner: pulumi.Output<string | undefined>;
  /** The schema; undefined for all. */
  declare readonly schema: pulumi.Output<string | undefined>;

  /**
   * Declares default privileges.
   *
   * @param name The resource's name in the program.
   * @param args Who gets what on what.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: DefaultPrivilegesArgs, options?: pulumi.CustomResourceOptions) {
    const { connection, ...rest } = argumentsOf("postgres.DefaultPrivileges", name, {
      args,
      options,
      hasExisting: false,
    });
    const nothing = { database: undefined, owner: undefined, schema: undefined };
    const inputs = { ...nothing, ...rest, connection: connectionInput(connection) };
    super(typeOf("postgres.DefaultPrivileges"), name, inputsOf("postgres.DefaultPrivileges", inputs), options);
  }
}
