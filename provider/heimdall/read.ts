import type { Connection, SettingSources } from "../core/connections.js";
import { RosterError, someOf } from "../core/errors.js";
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
  const environment = await readEnvironment(client, selection);
  expectDescribed(client, environment);
  return environment;
}

/** Throws for what has no description, of which the service can have some and can make none. */
function expectDescribed({ description }: Client, { actions, roles, groups }: EnvironmentData): void {
  const without = [...actions, ...roles, ...groups].flatMap(({ name, description: said }) =>
    said === "" ? [name] : [],
  );
  if (without.length === 0) return;
  throw new RosterError(`${description} has no description of ${someOf(without)}`, {
    remedy:
      "Heimdall makes nothing without one, so that no other environment can be like it. Give one there " +
      '(PUT /api/v1/actions/<id> {"description": "..."}), or leave it out: ignore of the mirror takes its name.',
  });
}

/** How an environment is, and what the token may do there. */
export function readHealth(client: Client): Promise<Health> {
  return healthOf(client);
}
