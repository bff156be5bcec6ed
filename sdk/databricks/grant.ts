import * as pulumi from "@pulumi/pulumi";
import { argumentsOf } from "../core/argumentsOf.js";
import { inputsOf, typeOf, withDefault } from "../core/resource.js";
import { connectionInput, type Connection } from "./connection.js";
import type { Privilege, SecurableInput } from "./securable.js";

/** Arguments of a `databricks.Grant`. */
export interface GrantArgs {
  /** What the privileges are on: "table main.sales.orders". */
  readonly securable: SecurableInput;
  /** An e-mail address, the name of an account group, or the application id of a service principal. Case does not count. */
  readonly principal: pulumi.Input<string>;
  /** What the principal may do. Other privileges that it has there are left alone. */
  readonly privileges: pulumi.Input<readonly pulumi.Input<Privilege>[]>;
  /**
   * When the grant ends: a date (midnight UTC) or ISO 8601 with zone. The first `up` after that takes it back; a
   * preview shows it, also of an unchanged program. Default: never.
   */
  readonly until?: pulumi.Input<string>;
  /** What happens when the grant leaves the program: "drop", the default, takes it back; "keep" leaves it. */
  readonly onRemove?: pulumi.Input<"drop" | "keep">;
  /** The workspace. Default: the connection "databricks" (DATABRICKS_HOST, DATABRICKS_TOKEN, ...). */
  readonly connection?: Connection;
}

/**
 * Privileges of one principal on one securable of Unity Catalog. Additive: other privileges there, also of this
 * principal, are left alone. For everybody on a securable use `databricks.Grants`, for many securables
 * `databricks.Access`; beside a list there that does not say the same of this principal it is refused. A grant that
 * exists already is adopted.
 *
 * Privileges that are inherited from a catalog or schema do not count as given here. The account that runs this never
 * takes MANAGE from itself or from a group that it is in.
 *
 * Throws in `preview` when a privilege cannot be given on that type of securable, and in `up` when the securable (in
 * `preview` that is a warning) or the principal does not exist, and when the account may not change its privileges.
 *
 * @example
 * const grant = new databricks.Grant("ana-orders", {
 *   securable: "table main.sales.orders",
 *   principal: "ana@example.com",
 *   privileges: ["SELECT"],
 *   until: "2027-06-30",
 * });
 *
 * @see https://docs.databricks.com/api/workspace/grants/update
 */
export class Grant extends pulumi.CustomResource {
  /** What the privileges are on. */
  declare readonly securable: pulumi.Output<string>;
  /** Who has them. */
  declare readonly principal: pulumi.Output<string>;
  /** The privileges, sorted, with underscores. */
  declare readonly privileges: pulumi.Output<string[]>;
  /** When the grant ends, ISO 8601 in UTC; undefined for never. */
  declare readonly until: pulumi.Output<string | undefined>;
  /** Whether the end has come, so that the grant was taken back. */
  declare readonly expired: pulumi.Output<boolean>;

  /**
   * Declares a grant.
   *
   * @param name The resource's name in the program.
   * @param args Who may do what on what.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: GrantArgs, options?: pulumi.CustomResourceOptions) {
    const { connection, ...rest } = argumentsOf("databricks.Grant", name, { args, options, hasExisting: false });
    const inputs = { until: undefined, ...rest, connection: connectionInput(connection) };
    super(typeOf("databricks.Grant"), name, inputsOf("databricks.Grant", inputs, ["expired"]), options);
    this.expired = withDefault(this.expired, false);
  }
}
