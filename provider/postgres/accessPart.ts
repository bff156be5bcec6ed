import type * as z from "zod";
import type { Entry } from "../core/lines.js";
import type { CheckFailure, Delta, ResourceDefinition, RunOptions } from "../core/resource.js";
import type { Catalog } from "./catalog.js";
import type { Change } from "./changes.js";

/**
 * A thing of an Access that a single resource could declare too: it is planned, observed and taken away by that
 * resource's own definition, so that there is one way to do it.
 */
export interface Part {
  /** Equal for entries that stand in the same place of the arguments. */
  readonly id: string;
  /** Equal for what is the same thing, wherever it stands: the natural key of the single resource. */
  readonly key: () => string;
  /** How lists of such things call it. */
  readonly label: () => string;
  readonly failures: () => readonly CheckFailure[];
  readonly things: () => Iterable<string>;
  readonly decides: () => readonly string[];
  /** The parts of the server that are looked at. */
  readonly places: () => readonly string[];
  readonly observe: (model: Catalog) => Readonly<Record<string, unknown>> | undefined;
  readonly delta: (model: Catalog, previous: Part | undefined, run: RunOptions) => Delta<Catalog, Change>;
  readonly remove: (model: Catalog, run: RunOptions) => Delta<Catalog, Change>;
  readonly assume: (model: Catalog) => void;
  readonly args: object;
  readonly origin: Origin;
}

/** Where a part stands in the arguments: the entry of a list, and the way to the list. */
export interface Origin {
  readonly path: readonly [string, ...string[]];
  readonly entry: Entry;
}

/** The part that a resource of this definition with these arguments would be. */
export function partOf<S extends z.ZodObject>(
  definition: ResourceDefinition<Catalog, Change, S>,
  args: z.output<S>,
  origin: Origin,
): Part {
  const argsOf = (part: Part): z.output<S> => part.args as z.output<S>;
  return {
    id: [...origin.path, origin.entry.name].join("\u0000"),
    key: () => JSON.stringify([definition.token, ...definition.key.map((name) => args[name] ?? null)]),
    label: () => definition.describe?.(args) ?? origin.entry.name,
    failures: () => definition.validate(args, new Set()),
    things: () => definition.things(args),
    decides: () => definition.decides(args),
    places: () => definition.parts?.(args, "change") ?? [],
    observe: (model) => definition.observe(model, args),
    delta: (model, previous, run) =>
      definition.delta({ model, args, previous: previous === undefined ? undefined : argsOf(previous), run }),
    remove: (model, run) => definition.remove(model, args, "drop", run),
    assume: (model) => {
      definition.assume(model, args);
    },
    args,
    origin,
  };
}

/** Which part of the state each part of the program was, and those that the program has no more. */
export interface Matched {
  readonly previousOf: (part: Part) => Part | undefined;
  readonly gone: readonly Part[];
}

/** Matches parts of the program with those of the state: those in the same place first, then those that are the same thing. */
export function matchParts(now: readonly Part[], before: readonly Part[]): Matched {
  const left = new Map(before.map((part) => [part.id, part]));
  const previous = new Map<Part, Part>();
  const take = (part: Part, found: Part | undefined): void => {
    if (found === undefined || !left.delete(found.id)) return;
    previous.set(part, found);
  };
  for (const part of now) take(part, left.get(part.id));
  const byKey = new Map<string, Part[]>();
  for (const part of left.values()) byKey.set(part.key(), [...(byKey.get(part.key()) ?? []), part]);
  if (byKey.size > 0) for (const part of now) if (!previous.has(part)) take(part, byKey.get(part.key())?.shift());
  return { previousOf: (part) => previous.get(part), gone: [...left.values()] };
}
