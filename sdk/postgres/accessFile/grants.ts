import type { FileGrant } from "./merge.js";

/** Privileges of one grantee on one kind of thing, in the form of a `postgres.Grant`. */
export interface FilePrivileges {
  /** What tells it from the others of a file. */
  readonly title: string;
  readonly grantee: string;
  readonly database: string;
  readonly on: "database" | "schema" | "table" | "sequence";
  readonly schema?: string;
  readonly privileges: readonly string[];
  readonly future?: true;
  readonly until?: string;
}

/** What the two words of a file mean. Each line of the table is a grant. */
const MEANING = {
  ALL: [
    { on: "schema", privileges: ["ALL"] },
    { on: "table", privileges: ["ALL"], future: true },
    { on: "sequence", privileges: ["ALL"], future: true },
  ],
  SELECT: [
    { on: "schema", privileges: ["USAGE"] },
    { on: "table", privileges: ["SELECT"], future: true },
  ],
} as const;

/** The privileges that grants of a file mean, those of a database once for all its schemas. */
export function privilegesOf(grants: readonly FileGrant[]): FilePrivileges[] {
  const databases = new Map<string, FilePrivileges>();
  for (const grant of grants) {
    const key = JSON.stringify([grant.to, grant.database]);
    databases.set(key, onDatabase(grant, databases.get(key)));
  }
  return [...databases.values(), ...grants.flatMap(inSchemas)];
}

function onDatabase({ to, database, privileges, until }: FileGrant, before?: FilePrivileges): FilePrivileges {
  const all = privileges === "ALL" || before?.privileges[0] === "ALL";
  // What ends for one schema may go on for another: the longer one counts.
  const later = latest(before === undefined ? [until] : [until, before.until]);
  return {
    title: `${to} on ${database}`,
    grantee: to,
    database,
    on: "database",
    privileges: [all ? "ALL" : "CONNECT"],
    ...(later === undefined ? {} : { until: later }),
  };
}

function latest(ends: readonly (string | undefined)[]): string | undefined {
  if (ends.includes(undefined)) return undefined;
  return [...(ends as string[])].sort((a, b) => Date.parse(a) - Date.parse(b)).at(-1);
}

function inSchemas({ to, database, schemas, privileges, until }: FileGrant): FilePrivileges[] {
  return schemas.flatMap((schema) =>
    MEANING[privileges].map((given) => ({
      title: `${to} on ${given.on === "schema" ? "" : `${given.on}s of `}${database}.${schema}`,
      grantee: to,
      database,
      schema,
      ...given,
      ...(until === undefined ? {} : { until }),
    })),
  );
}
