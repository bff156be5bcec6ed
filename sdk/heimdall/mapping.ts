import * as pulumi from "@pulumi/pulumi";
import { argumentsOf } from "../core/argumentsOf.js";
import { inputsOf, typeOf, withDefault } from "../core/resource.js";
import { connectionInput, type Connection } from "./connection.js";

/** The methods that Heimdall knows. */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS";

/** Arguments of a `heimdall.Mapping`. */
export interface MappingArgs {
  /** The method, upper case. */
  readonly method: pulumi.Input<Method>;
  /** The pattern of the path, at most 255 characters; upper and lower case differ. What is no pattern the service refuses. */
  readonly path: pulumi.Input<string>;
  /** The action that the endpoint asks for: `read.name` of a `heimdall.Action`, or the name of one that exists. */
  readonly action: pulumi.Input<string>;
  /** A remark, at most 500 characters. Default: none. */
  readonly description?: pulumi.Input<string>;
  /** Whether a mapping that exists already is taken over ("adopt") or refused ("fail", the default). */
  readonly existing?: pulumi.Input<"adopt" | "fail">;
  /**
   * What happens when the mapping leaves the program: "drop" it, or "keep" it. Default: "drop" for what this program
   * made, "keep" for what it adopted.
   */
  readonly onRemove?: pulumi.Input<"drop" | "keep">;
  /** The environment. Default: the connection "heimdall" (HEIMDALL_URL, HEIMDALL_TOKEN). */
  readonly connection?: Connection;
}

/**
 * A mapping of Heimdall: which action an endpoint asks for. Method and path are its key; a change of either, of the
 * action or of the description is one request in place.
 *
 * Throws in `preview` and `up` when an argument is not valid, and when a mapping of this method and path exists already
 * (see `existing`); in `up` when the action does not exist (in `preview` that is a warning).
 *
 * @example
 * const users = new heimdall.Mapping("users", { method: "GET", path: "/api/v1/users", action: read.name });
 */
export class Mapping extends pulumi.CustomResource {
  /** The method. */
  declare readonly method: pulumi.Output<Method>;
  /** The pattern of the path. */
  declare readonly path: pulumi.Output<string>;
  /** The name of the action. */
  declare readonly action: pulumi.Output<string>;
  /** The remark; undefined for none. */
  declare readonly description: pulumi.Output<string | undefined>;
  /** Whether the mapping was there before this program. */
  declare readonly adopted: pulumi.Output<boolean>;

  /**
   * Declares a mapping.
   *
   * @param name The resource's name in the program.
   * @param args What asks for what.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: MappingArgs, options?: pulumi.CustomResourceOptions) {
    const { connection, ...rest } = argumentsOf("heimdall.Mapping", name, { args, options, hasExisting: true });
    const inputs = { description: undefined, ...rest, connection: connectionInput(connection) };
    super(typeOf("heimdall.Mapping"), name, inputsOf("heimdall.Mapping", inputs, ["adopted"]), options);
    this.adopted = withDefault(this.adopted, false);
  }
}
