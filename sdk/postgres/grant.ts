import * as pulumi from "@pulumi/pulumi";
import { argumentsOf } from "../core/argumentsOf.js";
import { inputsOf, typeOf, withDefault } from "../core/resource.js";
import { grantInputs, type GrantTarget } from "./grantArgs.js";

/** Arguments of a `postgres.Grant`. */
export interface GrantArgs extends GrantTarget {
  /**
   * The privileges by name: SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER, MAINTAIN (17 and later) on
   * tables; SELECT, INSERT, UPDATE, REFERENCES on columns; USAGE, SELECT, UPDATE on sequences; EXECUTE on functions and
   * procedures; USAGE on types, languages, foreign data wrappers and foreign servers; CREATE, USAGE on schemas; CREATE,
   * CONNECT, TEMPORARY on databases; CREATE on tablespaces; SET, ALTER SYSTEM (15 and later) on parameters. "ALL" is
   * all that the server's version knows. Amazon Redshift has DROP on tables, and no CONNECT, TRUNCATE, TRIGGER, and
   * MAINTAIN, no sequences, and no privileges on types (docs/redshift.md).
   */
  readonly privileges: pulumi.Input<readonly pulumi.Input<string>[]>;
}

/**
 * Privileges of a user, a group or everybody on a database, a schema, things in a schema (one, a list, or all of them),
 * or on languages, foreign data wrappers, foreign servers, tablespaces and configuration parameters. Additive: what the
 * grantee has besides is left alone; for everything that it has use `postgres.Privileges`. Where that, or another
 * grant, of the same program takes what this one gives, it is refused. What exists already is adopted. A table that was
 * made later and is covered shows as drift, and `up` grants it.
 *
 * A change updates in place, takes before it gives, and runs statements for what differs only. Throws in `preview` when
 * the server's version does not know a privilege; in `up` (a warning in `preview`) when the grantee or an object does
 * not exist, and when the account can neither grant it nor become the owner who could: the error names that one.
 *
 * @example
 * const connect = new postgres.Grant("connect", { database: app.name, on: "database", privileges: ["CONNECT"], grantee: analysts.name });
 * const usage = new postgres.Grant("usage", { database: app.name, on: "schema", schema: "public", privileges: ["USAGE"], grantee: analysts.name });
 * const read = new postgres.Grant("read", {
 *   database: app.name,
 *   on: "table",
 *   schema: "public",
 *   privileges: ["SELECT"],
 *   grantee: analysts.name,
 *   future: true,
 * });
 *
 * @example
 * const few = new postgres.Grant("few", {
 *   on: "table",
 *   schema: "hr",
 *   objects: ["people"],
 *   columns: ["name", "email"],
 *   privileges: ["SELECT"],
 *   grantee: ana.name,
 *   until: "2027-01-31",
 * });
 *
 * @example
 * const slow = new postgres.Grant("slow", { on: "parameter", objects: ["log_min_duration_statement"], privileges: ["SET"], grantee: analysts.name });
 * const erp = new postgres.Grant("erp", { database: app.name, on: "foreign server", objects: ["erp"], privileges: ["USAGE"], grantee: analysts.name });
 *
 * @see https://www.postgresql.org/docs/current/ddl-priv.html
 */
export class Grant extends pulumi.CustomResource {
  /** Who is granted; "public" for everybody. */
  declare readonly grantee: pulumi.Output<string>;
  /** The privileges, by name. */
  declare readonly privileges: pulumi.Output<string[]>;
  /** The database; undefined for the connection's. */
  declare readonly database: pulumi.Output<string | undefined>;
  /** The schema; undefined for privileges on a database. */
  declare readonly schema: pulumi.Output<string | undefined>;
  /** When it ends, ISO 8601 in UTC; undefined for never. */
  declare readonly until: pulumi.Output<string | undefined>;
  /** Whether the end has come, so that the privileges were taken back. */
  declare readonly expired: pulumi.Output<boolean>;

  /**
   * Declares a grant.
   *
   * @param name The resource's name in the program.
   * @param args What is granted to whom.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: GrantArgs, options?: pulumi.CustomResourceOptions) {
    const given = argumentsOf("postgres.Grant", name, { args, options, hasExisting: false });
    const inputs = grantInputs(`postgres.Grant ${JSON.stringify(name)}`, given);
    super(typeOf("postgres.Grant"), name, inputsOf("postgres.Grant", inputs, ["expired"]), options);
    this.expired = withDefault(this.expired, false);
  }
}
