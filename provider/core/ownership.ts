import type * as z from "zod";
import { isStored } from "./arguments.js";
import { normalize } from "./normalize.js";
import type { ResourceDefinition } from "./resource.js";

/** A declared thing that may be there already. */
export interface Declared<Args> {
  readonly args: Args;
  readonly previous: Args | undefined;
  /** The thing is this resource's own already: it is being replaced. */
  readonly mayExist: boolean;
}

/**
 * Whose a thing is that stands where one is declared: ours (also where there is none), just as declared and so taken
 * for ours, taken over because the program says so, or a stranger's.
 */
export type Ownership = "ours" | "as declared" | "adopted" | "a stranger's";

/**
 * Whose the object is that a create, or a rename, finds under its name. A relation is never a stranger's. An object
 * that is exactly as declared and holds nothing else is ours: a create of ours was cut off. After a rename that was cut
 * off it is as the state says, or as declared, and the old name is gone.
 */
export function ownershipOf<M, C, S extends z.ZodObject>(
  definition: ResourceDefinition<M, C, S>,
  model: M,
  { args, previous, mayExist }: Declared<z.output<S>>,
): Ownership {
  const isNew = previous === undefined ? !mayExist : definition.key.some((part) => previous[part] !== args[part]);
  if (definition.kind === "relation" || !isNew || definition.observe(model, args) === undefined) return "ours";
  // Both names are there: what to do about that, the delta says.
  if (previous !== undefined && definition.observe(model, previous) !== undefined) return "ours";
  if (args["existing"] === "adopt") return previous === undefined ? "adopted" : "ours";
  const candidates = previous === undefined ? [] : [args, { ...previous, ...keyOf(definition, args) }];
  const finished = candidates.some((as) => isStored(normalize(definition.observe(model, as) ?? {}), as));
  if (finished) return "ours";
  return definition.untouched(model, args) ? "as declared" : "a stranger's";
}

function keyOf<M, C, S extends z.ZodObject>(
  { key }: ResourceDefinition<M, C, S>,
  args: z.output<S>,
): Record<string, unknown> {
  return Object.fromEntries(key.map((part) => [part, args[part]]));
}
