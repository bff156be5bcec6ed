import type * as pulumi from "@pulumi/pulumi";
import { expectObject } from "./knownKeys.js";
import { runError } from "./runError.js";

/** What the constructor of a resource was given. */
interface Given<A extends object> {
  readonly args: A;
  readonly options: pulumi.CustomResourceOptions | undefined;
  /** Whether the resource has the argument `existing`; the compiler knows. */
  readonly hasExisting: "existing" extends keyof A ? true : false;
}

/**
 * The arguments of a resource. Ends the program where there are none, and where it wants to import: Pulumi cannot do
 * that with resources like these, whose provider is in their own inputs, and says it with an error of its own making.
 *
 * @param token Whose arguments they are: `heimdall.Action`.
 * @param name The resource's name in the program.
 * @param given What the constructor was given.
 */
export function argumentsOf<A extends object>(token: string, name: string, given: Given<A>): A {
  const what = `${token} ${JSON.stringify(name)}`;
  const { args, options, hasExisting } = given;
  expectObject(what, "the arguments", args);
  if ((options?.import ?? "") === "") return args;
  const instead = hasExisting
    ? 'Leave it out, and give the argument existing: "adopt", which takes over what is there already'
    : "Leave it out: this resource takes over what is there already";
  throw runError(`${what}: the option import does not work for resources of Roster. ${instead}`);
}
