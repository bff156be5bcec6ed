import { z } from "zod";
import { leaveOut } from "../core/arguments.js";
import { connectionArgument } from "../core/connections.js";
import { matcher } from "../core/names.js";
import { isoInstant } from "./catalogQuery.js";
import { connections } from "./settings.js";

/** PostgreSQL cuts a longer name without an error: NAMEDATALEN is 64, one byte of it ends the text. */
const LONGEST_NAME = 63;

/** The name of a role, checked for what the server would refuse or silently change. */
export function roleName(): z.ZodType<string> {
  return z.string().superRefine((name, context) => {
    const reason = refusedName(name);
    if (reason !== undefined) context.addIssue({ code: "custom", message: reason });
  });
}

/** Why the server would not take a name as it is; undefined where it would. */
export function refusedName(name: string): string | undefined {
  const bytes = Buffer.byteLength(name, "utf8");
  if (bytes === 0) return "must not be empty";
  if (bytes > LONGEST_NAME) {
    return `is ${String(bytes)} bytes long in UTF-8, and PostgreSQL takes ${String(LONGEST_NAME)}; it would cut the rest`;
  }
  if (name.includes("\u0000")) return "must not hold a NUL character";
  if (!name.isWellFormed()) return "holds half of a surrogate pair, which is not Unicode text";
  if (name.startsWith("pg_")) return "begins with pg_, which PostgreSQL keeps for its own roles";
  if (name === "public" || name === "none") return `is ${name}, which PostgreSQL keeps for itself`;
  return undefined;
}

/** The name of a role that already is; PostgreSQL's own (`pg_monitor`) are allowed. */
export function existingRoleName(): z.ZodType<string> {
  return z.string().superRefine((name, context) => {
    const reason = name.startsWith("pg_") ? undefined : refusedName(name);
    if (reason !== undefined) context.addIssue({ code: "custom", message: reason });
  });
}

/** When a password ends. Without a time of day, midnight UTC; "infinity" is no end. */
export function validUntil(): z.ZodType<string | undefined> {
  return z
    .string()
    .transform((text, context) => {
      if (text === "infinity") return undefined;
      const date = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text)
        ? new Date(text)
        : undefined;
      if (date !== undefined && !Number.isNaN(date.getTime()) && isDay(text.slice(0, 10))) return isoInstant(date);
      context.addIssue({
        code: "custom",
        message: 'must be a date such as "2027-01-31", or with time and zone "2027-01-31T18:00:00Z"',
      });
      return z.NEVER;
    })
    .optional();
}

/** Whether a day is in the calendar: JavaScript takes 31 June for 1 July, and access would last longer than written. */
function isDay(day: string): boolean {
  const date = new Date(day);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

/** The boolean attributes of a role, each left out where it is the default. */
export const attributeArguments = {
  superuser: flag(false),
  createdb: flag(false),
  createrole: flag(false),
  inherit: flag(true),
  replication: flag(false),
  bypassrls: flag(false),
};

/** A yes or no with a default. */
export function flag(standard: boolean): z.ZodType<boolean | undefined> {
  return z.boolean().transform(leaveOut(standard)).optional();
}

/** A remark about a role. An empty one is none. */
export const remark = z
  .string()
  .refine((text) => !text.includes("\u0000") && text.isWellFormed(), "must be Unicode text without NUL characters")
  .transform((text) => (text === "" ? undefined : text))
  .optional();

/** Which connection to use. */
export const connection = connectionArgument(connections);

/** What happens to a relation that leaves the program; "drop", the default, takes it back. */
export const relationOnRemove = z.enum(["drop", "keep"]).transform(leaveOut<"drop" | "keep">("drop")).optional();

/** Patterns of names that are left alone. */
export const ignorePatterns = z
  .array(z.string().min(1))
  .transform((patterns) => [...new Set(patterns)].sort())
  .transform((patterns) => (patterns.length === 0 ? undefined : patterns))
  .optional();

/** A test for names that an `ignore` argument leaves alone. */
export function ignoredBy(patterns: readonly string[] | undefined): (name: string) => boolean {
  return matcher(patterns ?? []);
}
