import { fold, type Assignment, type Assignments, type Metastore } from "./metastore.js";
import { securableKey } from "./securables.js";

/** What one principal is given and what is taken from it on one securable, as data. */
export interface Change {
  /** `table main.sales.orders`. */
  readonly securable: string;
  readonly principal: string;
  readonly add: readonly string[];
  readonly remove: readonly string[];
  /** What the principal still runs on the securable is asked to stop. */
  readonly endsStatements?: boolean;
}

/** Makes a metastore what it is after a change. */
export function applyTo(metastore: Metastore, { securable, principal, add, remove }: Change): void {
  const key = securableKey(securable);
  const assignments: Assignments = metastore.securables.get(key) ?? new Map<string, Assignment>();
  const before = assignments.get(fold(principal));
  const privileges = new Set(before?.privileges);
  for (const privilege of add) privileges.add(privilege);
  for (const privilege of remove) privileges.delete(privilege);
  if (privileges.size === 0) assignments.delete(fold(principal));
  else assignments.set(fold(principal), { principal: before?.principal ?? principal, privileges });
  metastore.securables.set(key, assignments);
}
