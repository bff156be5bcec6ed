import { z } from "zod";
import { connectionArgument } from "../core/connections.js";
import { connections } from "./settings.js";
import { SUPERADMIN } from "./snapshot.js";

/** The `connection` argument. */
export const connection = connectionArgument(connections);

const NAME = /^[a-z0-9_:]+$/;
const LONGEST_NAME = 100;
const LONGEST_DESCRIPTION = 500;

/** Why the service would not take a name; undefined where it would. */
export function refusedName(name: string): string | undefined {
  if (name.length > LONGEST_NAME) return `must be at most ${String(LONGEST_NAME)} characters long`;
  return NAME.test(name) ? undefined : "must be lower-case letters, digits, _ and :";
}

/** The name of an action, a role or a group. */
export function nameArgument(): z.ZodType<string> {
  return z.string().superRefine((name, context) => {
    const reason = refusedName(name);
    if (reason !== undefined) context.addIssue({ code: "custom", message: reason });
  });
}

/** The name of a role that may be managed. */
export function managedRole(): z.ZodType<string> {
  return nameArgument().refine((name) => name !== SUPERADMIN, {
    error: "belongs to the service, which makes it when an administrator logs in; it can be assigned to groups only",
  });
}

/** The description of an action, a role or a group. */
export const description = z
  .string()
  .min(1, "must not be empty")
  .max(LONGEST_DESCRIPTION, `must be at most ${String(LONGEST_DESCRIPTION)} characters long`);

/** What happens to an object that leaves the program. */
export const onRemove = z.enum(["drop", "keep"]).optional();

/** A CPF: the number that identifies a person in Brazil. */
export const cpf = z.string().regex(/^\d{11}$/, "must be a CPF: 11 digits, without dots and dash");
