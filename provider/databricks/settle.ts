/** How to wait, in milliseconds. */
export type Pause = (milliseconds: number) => Promise<unknown>;

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 4000;

/**
 * Looks again, less and less often, until there is something to see or the time for it is over. Databricks is
 * eventually consistent: what was changed or made a moment ago is not seen everywhere at once.
 */
export async function settled<T>(
  limitMs: number,
  pause: Pause,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  let wait = FIRST_WAIT_MS;
  for (let waited = 0; waited < limitMs;) {
    const next = Math.min(wait, limitMs - waited);
    await pause(next);
    const found = await look();
    if (found !== undefined) return found;
    waited += next;
    wait = Math.min(2 * wait, LONGEST_WAIT_MS);
  }
  return undefined;
}
