import * as pulumi from "@pulumi/pulumi";
import { inputsOf, typeOf } from "../core/resource.js";

/** Sends everybody in one upload. Part of a `glean.Directory`, and not for programs. */
export class DirectoryUpload extends pulumi.CustomResource {
  /**
   * Declares it.
   *
   * @param name The resource's name in the program.
   * @param args As `provider/glean/directoryUpload.ts` has them.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: pulumi.Inputs, options: pulumi.CustomResourceOptions) {
    super(typeOf("glean.DirectoryUpload"), name, inputsOf("glean.DirectoryUpload", args), options);
  }
}
