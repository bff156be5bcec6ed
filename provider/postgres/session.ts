import type { Connection } from "../core/connections.js";
import type { Session } from "../core/system.js";
import { runsAlone, type Line, type Member } from "./batch.js";
import { blankCatalog, type Catalog } from "./catalog.js";
import { applyAll, placeOfChange, type Change } from "./changes.js";
import { describe, toDatabase } from "./client.js";
import { dial as openClient, isThroughCivis } from "./dial.js";
import type { DatabaseCatalog, SecuredObject } from "./databaseCatalog.js";
import { looks, writerOf } from "./dialect.js";
import { dialectOf } from "./dialects.js";
import { hindrances, isStillHeld } from "./held.js";
import { openLane, type Lane, type Warning } from "./lane.js";
import { PARAMETERS, databasesOf, partsOfChange } from "./parts.js";
import type { PostgresSettings } from "./settings.js";
import { warned } from "./serverErrors.js";
import { watchTraffic } from "./traffic.js";
import { isUndone } from "./undone.js";

/**
 * Opens a session: what is known of a server, and a lane for each of its databases that is needed. What databases share
 * goes through the lane of the connection's own.
 */
export function openSession(
  connection: Connection<PostgresSettings>,
  dial: typeof openClient = openClient,
): Session<Catalog, Change> {
  const dialect = dialectOf(connection);
  let catalog: Promise<Catalog> | undefined;
  const reading = new Map<string, Promise<DatabaseCatalog>>();
  let readingParameters: Promise<Map<string, SecuredObject>> | undefined;
  const lanes = new Map<string, Lane>();
  const traffic = watchTraffic();
  const home = connection.settings.database.value ?? "";

  function lane(database: string): Lane {
    const found = lanes.get(database);
    if (found !== undefined) return found;
    const made = openLane(() => dial(toDatabase(connection, database)), {
      writer: async () => writerOf(dialect, await known()),
      looks: (change) => looks(dialect, change),
      isTransient: dialect.isTransient,
      remedy: dialect.remedy,
      hindrances: async (members) =>
        hindrances(members, { dialect, connection, dial, use: (work) => lane(home).use(work), catalog: await known() }),
      together: !isThroughCivis(connection),
      done: finish,
      lost: forget,
    });
    lanes.set(database, made);
    return made;
  }

  function forget(): void {
    catalog = undefined;
    reading.clear();
  }

  function server(): Promise<Catalog> {
    const made = (catalog ??= lane(home)
      .use((open) => open.readCatalog())
      .catch((error: unknown) => {
        if (catalog === made) forget();
        throw error;
      }));
    return made;
  }

  /** What is known without a look: who wants something done has looked before. */
  async function known(): Promise<Catalog> {
    return (await catalog?.catch(() => undefined)) ?? blankCatalog(dialect.facts);
  }

  async function model(parts: readonly string[] = []): Promise<Catalog> {
    const catalogue = await server();
    if (parts.includes(PARAMETERS)) await readParameters(catalogue);
    // One that does not exist has nothing to read, and one that was made since was not read yet.
    const wanted = parts
      .flatMap((part) => databasesOf(catalogue, part))
      .filter((name) => catalogue.databases.has(name) && catalogue.inside.get(name)?.assumed !== false);
    await Promise.all(
      [...new Set(wanted)].map(async (name) => {
        const inside = await inDatabase(name, catalogue);
        if (catalogue.inside.get(name)?.assumed !== false) catalogue.inside.set(name, inside);
      }),
    );
    return catalogue;
  }

  /** Reads the parameters on which somebody has privileges, once, where the server's version has such. */
  async function readParameters(catalogue: Catalog): Promise<void> {
    const { parameters } = dialect.catalogue;
    if (parameters === undefined || (catalogue.server?.version ?? 0) < parameters.since) return;
    if (catalogue.shared.has("parameter")) return;
    const made = (readingParameters ??= lane(home)
      .use(async (open) => parameters.read(await open.rows(parameters.sql)))
      .finally(() => (readingParameters = undefined)));
    const read = await made;
    // Who asked for them at the same time may have changed some since.
    if (!catalogue.shared.has("parameter")) catalogue.shared.set("parameter", read);
  }

  /** Reads the inside of a database; who asks while that is under way gets the same. */
  function inDatabase(name: string, catalogue: Catalog): Promise<DatabaseCatalog> {
    const found = reading.get(name);
    if (found !== undefined) return found;
    const made = lane(name)
      .use((open) => open.readDatabase(catalogue))
      .finally(() => {
        if (reading.get(name) === made) reading.delete(name);
      });
    reading.set(name, made);
    return made;
  }

  async function run(changes: readonly Change[]): Promise<void> {
    const runner = lane(placeOf(changes) ?? home);
    const work = leftBy(changes, runner).reduce<() => Promise<void>>(
      (inner, each) => () => each.without(inner),
      () => runner.run(changes),
    );
    // Who is dropped goes after what is taken from them in this run.
    await (changes.some(({ kind }) => kind === "dropRole") ? traffic.last(work, isStillHeld) : traffic.through(work));
  }

  /** The lanes, besides that of the changes, in which nobody may be while they are done. */
  function leftBy(changes: readonly Change[], runner: Lane): Lane[] {
    if (!changes.some(runsAlone)) return [];
    return changes.flatMap((change) => lanes.get(leftFor(change) ?? "") ?? []).filter((each) => each !== runner);
  }

  async function finish(
    members: readonly Member[],
    lines: readonly Line[],
    warnings: readonly Warning[],
  ): Promise<void> {
    const doubtful = new Set(warnings.flatMap(({ statement }) => lines[statement]?.owners ?? []));
    const catalogue = await server();
    const certain = members.filter((member) => !doubtful.has(member));
    const done = certain.flatMap(({ changes }) => changes);
    applyAll(catalogue, done);
    for (const member of certain) member.resolve();
    if (doubtful.size === 0) return;
    // The server did the rest of a statement and left something out: only a fresh look tells whose part that was.
    forget();
    const fresh = await model([...doubtful].flatMap(({ changes }) => changes.flatMap(partsOfChange)));
    for (const { statement, message } of warnings) {
      const line = lines[statement];
      for (const owner of line?.owners ?? []) {
        if (owner.changes.some((change) => isUndone(fresh, change))) owner.reject(warned(message, line?.shown ?? ""));
        else owner.resolve();
      }
    }
  }

  return { description: describe(connection), model, forget, run };
}

/** The database that changes have to run in; undefined where the connection's own will do. */
function placeOf(changes: readonly Change[]): string | undefined {
  let place: string | undefined;
  for (const change of changes) {
    const wanted = placeOfChange(change);
    if (wanted === undefined) continue;
    if (place !== undefined && place !== wanted)
      throw new Error(`changes of one unit are in one database, and not in ${wanted} too`);
    place = wanted;
  }
  return place === "" ? undefined : place;
}

/** The database in which nobody may be while a change is done, Roster neither. */
function leftFor(change: Change): string | undefined {
  if (change.kind === "dropDatabase") return change.name;
  return change.kind === "createDatabase" ? (change.options.template ?? "template1") : undefined;
}
