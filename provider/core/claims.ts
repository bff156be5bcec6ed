import type { z } from "zod";
import type { ConnectionArg, SettingSpecs } from "./connections.js";
import type { Host, ResourceDefinition, RunOptions } from "./resource.js";
import { connectionFor } from "./sessions.js";
import type { System } from "./system.js";

/** Claims of a run, each made when somebody first asks: most runs take nothing away. */
const announced = new WeakMap<Host, (() => void)[]>();

/**
 * When a thing moves from one resource of a program to another (a renamed resource, a user who moves into a bulk
 * resource), Pulumi creates the new resource and then deletes the old one. A run remembers what its resources answer
 * for, changed or not, so that what one of them loses is not taken away while another has it.
 */
export function claim<M, C, S extends z.ZodObject>(
  host: Host,
  definition: ResourceDefinition<M, C, S>,
  args: z.output<S>,
): void {
  const claims = announced.get(host) ?? [];
  announced.set(host, claims);
  claims.push(() => {
    const place = placeOf(host, definition.system, args);
    for (const thing of definition.things(args)) host.claimed.add(place + thing);
  });
}

/** What was checked in a run and not compared yet, by key. */
const checked = new WeakMap<Host, Map<string, () => void>>();

/**
 * First half of the claim of a resource that may be unchanged: it was checked. Not enough for a claim: a destroy that
 * runs the program may check what it deletes.
 */
export function announce<M, C, S extends z.ZodObject>(
  host: Host,
  definition: ResourceDefinition<M, C, S>,
  key: string,
  args: z.output<S>,
): void {
  const waiting = checked.get(host) ?? new Map<string, () => void>();
  checked.set(host, waiting);
  waiting.set(key, () => {
    claim(host, definition, args);
  });
}

/**
 * Second half: what was checked is compared with its state, which only an update does. A refresh compares too, but has
 * checked nothing before, also where a destroy follows it.
 */
export function confirm(host: Host, key: string): void {
  checked.get(host)?.get(key)?.();
  checked.get(host)?.delete(key);
}

/** The options of the run as the resources of one system see them. */
export function runOptions<M, C, S extends SettingSpecs>(
  host: Host,
  system: System<M, C, S>,
  args: Readonly<Record<string, unknown>>,
): RunOptions {
  const place = placeOf(host, system, args);
  const claimed = (thing: string): boolean => {
    for (const make of announced.get(host)?.splice(0) ?? []) make();
    return host.claimed.has(place + thing);
  };
  return { ...host.options, claimed };
}

/** Where a resource's system is. Not the name of its connection: that can change while the system stays the same. */
function placeOf<M, C, S extends SettingSpecs>(
  host: Host,
  system: System<M, C, S>,
  args: Readonly<Record<string, unknown>>,
): string {
  const { settings } = connectionFor(host, system, args["connection"] as ConnectionArg | undefined);
  const place = Object.entries(system.connections.settings).filter(([, how]) => how.place);
  // A whole JSON text, so that it can be told from what is put after it.
  return JSON.stringify([system.title, ...place.map(([setting]) => settings[setting]?.value)]);
}
