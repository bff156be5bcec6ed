import * as pulumi from "@pulumi/pulumi";
import { encodeNames } from "../../provider/core/lines.js";

/**
 * The text that Pulumi stores with each resource and runs in its provider process. It loads the installed package, so
 * that state holds no code. `read` and `delete` run the text that an older version stored: **frozen**, a test holds it.
 */
function providerText(token: string): string {
  return `exports.handler=()=>require("module").createRequire(process.cwd()+"/")("pulumi-roster/provider")("${token}")`;
}

/** The type under which Pulumi knows a resource: `pulumi-nodejs:dynamic/postgres:User` for `postgres.User`. */
export function typeOf(token: string): string {
  return `pulumi-nodejs:dynamic/${token.replace(".", ":")}`;
}

/**
 * The inputs of a resource as they go to the engine: the arguments, the outputs that are no arguments, the text that
 * loads the provider, and in a preview the word that it is one.
 */
export function inputsOf(token: string, args: pulumi.Inputs, outputs: readonly string[] = []): pulumi.Inputs {
  const dryRun = pulumi.runtime.isDryRun() ? { __dryRun: true } : {};
  return {
    ...Object.fromEntries(outputs.map((name) => [name, undefined])),
    ...args,
    ...dryRun,
    __provider: providerText(token),
  };
}

/** Resource options with outputs that are secret whatever the program says. */
export function withSecretOutputs(
  options: pulumi.CustomResourceOptions | undefined,
  ...names: readonly string[]
): pulumi.CustomResourceOptions {
  return { ...options, additionalSecretOutputs: [...(options?.additionalSecretOutputs ?? []), ...names] };
}

/** A secret input, whatever the program says; undefined stays undefined. */
export function secret(value: pulumi.Input<string> | undefined): pulumi.Output<string> | undefined {
  return value === undefined ? undefined : pulumi.secret(value);
}

/**
 * A list of names as the one text in which large lists travel. An unknown element makes the text unknown. A name that
 * no list can hold ends the program with an error that names the resource and the argument.
 */
export function namesInput(
  token: string,
  resource: string,
  argument: string,
  names: pulumi.Input<readonly pulumi.Input<string>[]>,
): pulumi.Output<string> {
  return pulumi.output(names).apply((known) => {
    try {
      return encodeNames(known);
    } catch (error) {
      throw new pulumi.RunError(`${token} ${JSON.stringify(resource)}: ${argument}: ${(error as Error).message}`);
    }
  });
}
