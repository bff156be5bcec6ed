import * as pulumi from "@pulumi/pulumi";
import { inputsOf, typeOf } from "../core/resource.js";
import { connectionInput, type Connection } from "./connection.js";

/** Arguments of a `postgres.GroupMembership`. */
export interface GroupMembershipArgs {
  /** The group's name: `analysts.name` of a `postgres.Group`, or the name of a group that exists. */
  readonly group: pulumi.Input<string>;
  /** The member's name: `ana.name` of a `postgres.User`, or the name of a user that exists. */
  readonly member: pulumi.Input<string>;
  /** What happens when the membership leaves the program: "drop", the default, takes it back; "keep" leaves it. */
  readonly onRemove?: pulumi.Input<"drop" | "keep">;
  /** The server. Default: the connection "postgres" (PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE). */
  readonly connection?: Connection;
}

/**
 * One user in one group. Additive: other members of the group are left alone. For a group's whole list use
 * `postgres.GroupMembers`, and not both for one group. A membership that exists already is adopted.
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

  /**
   * Declares a membership.
   *
   * @param name The resource's name in the program.
   * @param args Who is in what.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: GroupMembershipArgs, options?: pulumi.CustomResourceOptions) {
    const { connection, ...rest } = args;
    super(
      typeOf("postgres.GroupMembership"),
      name,
      inputsOf("postgres.GroupMembership", { ...rest, connection: connectionInput(connection) }),
      options,
    );
  }
}
