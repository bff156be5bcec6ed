import { setTimeout as byTheClock } from "node:timers/promises";
import type { Connection } from "../core/connections.js";
import { tellEngine } from "../core/engineLog.js";
import { asRosterError } from "../core/errors.js";
import type { Session } from "../core/system.js";
import { applyTo, type Change } from "./changes.js";
import { describe, openClient, type Client } from "./client.js";
import { blankMetastore, type Assignments, type Edition, type Metastore } from "./metastore.js";
import { endStatements } from "./runningStatements.js";
import { securableKey } from "./securables.js";
import type { DatabricksSettings } from "./settings.js";
import { settled, type Pause } from "./settle.js";
import { openWriter, type Writer } from "./writer.js";

/**
 * Opens a session: each securable is read once, and what is wanted on one securable at one moment goes as one request.
 * Reads and changes of one securable take turns, so that no read is older than a change that was answered before it.
 */
export function openSession(
  connection: Connection<DatabricksSettings>,
  pause: Pause = byTheClock,
  warn: (text: string) => void = (text) => {
    tellEngine("warning", text);
  },
): Session<Metastore, Change> {
  let opened: Promise<{ readonly client: Client; readonly edition: Edition }> | undefined;
  let metastore = blankMetastore();
  const reads = new Map<string, Promise<void>>();
  const turns = new Map<string, Promise<unknown>>();
  /** What was not there when it was looked at, and is looked at again. */
  const missed = new Set<string>();
  const writers = new Map<string, Writer>();

  function open(): NonNullable<typeof opened> {
    opened ??= identified().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  }

  async function identified(): Promise<{ client: Client; edition: Edition }> {
    const client = openClient(connection);
    const { account, edition } = await client.identify();
    Object.assign(metastore, { account, edition, host: client.host });
    return { client, edition };
  }

  /** Work on one securable waits for the work before it. */
  function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const done = (turns.get(key) ?? Promise.resolve()).then(work, work);
    turns.set(key, done);
    return done;
  }

  function known(part: string): Promise<void> {
    const key = securableKey(part);
    if (metastore.securables.has(key)) return Promise.resolve();
    const under = reads.get(key);
    if (under !== undefined) return under;
    const reading = inTurn(key, () => look(part)).finally(() => reads.delete(key));
    reads.set(key, reading);
    return reading;
  }

  async function look(securable: string): Promise<void> {
    const key = securableKey(securable);
    const { client, edition } = await open();
    let found = await client.read(securable, edition);
    // Something that was made a moment ago is not seen everywhere at once.
    if (found === undefined && missed.has(key)) {
      found = await settled(client.settleTimeoutMs, pause, () => client.read(securable, edition));
    }
    if (found === undefined) missed.add(key);
    metastore.securables.set(key, found);
  }

  /** What an answer shows besides what was asked for: somebody else may have given something meanwhile. */
  function learn(key: string, shown: Assignments): void {
    const before = metastore.securables.get(key);
    for (const [principal, assignment] of shown) before?.set(principal, assignment);
  }

  function writerFor(securable: string): Writer {
    const key = securableKey(securable);
    const writer =
      writers.get(key) ??
      openWriter(securable, {
        open,
        pause,
        inTurn: (work) => inTurn(key, work),
        done: (changes, shown) => {
          learn(key, shown);
          // What was forgotten in between is read when it is looked at next.
          if (metastore.securables.has(key)) for (const change of changes) applyTo(metastore, change);
        },
      });
    writers.set(key, writer);
    return writer;
  }

  let ending: { readonly taken: Change[]; readonly done: Promise<void> } | undefined;

  /** What is taken at one moment is looked up once: query history is read whole. */
  function end(change: Change): Promise<void> {
    if (ending === undefined) {
      const taken: Change[] = [];
      const done = open().then(async ({ client, edition }) => {
        ending = undefined;
        if (edition === "databricks") await endStatements(client.http, taken, warn);
      });
      ending = { taken, done };
    }
    ending.taken.push(change);
    return ending.done;
  }

  return {
    description: describe(connection),
    async model(parts = []) {
      await open();
      await Promise.all(parts.map(known));
      return metastore;
    },
    forget() {
      metastore = { ...metastore, securables: new Map() };
    },
    async run(changes) {
      try {
        for (const change of changes) await writerFor(change.securable).write(change);
        await Promise.all(changes.filter(({ endsStatements }) => endsStatements === true).map(end));
      } catch (error) {
        throw asRosterError(error);
      }
    },
  };
}
