import { unknownKey } from "../../provider/core/unknownKeys.js";
import { runError } from "./runError.js";

/** The keys of a type, for `expectKeys`: the compiler tells where one is missing or is none of the type's. */
export type KeysOf<T> = Readonly<Record<keyof T, true>>;

/**
 * Ends the program where an object is none, or has a key that it cannot have: a key that is misspelled would be as if
 * it were left out, and a program in JavaScript, or with data from a file, has no compiler to say so. The provider says
 * it of the arguments of resources; this is for what the program itself takes. Tells no values, which may be secret.
 *
 * @param what The resource or function, for the message.
 * @param where What has the keys: "the arguments", `the role "clerk"`.
 * @param given What was given.
 * @param known The keys that it can have.
 */
export function expectKeys<T extends object>(
  what: string,
  where: string,
  given: T,
  known: Readonly<Record<keyof T, unknown>>,
): void {
  const keys = Object.keys(known);
  expectObject(what, where, given, `an object with keys, of ${keys.join(", ")}`);
  const strange = Object.entries(given).find(([key, value]) => value !== undefined && !Object.hasOwn(known, key));
  if (strange !== undefined) throw runError(`${what}: ${unknownKey(strange[0], where, keys)}`);
}

/** Ends the program where something is no object. `wanted` says what it has to be. */
export function expectObject(
  what: string,
  where: string,
  given: unknown,
  wanted = "an object with keys",
): asserts given is object {
  if (typeof given === "object" && given !== null && !Array.isArray(given)) return;
  throw runError(`${what}: ${where} must be ${wanted}: this is ${kindOf(given)}`);
}

/**
 * Ends the program where an object has nothing under a key that it must have, for programs without a compiler that
 * says so. Tells the keys that it has, of which one may be meant, and no values: there can be secrets among them.
 */
export function expectKey(what: string, key: string, given: unknown): void {
  const object = typeof given === "object" && given !== null ? (given as Readonly<Record<string, unknown>>) : {};
  if (object[key] !== undefined && object[key] !== null) return;
  const keys = Object.keys(object).join(", ");
  throw runError(`${what} has no ${key}${keys === "" ? "" : `: it has ${keys}`}`);
}

function kindOf(given: unknown): string {
  if (given === undefined || given === null) return "nothing";
  if (Array.isArray(given)) return "a list";
  return typeof given === "string" ? "text" : `a ${typeof given}`;
}
