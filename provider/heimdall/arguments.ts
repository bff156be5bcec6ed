import * as z from "zod";
import { leaveOut } from "../core/arguments.js";
import { connectionArgument } from "../core/connections.js";
import { connections } from "./settings.js";
import { SUPERADMIN } from "./snapshot.js";

/** The `connection` argument. */
export const connection = connectionArgument(connections);

const NAME = /^[a-z0-9_:]+$/;
const LONGEST_NAME = 100;
const LONGEST_DESCRIPTION = 500;

/** The name of an action, a role or a group. */
export function nameArgument(): z.ZodString {
  return z
    .string()
    .max(LONGEST_NAME, `must be at most ${String(LONGEST_NAME)} characters long`)
    .regex(NAME, "must be lower-case letters, digits, _ and :");
}

const anyName = nameArgument();

/** Why the service would not take a name; undefined where it would. */
export function refusedName(name: string): string | undefined {
  return anyName.safeParse(name).error?.issues[0]?.message;
}

/** The name of a role that may be managed. */
export function managedRole(): z.ZodType<string> {
  return nameArgument().refine((name) => name !== SUPERADMIN, {
    error: "belongs to the service, which makes it when an administrator logs in; it can be assigned to groups only",
  });
}

/** The service's database keeps none, and the service says of such a text that it exists already. */
const withoutNul = [(text: string) => !text.includes("\0"), "must have no NUL character (U+0000)"] as const;

/** The description of an action, a role or a group. */
export const description = z
  .string()
  .min(1, "must not be empty")
  .max(LONGEST_DESCRIPTION, `must be at most ${String(LONGEST_DESCRIPTION)} characters long`)
  .refine(...withoutNul);

/** What happens to an object that leaves the program. */
export const onRemove = z.enum(["drop", "keep"]).optional();

/** A CPF: the number that identifies a person in Brazil. */
export const cpf = z.string().regex(/^\d{11}$/, "must be a CPF: 11 digits, without dots and dash");

/** The methods that the service knows. */
export const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] as const;

/** What makes up a mapping. */
export const mappingArguments = {
  method: z.enum(METHODS, `must be one of ${METHODS.join(", ")}`),
  path: z
    .string()
    .min(1, "must not be empty")
    .max(255, "must be at most 255 characters long")
    .refine(...withoutNul),
  action: nameArgument(),
  description: z
    .string()
    .max(LONGEST_DESCRIPTION, `must be at most ${String(LONGEST_DESCRIPTION)} characters long`)
    .refine(...withoutNul)
    .transform(leaveOut<string>(""))
    .optional(),
};
