import type * as z from "zod";
import { oneOf } from "./oneOf.js";
import { unknownKey } from "./unknownKeys.js";

/** What a value is in messages. */
export interface Called {
  /** With its article: "a member". */
  readonly what: string;
  /** Keys that a program gives it too, and that travel apart from it. */
  readonly also?: readonly string[];
}

/** What a schema says of a mistake where it has no words of its own for it. Values are not told: they may be secret. */
export function inWords({ what, also = [] }: Called): z.core.$ZodErrorMap {
  return (issue) => {
    switch (issue.code) {
      case "unrecognized_keys": {
        const inside = (issue.path ?? []).length > 0;
        const known = [...(inside ? [] : also), ...keysOf(issue.inst)];
        return issue.keys.map((key) => unknownKey(key, inside ? "it" : what, known)).join("; ");
      }
      case "invalid_type":
        return issue.input === undefined ? "is required" : kindWanted(issue.expected);
      case "invalid_value":
        return issue.input === undefined ? "is required" : `must be ${oneOf(issue.values.map(String))}`;
      case "too_small":
        return Number(issue.minimum) === 1 && issue.origin !== "number" ? "must not be empty" : undefined;
      default:
        return undefined;
    }
  };
}

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object with keys",
  record: "an object with keys",
};

function kindWanted(expected: string): string | undefined {
  const kind = KINDS[expected];
  return kind === undefined ? undefined : `must be ${kind}`;
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
