import type * as z from "zod";
import { isSame, placeOf, thingsOf, type Place } from "./claims.js";
import { worded } from "./declared.js";
import { labelOf } from "./label.js";
import type { CheckFailure, Host, ResourceDefinition } from "./resource.js";
import { hasUnknown } from "./unknown.js";

/** Something that a resource has removed. */
interface Ending {
  readonly place: Place;
  readonly by: string;
}

const registers = new WeakMap<Host, Map<string, Ending[]>>();

/**
 * Records what a resource's changes remove (in a preview: would remove), for the resources that come after it in the
 * run: when it is removed, those are not known yet. What the resource declares itself it has made again.
 */
export function noteEndings<M, C, S extends z.ZodObject>(
  host: Host,
  definition: ResourceDefinition<M, C, S>,
  args: z.output<S>,
  { model, changes }: { readonly model: M; readonly changes: readonly C[] },
): void {
  const { system } = definition;
  const ended = changes.flatMap((change) => system.ends?.(model, change) ?? []);
  if (ended.length === 0) return;
  const others = new Set(ended);
  for (const own of thingsOf(host, definition, args)) others.delete(own);
  const register = registers.get(host) ?? new Map<string, Ending[]>();
  registers.set(host, register);
  const ending: Ending = { place: placeOf(host, system, args), by: labelOf(definition, args) };
  for (const thing of others) register.set(thing, [...(register.get(thing) ?? []), ending]);
}

/**
 * Whether one of a resource's things was removed earlier in the run. A preview refuses that, with what to do: the thing
 * would be made anew, without what it had. An update, where it is too late, warns.
 */
export async function endedBefore<M, C, S extends z.ZodObject>(
  host: Host,
  definition: ResourceDefinition<M, C, S>,
  args: z.output<S>,
  { dryRun, warn }: { readonly dryRun: boolean; readonly warn: (text: string) => void },
): Promise<CheckFailure[]> {
  const ended = await find(host, definition, args);
  if (ended === undefined) return [];
  const { thing, by } = ended;
  if (!dryRun) {
    warn(`${worded(thing)} was taken away by ${by} earlier in this run, with all that it had`);
    return [];
  }
  const adopts = definition.kind === "relation" || args["existing"] === "adopt";
  const reason =
    `${worded(thing)} is taken away by ${by}, which comes before this resource in the run: it would go with all ` +
    `that it has, and be made anew without. Let ${by} wait for this resource (dependsOn)` +
    `${adopts ? "" : ', and give this resource existing: "adopt"'}. Where it cannot wait, let it leave alone what moves: ` +
    'by its ignore, or by onRemove: "keep" for the entry in a run before this one';
  return [{ property: definition.key[0] ?? "", reason }];
}

/** The first of a resource's things that another one has removed before it, in the same system. */
async function find<M, C, S extends z.ZodObject>(
  host: Host,
  definition: ResourceDefinition<M, C, S>,
  args: z.output<S>,
): Promise<{ readonly thing: string; readonly by: string } | undefined> {
  const register = registers.get(host);
  // In nearly all runs nothing is removed, and long lists are not gone through.
  if (register === undefined || hasUnknown(args["connection"])) return undefined;
  const here = placeOf(host, definition.system, args);
  for (const thing of thingsOf(host, definition, args)) {
    for (const { place, by } of register.get(thing) ?? []) {
      if (place.address === here.address || (await isSame(place, here))) return { thing, by };
    }
  }
  return undefined;
}
