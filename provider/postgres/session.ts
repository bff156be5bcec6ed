import type { Connection } from "../core/connections.js";
import type { RosterError } from "../core/errors.js";
import type { Session } from "../core/system.js";
import type { Catalog } from "./catalog.js";
import { applyTo, type Change } from "./changes.js";
import { connect, describe, type Client } from "./client.js";
import type { PostgresSettings } from "./settings.js";
import { shownStatementsOf, statementsOf } from "./statements.js";
import { isSyntaxError, isTransient, refusal, warned } from "./serverErrors.js";

/** Changes that wait for the next round trip: what one resource wants done, all or nothing. */
interface Member {
  readonly changes: readonly Change[];
  readonly statements: readonly string[];
  resolve(): void;
  reject(error: RosterError): void;
}

/** A batch that met other writers is tried this often before the failure is told. */
const ATTEMPTS = 6;
const FIRST_WAIT_MS = 20;

/** Opens a session. What arrives while a round trip is under way goes together with the next one. */
export function openSession(
  connection: Connection<PostgresSettings>,
  dial: typeof connect = connect,
): Session<Catalog, Change> {
  let client: Promise<Client> | undefined;
  let catalog: Promise<Catalog> | undefined;
  let waiting: Member[] = [];
  let running = false;

  async function connected(): Promise<Client> {
    const open = await (client ??= dial(connection).catch(forgetClient));
    if (!open.broken) return open;
    client = dial(connection).catch(forgetClient);
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

  function run(changes: readonly Change[]): Promise<void> {
    return new Promise((resolve, reject) => {
      waiting.push({ changes, statements: changes.flatMap(statementsOf), resolve, reject });
      if (!running) {
        running = true;
        // Calls of one moment arrive one after another; after this turn of the event loop all of them are there.
        setImmediate(() => void drain());
      }
    });
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await runBatch(batch);
    }
    running = false;
  }

  async function runBatch(batch: readonly Member[]): Promise<void> {
    let members = batch;
    for (let attempt = 1; members.length > 0;) {
      try {
        const open = await connected();
        const { error, completed, warnings } = await open.run(members.flatMap((member) => member.statements));
        if (error === undefined) {
          await finish(members, warnings);
          return;
        }
        if (isTransient(error) && attempt < ATTEMPTS) {
          await pause(attempt++);
          continue;
        }
        if (isSyntaxError(error) && members.length > 1) {
          // The server reads the whole script before it runs any of it, so it does not tell whose statement it was.
          for (const member of members) await runBatch([member]);
          return;
        }
        const failed = owner(members, completed);
        if (failed === undefined) throw refusal(error, "COMMIT;");
        failed.reject(refusal(error, shown(failed, completed - offset(members, failed))));
        members = members.filter((member) => member !== failed);
      } catch (error) {
        // The connection broke, or never was: nobody knows what took effect, so the next look reads again.
        catalog = undefined;
        for (const member of members) member.reject(error as RosterError);
        return;
      }
    }
  }

  async function finish(
    members: readonly Member[],
    warnings: readonly { statement: number; message: string }[],
  ): Promise<void> {
    const known = await model();
    for (const member of members) {
      const start = offset(members, member);
      const own = warnings.find(({ statement }) => statement >= start && statement < start + member.statements.length);
      if (own === undefined) {
        for (const change of member.changes) applyTo(known, change);
        member.resolve();
      } else {
        // The server did the rest and left this out: only a fresh look tells what is true now.
        catalog = undefined;
        member.reject(warned(own.message, shown(member, own.statement - start)));
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

/** The number of a member's first statement within its batch. */
function offset(members: readonly Member[], member: Member): number {
  return members.slice(0, members.indexOf(member)).reduce((count, { statements }) => count + statements.length, 0);
}

function owner(members: readonly Member[], statement: number): Member | undefined {
  let end = 0;
  return members.find((member) => (end += member.statements.length) > statement);
}

function shown(member: Member, statement: number): string {
  return member.changes.flatMap(shownStatementsOf)[statement] ?? "";
}

function pause(attempt: number): Promise<void> {
  const longest = FIRST_WAIT_MS * 2 ** attempt;
  return new Promise((resolve) => setTimeout(resolve, longest / 2 + Math.random() * (longest / 2)));
}
