import * as pulumi from "@pulumi/pulumi";
import { inputsOf, typeOf } from "../core/resource.js";

/** What has changed for the consumers of a data product, written after it did. Part of a `databricks.DataProduct`, and not for programs. */
export class LedgerDone extends pulumi.CustomResource {
  /** Changes where there are messages that were not there before. */
  declare readonly told: pulumi.Output<string>;

  /**
   * Declares it.
   *
   * @param name The resource's name in the program.
   * @param args As `provider/databricks/ledgerDone.ts` has them.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: pulumi.Inputs, options: pulumi.CustomResourceOptions) {
    super(typeOf("databricks.LedgerDone"), name, inputsOf("databricks.LedgerDone", args, ["told"]), options);
  }
}
