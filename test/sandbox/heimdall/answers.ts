import * as z from "zod";
import type { Answer, Call } from "../server.js";

/** The prefix of every path. */
export const PREFIX = "/api/v1";

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const NOTHING: Answer = { status: 204 };

/** How the service says no. */
export function refuse(status: number, error: string): Answer {
  return { status, body: { error, status_code: status } };
}

/** A route that does not exist, or does not take the method. */
export const NOT_FOUND: Answer = { status: 404, body: { detail: "Not Found" } };
export const NOT_ALLOWED: Answer = { status: 405, body: { detail: "Method Not Allowed" } };

/** A request that does not pass validation. */
export function invalid(details: unknown): Answer {
  return { status: 422, body: { error: "Validation error", details } };
}

const name = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[a-z0-9_:]+$/);
/** PostgreSQL keeps no NUL, and the service says so where it would say that something exists already. */
export const NUL = "A string literal cannot contain NUL (0x00) characters.";
const description = z.string().min(1).max(500);
const method = z.enum(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]);
const path = z.string().min(1).max(255);
const id = z.int().positive();

/** In an update, null leaves what is there as it is. */
function unchanged<T>(schema: z.ZodType<T>): z.ZodType<T | undefined> {
  return schema.nullish().transform((given) => given ?? undefined);
}

/** The bodies that the service takes; what it does not know it ignores. */
export const bodies = {
  named: z.object({ name, description }),
  actionUpdate: z.object({
    name: unchanged(
      z
        .string()
        .min(1)
        .max(100)
        .regex(/^[a-zA-Z0-9_:-]+$/),
    ),
    description: unchanged(description),
  }),
  roleAction: z.object({ action_name: z.string().regex(/^[a-z0-9_:]+$/) }),
  groupRole: z.object({ role_name: z.string().regex(/^[a-z0-9_:]+$/) }),
  member: z.object({ subject: z.string().regex(/^[0-9]{11}$/) }),
  mapping: z.object({ path_pattern: path, method, action_id: id, description: z.string().max(500).nullish() }),
  mappingUpdate: z.object({
    path_pattern: unchanged(path),
    method: unchanged(method),
    action_id: unchanged(id),
    description: unchanged(z.string().max(500)),
  }),
};

/** Reads the body of a request, or answers that it does not pass. */
export function withBody<T>({ body }: Call, schema: z.ZodType<T>, then: (body: T) => Answer): Answer {
  const parsed = schema.safeParse(body);
  return parsed.success ? then(parsed.data) : invalid(parsed.error.issues);
}

/** Answers that the body of a request does not pass, where it does not. */
export function unfitBody({ body }: Call, schema: z.ZodType): Answer | undefined {
  const { error } = schema.safeParse(body);
  return error === undefined ? undefined : invalid(error.issues);
}

const page = z.object({
  skip: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

/** Reads `skip` and `limit`, or answers that they do not pass. */
export function withPage({ query }: Call, then: (skip: number, limit: number) => Answer): Answer {
  const parsed = page.safeParse(Object.fromEntries(query));
  return parsed.success ? then(parsed.data.skip, parsed.data.limit) : invalid(parsed.error.issues);
}
