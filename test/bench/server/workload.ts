/** How much of everything: each of the users has each of the grants in each database. */
export interface ServerSize {
  readonly users: number;
  readonly databases: number;
}

/** A server of many databases. */
export interface ServerWorkload {
  readonly users: readonly string[];
  readonly databases: readonly string[];
}

/** The schema that each database has. */
export const SCHEMA = "app";

/** What everybody gets in every database, as a program says it. */
export const GRANTS = [
  { on: "database", privileges: ["CONNECT"] },
  { on: "schema", schema: SCHEMA, privileges: ["USAGE"] },
  { on: "table", schema: SCHEMA, privileges: ["SELECT"], future: true },
  { on: "sequence", schema: SCHEMA, privileges: ["USAGE"], future: true },
] as const;

/** `500 users, 20 databases, 4 grants of each in each`. */
export function describeServer({ users, databases }: ServerSize): string {
  return `${users} users, ${databases} databases, ${GRANTS.length} grants of each in each`;
}

/** A workload of a size. */
export function serverWorkload({ users, databases }: ServerSize): ServerWorkload {
  const names = (word: string, count: number): string[] =>
    Array.from({ length: count }, (_, index) => `${word}_${String(index + 1).padStart(4, "0")}`);
  return { users: names("user", users), databases: names("company", databases) };
}
