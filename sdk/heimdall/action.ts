import * as pulumi from "@pulumi/pulumi";
import { argumentsOf } from "../core/argumentsOf.js";
import { inputsOf, typeOf, withDefault } from "../core/resource.js";
import { connectionInput, type Connection } from "./connection.js";

/** Arguments of a `heimdall.Action`. */
export interface ActionArgs {
  /** The name: lower-case letters, digits, `_` and `:`, at most 100. A changed name renames the action in place. */
  readonly name: pulumi.Input<string>;
  /** What the action is for, 1 to 500 characters. */
  readonly description: pulumi.Input<string>;
  /** Whether an action that exists already is taken over ("adopt") or refused ("fail", the default). */
  readonly existing?: pulumi.Input<"adopt" | "fail">;
  /**
   * What happens when the action leaves the program: "drop" it, or "keep" it. Default: "drop" for what this program
   * made, "keep" for what it adopted. An action that mappings or roles still use is not dropped unless "drop" is said:
   * the service would delete the mappings and take it from the roles, and not say so.
   */
  readonly onRemove?: pulumi.Input<"drop" | "keep">;
  /** The environment. Default: the connection "heimdall" (HEIMDALL_URL, HEIMDALL_TOKEN). */
  readonly connection?: Connection;
}

/**
 * An action of Heimdall: something that a role can allow and that a mapping asks for.
 *
 * Throws in `preview` and `up` when an argument is not valid, and when the action exists already (see `existing`).
 *
 * @example
 * const read = new heimdall.Action("read", { name: "users:read", description: "Read users" });
 */
export class Action extends pulumi.CustomResource {
  /** The name. */
  declare readonly name: pulumi.Output<string>;
  /** What the action is for. */
  declare readonly description: pulumi.Output<string>;
  /** Whether the action was there before this program. */
  declare readonly adopted: pulumi.Output<boolean>;

  /**
   * Declares an action.
   *
   * @param name The resource's name in the program, which may differ from the action's.
   * @param args What the action is.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: ActionArgs, options?: pulumi.CustomResourceOptions) {
    const { connection, ...rest } = argumentsOf("heimdall.Action", name, { args, options, hasExisting: true });
    const inputs = { ...rest, connection: connectionInput(connection) };
    super(typeOf("heimdall.Action"), name, inputsOf("heimdall.Action", inputs, ["adopted"]), options);
    this.adopted = withDefault(this.adopted, false);
  }
}
