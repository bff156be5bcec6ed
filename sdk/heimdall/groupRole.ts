import * as pulumi from "@pulumi/pulumi";
import { argumentsOf } from "../core/argumentsOf.js";
import { inputsOf, typeOf } from "../core/resource.js";
import { connectionInput, type Connection } from "./connection.js";

/** Arguments of a `heimdall.GroupRole`. */
export interface GroupRoleArgs {
  /** The group: `desk.name` of a `heimdall.Group`, or the name of a group that exists. */
  readonly group: pulumi.Input<string>;
  /** The role: `viewer.name` of a `heimdall.Role`, or the name of a role that exists; `superadmin` too. */
  readonly role: pulumi.Input<string>;
  /** What happens when this leaves the program: "drop", the default, takes it back; "keep" leaves it. */
  readonly onRemove?: pulumi.Input<"drop" | "keep">;
  /** The environment. Default: the connection "heimdall" (HEIMDALL_URL, HEIMDALL_TOKEN). */
  readonly connection?: Connection;
}

/**
 * One role of a group. Additive: other roles of the group are left alone. For all roles of a group use
 * `heimdall.Group`; beside a list of the same program that lacks the role this is refused. One that the group has
 * already is adopted.
 *
 * Throws in `up` when the group or the role does not exist (in `preview` that is a warning).
 *
 * @example
 * const one = new heimdall.GroupRole("desk-viewer", { group: desk.name, role: viewer.name });
 */
export class GroupRole extends pulumi.CustomResource {
  /** The group's name. */
  declare readonly group: pulumi.Output<string>;
  /** The role's name. */
  declare readonly role: pulumi.Output<string>;

  /**
   * Declares a role of a group.
   *
   * @param name The resource's name in the program.
   * @param args Who has what.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: GroupRoleArgs, options?: pulumi.CustomResourceOptions) {
    const { connection, ...rest } = argumentsOf("heimdall.GroupRole", name, { args, options, hasExisting: false });
    const inputs = { ...rest, connection: connectionInput(connection) };
    super(typeOf("heimdall.GroupRole"), name, inputsOf("heimdall.GroupRole", inputs), options);
  }
}
