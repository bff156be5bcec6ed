import * as pulumi from "@pulumi/pulumi";
import { argumentsOf } from "../core/argumentsOf.js";
import { inputsOf, typeOf, withDefault } from "../core/resource.js";
import { connectionInput, type Connection } from "./connection.js";

/** Arguments of a `postgres.GroupMembership`. */
export interface GroupMembershipArgs {
  /** The group's name: `analysts.name` of a `postgres.Group`, or the name of a group that exists. */
  readonly group: pulumi.Input<string>;
  /** The member's name: `ana.name` of a `postgres.User`, or the name of a user that exists. */
  readonly member: pulumi.Input<string>;
  /** May give the group to others (ADMIN OPTION). Default false. */
  readonly admin?: pulumi.Input<boolean>;
  /** Has the group's rights without SET ROLE. Default: as the member's own `inherit` says. PostgreSQL 16 and later. */
  readonly inherit?: pulumi.Input<boolean>;
  /** May become the group with SET ROLE. Default true. PostgreSQL 16 and later. */
  readonly set?: pulumi.Input<boolean>;
  /**
   * When the membership ends: a date (midnight UTC) or ISO 8601 with zone. The first `up` after that takes it back; a
   * preview shows it, also of an unchanged program. Default: never.
   */
  readonly until?: pulumi.Input<string>;
  /** What happens when the membership leaves the program: "drop", the default, takes it back; "keep" leaves it. */
  readonly onRemove?: pulumi.Input<"drop" | "keep">;
  /** The server. Default: the connection "postgres" (PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE). */
  readonly connection?: Connection;
}

/**
 * One user in one group. Additive: other members of the group are left alone. For a group's whole list use
 * `postgres.GroupMembers`; beside a list that does not name this member, or with other options, it is refused. A
 * membership that exists already is adopted.
 *
 * Throws in `up` when the group or the member does not exist (in `preview` that is a warning), and when the server
 * refuses: the account needs ADMIN OPTION on the group, and to take a membership back the rights of its grantor.
 *
 * @example
 * const membership = new postgres.GroupMembership("ana-analysts", { group: analysts.name, member: ana.name });
 *
 * @see https://www.postgresql.org/docs/current/sql-grant.html#SQL-GRANT-DESCRIPTION-ROLES
 */
export class GroupMembership extends pulumi.CustomResource {
  /** The group's name. */
  declare readonly group: pulumi.Output<string>;
  /** The member's name. */
  declare readonly member: pulumi.Output<string>;
  /** Whether the member may give the group to others. */
  declare readonly admin: pulumi.Output<boolean>;
  /** When the membership ends, ISO 8601 in UTC; undefined for never. */
  declare readonly until: pulumi.Output<string | undefined>;
  /** Whether the end has come, so that the membership was taken back. */
  declare readonly expired: pulumi.Output<boolean>;

  /**
   * Declares a membership.
   *
   * @param name The resource's name in the program.
   * @param args Who is in what.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: GroupMembershipArgs, options?: pulumi.CustomResourceOptions) {
    const { connection, ...rest } = argumentsOf("postgres.GroupMembership", name, {
      args,
      options,
      hasExisting: false,
    });
    const inputs = { admin: undefined, until: undefined, ...rest, connection: connectionInput(connection) };
    super(typeOf("postgres.GroupMembership"), name, inputsOf("postgres.GroupMembership", inputs, ["expired"]), options);
    this.admin = withDefault(this.admin, false);
    this.expired = withDefault(this.expired, false);
  }
}
