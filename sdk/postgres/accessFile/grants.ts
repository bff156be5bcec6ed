import type { AccessGrantArgs } from "../accessObjects.js";
import type { FileGrant, FileObjectGrant } from "./merge.js";

type Target = Pick<AccessGrantArgs, "on" | "privileges" | "future">;

/** What the two words of a file mean in a schema. Each line of the table is a grant. */
const MEANING: Readonly<Record<FileGrant["privileges"], readonly Target[]>> = {
  ALL: [
    { on: "schema", privileges: ["ALL"] },
    { on: "table", privileges: ["ALL"], future: true },
    { on: "sequence", privileges: ["ALL"], future: true },
  ],
  SELECT: [
    { on: "schema", privileges: ["USAGE"] },
    { on: "table", privileges: ["SELECT"], future: true },
  ],
};

/** What a file gives on each kind of object that is in no schema. */
const ON_OBJECTS: Readonly<Record<FileObjectGrant["on"], string>> = {
  language: "USAGE",
  "foreign data wrapper": "USAGE",
  "foreign server": "USAGE",
  tablespace: "CREATE",
  parameter: "SET",
};

/** The privileges that grants of a file on objects mean. */
export function objectPrivilegesOf(grants: readonly FileObjectGrant[]): AccessGrantArgs[] {
  return grants.map(({ to, on, object, database, until }) => ({
    to: [until === undefined ? to : { name: to, until }],
    ...(database === undefined ? {} : { databases: database }),
    on,
    objects: [object],
    privileges: [ON_OBJECTS[on]],
  }));
}

/** The privileges that grants of a file mean, those of a database once for all its schemas. */
export function privilegesOf(grants: readonly FileGrant[]): AccessGrantArgs[] {
  const databases = new Map<string, FileGrant>();
  for (const grant of grants) {
    const key = JSON.stringify([grant.to, grant.database]);
    databases.set(key, joined(grant, databases.get(key)));
  }
  return [...[...databases.values()].map(onDatabase), ...grants.flatMap(inSchemas)];
}

/** Of two grants in one database the larger one counts, and the longer one. */
function joined(grant: FileGrant, before: FileGrant = grant): FileGrant {
  const { until: _until, ...rest } = grant;
  const until = latest([grant.until, before.until]);
  return {
    ...rest,
    privileges: before.privileges === "ALL" ? "ALL" : grant.privileges,
    ...(until === undefined ? {} : { until }),
  };
}

function latest(ends: readonly (string | undefined)[]): string | undefined {
  if (ends.includes(undefined)) return undefined;
  return [...(ends as string[])].sort((a, b) => Date.parse(a) - Date.parse(b)).at(-1);
}

function onDatabase(grant: FileGrant): AccessGrantArgs {
  return { ...toWhom(grant), on: "database", privileges: [grant.privileges === "ALL" ? "ALL" : "CONNECT"] };
}

function inSchemas(grant: FileGrant): AccessGrantArgs[] {
  return grant.schemas.flatMap((schema) =>
    MEANING[grant.privileges].map((target) => ({ ...toWhom(grant), schema, ...target })),
  );
}

function toWhom({ to, database, until }: FileGrant): Pick<AccessGrantArgs, "to" | "databases"> {
  return { to: [until === undefined ? to : { name: to, until }], databases: database };
}
