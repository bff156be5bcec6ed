import type { Connection, SettingSources } from "../core/connections.js";
import { requiredSetting } from "../core/settingValues.js";
import { sourceConnection } from "../core/sources.js";
import { completed } from "./address.js";
import { openClient } from "./client.js";
import { reviewRow, recordReviews, type Reviewed } from "./ledger/reviews.js";
import { openStore } from "./ledger/store.js";
import { connections, type DatabricksSettings } from "./settings.js";
import type { Pause } from "./settle.js";
import { runStatement, type StatementRunner } from "./statements.js";

export type { Reviewed } from "./ledger/reviews.js";
export type { ParameterValue } from "./parameters.js";
export type { Column, Row, Value } from "./rows.js";
export type { StatementResult, StatementRunner } from "./statements.js";

/** Opens the connection of a source that a program reads. Throws a RosterError where a setting is missing. */
export function openSource(connection: unknown, sources: SettingSources, pause?: Pause): StatementRunner {
  return openStatements(sourceConnection(connections, connection, sources), pause);
}

/** Seconds for the question who runs this: a check that nothing else waits for. */
const WHO_TIMEOUT = "20";

/** By which names Databricks knows who runs this, in lower case; undefined where that cannot be told. */
export async function whoRunsThis(
  connection: unknown,
  sources: SettingSources,
): Promise<ReadonlySet<string> | undefined> {
  try {
    const { settings, ...rest } = sourceConnection(connections, connection, sources);
    const overallTimeout = { value: WHO_TIMEOUT, source: "the check who runs this" };
    const { account } = await openClient({ ...rest, settings: { ...settings, overallTimeout } }).identify();
    return account?.names;
  } catch {
    return undefined;
  }
}

/** Opens a connection for statements; nothing is sent yet. */
export function openStatements(connection: Connection<DatabricksSettings>, pause?: Pause): StatementRunner {
  const { http } = openClient(connection);
  return {
    async run(statement) {
      const warehouse = statement.warehouse ?? requiredSetting(connections, completed(connection), "warehouse");
      return runStatement(http, { ...statement, warehouse }, pause);
    },
  };
}

/** Somebody's privileges on a securable, given there and not inherited. */
export interface Granted {
  /** As the service writes it. */
  readonly principal: string;
  /** As Unity Catalog names them: `SELECT`. */
  readonly privileges: readonly string[];
}

/** Reads who has what on securables; undefined for one that is not there. */
export async function readGrants(
  connection: unknown,
  sources: SettingSources,
  securables: readonly string[],
): Promise<ReadonlyMap<string, readonly Granted[] | undefined>> {
  const client = openClient(sourceConnection(connections, connection, sources));
  const { edition } = await client.identify();
  const read = securables.map(async (securable) => {
    const found = await client.read(securable, edition);
    const granted =
      found && [...found.values()].map(({ principal, privileges }) => ({ principal, privileges: [...privileges] }));
    return [securable, granted] as const;
  });
  return new Map(await Promise.all(read));
}

/** Writes into a ledger (`main.data_products`) what reviewers decided; once more is as once. */
export async function writeReviews(
  connection: unknown,
  sources: SettingSources,
  ledger: string,
  reviewed: readonly Reviewed[],
): Promise<void> {
  await openStore(openSource(connection, sources), ledger).merge(recordReviews, reviewed.map(reviewRow));
}
