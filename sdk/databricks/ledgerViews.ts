import * as pulumi from "@pulumi/pulumi";
import { inputsOf, typeOf } from "../core/resource.js";

/** The views of a ledger and of one of its products. Part of a `databricks.DataProduct`, and not for programs. */
export class LedgerViews extends pulumi.CustomResource {
  /**
   * Declares them.
   *
   * @param name The resource's name in the program.
   * @param args As `provider/databricks/ledgerViews.ts` has them.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: pulumi.Inputs, options: pulumi.CustomResourceOptions) {
    super(typeOf("databricks.LedgerViews"), name, inputsOf("databricks.LedgerViews", args), options);
  }
}
