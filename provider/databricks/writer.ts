import { RosterError, asRosterError } from "../core/errors.js";
import { shownRequest } from "../core/httpRequest.js";
import type { Change } from "./changes.js";
import type { Client } from "./client.js";
import { fold, type Assignment, type Assignments, type Edition } from "./metastore.js";
import { holds } from "./privileges.js";
import { mayBeAboutOne, saysPrincipalMissing } from "./refusals.js";
import { patchOf } from "./requests.js";
import { settled, type Pause } from "./settle.js";

/** Changes the privileges on one securable. */
export interface Writer {
  /** Resolves when the change is seen. Rejects with a RosterError. */
  write(change: Change): Promise<void>;
}

/** What a writer needs of its session. */
export interface Surroundings {
  readonly open: () => Promise<{ readonly client: Client; readonly edition: Edition }>;
  readonly pause: Pause;
  /** Runs work while no other work on the securable is under way. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  /** Tells what took effect, and what the service showed then. */
  readonly done: (changes: readonly Change[], shown: Assignments) => void;
}

interface Waiting {
  readonly change: Change;
  resolve(): void;
  reject(error: RosterError): void;
}

interface Refused {
  readonly member: Waiting;
  readonly error: RosterError;
}

/**
 * Opens a writer. What arrives while a request is under way goes with the next one. A request that is refused because
 * of one principal goes again without it, so that nobody pays for somebody else's mistake.
 */
export function openWriter(securable: string, { open, pause, inTurn, done }: Surroundings): Writer {
  const waiting: Waiting[] = [];
  let running = false;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = takeTogether(waiting);
      const refused = await inTurn(() => attempt(batch)).catch((error: unknown) => allRefused(batch, error));
      // Waiting for somebody who was just made does not keep others from their turn.
      void reconsider(refused);
    }
    running = false;
  }

  /** Sends changes as one request, and again without those that are refused; gives these. */
  async function attempt(batch: readonly Waiting[]): Promise<Refused[]> {
    if (batch.length === 0) return [];
    const { client, edition } = await open();
    let shown: Assignments;
    try {
      shown = await client.change(securable, changesOf(batch), edition);
    } catch (error) {
      if (batch.length === 1 || !mayBeAboutOne(error)) return allRefused(batch, error);
      const [some, others] = divided(batch, asRosterError(error));
      return [...(await attempt(some)), ...(await attempt(others))];
    }
    return confirm(client, edition, batch, shown);
  }

  /** Waits until the service shows what it has accepted; gives what it does not show in time. */
  async function confirm(
    client: Client,
    edition: Edition,
    batch: readonly Waiting[],
    answered: Assignments,
  ): Promise<Refused[]> {
    let shown = answered;
    // The open-source server answers with numbers in place of the names of principals.
    let isNamed = edition === "databricks";
    const isComplete = (): boolean => batch.every(({ change }) => isSeen(shown, change));
    const look = async (): Promise<true | undefined> => {
      shown = (await client.read(securable, edition)) ?? shown;
      isNamed = true;
      return isComplete() || undefined;
    };
    // The answer shows it nearly always, and then nothing has to be read.
    if (!isComplete() && !(await look())) await settled(client.settleTimeoutMs, pause, look);
    const seen = batch.filter(({ change }) => isSeen(shown, change));
    done(changesOf(seen), isNamed ? shown : new Map<string, Assignment>());
    for (const member of seen) member.resolve();
    return batch
      .filter((member) => !seen.includes(member))
      .map((member) => ({ member, error: unseen(securable, member.change, edition, client.settleTimeoutMs) }));
  }

  /** Somebody who was added to the account a moment ago is not known everywhere at once. */
  async function reconsider(refused: readonly Refused[]): Promise<void> {
    const late = refused.filter(({ error }) => saysPrincipalMissing(error)).map(({ member }) => member);
    for (const { member, error } of refused) if (!late.includes(member)) member.reject(error);
    if (late.length === 0) return;
    let left = refused.filter(({ member }) => late.includes(member));
    try {
      const { client } = await open();
      await settled(client.settleTimeoutMs, pause, async () => {
        left = await inTurn(() => attempt(left.map(({ member }) => member)));
        return left.some(({ error }) => saysPrincipalMissing(error)) ? undefined : true;
      });
    } catch (error) {
      left = allRefused(
        left.map(({ member }) => member),
        error,
      );
    }
    for (const { member, error } of left) member.reject(error);
  }

  return {
    write: (change) =>
      new Promise((resolve, reject) => {
        waiting.push({ change, resolve, reject });
        if (running) return;
        running = true;
        // Calls of one moment arrive one after another; after this turn of the event loop all of them are there.
        setImmediate(() => void drain());
      }),
  };
}

function changesOf(batch: readonly Waiting[]): Change[] {
  return batch.map(({ change }) => change);
}

function allRefused(batch: readonly Waiting[], error: unknown): Refused[] {
  return batch.map((member) => ({ member, error: asRosterError(error) }));
}

/** Takes what can go in one request: until one takes what another gives to the same principal. */
function takeTogether(waiting: Waiting[]): Waiting[] {
  const wanted = new Set<string>();
  const marks = ({ principal, add, remove }: Change, [given, taken]: readonly [string, string]): string[] => [
    ...add.map((privilege) => JSON.stringify([fold(principal), privilege, given])),
    ...remove.map((privilege) => JSON.stringify([fold(principal), privilege, taken])),
  ];
  const end = waiting.findIndex(({ change }) => {
    if (marks(change, ["taken", "given"]).some((opposite) => wanted.has(opposite))) return true;
    for (const mark of marks(change, ["given", "taken"])) wanted.add(mark);
    return false;
  });
  return waiting.splice(0, end < 0 ? waiting.length : end);
}

/**
 * Divides changes that were refused together: the one whose principal the refusal names, and the rest; or where it
 * names none, two halves. Whom it names is tried alone before it is blamed, because a name can stand there by chance.
 */
function divided(batch: readonly Waiting[], error: RosterError): [Waiting[], Waiting[]] {
  const said = (error.details.said ?? "").toLowerCase();
  const named = batch
    .filter(({ change }) => said.includes(JSON.stringify(fold(change.principal)).slice(1, -1)))
    .sort((a, b) => b.change.principal.length - a.change.principal.length)[0];
  if (named !== undefined) return [[named], batch.filter((member) => member !== named)];
  const half = Math.ceil(batch.length / 2);
  return [batch.slice(0, half), batch.slice(half)];
}

function isSeen(shown: Assignments, { principal, add, remove }: Change): boolean {
  const privileges = shown.get(fold(principal))?.privileges ?? new Set<string>();
  return (
    add.every((privilege) => holds(privileges, privilege)) && !remove.some((privilege) => privileges.has(privilege))
  );
}

function unseen(securable: string, change: Change, edition: Edition, waitedMs: number): RosterError {
  return new RosterError(
    `the change of ${JSON.stringify(change.principal)} on ${securable} was accepted, and is not there ${String(waitedMs / 1000)} seconds later`,
    {
      tried: shownRequest(patchOf(securable, [change], edition)),
      remedy:
        "Somebody else may have taken it back meanwhile. Run the same command again; if it stays so, look at what else " +
        "writes these privileges, or give the connection a longer settleTimeout.",
    },
  );
}
