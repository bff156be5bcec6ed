import * as pulumi from "@pulumi/pulumi";
import { argumentsOf } from "../core/argumentsOf.js";
import { inputsOf, typeOf } from "../core/resource.js";
import { connectionInput, type Connection } from "./connection.js";

/** Arguments of a `heimdall.GroupMember`. */
export interface GroupMemberArgs {
  /** The group: `desk.name` of a `heimdall.Group`, or the name of a group that exists. */
  readonly group: pulumi.Input<string>;
  /** The person's CPF: 11 digits, without dots and dash. */
  readonly cpf: pulumi.Input<string>;
  /** What happens when this leaves the program: "drop", the default, takes it back; "keep" leaves it. */
  readonly onRemove?: pulumi.Input<"drop" | "keep">;
  /** The environment. Default: the connection "heimdall" (HEIMDALL_URL, HEIMDALL_TOKEN). */
  readonly connection?: Connection;
}

/**
 * One person in a group. Additive: other members of the group are left alone. Beside a `heimdall.Environment` whose
 * members of the group lack the person it is refused. Somebody who is in the group already is adopted. The service
 * makes a user for a CPF that it does not know yet, and goes on knowing it.
 *
 * Throws in `preview` and `up` when the CPF is none, and in `up` when the group does not exist.
 *
 * @example
 * const one = new heimdall.GroupMember("ana", { group: desk.name, cpf: "12345678901" });
 */
export class GroupMember extends pulumi.CustomResource {
  /** The group's name. */
  declare readonly group: pulumi.Output<string>;
  /** The person's CPF. */
  declare readonly cpf: pulumi.Output<string>;

  /**
   * Declares a member of a group.
   *
   * @param name The resource's name in the program.
   * @param args Who has what.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: GroupMemberArgs, options?: pulumi.CustomResourceOptions) {
    const { connection, ...rest } = argumentsOf("heimdall.GroupMember", name, { args, options, hasExisting: false });
    const inputs = { ...rest, connection: connectionInput(connection) };
    super(typeOf("heimdall.GroupMember"), name, inputsOf("heimdall.GroupMember", inputs), options);
  }
}
