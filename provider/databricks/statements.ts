import { setTimeout as byTheClock } from "node:timers/promises";
import * as z from "zod";
import { RosterError } from "../core/errors.js";
import type { Http } from "../core/http.js";
import { segment } from "../core/httpRequest.js";
import { statementParameters, type ParameterValue } from "./parameters.js";
import { recordOf, type Column, type Row } from "./rows.js";
import type { Pause } from "./settle.js";

const PATH = "/api/2.0/sql/statements";
/** How long the first request waits for the result; from 5 to 50 seconds, or not at all. */
const FIRST_WAIT = "30s";
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5000;
const STANDARD_TIMEOUT_SECONDS = 600;

/** A statement and how it is to run. */
export interface Statement {
  readonly sql: string;
  /** The id of the SQL warehouse. */
  readonly warehouse: string;
  /** By name, without the colon. */
  readonly parameters?: Readonly<Record<string, ParameterValue>> | undefined;
  readonly catalog?: string | undefined;
  readonly schema?: string | undefined;
  /** Rows at most; what is more is an error unless `truncate` says otherwise. */
  readonly maxRows?: number | undefined;
  /** Takes the first `maxRows` rows and leaves the rest. */
  readonly truncate?: boolean | undefined;
  /** Seconds until the statement is cancelled. */
  readonly timeout?: number | undefined;
  /** Doing it twice is like doing it once, so it is sent again where no answer comes. */
  readonly repeatable?: boolean | undefined;
}

/** What a statement gave. */
export interface StatementResult {
  readonly statementId: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Whether rows were left out because of `maxRows`. */
  readonly truncated: boolean;
}

/** What runs statements. */
export interface StatementRunner {
  /** Runs a statement, on the connection's warehouse unless it names one. */
  run(statement: Omit<Statement, "warehouse"> & { readonly warehouse?: string | undefined }): Promise<StatementResult>;
}

const chunk = z.object({
  data_array: z.array(z.array(z.string().nullable())).nullish(),
  next_chunk_index: z.number().nullish(),
});
const response = z.object({
  statement_id: z.string(),
  status: z.object({
    state: z.string(),
    sql_state: z.string().nullish(),
    error: z.object({ error_code: z.string().nullish(), message: z.string().nullish() }).nullish(),
  }),
  manifest: z
    .object({
      schema: z
        .object({
          columns: z
            .array(z.object({ name: z.string(), type_name: z.string().nullish(), type_text: z.string().nullish() }))
            .nullish(),
        })
        .nullish(),
      truncated: z.boolean().nullish(),
    })
    .nullish(),
  result: chunk.nullish(),
});
type Response = z.output<typeof response>;

/**
 * Runs a statement on a SQL warehouse and reads all of its result
 * (https://docs.databricks.com/api/workspace/statementexecution). Throws a RosterError where the statement fails, also
 * where that comes as an answer with status 200, and where it takes longer than it may: then it is cancelled.
 */
export async function runStatement(
  http: Http,
  statement: Statement,
  pause: Pause = byTheClock,
): Promise<StatementResult> {
  const { timeout = STANDARD_TIMEOUT_SECONDS } = statement;
  const begun = Date.now();
  let answer = await http.read(submission(statement), response);
  let wait = FIRST_PAUSE_MS;
  for (let waited = 0; answer.status.state === "PENDING" || answer.status.state === "RUNNING";) {
    if (Math.max(waited, Date.now() - begun) >= timeout * 1000) throw await overdue(http, statement, answer, timeout);
    await pause(wait);
    waited += wait;
    wait = Math.min(2 * wait, LONGEST_PAUSE_MS);
    answer = await http.read({ method: "GET", path: `${PATH}/${segment(answer.statement_id)}` }, response);
  }
  if (answer.status.state !== "SUCCEEDED") throw failed(http, statement, answer);
  return resultOf(http, statement, answer);
}

function submission(statement: Statement): Parameters<Http["read"]>[0] {
  const { sql, warehouse, parameters, catalog, schema, maxRows, repeatable } = statement;
  return {
    method: "POST",
    path: PATH,
    body: {
      statement: sql,
      warehouse_id: warehouse,
      wait_timeout: FIRST_WAIT,
      on_wait_timeout: "CONTINUE",
      disposition: "INLINE",
      format: "JSON_ARRAY",
      ...(parameters === undefined ? {} : { parameters: statementParameters(parameters) }),
      ...(catalog === undefined ? {} : { catalog }),
      ...(schema === undefined ? {} : { schema }),
      ...(maxRows === undefined ? {} : { row_limit: maxRows }),
    },
    repeatable: repeatable ?? isRead(sql),
    shown: shown(sql),
  };
}

