import { randomUUID } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { expectPlanOfThisStack } from "./approvedStack.js";
import { decodeNames, encodeLines, type Entry } from "../../provider/core/lines.js";
import { warnOfStrangeConfig } from "./config.js";
import { expectKey } from "./knownKeys.js";
import { expectList, looked } from "./lists.js";
import { runError } from "./runError.js";
import { secretArguments } from "./secretArguments.js";

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

/** Tells this run of the program from others, and its resources from each other. Random: nothing else is sure to differ. */
const program = randomUUID().slice(0, 8);
let instances = 0;

function nextInstance(): string {
  instances += 1;
  return `${program}:${String(instances)}`;
}

/**
 * The inputs of a resource as they go to the engine: the arguments, the outputs that are no arguments, the text that
 * loads the provider, which arguments are secret, which resource of the program it is, and in a preview the word that it is one.
 */
export function inputsOf(token: string, args: pulumi.Inputs, outputs: readonly string[] = []): pulumi.Inputs {
  expectPlanOfThisStack();
  warnOfStrangeConfig();
  const dryRun = pulumi.runtime.isDryRun() ? { __dryRun: true } : {};
  return {
    ...Object.fromEntries(outputs.map((name) => [name, undefined])),
    ...args,
    ...dryRun,
    __secrets: secretArguments(args),
    __instance: nextInstance(),
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

/** An output that state leaves out where it is the default. */
export function withDefault<T extends boolean | number | string>(
  output: pulumi.Output<T>,
  standard: T,
): pulumi.Output<T> {
  return output.apply((value: T | undefined): T => value ?? standard);
}

/** A list that travels as one text (provider/core/lines.ts), as programs read it: as names. */
export function namesOf(output: pulumi.Output<string[]>): pulumi.Output<string[]> {
  return (output as unknown as pulumi.Output<string | undefined>).apply((text) => decodeNames(text ?? ""));
}

/** An entry of a large list: a name alone, or a name with what differs from the default. */
export type EntryInput = string | ({ readonly name: string } & object);

/**
 * Entries as the one text in which large lists travel (provider/core/lines.ts). What is no list, an entry without a
 * name and a name that no list can hold end the program with an error that starts with `what`.
 */
export function entriesText(what: string, entries: readonly EntryInput[]): string {
  expectList(what, entries);
  entries.forEach((entry: unknown, index) => {
    if (typeof entry !== "string") expectKey(`${what}: entry ${String(index + 1)}`, "name", entry);
  });
  try {
    return encodeLines(entries.map(entryOf));
  } catch (error) {
    throw runError(`${what}: ${(error as Error).message}`);
  }
}

/** `entriesText` of an argument: what is no list ends the program at its place, where that is known there. */
export function entriesInput(what: string, entries: pulumi.Input<readonly unknown[]>): pulumi.Output<string> {
  const list = looked(entries, (known) => {
    expectList(what, known);
  });
  return list.apply((known) => entriesText(what, known as readonly EntryInput[]));
}

function entryOf(entry: EntryInput): Entry {
  if (typeof entry === "string") return { name: entry };
  const { name, ...attributes } = entry;
  return {
    name,
    attributes: Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined)),
  };
}
