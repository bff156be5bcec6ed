import * as z from "zod";
import { leaveOut } from "../core/arguments.js";
import { connectionArgument } from "../core/connections.js";
import { matcher } from "../core/names.js";
import { instantOf } from "../core/instants.js";
import { refusedExistingName, refusedRoleName } from "./names.js";
import { settingArguments } from "./roleSettings.js";
import { connections } from "./settings.js";

/** The name of a role, checked for what the server would refuse or silently change. */
export function roleName(): z.ZodType<string> {
  return z.string().superRefine((name, context) => {
    const reason = refusedRoleName(name);
    if (reason !== undefined) context.addIssue({ code: "custom", message: reason });
  });
}

/** The name of a role that already is; PostgreSQL's own (`pg_monitor`) are allowed. */
export function existingRoleName(): z.ZodType<string> {
  return z.string().superRefine((name, context) => {
    const reason = refusedExistingName(name);
    if (reason !== undefined) context.addIssue({ code: "custom", message: reason });
  });
}

/** When a password ends. Without a time of day, midnight UTC; "infinity" is no end. */
export function validUntil(): z.ZodType<string | undefined> {
  return z
    .string()
    .transform((text, context) => {
      if (text === "infinity") return undefined;
      const instant = instantOf(text);
      if (instant !== undefined) return instant;
      context.addIssue({
        code: "custom",
        message: 'must be a date such as "2027-01-31", or with time and zone "2027-01-31T18:00:00Z"',
      });
      return z.NEVER;
    })
    .optional();
}

/** The boolean attributes of a role, each left out where it is the default. */
const attributeArguments = {
  superuser: flag(false),
  createdb: flag(false),
  createrole: flag(false),
  inherit: flag(true),
  replication: flag(false),
  bypassrls: flag(false),
};

/** Attributes that Redshift has and PostgreSQL has not. */
const redshiftAttributes = {
  syslogAccess: z
    .enum(["restricted", "unrestricted"])
    .transform((access) => (access === "restricted" ? undefined : access))
    .optional(),
  sessionTimeout: z
    .int()
    .min(60, "must be 60 seconds or more")
    .max(1_728_000, "must be 1,728,000 seconds (20 days) or less")
    .optional(),
};

/** Whether a group is a role, where that is something else. */
export const groupOrRole = z
  .enum(["group", "role"])
  .transform((as) => (as === "group" ? undefined : as))
  .optional();

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

/** What a program says of a user, alone or in an Access, besides the name. */
export const userArguments = {
  login: flag(true),
  ...attributeArguments,
  connectionLimit: z.int().min(-1, "must be -1 (no limit) or more").transform(leaveOut<number>(-1)).optional(),
  validUntil: validUntil(),
  ...redshiftAttributes,
  comment: remark,
  passwordVersion: z.union([z.string(), z.number()]).optional(),
  ...settingArguments,
  reassignTo: existingRoleName().optional(),
  onRemove: z.enum(["disable", "drop", "keep"]).optional(),
};

/** Which connection to use. */
export const connection = connectionArgument(connections);

export { ignorePatterns, relationOnRemove } from "../core/entryArguments.js";

/** A test for names that an `ignore` argument leaves alone. */
export function ignoredBy(patterns: readonly string[] | undefined): (name: string) => boolean {
  return matcher(patterns ?? []);
}
