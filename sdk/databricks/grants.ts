import * as pulumi from "@pulumi/pulumi";
import { argumentsOf } from "../core/argumentsOf.js";
import { inputsOf, typeOf } from "../core/resource.js";
import { connectionInput, type Connection } from "./connection.js";
import { listsInput, namesByPrivilege } from "./lists.js";
import type { GrantsInput, SecurableInput } from "./securable.js";

/** Arguments of a `databricks.Grants`. */
export interface GrantsArgs {
  /** What the privileges are on: "table main.sales.orders". */
  readonly securable: SecurableInput;
  /** Who has which privilege: everybody who has one there. Order does not matter. */
  readonly grants: GrantsInput;
  /**
   * Principals that are left alone, on the list and on the securable: `*` stands for any characters, `?` for one, a
   * backslash before them takes that meaning away; case does not count. Default: none.
   */
  readonly ignore?: pulumi.Input<readonly pulumi.Input<string>[]>;
  /** What happens when the list leaves the program: "drop", the default, takes back what it gave; "keep" leaves it. */
  readonly onRemove?: pulumi.Input<"drop" | "keep">;
  /** The workspace. Default: the connection "databricks" (DATABRICKS_HOST, DATABRICKS_TOKEN, ...). */
  readonly connection?: Connection;
}

/**
 * Everybody who has privileges on one securable of Unity Catalog. Authoritative: what somebody has there and the list
 * does not say is taken, except from principals that `ignore` matches and from the account that runs this. Privileges
 * that are inherited from a catalog or schema are not looked at. One read, and one request with what differs. A
 * `databricks.Grant` of the same program that is not on the list is refused.
 *
 * One run takes everything from at most 10 principals or 20 % of those that have something, whichever is more, so that
 * a list that came back empty empties nothing; Pulumi config `roster:maxRemovals` sets another limit for a run. A
 * principal that does not exist fails alone: everybody else is granted, and the run ends with an error that names it.
 *
 * @example
 * const orders = new databricks.Grants("orders", {
 *   securable: "table main.sales.orders",
 *   grants: { SELECT: ["analysts", { name: "ana@example.com", until: "2027-06-30" }], MODIFY: ["etl"] },
 *   ignore: ["svc-*"],
 * });
 *
 * @see https://docs.databricks.com/api/workspace/grants/update
 */
export class Grants extends pulumi.CustomResource {
  /** What the privileges are on. */
  declare readonly securable: pulumi.Output<string>;
  /** The names of the principals by privilege, sorted, without those that `ignore` matches. */
  declare readonly grants: pulumi.Output<Record<string, string[]>>;
  /** The principals that are left alone. */
  declare readonly ignore: pulumi.Output<string[]>;

  /**
   * Declares the list.
   *
   * @param name The resource's name in the program.
   * @param args Who may do what on what.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: GrantsArgs, options?: pulumi.CustomResourceOptions) {
    const { connection, grants, ...rest } = argumentsOf("databricks.Grants", name, {
      args,
      options,
      hasExisting: false,
    });
    const what = `databricks.Grants ${JSON.stringify(name)}`;
    const lists = listsInput(what, grants);
    const inputs = { ignore: undefined, ...rest, grants: lists, connection: connectionInput(connection) };
    super(typeOf("databricks.Grants"), name, inputsOf("databricks.Grants", inputs), options);
    // Lists travel as texts (provider/core/lines.ts); programs read them as names.
    this.grants = this.grants.apply(namesByPrivilege);
    this.ignore = this.ignore.apply((patterns: string[] | undefined) => patterns ?? []);
  }
}
