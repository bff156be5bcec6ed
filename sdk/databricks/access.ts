import * as pulumi from "@pulumi/pulumi";
import { argumentsOf } from "../core/argumentsOf.js";
import { inputsOf, typeOf } from "../core/resource.js";
import { connectionInput, type Connection } from "./connection.js";
import { listsBySecurableInput, namesBySecurable } from "./lists.js";
import type { GrantsInput } from "./securable.js";

/** Arguments of a `databricks.Access`. */
export interface AccessArgs {
  /**
   * By securable ("table main.sales.orders"), who has which privilege: everybody who has one there, as in
   * `databricks.Grants`. An empty object takes everything from everybody.
   */
  readonly grants?: pulumi.Input<Readonly<Record<string, GrantsInput>>>;
  /**
   * By securable, who is given which privilege besides what others give there, as in `databricks.Grant`: for what is
   * shared with others, such as USE_CATALOG on a catalog.
   */
  readonly additional?: pulumi.Input<Readonly<Record<string, GrantsInput>>>;
  /**
   * Principals that are left alone everywhere: `*` stands for any characters, `?` for one, a backslash before
   * them takes that meaning away; case does not count. Default: none.
   */
  readonly ignore?: pulumi.Input<readonly pulumi.Input<string>[]>;
  /**
   * Whether who loses a privilege on a table or a schema is kept from going on with it: statements of theirs that are
   * under way and name it are found in query history and asked to stop. Databricks decides; what goes on is a warning.
   * What runs on clusters, the members of a group, and views on the table are not found. Default false.
   *
   * Source: https://docs.databricks.com/api/workspace/queryhistory/list and
   * https://docs.databricks.com/api/workspace/statementexecution/cancelexecution.
   */
  readonly endSessions?: pulumi.Input<boolean>;
  /** What happens when the resource leaves the program: "drop", the default, takes back what it gave; "keep" leaves it. */
  readonly onRemove?: pulumi.Input<"drop" | "keep">;
  /** The workspace. Default: the connection "databricks" (DATABRICKS_HOST, DATABRICKS_TOKEN, ...). */
  readonly connection?: Connection;
}

/**
 * The privileges on many securables of Unity Catalog in one resource, for a data product or a catalog with thousands of
 * grants: one read and at most one request for each securable. Authoritative on what `grants` names, additive on what
 * `additional` names; every other securable is left alone. A securable that leaves the program loses what was given
 * here. What the same program gives elsewhere on a securable of `grants`, and is not on its list, is refused.
 *
 * When some of the work fails, the rest is done and kept, and the next `up` does only what is left. One run takes
 * everything on a securable from at most 10 principals or 20 % of those that have something there, whichever is more
 * (Pulumi config `roster:maxRemovals` for another limit).
 *
 * @example
 * const consumers = ["analysts", { name: "ana@example.com", until: "2027-06-30" }];
 * const product = new databricks.Access("customer-360", {
 *   grants: {
 *     "table main.customers.profiles": { SELECT: consumers, MODIFY: ["etl"] },
 *     "table main.customers.metrics": { SELECT: consumers },
 *   },
 *   additional: { "catalog main": { USE_CATALOG: consumers }, "schema main.customers": { USE_SCHEMA: consumers } },
 * });
 */
export class Access extends pulumi.CustomResource {
  /** The names of the principals by securable and privilege, where the list is the whole. */
  declare readonly grants: pulumi.Output<Record<string, Record<string, string[]>>>;
  /** The names of the principals by securable and privilege, where others give too. */
  declare readonly additional: pulumi.Output<Record<string, Record<string, string[]>>>;

  /**
   * Declares who has access.
   *
   * @param name The resource's name in the program.
   * @param args The securables, and who may do what on them.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: AccessArgs, options?: pulumi.CustomResourceOptions) {
    const given = argumentsOf("databricks.Access", name, { args, options, hasExisting: false });
    const inputs = accessInputs("databricks.Access", name, given);
    super(typeOf("databricks.Access"), name, inputsOf("databricks.Access", inputs), options);
    this.grants = this.grants.apply(namesBySecurable);
    this.additional = this.additional.apply(namesBySecurable);
  }
}

/**
 * The inputs of an Access as they go to the engine.
 *
 * @param token Whose inputs they are: `databricks.Access`.
 * @param name The resource's name in the program.
 * @param args Who has what.
 */
export function accessInputs(token: string, name: string, args: AccessArgs): pulumi.Inputs {
  const { connection, grants, additional, ...rest } = args;
  const what = `${token} ${JSON.stringify(name)}`;
  return {
    ...rest,
    grants: grants === undefined ? undefined : listsBySecurableInput(what, grants),
    additional: additional === undefined ? undefined : listsBySecurableInput(what, additional),
    name,
    connection: connectionInput(connection),
  };
}
