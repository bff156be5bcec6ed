import { RosterError, someOf } from "./errors.js";

/** A run may always remove this many entries of a list. */
const ALWAYS_ALLOWED = 10;
/** A run may remove this part of a list. */
const ALLOWED_SHARE = 0.2;

/**
 * How many entries of a list one run may remove: the larger of 10 and 20 % of what the list holds now, unless
 * `roster:maxRemovals` says otherwise for the run.
 */
export function removalLimit(size: number, maxRemovals: number | undefined): number {
  return maxRemovals ?? Math.max(ALWAYS_ALLOWED, Math.floor(size * ALLOWED_SHARE));
}

/**
 * Guards a list against a source that came back empty or cut: throws when one run would remove more than
 * `removalLimit` allows.
 */
export function guardRemovals(
  what: string,
  removed: readonly string[],
  size: number,
  maxRemovals: number | undefined,
): void {
  const limit = removalLimit(size, maxRemovals);
  if (removed.length <= limit) return;
  throw new RosterError(
    `this run would remove ${String(removed.length)} of ${String(size)} ${what}, more than the ${String(limit)} that one run may remove`,
    {
      said: someOf(removed),
      remedy:
        "If the list is right, allow it for this run: pulumi config set roster:maxRemovals " +
        `${String(removed.length)}, run, and then pulumi config rm roster:maxRemovals. ` +
        "If it is not, look at where the list comes from: it may have come back empty or cut.",
    },
  );
}
