import { CONNECTION_LOST, RosterError, asRosterError } from "../core/errors.js";
import { linesOf, nextScript, runsAlone, unwritable, type Line, type Member, type NextScript } from "./batch.js";
import type { Change } from "./changes.js";
import type { Client } from "./client.js";
import type { Dialect, Writer } from "./dialect.js";
import type { ScriptOutcome } from "./script.js";
import { isSyntaxError, refusal } from "./serverErrors.js";

/** A batch that met other writers is tried this often before the failure is told. */
const ATTEMPTS = 6;
const FIRST_WAIT_MS = 20;

/** A warning of the server, and the statement that it belongs to, counted from 0. */
export interface Warning {
  readonly statement: number;
  readonly message: string;
}

/** What a lane needs to know, and what it tells of its work. */
export interface LaneContext {
  /** Writes statements, for what is known by now. */
  writer(): Promise<Writer>;
  /** Whether the statements of a change depend on what is known of the server, and so on what was done before. */
  readonly looks: (change: Change) => boolean;
  /** Whether a refusal goes away when the whole transaction is run again. */
  readonly isTransient: (error: Error) => boolean;
  /** What to do about a refusal, where the dialect knows better. */
  readonly remedy: Dialect["remedy"];
  /** Why members cannot be run at all, by member. */
  hindrances(members: readonly Member[]): Promise<ReadonlyMap<Member, RosterError>>;
  /** Whether statements of a script take effect together. Where they do not, each member goes by itself. */
  readonly together: boolean;
  /** A script was done: the members of it, its lines, and what the server warned of. */
  done(members: readonly Member[], lines: readonly Line[], warnings: readonly Warning[]): Promise<void>;
  /** The connection broke, or never was: nobody knows what took effect. */
  lost(): void;
}

/** One connection, to one database, and what waits for it. */
export interface Lane {
  /** Does something with the connection, a new one where the last one broke. */
  use<T>(work: (client: Client) => Promise<T>): Promise<T>;
  /** Runs changes. What arrives while a round trip is under way goes together with the next one. */
  run(changes: readonly Change[]): Promise<void>;
  /** Does something while there is no connection: after what is under way, and before what comes later. */
  without<T>(work: () => Promise<T>): Promise<T>;
}

