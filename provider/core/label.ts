import type * as z from "zod";
import type { ResourceDefinition } from "./resource.js";

/** How messages call a resource: `postgres.GroupMembership "ana" in "analysts"`. */
export function labelOf<M, C, S extends z.ZodObject>(
  { key, token, describe }: Pick<ResourceDefinition<M, C, S>, "key" | "token" | "describe">,
  args: z.output<S>,
): string {
  // Keys go from the whole to the part: `"ana" in "analysts"` reads the other way round.
  const parts = key.flatMap((part) => (args[part] === undefined ? [] : [JSON.stringify(args[part])]));
  return `${token} ${describe?.(args) ?? parts.reverse().join(" in ")}`;
}
