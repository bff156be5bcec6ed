import * as pulumi from "@pulumi/pulumi";
import { decodeNames } from "../../provider/core/lines.js";
import { argumentsOf } from "../core/argumentsOf.js";
import { inputsOf, typeOf, withDefault } from "../core/resource.js";
import { connectionInput, type Connection } from "./connection.js";
import { namesInput, type NamesInput } from "./names.js";

/** Arguments of a `heimdall.Group`. */
export interface GroupArgs {
  /** The name: lower-case letters, digits, `_` and `:`, at most 100. Another name is another group. */
  readonly name: pulumi.Input<string>;
  /**
   * What the group is for, 1 to 500 characters. The service can change it only by deleting the group and making it
   * again: that is refused unless the connection's setting `recreate` is "true" (`ROSTER_HEIMDALL_RECREATE=true`).
   */
  readonly description: pulumi.Input<string>;
  /**
   * All roles of the group, by name: others are taken from it, at most 10 or 20 % in one run, whichever is more. Left
   * out, the group keeps the roles that it has; an empty list takes all.
   */
  readonly roles?: NamesInput;
  /** Whether a group that exists already is taken over ("adopt") or refused ("fail", the default). */
  readonly existing?: pulumi.Input<"adopt" | "fail">;
  /**
   * What happens when the group leaves the program: "drop" it, with its members and roles, or "keep" it. Default:
   * "drop" for what this program made, "keep" for what it adopted.
   */
  readonly onRemove?: pulumi.Input<"drop" | "keep">;
  /** The environment. Default: the connection "heimdall" (HEIMDALL_URL, HEIMDALL_TOKEN). */
  readonly connection?: Connection;
}

/**
 * A group of Heimdall, with all of its roles where they are given. For single roles of a group that others manage use
 * `heimdall.GroupRole`; one that is not on the list here is refused.
 *
 * A changed description deletes the group and makes it again, where that is allowed: the plan lists what is taken and
 * put back (roles and members; when and by whom members were added is lost), and a file keeps it until all is back, so
 * that the next run finishes what a killed one began.
 *
 * Throws in `preview` and `up` when an argument is not valid, and when the group exists already (see `existing`).
 *
 * @example
 * const desk = new heimdall.Group("desk", { name: "desk", description: "The service desk", roles: [viewer.name] });
 */
export class Group extends pulumi.CustomResource {
  /** The name. */
  declare readonly name: pulumi.Output<string>;
  /** What the group is for. */
  declare readonly description: pulumi.Output<string>;
  /** The group's roles, sorted; undefined where the program leaves them alone. */
  declare readonly roles: pulumi.Output<string[] | undefined>;
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
    const { connection, roles, ...rest } = argumentsOf("heimdall.Group", name, { args, options, hasExisting: true });
    const what = `heimdall.Group ${JSON.stringify(name)}: roles`;
    const inputs = { ...rest, roles: namesInput(what, roles), connection: connectionInput(connection) };
    super(typeOf("heimdall.Group"), name, inputsOf("heimdall.Group", inputs, ["adopted"]), options);
    this.roles = (this.roles as unknown as pulumi.Output<string | undefined>).apply((text) =>
      text === undefined ? undefined : decodeNames(text),
    );
    this.adopted = withDefault(this.adopted, false);
  }
}
