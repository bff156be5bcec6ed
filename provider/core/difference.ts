import type * as z from "zod";
import { ADOPTED, DRY_RUN, INSTANCE, PLAN, PROVIDER, REVIEWED } from "./arguments.js";
import { connectionName, type ConnectionArg } from "./connections.js";
import type { Properties, Resource, ResourceDefinition } from "./resource.js";
import { isSame } from "./same.js";

/** What differs between the properties of a state and those of a program, as Pulumi asks for it. */
export function differenceOf<M, C, S extends z.ZodObject>(
  definition: ResourceDefinition<M, C, S>,
  olds: Properties,
  news: Properties,
): Awaited<ReturnType<Resource["diff"]>> {
  const nameOfConnection = (properties: Properties): string =>
    connectionName(definition.system.connections, properties["connection"] as ConnectionArg | undefined);
  const ignored = new Set<string>([PLAN, REVIEWED, PROVIDER, DRY_RUN, INSTANCE, ADOPTED, ...definition.reports]);
  const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter((name) => !ignored.has(name));
  const changed = names.filter((name) => {
    if (definition.incomparable.includes(name)) return (olds[name] === undefined) !== (news[name] === undefined);
    return !isSame(olds[name] ?? null, news[name] ?? null);
  });
  const replaces = changed.filter((name) => {
    if (name === "connection") return nameOfConnection(olds) !== nameOfConnection(news);
    return definition.key.includes(name) && !definition.renamable.includes(name);
  });
  // Two things with one name cannot be there at once: where the replacement has the same key, the old one goes first.
  return { changes: changed.length > 0, replaces, deleteBeforeReplace: replaces.length === 0 };
}
