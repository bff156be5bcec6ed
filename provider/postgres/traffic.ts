/** How long nothing may come before nobody is waited for any more: an engine needs a moment between two of its calls. */
const QUIET_MS = 1000;

/** The changes of a run, seen by those who go after all others. */
export interface Traffic {
  /** Does what others may wait for. */
  through<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Does what changes of other resources may have to come before, which Pulumi does not know of where a program names
   * things by their text: whatever is in the way is waited for, and the work done again, as long as something goes
   * through.
   */
  last<T>(work: () => Promise<T>, isInTheWay: (error: unknown) => boolean): Promise<T>;
}

/** Watches the changes of one session. */
export function watchTraffic(quietMs = QUIET_MS): Traffic {
  let underWay = 0;
  /** Beginnings and ends. */
  let stirs = 0;
  let done = 0;

  async function through<T>(work: () => Promise<T>): Promise<T> {
    stirs += 1;
    underWay += 1;
    try {
      const result = await work();
      done += 1;
      return result;
    } finally {
      stirs += 1;
      underWay -= 1;
    }
  }

  /** Until nothing is under way and nothing has come for a while. */
  async function quiet(): Promise<void> {
    for (let seen = -1; underWay > 0 || seen !== stirs;) {
      seen = stirs;
      await new Promise((resolve) => setTimeout(resolve, quietMs));
    }
  }

  async function last<T>(work: () => Promise<T>, isInTheWay: (error: unknown) => boolean): Promise<T> {
    for (;;) {
      const before = done;
      try {
        return await work();
      } catch (error) {
        if (!isInTheWay(error)) throw error;
        await quiet();
        if (done === before) throw error;
      }
    }
  }

  return { through, last };
}
