import * as pulumi from "@pulumi/pulumi";
import { argumentsOf } from "../core/argumentsOf.js";
import { inputsOf, typeOf, withDefault } from "../core/resource.js";
import { grantInputs, type GrantTarget } from "./grantArgs.js";

/** Arguments of a `postgres.Privileges`. */
export interface PrivilegesArgs extends GrantTarget {
  /** Every privilege that the grantee has on the objects, by name as for `postgres.Grant`; an empty list for none. */
  readonly privileges: pulumi.Input<readonly pulumi.Input<string>[]>;
}

/**
 * Everything that a user, a group or everybody has on a set of objects. Authoritative for this grantee and these
 * objects: a privilege that is not declared is taken back, whoever granted it, by hand or by another tool. For
 * privileges beside which others are left alone use `postgres.Grant`; one of the same program that gives more than is
 * declared here is refused.
 *
 * The owner of an object has all rights on it and is left alone there, and so is the account that runs this. What
 * somebody has as a member of a group, or because PUBLIC has it, is not looked at. Leaving the program takes back what
 * was declared. A privilege that the account cannot take back, because somebody else granted it whom it cannot become,
 * is an error that names the grantor.
 *
 * @example
 * const reading = new postgres.Privileges("reading", {
 *   database: app.name,
 *   on: "table",
 *   schema: "public",
 *   privileges: ["SELECT"],
 *   grantee: analysts.name,
 * });
 *
 * @example
 * const closed = new postgres.Privileges("closed", { database: app.name, on: "database", privileges: [], grantee: "PUBLIC" });
 *
 * @see https://www.postgresql.org/docs/current/ddl-priv.html
 */
export class Privileges extends pulumi.CustomResource {
  /** Who has them; "public" for everybody. */
  declare readonly grantee: pulumi.Output<string>;
  /** The privileges, by name. */
  declare readonly privileges: pulumi.Output<string[]>;
  /** The database; undefined for the connection's. */
  declare readonly database: pulumi.Output<string | undefined>;
  /** The schema; undefined for privileges on a database. */
  declare readonly schema: pulumi.Output<string | undefined>;
  /** When they end, ISO 8601 in UTC; undefined for never. */
  declare readonly until: pulumi.Output<string | undefined>;
  /** Whether the end has come, so that the privileges were taken back. */
  declare readonly expired: pulumi.Output<boolean>;

  /**
   * Declares what somebody has.
   *
   * @param name The resource's name in the program.
   * @param args Who has what.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: PrivilegesArgs, options?: pulumi.CustomResourceOptions) {
    const given = argumentsOf("postgres.Privileges", name, { args, options, hasExisting: false });
    const inputs = grantInputs(`postgres.Privileges ${JSON.stringify(name)}`, given);
    super(typeOf("postgres.Privileges"), name, inputsOf("postgres.Privileges", inputs, ["expired"]), options);
    this.expired = withDefault(this.expired, false);
  }
}
