import * as pulumi from "@pulumi/pulumi";
import { inputsOf, typeOf } from "../core/resource.js";

/** What is about to change for the consumers of a data product, written before it does. Part of a `databricks.DataProduct`, and not for programs. */
export class LedgerIntents extends pulumi.CustomResource {
  /**
   * Declares it.
   *
   * @param name The resource's name in the program.
   * @param args As `provider/databricks/ledgerIntents.ts` has them.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: pulumi.Inputs, options: pulumi.CustomResourceOptions) {
    super(typeOf("databricks.LedgerIntents"), name, inputsOf("databricks.LedgerIntents", args), options);
  }
}
