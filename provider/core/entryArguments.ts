import * as z from "zod";
import { leaveOut } from "./arguments.js";
import { instantOf } from "./instants.js";

/*
 * Arguments that lists and relations of all systems have in common: until when something holds, who is left alone, and
 * what happens to what leaves the program.
 */

/** A date, or a date with time and zone; parsing gives it in UTC. Without a time of day, midnight UTC. */
export function instant(): z.ZodType<string, string> {
  return z.string().transform((text, context) => {
    const found = instantOf(text);
    if (found !== undefined) return found;
    context.addIssue({
      code: "custom",
      message: 'must be a date such as "2027-01-31", or with time and zone "2027-01-31T18:00:00Z"',
    });
    return z.NEVER;
  });
}

/** What happens to a relation that leaves the program; "drop", the default, takes it back. */
export const relationOnRemove = z.enum(["drop", "keep"]).transform(leaveOut<"drop" | "keep">("drop")).optional();

/** Patterns of names that are left alone. */
export const ignorePatterns = z
  .array(z.string().min(1))
  .transform((patterns) => [...new Set(patterns)].sort())
  .transform((patterns) => (patterns.length === 0 ? undefined : patterns))
  .optional();
