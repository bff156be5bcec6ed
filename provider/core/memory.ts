import { setFlagsFromString } from "node:v8";

/** By how much the heap may grow, in percent of what was in use when it was last cleaned up. */
const GROWTH = 30;

let flat = false;

/**
 * Keeps memory flat in a process through which very much goes and in which little stays. Left alone, V8 lets garbage
 * that has become old grow to several times of what is in use before it looks at it. The flag is one that V8 reads
 * whenever it decides when to clean up next; where a version does not know it, nothing changes.
 */
export function keepMemoryFlat(): void {
  if (flat) return;
  flat = true;
  setFlagsFromString(`--heap-growing-percent=${String(GROWTH)}`);
}
