import type { Connection } from "../core/connections.js";
import { asRosterError } from "../core/errors.js";
import type { Session } from "../core/system.js";
import { applyTo, requestOf, type Change } from "./changes.js";
import { describe, openClient, type Client } from "./client.js";
import { blankKnown, type Known } from "./known.js";
import type { GleanSettings } from "./settings.js";

/** The part of all teams: the Client API has no way to ask for one. */
export const TEAMS = "teams";

/** A session, with the client for what is more than single changes. */
export interface GleanSession extends Session<Known, Change> {
  readonly client: () => Client;
  /** Sends a change of which nothing is remembered: of very many. */
  readonly send: (change: Change) => Promise<void>;
}

/** Opens a session. People who are looked for at one moment are asked for together. */
export function openSession(connection: Connection<GleanSettings>): GleanSession {
  let opened: Client | undefined;
  const known = blankKnown();
  let waiting: Promise<void> | undefined;
  const wanted = new Set<string>();

  function client(): Client {
    return (opened ??= openClient(connection));
  }

  /** Looks for everything that is asked for in this turn of the event loop. */
  function look(parts: readonly string[]): Promise<void> {
    for (const part of parts) wanted.add(part);
    waiting ??= new Promise((resolve) => setImmediate(resolve)).then(async () => {
      waiting = undefined;
      const now = [...wanted];
      wanted.clear();
      await read(now);
    });
    return waiting;
  }

  async function read(parts: readonly string[]): Promise<void> {
    const { reader } = client();
    if (reader === undefined) return;
    const people = parts.filter((part) => part !== TEAMS);
    const emails = people.map((part) => part.slice("person:".length));
    const seen = emails.length === 0 ? new Map<string, never>() : await reader.people(emails);
    for (const [index, part] of people.entries()) enter(part, seen.get(emails[index] ?? ""));
    if (!parts.includes(TEAMS)) return;
    for (const [id, fields] of await reader.teams()) enter(`team:${id}`, fields);
    known.looked.add(TEAMS);
  }

  /** What this run has done is newer than what Glean shows, which takes its time. */
  function enter(key: string, fields: Readonly<Record<string, unknown>> | undefined): void {
    known.looked.add(key);
    const current = known.entries.get(key);
    if (current !== undefined && current.kind !== "seen") return;
    known.entries.set(key, fields === undefined ? { kind: "gone" } : { kind: "seen", fields });
  }

  return {
    description: describe(connection),
    client,
    send: (change) => client().send(requestOf(change)),
    async model(parts = []) {
      const missing = parts.filter((part) => !known.looked.has(part));
      if (missing.length > 0) await look(missing);
      return known;
    },
    forget() {
      for (const [key, { kind }] of known.entries) if (kind === "seen") known.entries.delete(key);
      known.looked.clear();
    },
    async run(changes) {
      try {
        for (const change of changes) {
          await client().send(requestOf(change));
          applyTo(known, change);
        }
      } catch (error) {
        throw asRosterError(error);
      }
    },
  };
}
