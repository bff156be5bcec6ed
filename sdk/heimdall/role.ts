import * as pulumi from "@pulumi/pulumi";
import { decodeNames } from "../../provider/core/lines.js";
import { argumentsOf } from "../core/argumentsOf.js";
import { inputsOf, typeOf, withDefault } from "../core/resource.js";
import { connectionInput, type Connection } from "./connection.js";
import { namesInput, type NamesInput } from "./names.js";

/** Arguments of a `heimdall.Role`. */
export interface RoleArgs {
  /**
   * The name: lower-case letters, digits, `_` and `:`, at most 100. Another name is another role. `superadmin` belongs
   * to the service and is refused.
   */
  readonly name: pulumi.Input<string>;
  /**
   * What the role is for, 1 to 500 characters. The service can change it only by deleting the role and making it
   * again: that is refused unless the connection's setting `recreate` is "true" (`ROSTER_HEIMDALL_RECREATE=true`).
   */
  readonly description: pulumi.Input<string>;
  /**
   * All actions of the role, by name: others are taken from it, at most 10 or 20 % in one run, whichever is more.
   * Left out, the role keeps the actions that it has; an empty list takes all.
   */
  readonly actions?: NamesInput;
  /** Whether a role that exists already is taken over ("adopt") or refused ("fail", the default). */
  readonly existing?: pulumi.Input<"adopt" | "fail">;
  /**
   * What happens when the role leaves the program: "drop" it, or "keep" it. Default: "drop" for what this program
   * made, "keep" for what it adopted. A role that groups still have is not dropped unless "drop" is said.
   */
  readonly onRemove?: pulumi.Input<"drop" | "keep">;
  /** The environment. Default: the connection "heimdall" (HEIMDALL_URL, HEIMDALL_TOKEN). */
  readonly connection?: Connection;
}

/**
 * A role of Heimdall, with all of its actions where they are given. For single actions of a role that others manage use
 * `heimdall.RoleAction`; one that is not on the list here is refused.
 *
 * A changed description deletes the role and makes it again, where that is allowed: the plan lists what is taken and
 * put back (the actions, and the groups that have it), and a file keeps it until all is back, so that the next run
 * finishes what a killed one began. With more than 50 roles the service cannot tell or change the actions of all of
 * them; that is an error and never an empty list.
 *
 * Throws in `preview` and `up` when an argument is not valid, and when the role exists already (see `existing`).
 *
 * @example
 * const viewer = new heimdall.Role("viewer", { name: "viewer", description: "May look", actions: [read.name] });
 */
export class Role extends pulumi.CustomResource {
  /** The name. */
  declare readonly name: pulumi.Output<string>;
  /** What the role is for. */
  declare readonly description: pulumi.Output<string>;
  /** The role's actions, sorted; undefined where the program leaves them alone. */
  declare readonly actions: pulumi.Output<string[] | undefined>;
  /** Whether the role was there before this program. */
  declare readonly adopted: pulumi.Output<boolean>;

  /**
   * Declares a role.
   *
   * @param name The resource's name in the program, which may differ from the role's.
   * @param args What the role is.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: RoleArgs, options?: pulumi.CustomResourceOptions) {
    const { connection, actions, ...rest } = argumentsOf("heimdall.Role", name, { args, options, hasExisting: true });
    const what = `heimdall.Role ${JSON.stringify(name)}: actions`;
    const inputs = { ...rest, actions: namesInput(what, actions), connection: connectionInput(connection) };
    super(typeOf("heimdall.Role"), name, inputsOf("heimdall.Role", inputs, ["adopted"]), options);
    // The list travels as one text (provider/core/lines.ts); programs read it as names.
    this.actions = (this.actions as unknown as pulumi.Output<string | undefined>).apply((text) =>
      text === undefined ? undefined : decodeNames(text),
    );
    this.adopted = withDefault(this.adopted, false);
  }
}
