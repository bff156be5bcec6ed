import * as pulumi from "@pulumi/pulumi";
import { wantsStacks } from "../../provider/core/stacks.js";

/**
 * An error that ends the program with its message alone. Of an error that comes when the program's text has been gone
 * through, as that of a read does, Pulumi shows the stack, also where it is a RunError; the places in our code help
 * nobody, so they are there only with ROSTER_DEBUG=1.
 */
export function runError(message: string): pulumi.RunError {
  const error = new pulumi.RunError(message);
  // With an empty one Pulumi shows the message.
  if (!wantsStacks()) error.stack = "";
  return error;
}