/** Opens a lane; the first use connects. */
export function openLane(dial: () => Promise<Client>, context: LaneContext): Lane {
  let client: Promise<Client> | undefined;
  const waiting: Member[] = [];
  let running = false;
  /** Scripts go one after the other; a second try goes after what was written meanwhile. */
  let lastScript: Promise<unknown> = Promise.resolve();
  /** What is under way on the connection, and what is done while there is none. */
  const uses = new Set<Promise<unknown>>();
  const absences = new Set<Promise<unknown>>();

  async function use<T>(work: (client: Client) => Promise<T>): Promise<T> {
    while (absences.size > 0) await Promise.allSettled(absences);
    return within(uses, connected().then(work));
  }

  async function without<T>(work: () => Promise<T>): Promise<T> {
    return within(absences, Promise.allSettled(uses).then(close).then(work));
  }

  async function connected(): Promise<Client> {
    const current = (client ??= dial().catch(forgetClient));
    const open = await current;
    if (!open.broken) return open;
    // Somebody else may have noticed it first, and connected again.
    if (client === current) client = dial().catch(forgetClient);
    return client;
  }

  /** A failed attempt to connect is not kept: the next use tries again. */
  function forgetClient(error: unknown): never {
    client = undefined;
    throw error;
  }

  function run(changes: readonly Change[]): Promise<void> {
    return new Promise((resolve, reject) => {
      waiting.push({ changes, resolve, reject });
      if (running) return;
      running = true;
      // Calls of one moment arrive one after another; after this turn of the event loop all of them are there.
      setImmediate(() => void drain());
    });
  }

  /**
   * Runs what waits, script after script. Where the next one is as large as it gets, it is written while the server is
   * at work on the one before it.
   */
  async function drain(): Promise<void> {
    let before: Promise<void> = Promise.resolve();
    for (;;) {
      if (!goesAhead(sizeOfNext())) await before;
      if (waiting.length === 0) break;
      const next = runMembers(waiting.splice(0, sizeOfNext().count));
      await before;
      before = next;
    }
    running = false;
  }

  function sizeOfNext(): NextScript {
    return context.together ? nextScript(waiting) : { count: 1, full: false };
  }

  /** Whether the next script is written before it is known what became of the one before. */
  function goesAhead({ count, full }: NextScript): boolean {
    return full && !waiting.slice(0, count).some(({ changes }) => changes.some(context.looks));
  }

  async function runMembers(members: readonly Member[]): Promise<void> {
    try {
      const [first] = members;
      if (first?.changes.some(runsAlone)) await runOneByOne(first);
      else await runScript(members);
    } catch (error) {
      context.lost();
      for (const member of members) member.reject(asRosterError(error));
    }
  }

  /** Runs the changes of a member each in a transaction of its own; what was done before a refusal stays done. */
  async function runOneByOne(member: Member): Promise<void> {
    for (const change of member.changes) {
      let error: Error | undefined;
      const part: Member = { changes: [change], resolve: () => undefined, reject: (why) => (error = why) };
      await runScript([part]);
      if (error !== undefined) {
        member.reject(asRosterError(error));
        return;
      }
    }
    member.resolve();
  }

  /** Runs members in one transaction. A member that fails leaves it, and the others run again without it. */
  async function runScript(members: readonly Member[]): Promise<void> {
    if (members.length === 0) return;
    const hindered = await context.hindrances(members);
    if (hindered.size > 0) return runOthers(members, hindered);
    const writer = await context.writer();
    let lines: readonly Line[];
    try {
      lines = linesOf(members, writer);
    } catch (error) {
      const refused = unwritable(members, writer);
      if (refused.size === 0) throw error;
      return runOthers(members, refused);
    }
    return runLines(members, lines);
  }

  /** Runs the statements of members until they are done, or one of them is refused. */
  async function runLines(members: readonly Member[], lines: readonly Line[]): Promise<void> {
    // What is done stays done where statements do not take effect together.
    let done = 0;
    const heard: Warning[] = [];
    for (let attempt = 1; ; attempt += 1) {
      const script = lines.slice(done).map(({ sql }) => sql);
      const outcome = await send(script).catch((error: unknown) => {
        // Before anybody is told: who looks then is to look anew.
        context.lost();
        for (const member of members) member.reject(lostUnder(error, lines.slice(done), member));
        throw error;
      });
      const { error } = outcome;
      const completed = done + outcome.completed;
      const warnings = outcome.warnings.map(({ statement, message }) => ({ statement: done + statement, message }));
      if (error === undefined) {
        // What was done is noted when the script after this one is on its way.
        await nextTurn();
        return context.done(members, lines, [...heard, ...warnings]);
      }
      if (!context.together) {
        done = completed;
        heard.push(...warnings);
      }
      if (context.isTransient(error) && attempt < ATTEMPTS) {
        await pause(attempt);
        continue;
      }
      const suspected = suspects(members, lines[completed], error);
      await blame(suspected, refusal(error, lines[completed]?.shown ?? "", context.remedy));
      // What came before the refusal succeeds when it runs again; apart from the rest it does so once, however many
      // of the rest are refused after it.
      const later = new Set(lines.slice(completed).flatMap(({ owners }) => owners));
      const others = members.filter((member) => !suspected.includes(member));
      await runScript(others.filter((member) => !later.has(member)));
      return runScript(others.filter((member) => later.has(member)));
    }
  }

  function send(script: readonly string[]): Promise<ScriptOutcome> {
    const outcome = lastScript.then(() => use((client) => client.run(script)));
    lastScript = outcome.catch(() => undefined);
    return outcome;
  }

  /** Runs members but for those that cannot be run. */
  function runOthers(members: readonly Member[], hindered: ReadonlyMap<Member, RosterError>): Promise<void> {
    for (const [member, why] of hindered) member.reject(why);
    return runScript(members.filter((member) => !hindered.has(member)));
  }

  /** One suspect has failed; of several, who wanted the same statement, each half is tried on its own. */
  async function blame(suspected: readonly Member[], error: ReturnType<typeof refusal>): Promise<void> {
    const [first] = suspected;
    if (first === undefined) throw error;
    if (suspected.length === 1) {
      first.reject(error);
      return;
    }
    const half = Math.ceil(suspected.length / 2);
    await runScript(suspected.slice(0, half));
    await runScript(suspected.slice(half));
  }

  async function close(): Promise<void> {
    const open = await client?.catch(() => undefined);
    client = undefined;
    await open?.close().catch(() => undefined);
  }

  return { use, run, without };
}

/** When everything has been done that was to be done at once. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Waits for something that is in a set until it is over. */
async function within<T>(set: Set<Promise<unknown>>, made: Promise<T>): Promise<T> {
  set.add(made);
  try {
    return await made;
  } finally {
    set.delete(made);
  }
}

/** Who may have made a statement fail. A script that is not SQL is refused as a whole, before any of it runs. */
function suspects(members: readonly Member[], line: Line | undefined, error: Error): readonly Member[] {
  return isSyntaxError(error) ? members : (line?.owners ?? []);
}

/** As many statements as a message about a lost connection names. */
const SHOWN = 3;

/** A connection that broke, as a member is told: with what of it was under way. */
function lostUnder(error: unknown, lines: readonly Line[], member: Member): RosterError {
  const { headline, details } = asRosterError(error);
  const own = lines.flatMap(({ shown, owners }) => (shown !== "" && owners.includes(member) ? [shown] : []));
  if (details.code !== CONNECTION_LOST || own.length === 0) return asRosterError(error);
  const more = own.length > SHOWN ? [`and ${String(own.length - SHOWN)} more`] : [];
  return new RosterError(headline, { ...details, tried: [...own.slice(0, SHOWN), ...more].join("\n") });
}

function pause(attempt: number): Promise<void> {
  const longest = FIRST_WAIT_MS * 2 ** attempt;
  return new Promise((resolve) => setTimeout(resolve, longest / 2 + Math.random() * (longest / 2)));
}
