import * as pulumi from "@pulumi/pulumi";
import { inputsOf, typeOf } from "../core/resource.js";

/** Who and what may be in Glean because of a directory; recorded before anything is sent. Part of a `glean.Directory`, and not for programs. */
export class DirectoryKeys extends pulumi.CustomResource {
  /** What could not be deleted, in words; empty for nothing. */
  declare readonly leftover: pulumi.Output<string>;

  /**
   * Declares it.
   *
   * @param name The resource's name in the program.
   * @param args As `provider/glean/directoryKeys.ts` has them.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: pulumi.Inputs, options: pulumi.CustomResourceOptions) {
    super(typeOf("glean.DirectoryKeys"), name, inputsOf("glean.DirectoryKeys", args, ["leftover"]), options);
  }
}
