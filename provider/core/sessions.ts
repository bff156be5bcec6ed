import { resolveConnection, type Connection, type ConnectionArg, type SettingSpecs } from "./connections.js";
import { canonicalJson } from "./lines.js";
import type { Host } from "./resource.js";
import type { Session, System } from "./system.js";

/** Finds the settings of a connection in this run. */
export function connectionFor<M, C, S extends SettingSpecs>(
  host: Host,
  system: System<M, C, S>,
  arg: ConnectionArg | undefined,
): Connection<S> {
  return resolveConnection(system.connections, arg, { environment: host.environment, config: host.connections });
}

/** The session of a connection: one for all resources of the run whose settings are the same. */
export function sessionFor<M, C, S extends SettingSpecs>(
  host: Host,
  system: System<M, C, S>,
  arg: ConnectionArg | undefined,
): Session<M, C> {
  const connection = connectionFor(host, system, arg);
  return shared(host, ["session", system.title, connection.name, valuesOf(connection)], () => system.open(connection));
}

/** Something that all resources of a run with the same key share; made at its first use. */
export function shared<T>(host: Host, key: readonly unknown[], make: () => T): T {
  const text = canonicalJson(key);
  const found = host.sessions.get(text) as T | undefined;
  if (found !== undefined) return found;
  const made = make();
  host.sessions.set(text, made);
  return made;
}

/** The values of all settings, to tell connections apart. Holds secrets: never for a message. */
export function valuesOf(connection: Connection): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(connection.settings).map(([setting, { value }]) => [setting, value]));
}
