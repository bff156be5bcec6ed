import type { ParameterValue } from "../../provider/databricks/parameters.js";
import type { Column, Row, Value } from "../../provider/databricks/rows.js";
import type { KeysOf } from "../core/knownKeys.js";
import { readWith } from "../core/source.js";
import type { Connection } from "./connection.js";

export type { Column, ParameterValue, Row, Value };

/** How a statement is to run. */
export interface QueryOptions {
  /** Values for the markers of the statement (`:name`), by name. They are never part of the SQL text. */
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
  /** The id of the SQL warehouse. Default: the connection's (DATABRICKS_WAREHOUSE_ID). */
  readonly warehouse?: string;
  /** The catalog of names without one. Default: the workspace's. */
  readonly catalog?: string;
  /** The schema of names without one. Default: `default`. */
  readonly schema?: string;
  /** Rows at most; more are an error unless `truncate` is true. Default: all, up to Databricks' own 25 MiB. */
  readonly maxRows?: number;
  /** Takes the first `maxRows` rows and leaves the rest. Default false. */
  readonly truncate?: boolean;
  /** Seconds until the statement is cancelled, with the time that a stopped warehouse takes to start. Default 600. */
  readonly timeout?: number;
  /**
   * Doing it twice is like doing it once: it is sent again where no answer came. Default: true for SELECT, SHOW and
   * DESCRIBE; else false.
   */
  readonly repeatable?: boolean;
  /** The workspace. Default: the connection "databricks" (DATABRICKS_HOST, DATABRICKS_TOKEN, ...). */
  readonly connection?: Connection;
}

/** What a statement gave. */
export interface QueryResult {
  /** Under which Databricks keeps the statement in its history. */
  readonly statementId: string;
  /** The columns in their order. */
  readonly columns: readonly Column[];
  /** The rows by column. */
  readonly rows: readonly Row[];
  /** Whether rows were left out because of `maxRows`. */
  readonly truncated: boolean;
}

const KEYS: KeysOf<QueryOptions> = {
  parameters: true,
  warehouse: true,
  catalog: true,
  schema: true,
  maxRows: true,
  truncate: true,
  timeout: true,
  repeatable: true,
  connection: true,
};

/**
 * Runs a SQL statement on a warehouse and gives all rows of its result. It runs when the program does: in a preview
 * too, so it is for reading.
 *
 * Rejects where the statement fails, with what Databricks says and without the values of parameters; where it takes
 * longer than `timeout` (it is cancelled, and the error says what the warehouse is doing); and where the result is not
 * whole.
 *
 * Source: https://docs.databricks.com/api/workspace/statementexecution.
 *
 * @example
 * const { rows } = await databricks.query("SELECT email FROM main.hr.people WHERE unit = :unit AND start <= :day", {
 *   parameters: { unit: "marketing", day: { value: "2027-01-31", type: "DATE" } },
 * });
 * const people = rows.map(({ email }) => String(email));
 */
export function query(sql: string, options: QueryOptions = {}): Promise<QueryResult> {
  return readWith("databricks.query", options, KEYS, async ({ connection, ...options }, sources) => {
    const { openSource } = await import("../../provider/databricks/read.js");
    return openSource(connection, sources).run({ sql, ...options });
  });
}
