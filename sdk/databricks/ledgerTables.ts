import * as pulumi from "@pulumi/pulumi";
import { inputsOf, typeOf } from "../core/resource.js";

/** The tables of a ledger. Part of a `databricks.DataProduct`, and not for programs. */
export class LedgerTables extends pulumi.CustomResource {
  /**
   * Declares them.
   *
   * @param name The resource's name in the program.
   * @param args As `provider/databricks/ledgerTables.ts` has them.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: pulumi.Inputs, options: pulumi.CustomResourceOptions) {
    super(typeOf("databricks.LedgerTables"), name, inputsOf("databricks.LedgerTables", args), options);
  }
}
