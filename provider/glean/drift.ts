import { asRosterError } from "../core/errors.js";
import type { Host } from "../core/resource.js";
import { isTeam, type DirectoryRecord } from "./directoryRecords.js";
import { differences, type Reader } from "./reader.js";
import type { GleanSession } from "./session.js";
import type { Seen } from "./known.js";
import type { ConnectionArg } from "../core/connections.js";
import { connectionFor, shared } from "../core/sessions.js";
import { glean } from "./system.js";

/** A record that Glean shows otherwise than it was sent; without fields it does not show it at all. */
export interface Drifted {
  readonly record: DirectoryRecord;
  readonly fields: readonly string[] | undefined;
}

/** Whether drift is looked for. */
export function looksForDrift(host: Host, connection: ConnectionArg | undefined): boolean {
  const { value } = connectionFor(host, glean, connection).settings.clientToken;
  return !host.options.offline && value !== undefined && value !== "";
}

/**
 * Which of these records, sent before, Glean shows otherwise. A Client API that does not answer stops nothing: what is
 * to be sent does not depend on it.
 */
export async function driftOf(
  host: Host,
  session: () => GleanSession,
  records: readonly DirectoryRecord[],
): Promise<Drifted[]> {
  if (records.length === 0) return [];
  const trouble = shared(host, ["directory", "no drift"], () => ({ told: false }));
  try {
    const { reader } = session().client();
    return reader === undefined || trouble.told ? [] : await compare(host, reader, records);
  } catch (error) {
    trouble.told = true;
    host.warn(`Drift was not looked for, because Glean's Client API failed.\n${asRosterError(error).message}`);
    return [];
  }
}

async function compare(host: Host, reader: Reader, records: readonly DirectoryRecord[]): Promise<Drifted[]> {
  const people = records.filter(({ key }) => !isTeam(key));
  const teams = records.filter(({ key }) => isTeam(key));
  const seenPeople = await reader.people(people.map(({ key }) => key));
  const seenTeams = teams.length === 0 ? undefined : await shared(host, ["directory", "teams"], () => reader.teams());
  return [
    ...people.flatMap((record) => drifted(record, seenPeople.get(record.key))),
    ...teams.flatMap((record) => drifted(record, seenTeams?.get(String(record.record["teamId"])))),
  ];
}

function drifted(record: DirectoryRecord, seen: Seen | undefined): Drifted[] {
  if (seen === undefined) return [{ record, fields: undefined }];
  const fields = Object.keys(differences(record.record, seen));
  return fields.length === 0 ? [] : [{ record, fields }];
}
