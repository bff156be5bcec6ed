import { RosterError, asRosterError } from "../core/errors.js";
import { statusOf } from "../core/httpErrors.js";

/** Something that could not be done. */
export interface Failed<T> {
  readonly item: T;
  /** Undefined for what was not tried any more. */
  readonly error: RosterError | undefined;
}

/** After as many failures in a row, without anything that succeeds, the rest is not tried. */
const IN_A_ROW = 25;

/** A refusal that every other request would meet too. */
function concernsAll(error: RosterError): boolean {
  const status = statusOf(error);
  return status === undefined || [401, 403, 404, 410].includes(status);
}

/**
 * Does something with each of many, several at once, and goes on when some fail; until it is clear that all would.
 * Items are taken when there is room for them, so that a stream stays a stream.
 */
export async function doEach<T>(
  items: Iterable<T> | AsyncIterable<T>,
  atOnce: number,
  act: (item: T) => Promise<void>,
): Promise<Failed<T>[]> {
  const failed: Failed<T>[] = [];
  const running = new Set<Promise<void>>();
  let inARow = 0;
  const row = { over: false };

  async function one(item: T): Promise<void> {
    try {
      await act(item);
      inARow = 0;
    } catch (caught) {
      const error = asRosterError(caught);
      failed.push({ item, error });
      inARow += 1;
      // A connection that cannot be made fails all, and one that broke, this one: only many in a row say that it is all.
      row.over ||= inARow >= IN_A_ROW || (statusOf(error) !== undefined && concernsAll(error));
    }
  }

  for await (const item of items) {
    if (row.over) {
      failed.push({ item, error: undefined });
      continue;
    }
    const task: Promise<void> = one(item).finally(() => running.delete(task));
    running.add(task);
    if (running.size >= atOnce) await Promise.race(running);
  }
  await Promise.all(running);
  return failed;
}

/** One error for what failed, with the first of them by name and reason. */
export function failureOf<T>(
  headline: string,
  failed: readonly Failed<T>[],
  name: (item: T) => string,
  again: string,
): RosterError {
  const tried = failed.filter((each): each is Failed<T> & { error: RosterError } => each.error !== undefined);
  const first = tried[0]?.error;
  const same = new Set(tried.map(({ error }) => error.message)).size === 1;
  const untried = failed.length - tried.length;
  const listed = tried
    .slice(0, 10)
    .map(
      ({ item, error }) =>
        `${name(item)}: ${error.headline}${error.details.said === undefined ? "" : ` (${error.details.said})`}`,
    );
  const rows = [
    ...listed,
    ...(tried.length > listed.length ? [`and ${String(tried.length - listed.length)} more`] : []),
    ...(untried > 0 ? [`${String(untried)} were not tried, because all before them failed`] : []),
  ];
  const why = same ? first?.details.remedy : undefined;
  return new RosterError(headline, {
    tried: first?.details.tried,
    said: rows.join("\n"),
    remedy: why === undefined ? again : `${why} ${again}`,
    code: first?.details.code,
    fault: first?.fault,
  });
}
