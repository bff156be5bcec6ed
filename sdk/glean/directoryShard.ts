import * as pulumi from "@pulumi/pulumi";
import { inputsOf, typeOf } from "../core/resource.js";

/** Sends those records of a part of a directory that changed. Part of a `glean.Directory`, and not for programs. */
export class DirectoryShard extends pulumi.CustomResource {
  /**
   * Declares it.
   *
   * @param name The resource's name in the program.
   * @param args As `provider/glean/directoryShard.ts` has them.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: pulumi.Inputs, options: pulumi.CustomResourceOptions) {
    super(typeOf("glean.DirectoryShard"), name, inputsOf("glean.DirectoryShard", args), options);
  }
}
