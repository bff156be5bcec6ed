import type { Connection } from "../core/connections.js";
import { asRosterError } from "../core/errors.js";
import type { Session } from "../core/system.js";
import { linesOf, type Line, type Member } from "./batch.js";
import { blankCatalog, membershipsOf, type Catalog } from "./catalog.js";
import { applyTo, type Change } from "./changes.js";
import { connect, describe, type Client } from "./client.js";
import type { PostgresSettings } from "./settings.js";
import { writerOf } from "./dialect.js";
import { dialectOf } from "./dialects.js";
import { isSyntaxError, refusal, warned } from "./serverErrors.js";

/** A batch that met other writers is tried this often before the failure is told. */
const ATTEMPTS = 6;
const FIRST_WAIT_MS = 20;
/** Members of one script and so of one transaction: a failure makes the others of its script run again. */
const MEMBERS_IN_A_SCRIPT = 500;

/** Opens a session. What arrives while a round trip is under way goes together with the next one. */
export function openSession(
  connection: Connection<PostgresSettings>,
  dial: typeof connect = connect,
): Session<Catalog, Change> {
  const dialect = dialectOf(connection);
  let client: Promise<Client> | undefined;
  let catalog: Promise<Catalog> | undefined;
  const waiting: Member[] = [];
  let running = false;

  async function connected(): Promise<Client> {
    const current = (client ??= dial(connection).catch(forgetClient));
    const open = await current;
    if (!open.broken) return open;
    // Somebody else may have noticed it first, and connected again.
    if (client === current) client = dial(connection).catch(forgetClient);
    return client;
  }

  /** A failed attempt to connect is not kept: the next use tries again. */
  function forgetClient(error: unknown): never {
    client = undefined;
    throw error;
  }

  function model(): Promise<Catalog> {
    catalog ??= connected()
      .then((open) => open.readCatalog())
      .catch((error: unknown) => {
        catalog = undefined;
        throw error;
      });
    return catalog;
  }

  /** What is known without a look: who wants something done has looked before. */
  async function known(): Promise<Catalog> {
    return (await catalog?.catch(() => undefined)) ?? blankCatalog();
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

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const members = waiting.splice(0, MEMBERS_IN_A_SCRIPT);
      try {
        await runScript(members);
      } catch (error) {
        // The connection broke, or never was: nobody knows what took effect, so the next look reads again.
        catalog = undefined;
        for (const member of members) member.reject(asRosterError(error));
      }
    }
    running = false;
  }

  /** Runs members in one transaction. A member that fails leaves it, and the others run again without it. */
  async function runScript(members: readonly Member[]): Promise<void> {
    if (members.length === 0) return;
    const lines = linesOf(members, writerOf(dialect, await known()));
    for (let attempt = 1; ; attempt += 1) {
      const { error, completed, warnings } = await (await connected()).run(lines.map(({ sql }) => sql));
      if (error === undefined) return finish(members, lines, warnings);
      if (dialect.isTransient(error) && attempt < ATTEMPTS) {
        await pause(attempt);
        continue;
      }
      const suspected = suspects(members, lines[completed], error);
      await blame(suspected, refusal(error, lines[completed]?.shown ?? ""));
      // What came before the refusal succeeds when it runs again; apart from the rest it does so once, however many
      // of the rest are refused after it.
      const later = new Set(lines.slice(completed).flatMap(({ owners }) => owners));
      const others = members.filter((member) => !suspected.includes(member));
      await runScript(others.filter((member) => !later.has(member)));
      return runScript(others.filter((member) => later.has(member)));
    }
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

  async function finish(
    members: readonly Member[],
    lines: readonly Line[],
    warnings: readonly { statement: number; message: string }[],
  ): Promise<void> {
    const doubtful = new Set(warnings.flatMap(({ statement }) => lines[statement]?.owners ?? []));
    const known = await model();
    for (const member of members) {
      if (doubtful.has(member)) continue;
      for (const change of member.changes) applyTo(known, change);
      member.resolve();
    }
    if (doubtful.size === 0) return;
    // The server did the rest of a statement and left something out: only a fresh look tells whose part that was.
    catalog = undefined;
    const fresh = await model();
    for (const { statement, message } of warnings) {
      const line = lines[statement];
      for (const owner of line?.owners ?? []) {
        if (owner.changes.some((change) => isUndone(fresh, change))) owner.reject(warned(message, line?.shown ?? ""));
        else owner.resolve();
      }
    }
  }

  return {
    description: describe(connection),
    model,
    forget: () => {
      catalog = undefined;
    },
    run,
  };
}

/** Who may have made a statement fail. A script that is not SQL is refused as a whole, before any of it runs. */
function suspects(members: readonly Member[], line: Line | undefined, error: Error): readonly Member[] {
  return isSyntaxError(error) ? members : (line?.owners ?? []);
}

/** Whether a membership, or an option of one, that was taken back is still there. */
function isUndone(catalog: Catalog, change: Change): boolean {
  if (change.kind !== "revokeMembership" && change.kind !== "revokeOption") return false;
  const { group, members, grantor } = change;
  const rows = members.flatMap((member) => membershipsOf(catalog, group, member));
  const theirs = rows.filter((row) => grantor === undefined || row.grantor === grantor);
  return change.kind === "revokeMembership" ? theirs.length > 0 : theirs.some((row) => row[change.option]);
}

function pause(attempt: number): Promise<void> {
  const longest = FIRST_WAIT_MS * 2 ** attempt;
  return new Promise((resolve) => setTimeout(resolve, longest / 2 + Math.random() * (longest / 2)));
}
