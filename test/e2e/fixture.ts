import { readFileSync } from "node:fs";
import path from "node:path";
import type { PostgresServer } from "../postgres/server.js";
import { REPOSITORY } from "../repository.js";
import {
  access,
  database,
  defaults,
  grant,
  group,
  members,
  membership,
  output,
  privileges,
  schema,
  secret,
  user,
  type Declaration,
} from "./declare.js";
import { superuser, type Place } from "./scene.js";

/*
 * States that versions of Roster have written, one folder a version, and what belongs to them. A later version has to
 * read all of them: nobody edits a folder of a version that was released. `writeState.js` adds one.
 */

/** Where the folders are. */
export const FIXTURES = path.join(REPOSITORY, "test", "fixtures", "state");

/** The files of a folder. */
export const FILES = {
  /** What `pulumi stack export` gave; the passphrase is that of every stack of these tests. */
  state: "state.json",
  /** What the program declared. */
  program: "program.json",
  /** SQL that makes a server as it was when the state was written. */
  server: "server.sql",
} as const;

/** Reads a file of a version's folder. */
export function fixture(version: string, file: keyof typeof FILES): string {
  return readFileSync(path.join(FIXTURES, version, FILES[file]), "utf8");
}

/** A program with everything that leaves a mark of its own in the state. */
export const declared: Declaration[] = [
  user("fx_plain"),
  user("fx_full", {
    createdb: true,
    createrole: true,
    inherit: false,
    connectionLimit: 3,
    validUntil: "2999-01-31",
    comment: "Everything that can be said",
    password: secret("correct horse"),
    passwordVersion: 2,
    onRemove: "drop",
  }),
  user("fx_found", { existing: "adopt", login: true }),
  user("fx_own", { connection: { name: "own", password: secret("battery staple"), connectTimeout: 5 } }),
  group("fx_group", { comment: "A group" }),
  group("fx_list"),
  membership("fx_group", "fx_plain", { admin: true, until: "2999-01-31" }),
  members(
    "fx_list",
    ["fx_plain", { name: "fx_full", inherit: true }],
    { ignore: ["svc_*"] },
    { dependsOn: ["fx_plain", "fx_full"] },
  ),
  access("everybody else", {
    users: ["fx_ana", { name: "fx_rui", createdb: true, password: secret("Tr0ub4dor"), passwordVersion: 1 }],
    groups: {
      fx_staff: ["fx_ana", { name: "fx_rui", until: "2999-01-31" }],
      fx_none: { members: [], comment: "Nobody" },
    },
    ignore: ["postgres"],
  }),
  database("fx_db", { connectionLimit: 20, comment: "A database", onRemove: "drop", endSessions: true }),
  schema("fx_app", { database: output("fx_db.name"), owner: output("fx_plain.name"), comment: "A schema" }),
  grant("connect", {
    ...{ grantee: output("fx_group.name"), database: output("fx_db.name"), on: "database" },
    ...{ privileges: ["CONNECT"], until: "2999-01-31" },
  }),
  grant("read", {
    ...{ grantee: output("fx_group.name"), database: output("fx_db.name"), on: "table", schema: output("fx_app.name") },
    ...{ privileges: ["SELECT"], future: true, grantOption: true },
  }),
  grant("speak", {
    ...{ grantee: output("fx_group.name"), database: output("fx_db.name"), on: "language", objects: ["plpgsql"] },
    ...{ privileges: ["USAGE"] },
  }),
  privileges("all of it", {
    ...{
      grantee: output("fx_group.name"),
      database: output("fx_db.name"),
      on: "schema",
      schema: output("fx_app.name"),
    },
    ...{ privileges: ["USAGE"] },
  }),
  defaults("later", {
    ...{ grantee: output("fx_group.name"), database: output("fx_db.name"), owner: output("fx_plain.name") },
    ...{ schema: output("fx_app.name"), on: "sequence", privileges: ["USAGE"] },
  }),
  {
    type: "MemberLists",
    name: "lists",
    args: { groups: { fx_fed: ["fx_plain"], fx_half: { members: ["fx_ana"], incomplete: true } }, missing: "skip" },
    options: { dependsOn: ["fx_plain", "everybody else"] },
  },
  access("a whole server", {
    users: [{ name: "fx_mei", onRemove: "drop", settings: { work_mem: "8MB" } }],
    groups: { fx_readers: ["fx_mei"] },
    databases: [{ name: "fx_whole", onRemove: "drop", endSessions: true, comment: "Another" }],
    schemas: { fx_whole: [{ name: "fx_inner", comment: "Inside" }] },
    grants: [
      {
        to: ["fx_readers", { name: "fx_mei", until: "2999-01-31" }],
        databases: "fx_whole",
        on: "database",
        privileges: ["CONNECT"],
      },
      { to: "fx_readers", databases: "fx_whole", on: "schema", schema: "fx_inner", privileges: ["USAGE"], exact: true },
      {
        to: "fx_readers",
        databases: "fx_whole",
        on: "table",
        schema: "fx_inner",
        privileges: ["SELECT"],
        future: true,
      },
      { to: "fx_readers", on: "tablespace", objects: ["pg_default"], privileges: ["CREATE"] },
    ],
    defaultPrivileges: [{ to: "fx_readers", databases: "fx_whole", on: "function", privileges: ["EXECUTE"] }],
  }),
];

/** Makes a server as it was when a state was written: statements a line each, and `\\connect` as psql knows it. */
export async function makeServer(db: PostgresServer, sql: string): Promise<void> {
  let where = "postgres";
  for (const line of sql.split("\n").filter((each) => each !== "")) {
    const connect = /^\\connect (\w+)$/.exec(line)?.[1];
    if (connect === undefined) await db.query(line, { database: where });
    else where = connect;
  }
}

/** Where the state is written and read: PostgreSQL 18, two connections, and a user who was there before. */
export const place: Omit<Place, "engine" | "given"> = {
  takenBack: "DROP ROLE fx_found",
  env: (db: PostgresServer) => ({
    ...superuser(db),
    ROSTER_OWN_HOST: db.host,
    ROSTER_OWN_PORT: String(db.port),
    ROSTER_OWN_USER: db.user,
    ROSTER_OWN_PASSWORD: db.password,
  }),
};
