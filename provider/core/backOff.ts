/** A request is tried this often before its failure is told. */
export const ATTEMPTS = 5;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 20_000;

/**
 * How long to wait after a failed attempt, in milliseconds: twice as long each time, of which a random half, so that
 * clients that failed together do not come back together. What the other side asked for is the least.
 */
export function waitAfter(attempt: number, retryAfter: number | undefined, random: () => number = Math.random): number {
  const longest = Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS);
  return (retryAfter ?? 0) + longest / 2 + random() * (longest / 2);
}

/**
 * What the header `Retry-After` asks for, in milliseconds: seconds or a date
 * (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after). Undefined for none, and for what cannot be read.
 */
export function retryAfter(header: string | undefined, now: number = Date.now()): number | undefined {
  if (header === undefined || header.trim() === "") return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(header)) return Number(header) * 1000;
  const time = Date.parse(header);
  return Number.isNaN(time) ? undefined : Math.max(0, time - now);
}

/** What an attempt ended with. */
export interface Outcome {
  /** The status of the answer; undefined where there was none. */
  readonly status: number | undefined;
  /** Nothing of the request has left: the other side could not be reached. */
  readonly unsent: boolean;
  /** Doing it twice is like doing it once. */
  readonly repeatable: boolean;
}

/** Statuses of a server that is busy or not there for a moment. */
const PASSING = new Set([408, 425, 500, 502, 503, 504]);

/**
 * Whether a failed request may be sent again. 429 refuses before anything is done. For every other failure nobody
 * knows whether it was done: only what is safe to repeat goes again.
 */
export function maySendAgain({ status, unsent, repeatable }: Outcome): boolean {
  if (unsent || status === 429) return true;
  return repeatable && (status === undefined || PASSING.has(status));
}
