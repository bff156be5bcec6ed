import type { Applied } from "./delta.js";
import { RosterError } from "./errors.js";
import type { Properties } from "./resource.js";

/** What could not be done, each as an error. */
export function errorsOf({ failures, problems }: Applied): RosterError[] {
  return [...failures, ...problems.map(({ message, remedy }) => new RosterError(message, { remedy }))];
}

/** Properties without some: after a failure, for instance, without secrets that may or may not have been set. */
export function without(properties: Properties, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)));
}

/** One error of several. Always a new one: those that failed together in a batch share theirs, and each carries its own properties. */
export function combine(errors: readonly RosterError[]): RosterError {
  const [first] = errors;
  if (first !== undefined && errors.length === 1) return new RosterError(first.headline, first.details);
  return new RosterError(`${String(errors.length)} things could not be done`, {
    said: errors.map((error) => error.message).join("\n"),
  });
}
