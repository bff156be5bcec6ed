import { resolveConnection, type Connection, type ConnectionArg, type SettingSpecs } from "./connections.js";
import { canonicalJson } from "./lines.js";
import type { Host } from "./resource.js";
import type { Session, System } from "./system.js";

/** The connections of a run that were found, by system and argument: its resources ask for the same few many times. */
const found = new WeakMap<Host, Map<string, Connection>>();
/** The session of each of them. */
const opened = new WeakMap<Connection, Session<unknown, unknown>>();

/** Finds the settings of a connection in this run. */
export function connectionFor<M, C, S extends SettingSpecs>(
  host: Host,
  system: System<M, C, S>,
  arg: ConnectionArg | undefined,
): Connection<S> {
  const known = found.get(host) ?? new Map<string, Connection>();
  found.set(host, known);
  const key = JSON.stringify([system.title, arg]);
  const sources = { environment: host.environment, config: host.connections };
  const connection = known.get(key) ?? resolveConnection(system.connections, arg, sources);
  known.set(key, connection);
  return connection as Connection<S>;
}

/** The session of a connection: one for all resources of the run whose settings are the same. */
export function sessionFor<M, C, S extends SettingSpecs>(
  host: Host,
  system: System<M, C, S>,
  arg: ConnectionArg | undefined,
): Session<M, C> {
  const connection = connectionFor(host, system, arg);
  const known = opened.get(connection) as Session<M, C> | undefined;
  if (known !== undefined) return known;
  const key = ["session", system.title, connection.name, valuesOf(connection)];
  const session = shared(host, key, () => system.open(connection));
  opened.set(connection, session);
  return session;
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
