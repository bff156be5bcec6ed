import type { CrosswalkEntry, EntryOptions } from "./crosswalk.js";
import { expectKey, expectKeys, type KeysOf } from "./knownKeys.js";
import { runError } from "./runError.js";

/** What an entry has whatever system it names a group of, for `expectEntries`. */
export const ENTRY_KEYS: KeysOf<Omit<CrosswalkEntry, "id" | "name">> = {
  databaseGroup: true,
  notes: true,
  create: true,
  onRemove: true,
  mayEmpty: true,
  nested: true,
};

/**
 * Ends the program where a crosswalk that stands in it is no list of entries, where an entry has a key that there is
 * not, or lacks one of the two groups: it would feed another group than it was to, or none.
 *
 * @param what The component, for the message.
 * @param given The crosswalk.
 * @param known What an entry can have.
 * @param source The key of the group in the other system.
 */
export function expectEntries<E extends EntryOptions>(
  what: string,
  given: readonly E[],
  known: KeysOf<E>,
  source: keyof E & string,
): void {
  if (!Array.isArray(given)) {
    throw runError(`${what}: the argument crosswalk has to be a list of entries, or the path of a file`);
  }
  given.forEach((entry: E, index) => {
    const where = `entry ${String(index + 1)} of the crosswalk`;
    expectKeys(what, where, entry, known);
    for (const key of [source, "databaseGroup"]) expectKey(`${what}: ${where}`, key, entry);
  });
}
