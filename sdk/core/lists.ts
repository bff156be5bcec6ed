import * as pulumi from "@pulumi/pulumi";
import { expectObject } from "./knownKeys.js";
import { runError } from "./runError.js";

/*
 * Programs in JavaScript, or with data from elsewhere, have no compiler that says where a list is needed.
 */

/** Ends the program where something is no list. */
export function expectList(what: string, given: unknown): asserts given is readonly unknown[] {
  if (!Array.isArray(given)) throw runError(`${what}: a list is needed here; [] says that it is empty`);
}

/** Ends the program where something is no object with a list, or an object that has one, for each name. */
export function expectLists(what: string, where: string, given: unknown): void {
  expectObject(what, where, given, "an object with a list for each name");
  for (const [name, list] of Object.entries(given)) {
    if (typeof list !== "object" || list === null) expectList(`${what}: ${JSON.stringify(name)}`, list);
  }
}

/**
 * An argument as an output, and a look at it: now, where it is known now, so that the program ends at its place; and
 * else when it is known.
 */
export function looked<T>(given: pulumi.Input<T>, look: (known: unknown) => void): pulumi.Output<pulumi.Unwrap<T>> {
  const known = pulumi.output<T>(given);
  if (pulumi.Output.isInstance(given) || given instanceof Promise) {
    return known.apply((value) => {
      look(value);
      return value;
    });
  }
  look(given);
  return known;
}
