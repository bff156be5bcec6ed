import type { Delta, Problem } from "./resource.js";

/** The delta of what is as declared already. */
export const NO_DELTA: Delta<never> = { changes: [], problems: [] };

/** A delta that can be done as a whole. */
export function doing<C>(...changes: readonly C[]): Delta<C> {
  return { changes, problems: [] };
}

/** A delta that cannot be done at all. */
export function impossible(...problems: readonly Problem[]): Delta<never> {
  return { changes: [], problems };
}
