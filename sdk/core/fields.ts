import * as z from "zod";
import { keyMessages } from "./documents.js";
import { instantOf } from "../../provider/core/instants.js";
import { unknownKey } from "../../provider/core/unknownKeys.js";

/*
 * Fields of files that people edit. Messages are read by those who edit the file: each says what to write.
 */

/** An object with only these keys; `what` names it in messages: "a request". */
export function entry<S extends z.core.$ZodLooseShape>(what: string, shape: S): z.ZodObject<S, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? keyMessages(issue.keys, (key) => unknownKey(key, what, Object.keys(shape)))
        : issue.input === undefined
          ? `is missing: ${what} has ${Object.keys(shape).join(", ")}`
          : `must be ${what} with keys, such as { ${Object.keys(shape).slice(0, 2).join(": ..., ")}: ... }`,
  });
}

/** A text that is not empty; `what` says which: "the name of the consumer". */
export function text(what: string): z.ZodString {
  return z
    .string({
      error: ({ input }) =>
        input === undefined
          ? `is missing: ${what}`
          : `must be ${what}, as text: a number, yes, no or null needs quotation marks`,
    })
    .regex(/\S/, { error: `must not be empty: write ${what}` });
}

/** An e-mail address, in lower case from here on: services and people spell one address in several ways. */
export function email(what: string): z.ZodType<string, string> {
  return text(what)
    .regex(/^\s*[^\s@]+@[^\s@]+\s*$/, { error: `must be ${what}: an e-mail address such as ana@example.com` })
    .transform((address) => address.trim().toLowerCase());
}

/** A list; `what` names what is in it, in plural. */
export function list<T extends z.ZodType>(of: T, what: string, example = "such as [one, another]"): z.ZodArray<T> {
  return z.array(of, {
    error: ({ input }) =>
      input === undefined ? `is missing: a list of ${what}` : `must be a list of ${what}, ${example}`,
  });
}

/** One, or a list of some: always a list from here on. */
export function oneOrMore<O, I>(of: z.ZodType<O, I>, what: string): z.ZodType<O[], I | I[]> {
  return z
    .union([of, list(of, what).min(1, { error: `must have one at least: a list of ${what}` })], {
      error: ({ input }) => (input === undefined ? `is missing: ${what}` : `must be ${what}: one, or a list`),
    })
    .transform((given) => (Array.isArray(given) ? given : [given]));
}

/** True or false. */
export function yes(): z.ZodBoolean {
  return z.boolean({ error: "must be true or false, without quotation marks" });
}

/** A whole number of days. */
export function days(): z.ZodNumber {
  const error = "must be a whole number of days, 1 or more";
  return z.number({ error }).int({ error }).min(1, { error });
}

const DAY = "a date that there is, such as 2027-01-31, or with time and zone 2027-01-31T18:00:00Z";

/** A date (midnight UTC) or an instant with its zone; ISO 8601 in UTC from here on. */
export function day(): z.ZodType<string, string> {
  return text(DAY)
    .refine((value) => instantOf(value) !== undefined, { error: `must be ${DAY}` })
    .transform((value) => instantOf(value) ?? value);
}
