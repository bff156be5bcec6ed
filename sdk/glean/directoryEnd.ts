import * as pulumi from "@pulumi/pulumi";
import { inputsOf, typeOf } from "../core/resource.js";

/** What comes after everything was sent. Part of a `glean.Directory`, and not for programs. */
export class DirectoryEnd extends pulumi.CustomResource {
  /**
   * Declares it.
   *
   * @param name The resource's name in the program.
   * @param args As `provider/glean/directoryEnd.ts` has them.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: pulumi.Inputs, options: pulumi.CustomResourceOptions) {
    super(typeOf("glean.DirectoryEnd"), name, inputsOf("glean.DirectoryEnd", args), options);
  }
}