/** Whether a statement only reads, as far as its first word tells. */
function isRead(sql: string): boolean {
  return /^\s*(SELECT|SHOW|DESCRIBE)\b/i.test(sql);
}

/** The statement as messages show it: without the values of its parameters. */
function shown(sql: string): string {
  const line = sql.trim().replace(/\s+/g, " ");
  return line.length > 300 ? `${line.slice(0, 300)}...` : line;
}

async function resultOf(http: Http, statement: Statement, answer: Response): Promise<StatementResult> {
  const columns = (answer.manifest?.schema?.columns ?? []).map(({ name, type_name: type }): Column => ({
    name,
    type: type ?? "STRING",
  }));
  const truncated = answer.manifest?.truncated === true;
  if (truncated && statement.truncate !== true) {
    throw new RosterError(`a result has more than the ${String(statement.maxRows)} rows that were asked for`, {
      tried: shown(statement.sql),
      remedy: "Ask for more rows, or say truncate: true where the first ones are enough.",
    });
  }
  const rows: Row[] = [];
  let part: z.output<typeof chunk> = answer.result ?? {};
  for (;;) {
    for (const values of part.data_array ?? []) rows.push(recordOf(columns, values));
    const next = part.next_chunk_index;
    if (next === undefined || next === null) break;
    const path = `${PATH}/${segment(answer.statement_id)}/result/chunks/${String(next)}`;
    part = await http.read({ method: "GET", path }, chunk);
  }
  return { statementId: answer.statement_id, columns, rows, truncated };
}

function failed(http: Http, { sql }: Statement, { status, statement_id: id }: Response): RosterError {
  const { state, error, sql_state: sqlState } = status;
  const code = error?.error_code ?? undefined;
  const headlines: Record<string, string> = {
    FAILED: "a SQL statement failed",
    CANCELED: "a SQL statement was cancelled",
    CLOSED: "the result of a SQL statement is not there any more",
  };
  return new RosterError(`${headlines[state] ?? `a SQL statement ended as ${state}`} on ${http.description}`, {
    tried: shown(sql),
    said: [code, sqlState, error?.message].filter((part) => part !== undefined && part !== null).join(": ") || state,
    remedy: remedyFor(error?.message ?? "", id),
    code: sqlState ?? code,
  });
}

function remedyFor(message: string, id: string): string {
  if (/25 ?MiB|result.{0,20}too large|INLINE/i.test(message)) {
    return "Results of more than 25 MiB are not given this way: select fewer columns, or group or limit the rows.";
  }
  return `Databricks keeps the statement as ${id} in the history of the warehouse.`;
}

/** Cancels what takes too long, and says what the warehouse is doing: a stopped one has to start first. */
async function overdue(
  http: Http,
  { sql, warehouse }: Statement,
  answer: Response,
  timeout: number,
): Promise<RosterError> {
  const id = segment(answer.statement_id);
  const cancelled = await http
    .send({ method: "POST", path: `${PATH}/${id}/cancel`, body: {}, repeatable: true })
    .then(() => "it was cancelled")
    .catch(() => "it could not be cancelled");
  const state = await stateOf(http, warehouse);
  return new RosterError(`a SQL statement took longer than ${String(timeout)} seconds; ${cancelled}`, {
    tried: shown(sql),
    said: `the statement is ${answer.status.state}, the warehouse ${state}`,
    remedy:
      answer.status.state === "PENDING"
        ? "A warehouse that is stopped starts by itself and takes minutes, where it may: start it, or give the statement a longer timeout."
        : "Give the statement a longer timeout, or the warehouse more to work with.",
  });
}

const warehouseInfo = z.object({ name: z.string().nullish(), state: z.string().nullish() });

async function stateOf(http: Http, warehouse: string): Promise<string> {
  try {
    const path = `/api/2.0/sql/warehouses/${segment(warehouse)}`;
    const { name, state } = await http.read({ method: "GET", path }, warehouseInfo);
    return `${JSON.stringify(name ?? warehouse)} is ${state ?? "in an unknown state"}`;
  } catch (error) {
    return `${JSON.stringify(warehouse)} cannot be asked (${String(error)})`;
  }
}
