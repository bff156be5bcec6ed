import * as z from "zod";
import { inWords } from "./problems.js";
import type { CheckFailure, Properties, ResourceDefinition } from "./resource.js";
import { isSame } from "./same.js";
import { hasUnknown } from "./unknown.js";
import { keyAdvice } from "./unknownKeys.js";

/** The input by which the SDK says that this is a preview; `check` takes it out again. Wire format: frozen. */
export const DRY_RUN = "__dryRun";
/** The input by which the SDK tells resources apart: the program's run and a number. Never part of state. Wire format: frozen. */
export const INSTANCE = "__instance";
/** The input that `check` adds in a preview. Never part of state. Wire format: frozen. */
export const PLAN = "plan";
/** The input by which `roster plan` finds what a preview has told it of a resource. In no other preview, and never in state. */
export const REVIEWED = "reviewed";
/** Pulumi's own property with the text that loads the provider. */
export const PROVIDER = "__provider";
/** The output that says that the thing was there before us. */
export const ADOPTED = "adopted";

/** The argument `existing` that all objects have: whether one that exists already is adopted or refused. */
export const objectArguments = {
  existing: z.enum(["adopt", "fail"]).transform(leaveOut<"adopt" | "fail">("fail")).optional(),
};

/** A transform that leaves a value out where it equals the default: state and diffs show only what somebody chose. */
export function leaveOut<V extends string | number | boolean>(standard: V): (value: V) => V | undefined {
  return (value) => (value === standard ? undefined : value);
}

type Definition<S extends z.ZodObject> = ResourceDefinition<never, never, S>;
type AnyDefinition<S extends z.ZodObject> = Pick<Definition<S>, "token" | "schema" | "validate" | "incomparable">;

/** The arguments in canonical form, or what is wrong with them. */
export interface ParsedArguments<Args> {
  readonly args: Args;
  readonly failures: readonly CheckFailure[];
}

/**
 * Validates the arguments that a program gave. A value that is not known yet passes, and stands in the result as
 * Pulumi's unknown text; every other problem is named with its property.
 */
export function parseArguments<S extends z.ZodObject>(
  definition: AnyDefinition<S>,
  given: Properties,
): ParsedArguments<z.output<S>> {
  const raw = withoutWireProperties(given);
  const unknown = Object.keys(definition.schema.shape).filter((property) => hasUnknown(raw[property]));
  const schema =
    unknown.length === 0
      ? definition.schema
      : definition.schema.extend(Object.fromEntries(unknown.map((property) => [property, z.unknown()])));
  const parsed = schema.safeParse(raw, { error: inWords({ what: `a ${definition.token}` }) });
  if (!parsed.success) {
    return {
      args: raw as z.output<S>,
      failures: parsed.error.issues.flatMap((issue) => failuresOf(definition, issue, raw)),
    };
  }
  const args = withoutUndefined(parsed.data) as z.output<S>;
  const known = Object.fromEntries(Object.entries(args).filter(([property]) => !unknown.includes(property)));
  const failures = definition
    .validate(known as Partial<z.output<S>>, new Set(unknown))
    .map((failure) => placed(definition, failure, raw));
  return { args, failures };
}

/** The arguments among stored properties, also of a state that an older version wrote. */
export function storedArguments<S extends z.ZodObject>(definition: AnyDefinition<S>, stored: Properties): z.output<S> {
  const known = Object.keys(definition.schema.shape);
  return Object.fromEntries(
    Object.entries(stored).filter(([property, value]) => known.includes(property) && value !== undefined),
  ) as z.output<S>;
}

/** Whether arguments equal what the state holds. A property that is no argument (drift, say) is a difference too. */
export function isStored(args: Properties, stored: Properties): boolean {
  return isSame(args, withoutWireProperties(stored));
}

function withoutWireProperties(given: Properties): Record<string, unknown> {
  const wire = [DRY_RUN, INSTANCE, PLAN, REVIEWED, PROVIDER];
  // An output that turns out undefined arrives as null where it is secret, and says as much as an absent argument.
  return Object.fromEntries(
    Object.entries(given).filter(([property, value]) => !wire.includes(property) && value !== null),
  );
}

function withoutUndefined(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined));
}

function failuresOf(definition: AnyDefinition<z.ZodObject>, issue: z.core.$ZodIssue, raw: Properties): CheckFailure[] {
  if (issue.code === "unrecognized_keys" && issue.path.length === 0) {
    const known = Object.keys(definition.schema.shape);
    return issue.keys.map((key) => ({
      // With no property, as Pulumi prints the value of one, and this may be a secret of which nobody said so.
      property: "",
      reason: `there is no argument ${JSON.stringify(key)}: ${keyAdvice(key, `a ${definition.token}`, known)}`,
    }));
  }
  const [property, ...inner] = issue.path.map(String);
  const reason = reasonOf(issue, property === undefined ? raw : raw[property]);
  const told = inner.length > 0 ? `${inner.join(".")}: ${reason}` : reason;
  return [placed(definition, { property: property ?? "", reason: told }, raw)];
}

function reasonOf(issue: z.core.$ZodIssue, value: unknown): string {
  return issue.code === "invalid_type" && value === undefined ? "is required" : issue.message;
}

/**
 * Pulumi prints the value of a refused property. A long list would bury the reason, and a secret must not be seen:
 * these are named in the reason instead.
 */
export function placed(
  { incomparable }: AnyDefinition<z.ZodObject>,
  { property, reason }: CheckFailure,
  raw: Properties,
): CheckFailure {
  const value = raw[property];
  const long = typeof value === "string" ? value.length > 100 || value.includes("\n") : typeof value === "object";
  return long || incomparable.includes(property)
    ? { property: "", reason: `${property}: ${reason}` }
    : { property, reason };
}
