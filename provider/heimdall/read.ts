import type { Connection, SettingSources } from "../core/connections.js";
import { sourceConnection } from "../core/sources.js";
import { openClient, type Client } from "./client.js";
import { dataOf, type EnvironmentData, type Selection } from "./data.js";
import { expectHealthy, healthOf, type Health } from "./health.js";
import { load } from "./load.js";
import { connections, type HeimdallSettings } from "./settings.js";
import { blankSnapshot, parts } from "./snapshot.js";

export type { ActionData, EnvironmentData, GroupData, MappingData, RoleData } from "./data.js";
export { readEnvironmentFile } from "./environmentFile.js";
export type { Health } from "./health.js";

/** Opens an environment for a program: nothing but GET leaves. */
export function openSource(given: unknown, sources: SettingSources): Client {
  const connection: Connection<HeimdallSettings> = sourceConnection(connections, given, sources);
  return openClient(connection, { readOnly: true });
}

/** Reads everything of an environment; what cannot be read is an error. */
export async function readEnvironment(client: Client, selection: Selection): Promise<EnvironmentData> {
  const snapshot = blankSnapshot();
  const { actions, roles, mappings, groups } = parts;
  const members = selection.members ? [parts.members()] : [];
  await load(client, snapshot, [actions, roles, mappings, groups, parts.roleActions(), parts.groupRoles(), ...members]);
  return dataOf(snapshot, selection);
}

/** Reads an environment that another one is to be made like: only where it is well, and the token sees everything. */
export async function readForMirror(client: Client, selection: Selection): Promise<EnvironmentData> {
  await expectHealthy(client);
  return readEnvironment(client, selection);
}

/** How an environment is, and what the token may do there. */
export function readHealth(client: Client): Promise<Health> {
  return healthOf(client);
}
