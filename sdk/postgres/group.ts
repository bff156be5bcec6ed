import * as pulumi from "@pulumi/pulumi";
import { argumentsOf } from "../core/argumentsOf.js";
import { inputsOf, typeOf, withDefault } from "../core/resource.js";
import { connectionInput, type Connection } from "./connection.js";

/** Arguments of a `postgres.Group`. */
export interface GroupArgs {
  /** The name, at most 63 bytes of UTF-8, of any characters; upper and lower case differ. A changed name renames the group in place. */
  readonly name: pulumi.Input<string>;
  /**
   * Amazon Redshift, where roles are something else than groups: "role" makes a role, which is granted to users and to
   * roles (GRANT ROLE). Default "group".
   */
  readonly as?: pulumi.Input<"group" | "role">;
  /** A remark, kept in the server with COMMENT ON ROLE. Default: none. */
  readonly comment?: pulumi.Input<string>;
  /** Whether a group that exists already is taken over ("adopt") or refused ("fail", the default). */
  readonly existing?: pulumi.Input<"adopt" | "fail">;
  /**
   * What happens when the group leaves the program: "drop" it, or "keep" it. Default: "drop" for what this program
   * made, "keep" for what it adopted. Memberships are resources of their own.
   */
  readonly onRemove?: pulumi.Input<"drop" | "keep">;
  /**
   * Who gets what the group owns when it is dropped (REASSIGN OWNED); what it has been granted is taken back (DROP
   * OWNED), in every database. Default: nobody, and the drop of a group that owns or has something fails.
   */
  readonly reassignTo?: pulumi.Input<string>;
  /** The server. Default: the connection "postgres" (PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE). */
  readonly connection?: Connection;
}

/**
 * A group of a PostgreSQL server: a role that cannot log in and that others are members of. A login or another
 * attribute that somebody gives it by hand shows as drift.
 *
 * Throws in `preview` and `up` when an argument is not valid and when the group exists already (see `existing`).
 * PostgreSQL 14 to 18.
 *
 * @example
 * const analysts = new postgres.Group("analysts", { name: "analysts" });
 *
 * @see https://www.postgresql.org/docs/current/role-membership.html
 */
export class Group extends pulumi.CustomResource {
  /** The name. */
  declare readonly name: pulumi.Output<string>;
  /** "role" for a role of Amazon Redshift; else undefined. */
  declare readonly as: pulumi.Output<"role" | undefined>;
  /** The remark; undefined for none. */
  declare readonly comment: pulumi.Output<string | undefined>;
  /** Whether the group was there before this program. */
  declare readonly adopted: pulumi.Output<boolean>;

  /**
   * Declares a group.
   *
   * @param name The resource's name in the program, which may differ from the group's.
   * @param args What the group is.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: GroupArgs, options?: pulumi.CustomResourceOptions) {
    const { connection, ...rest } = argumentsOf("postgres.Group", name, { args, options, hasExisting: true });
    const inputs = { as: undefined, comment: undefined, ...rest, connection: connectionInput(connection) };
    super(typeOf("postgres.Group"), name, inputsOf("postgres.Group", inputs, ["adopted"]), options);
    this.adopted = withDefault(this.adopted, false);
  }
}
