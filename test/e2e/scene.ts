import assert from "node:assert/strict";
import { startPostgres, type PostgresServer, type PostgresVersion } from "../postgres/server.js";
import { catalogue, type Catalogue } from "./catalogue.js";
import type { Engine } from "../engine/index.js";
import { ENGINES, NO_REAL_ENGINE } from "./engines.js";
import { Workspace } from "./workspace.js";

/** Servers that many tests share: to start one for each would cost more than the tests. */
const servers = new Map<PostgresVersion, Promise<PostgresServer>>();

/** The server of a version. It writes every statement to its log, and ends with this process. */
export function server(version: PostgresVersion = 18): Promise<PostgresServer> {
  const known = servers.get(version);
  if (known !== undefined) return known;
  const started = startPostgres({ version, logStatements: true });
  servers.set(version, started);
  return started;
}

/** The environment in which a command reaches a server as its superuser. */
export function superuser(of: PostgresServer): Record<string, string> {
  return { PGHOST: of.host, PGPORT: String(of.port), PGUSER: of.user, PGPASSWORD: of.password };
}

/** A suite for each engine that there is here. The same assertions hold for all of them. */
export function onEachEngine(title: string, define: (engine: Engine) => void): void {
  for (const engine of ENGINES) {
    describe(`${title} (${engine.kind})`, function () {
      this.timeout(300_000);
      before(sayEngines);
      define(engine);
    });
  }
}

let said = false;

function sayEngines(): void {
  if (said) return;
  said = true;
  const ran = ENGINES.map(({ kind, version }) => `${kind} ${version}`).join(" and ");
  console.log(`    end to end on ${ran}${NO_REAL_ENGINE === undefined ? "" : ` (${NO_REAL_ENGINE})`}`);
}

/** Where a scene takes place. */
export interface Place {
  readonly engine: Engine;
  readonly version?: PostgresVersion;
  /** Environment of the commands. Default: as the superuser of the server. */
  readonly env?: (server: PostgresServer) => Record<string, string | undefined>;
  /** SQL that makes what the test needs and the program does not declare. */
  readonly given?: string;
  /** SQL that takes it away. */
  readonly takenBack?: string;
}

/**
 * Runs a test in a project, stack and environment of its own. Whatever happened, in the end everything is destroyed,
 * and the server's own catalogue has to prove that it is as before.
 */
export async function scene(
  place: Place,
  act: (workspace: Workspace, db: PostgresServer) => Promise<void>,
): Promise<void> {
  const db = await server(place.version);
  const before = await catalogue(db);
  if (place.given !== undefined) await db.query(place.given);
  const workspace = await Workspace.create(place.engine, (place.env ?? superuser)(db));
  let passed = false;
  try {
    await act(workspace, db);
    if (!workspace.isEmpty()) await workspace.destroy();
    passed = true;
  } finally {
    await workspace.remove();
    await leaveAsBefore(place, db, before, passed);
  }
}

/** Proves that nothing is left; after a failure it only clears away, so that the next test starts clean. */
async function leaveAsBefore(place: Place, db: PostgresServer, before: Catalogue, prove: boolean): Promise<void> {
  if (place.takenBack !== undefined && prove) await db.query(place.takenBack);
  if (!prove) await dropDatabases(db);
  const after = await catalogue(db);
  for (const name of Object.keys(after.roles).filter((role) => before.roles[role] === undefined)) {
    await db.query(`DROP OWNED BY ${quoted(name)}; DROP ROLE ${quoted(name)}`);
  }
  if (prove) assert.deepEqual(after, before, "the server is as it was before the test");
}

/** Drops the databases of a test that failed: what they hold would keep its roles. */
async function dropDatabases(db: PostgresServer): Promise<void> {
  const left = await db.query<{ datname: string }>(
    "SELECT datname FROM pg_database WHERE oid >= 16384 AND datname <> 'postgres'",
  );
  for (const { datname } of left) await db.query(`DROP DATABASE ${quoted(datname)} WITH (FORCE)`);
}

/** A name as SQL takes it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
