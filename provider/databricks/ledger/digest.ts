import { createHash } from "node:crypto";

/** What rows of the ledger are known by, from what they are about. **Frozen**: rows that are there have it. */
export function digest(parts: readonly (string | number)[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}
