import * as pulumi from "@pulumi/pulumi";
import { argumentsOf } from "../core/argumentsOf.js";
import { inputsOf, typeOf } from "../core/resource.js";
import { connectionInput, type Connection } from "./connection.js";

/** Arguments of a `heimdall.RoleAction`. */
export interface RoleActionArgs {
  /** The role: `viewer.name` of a `heimdall.Role`, or the name of a role that exists; not `superadmin`. */
  readonly role: pulumi.Input<string>;
  /** The action: `read.name` of a `heimdall.Action`, or the name of an action that exists. */
  readonly action: pulumi.Input<string>;
  /** What happens when this leaves the program: "drop", the default, takes it back; "keep" leaves it. */
  readonly onRemove?: pulumi.Input<"drop" | "keep">;
  /** The environment. Default: the connection "heimdall" (HEIMDALL_URL, HEIMDALL_TOKEN). */
  readonly connection?: Connection;
}

/**
 * One action of a role. Additive: other actions of the role are left alone. For all actions of a role use
 * `heimdall.Role`; beside a list of the same program that lacks the action this is refused. One that the role has
 * already is adopted.
 *
 * Throws in `up` when the role or the action does not exist (in `preview` that is a warning), and when the service has
 * more than 50 roles and cannot tell the actions of this one.
 *
 * @example
 * const one = new heimdall.RoleAction("viewer-read", { role: viewer.name, action: read.name });
 */
export class RoleAction extends pulumi.CustomResource {
  /** The role's name. */
  declare readonly role: pulumi.Output<string>;
  /** The action's name. */
  declare readonly action: pulumi.Output<string>;

  /**
   * Declares an action of a role.
   *
   * @param name The resource's name in the program.
   * @param args Who has what.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: RoleActionArgs, options?: pulumi.CustomResourceOptions) {
    const { connection, ...rest } = argumentsOf("heimdall.RoleAction", name, { args, options, hasExisting: false });
    const inputs = { ...rest, connection: connectionInput(connection) };
    super(typeOf("heimdall.RoleAction"), name, inputsOf("heimdall.RoleAction", inputs), options);
  }
}
