import type * as z from "zod";
import { unknownKey } from "./unknownKeys.js";

/** What a value is in messages. */
export interface Called {
  /** With its article: "a member". */
  readonly what: string;
  /** Keys that a program gives it too, and that travel apart from it. */
  readonly also?: readonly string[];
}

/** What a schema says of keys that it does not know and of what is missing, where it has no words of its own for them. */
export function inWords({ what, also = [] }: Called): z.core.$ZodErrorMap {
  return (issue) => {
    if (issue.code === "invalid_type" && issue.input === undefined) return "is required";
    if (issue.code !== "unrecognized_keys") return undefined;
    const inside = (issue.path ?? []).length > 0;
    const known = [...(inside ? [] : also), ...keysOf(issue.inst)];
    return issue.keys.map((key) => unknownKey(key, inside ? "it" : what, known)).join("; ");
  };
}

function keysOf(schema: unknown): string[] {
  return Object.keys((schema as z.ZodObject | undefined)?.shape ?? {});
}

/** What is wrong with a value, a text for each mistake: where in the value it is, and what. Nothing where nothing is. */
export function problemsIn(error: z.ZodError | undefined): string[] {
  return (error?.issues ?? []).map(({ path, message }) => [...path.map(String), message].join(": "));
}

/** Checks a value that stands within another: what is wrong with it is told of `where` it is. */
export function checkWithin<S extends z.ZodType>(
  schema: S,
  value: unknown,
  { where, context, ...called }: Called & { readonly where: string; readonly context: z.core.$RefinementCtx },
): z.output<S> | undefined {
  const parsed = schema.safeParse(value, { error: inWords(called) });
  for (const problem of problemsIn(parsed.error)) context.addIssue({ code: "custom", message: `${where}: ${problem}` });
  return parsed.data;
}
