import * as pulumi from "@pulumi/pulumi";
import { inputsOf, typeOf } from "../core/resource.js";

/** Tells of what has changed, by webhook and mail. Part of a `databricks.DataProduct`, and not for programs. */
export class LedgerOutbox extends pulumi.CustomResource {
  /**
   * Declares it.
   *
   * @param name The resource's name in the program.
   * @param args As `provider/databricks/ledgerOutbox.ts` has them.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: pulumi.Inputs, options: pulumi.CustomResourceOptions) {
    super(typeOf("databricks.LedgerOutbox"), name, inputsOf("databricks.LedgerOutbox", args), options);
  }
}
