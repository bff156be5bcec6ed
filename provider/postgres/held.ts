import type { Connection } from "../core/connections.js";
import { RosterError } from "../core/errors.js";
import type { Member } from "./batch.js";
import type { Catalog } from "./catalog.js";
import type { Change } from "./changes.js";
import { toDatabase, type Client } from "./client.js";
import { isThroughCivis } from "./dial.js";
import type { Dialect, HoldingsReader } from "./dialect.js";
import type { PostgresSettings } from "./settings.js";

/** The code of the error for a drop that something is in the way of, which others may be about to take away. */
const STILL_HELD = "STILL_HELD";

/** Whether a drop was refused for what is held. */
export function isStillHeld(error: unknown): boolean {
  return error instanceof RosterError && error.details.code === STILL_HELD;
}

/** Where databases themselves are. */
const EVERYWHERE = "";

/** What roles own and hold: by role, then by database, in words. */
type Held = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/** Where to look. */
export interface Where {
  readonly dialect: Dialect;
  readonly connection: Connection<PostgresSettings>;
  readonly dial: (connection: Connection<PostgresSettings>) => Promise<Client>;
  /** Does something with the connection that is open. */
  use<T>(work: (client: Client) => Promise<T>): Promise<T>;
  readonly catalog: Catalog;
}

/** Why members cannot be run: they drop whoever owns or holds something where that would be left without an owner. */
export async function hindrances(members: readonly Member[], where: Where): Promise<Map<Member, RosterError>> {
  const { dialect } = where;
  const found = new Map<Member, RosterError>();
  if (dialect.holdings === undefined) return found;
  const dropped = members.flatMap(({ changes }) => changes.flatMap(droppedBy));
  if (dropped.length === 0) return found;
  const held = await heldBy(dialect.holdings, dropped, where);
  for (const member of members) {
    const error = stillHeld(member.changes.flatMap(droppedBy), held);
    if (error !== undefined) found.set(member, error);
  }
  return found;
}

function droppedBy(change: Change): string[] {
  return change.kind === "dropRole" ? [...change.names] : [];
}

/** Looks in every database of the server, one after the other. */
async function heldBy(reader: HoldingsReader, names: readonly string[], where: Where): Promise<Held> {
  const { connection, dial, catalog } = where;
  const held = new Map<string, Map<string, string[]>>();
  const sql = reader.sql(names, catalog);
  const here = connection.settings.database.value ?? "";
  // Civis Platform has names of its own for databases, and may not know all of them.
  const others = isThroughCivis(connection) ? [] : catalog.databases.keys();
  for (const database of new Set([here, ...others])) {
    const rows = await (database === here
      ? where.use((client) => client.rows(sql))
      : rowsIn(await dial(toDatabase(connection, database)), sql));
    for (const { name, what, everywhere } of reader.read(rows)) {
      const places = held.get(name) ?? new Map<string, string[]>();
      const place = everywhere ? EVERYWHERE : database;
      held.set(name, places.set(place, [...new Set([...(places.get(place) ?? []), what])]));
    }
  }
  return held;
}

async function rowsIn(client: Client, sql: string): Promise<unknown[][]> {
  return client.rows(sql).finally(() => client.close());
}

/** The error for dropping somebody who owns or holds something, with all of it. */
function stillHeld(names: readonly string[], held: Held): RosterError | undefined {
  const name = names.find((each) => held.has(each));
  if (name === undefined) return undefined;
  const places = [...(held.get(name) ?? [])].map(
    ([database, what]) =>
      `${database === EVERYWHERE ? "in the cluster" : `in database ${database}`}: ${what.join(", ")}`,
  );
  return new RosterError(`${JSON.stringify(name)} owns or holds something, and is not dropped`, {
    code: STILL_HELD,
    said: places.join("\n"),
    remedy:
      "What this run takes back was waited for; this is left. Take it back and give it away, in each of these databases " +
      "(there is no REASSIGN OWNED or DROP OWNED here, and what a dropped user owns in another database has no owner any " +
      'more), or give the resource onRemove: "disable" or "keep". Where another resource of the program gives it, name the ' +
      "user or group there by its resource (grantee: ana.name): Pulumi then removes that one before.",
  });
}
