import { readFileSync } from "node:fs";
import path from "node:path";
import type { PostgresServer } from "../postgres/server.js";
import { REPOSITORY } from "../repository.js";
import { access, group, members, membership, secret, user, type Declaration } from "./declare.js";
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
];

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
