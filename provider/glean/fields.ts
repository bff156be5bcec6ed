import * as z from "zod";
import { oneOf } from "../core/oneOf.js";

/*
 * What the records of people and teams are made of. Programs and provider both check records with it: this file talks
 * to nothing.
 */

/** A text that is not empty. */
export function text(): z.ZodOptional<z.ZodString> {
  return z.string("must be a text").min(1, "must not be empty").optional();
}

/**
 * An e-mail address, in lower case: Glean does not say whether case counts, and a person who is written in two ways
 * would else be two people, or be deleted under a name that is not there.
 */
export function email(): z.ZodType<string> {
  return z
    .string("must be an e-mail address")
    .regex(/^[^\s@"<>,;:]+@[^\s@"<>,;:]+$/, "must be an e-mail address")
    .transform((address) => address.toLowerCase());
}

/** A day of the calendar, `2027-01-31`. */
export function day(): z.ZodType<string | undefined> {
  return z.string("must be a date such as 2027-01-31").refine(isDay, "must be a date such as 2027-01-31").optional();
}

/** JavaScript takes 31 June for 1 July. */
function isDay(given: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(given)) return false;
  const date = new Date(`${given}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(given);
}

/** An address such as https://example.com/ana. */
export function link(): z.ZodType<string | undefined> {
  return z
    .string("must be an address such as https://example.com/ana")
    .refine((given) => URL.canParse(given), "must be an address such as https://example.com/ana")
    .optional();
}

/** A list; an empty one says as much as none. */
export function list<T extends z.ZodType>(entry: T): z.ZodType<z.output<T>[] | undefined> {
  return z
    .array(entry, "must be a list")
    .transform((entries) => (entries.length === 0 ? undefined : entries))
    .optional();
}

/** One of a few words; the standard one is left out. */
export function word<const W extends readonly string[]>(
  words: W,
  standard?: W[number],
): z.ZodType<W[number] | undefined> {
  const expected = `must be ${oneOf(words)}`;
  return z
    .enum(words, expected)
    .transform((given) => (given === standard ? undefined : given))
    .optional();
}

/** A profile in another system. */
export const datasourceProfile = z.strictObject({
  datasource: z.string().min(1, "must not be empty"),
  handle: z.string().min(1, "must not be empty"),
  url: text(),
  nativeAppUrl: text(),
  isUserGenerated: z.boolean().optional(),
});

const hypertext = z.strictObject({ anchor: z.string().min(1), hyperlink: z.string().min(1) });

/** A field of one's own. Glean takes lower-case letters only as its key. */
export const additionalField = z.strictObject({
  key: z.string().regex(/^[a-z]+$/, "must be lower-case letters only (a to z)"),
  value: z.array(
    z.unknown().transform((given, context): string | z.output<typeof hypertext> => {
      if (typeof given === "string") return given;
      const parsed = hypertext.safeParse(given);
      if (parsed.success) return parsed.data;
      context.addIssue({ code: "custom", message: "must be a text, or an object with anchor and hyperlink" });
      return z.NEVER;
    }),
    "must be a list",
  ),
});

/** The version of a record: what Glean has in a higher one stays. */
export const version = z.int("must be a whole number").min(1, "must be 1 or more").optional();
