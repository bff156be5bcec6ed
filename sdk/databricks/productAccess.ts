import * as pulumi from "@pulumi/pulumi";
import { inputsOf, typeOf } from "../core/resource.js";
import { accessInputs, type AccessArgs } from "./access.js";

/**
 * A `databricks.Access` after which a ledger is written, also where some of it failed. Part of a
 * `databricks.DataProduct`, and not for programs.
 */
export class ProductAccess extends pulumi.CustomResource {
  /** What failed, in words; empty for nothing. */
  declare readonly leftover: pulumi.Output<string>;

  /**
   * Declares who has access.
   *
   * @param name The resource's name in the program.
   * @param args As of `databricks.Access`.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: AccessArgs, options: pulumi.CustomResourceOptions) {
    const inputs = accessInputs("databricks.ProductAccess", name, args);
    super(
      typeOf("databricks.ProductAccess"),
      name,
      inputsOf("databricks.ProductAccess", inputs, ["leftover"]),
      options,
    );
  }
}
