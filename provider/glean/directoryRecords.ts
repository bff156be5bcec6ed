import { linesOf } from "../core/handover.js";
import type { HandoverInput } from "../core/step.js";
import type { Change } from "./changes.js";
import type { KeyLine } from "./handover.js";
import { personKey, teamKey } from "./known.js";
import { personShape, type PersonRecord } from "./personFields.js";
import { teamShape, type TeamRecord } from "./teamFields.js";

/*
 * The records of a directory, as the program hands them over. A person's key is the e-mail address, a team's is
 * `team:` and its id, as it is among the entries of what is known.
 */

/** One record. */
export interface DirectoryRecord {
  readonly key: string;
  readonly record: Readonly<Record<string, unknown>>;
  /** The record as it stands in the file: the same text for the same record. */
  readonly text: string;
}

const TEAM = teamKey("");

/** Whether a key is a team's. */
export function isTeam(key: string): boolean {
  return key.startsWith(TEAM);
}

/** A key as people read it: `ana@example.com`, `team "data"`. */
export function shownKey(key: string): string {
  return isTeam(key) ? `team ${JSON.stringify(key.slice(TEAM.length))}` : key;
}

/** A key as all resources of Glean call the thing. */
export function thingOf(key: string): string {
  return isTeam(key) ? key : personKey(key);
}

/** The names of a record's fields. Their order is part of what is stored: a new one comes at the end. **Frozen.** */
export function fieldsOf(key: string): readonly string[] {
  return isTeam(key) ? TEAM_FIELDS : PERSON_FIELDS;
}

const PERSON_FIELDS = Object.keys(personShape);
const TEAM_FIELDS = Object.keys(teamShape);

/** The request that sends a record. */
export function indexing({ key, record }: DirectoryRecord): Change {
  return isTeam(key)
    ? { kind: "indexTeam", team: record as unknown as TeamRecord }
    : { kind: "indexPerson", person: record as unknown as PersonRecord };
}

/** The request that deletes what has a key. */
export function deleting(key: string): Change {
  return isTeam(key) ? { kind: "deleteTeam", teamId: key.slice(TEAM.length) } : { kind: "deletePerson", email: key };
}

/** The records of a shard, in the order of their keys. */
export async function* recordsOf(file: HandoverInput): AsyncGenerator<DirectoryRecord> {
  for await (const text of linesOf(file)) {
    const { key, record } = JSON.parse(text) as Omit<DirectoryRecord, "text">;
    yield { key, record, text };
  }
}

/** What the file of keys says. */
export interface Keys {
  /** The keys of all records, with the source's own key for each where it has one. */
  readonly wanted: ReadonlyMap<string, string | undefined>;
  /** There and not sent, because something about them is wrong: nobody leaves for that. */
  readonly held: ReadonlySet<string>;
  /** The source's keys of people who have no e-mail address there. */
  readonly lost: ReadonlySet<string>;
}

/** Reads the file of keys. */
export async function readKeys(file: HandoverInput): Promise<Keys> {
  const wanted = new Map<string, string | undefined>();
  const held = new Set<string>();
  const lost = new Set<string>();
  for await (const text of linesOf(file)) {
    const line = JSON.parse(text) as KeyLine;
    if ("key" in line) wanted.set(line.key, line.source ?? wanted.get(line.key));
    else if ("held" in line) held.add(line.held);
    else lost.add(line.lost);
  }
  return { wanted, held, lost };
}
