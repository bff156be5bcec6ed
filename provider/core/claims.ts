import { connectionName, type ConnectionArg, type SettingSpecs } from "./connections.js";
import type { Host, ResourceDefinition, RunOptions } from "./resource.js";
import type { System } from "./system.js";
import type { z } from "zod";

/**
 * When a thing moves from one resource of a program to another (a renamed resource, a user who moves into a bulk
 * resource), Pulumi creates the new resource and then deletes the old one. A run remembers what it has given, so that
 * the delete does not take it away again.
 */
export function claim<M, C, S extends z.ZodObject>(
  host: Host,
  definition: ResourceDefinition<M, C, S>,
  args: z.output<S>,
): void {
  for (const thing of definition.things(args)) host.claimed.add(keyOf(definition.system, args, thing));
}

/** The options of the run as the resources of one connection see them. */
export function runOptions<M, C, S extends SettingSpecs>(
  host: Host,
  system: System<M, C, S>,
  args: Readonly<Record<string, unknown>>,
): RunOptions {
  return { ...host.options, claimed: (thing) => host.claimed.has(keyOf(system, args, thing)) };
}

function keyOf<M, C, S extends SettingSpecs>(
  system: System<M, C, S>,
  args: Readonly<Record<string, unknown>>,
  thing: string,
): string {
  return JSON.stringify([connectionName(system.connections, args["connection"] as ConnectionArg | undefined), thing]);
}
