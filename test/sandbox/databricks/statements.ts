import type { DuckDBConnection } from "@duckdb/node-api";
import type { Answer, Call } from "../server.js";
import { catalogName, translate, typeName, untranslated, written, type Parameter } from "./dialect.js";
import { Refused } from "./metastore.js";
import { INFORMATION_SCHEMA, declaredObjects, type AppendOnly } from "./objects.js";
import { QueryHistory } from "./queryHistory.js";
import { SYSTEM_TABLES } from "./systemTables.js";

/*
 * A SQL warehouse: the Statement Execution API, with DuckDB behind it. Strict about requests; statements themselves are
 * what DuckDB makes of them.
 */

/** How the warehouse behaves. */
export interface Warehouse {
  readonly id: string;
  readonly name: string;
  state: "RUNNING" | "STOPPED" | "STARTING";
  /** A stopped warehouse starts when it is asked for something, unless this is false. */
  startsItself: boolean;
  /** So often a statement is told to be pending, or running, before it is done. */
  pendingPolls: number;
  /** Rows in a chunk of a result. */
  chunkRows: number;
}

interface Executed {
  state: "PENDING" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELED";
  pollsLeft: number;
  readonly work: () => Promise<void>;
  error?: { readonly error_code: string; readonly message: string; readonly sql_state: string };
  columns: {
    readonly name: string;
    readonly type_name: string;
    readonly type_text: string;
    readonly position: number;
  }[];
  rows: (string | null)[][];
  truncated: boolean;
}

const FIELDS = new Set(
  "statement warehouse_id parameters catalog schema row_limit byte_limit disposition format wait_timeout on_wait_timeout query_tags".split(
    " ",
  ),
);
/** Results that are larger are not given in line: https://docs.databricks.com/api/workspace/statementexecution. */
const LARGEST_RESULT = 25 * 1024 * 1024;

/** The statements of one workspace. */
export class Statements {
  readonly warehouse: Warehouse = {
    id: "a1b2c3d4e5f60718",
    name: "Starter",
    state: "RUNNING",
    startsItself: true,
    pendingPolls: 0,
    chunkRows: 1000,
  };
  /** What others run. */
  readonly history = new QueryHistory();
  /** Looks at each statement before it runs; what it throws is what the statement fails with. */
  before: (sql: string) => void = () => undefined;
  private readonly catalogs = new Set<string>();
  private readonly appendOnly: AppendOnly = new Set();
  private readonly executed = new Map<string, Executed>();
  private opened: Promise<DuckDBConnection> | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  private count = 0;

  /** Runs statements by hand, as somebody does in an editor: catalogs are made as they are named. */
  async run(sql: string): Promise<void> {
    const connection = await this.database();
    await connection.run(translate(sql, this.catalogs, []));
  }

  /** What a query gives, not by way of the API. */
  async read(sql: string): Promise<{ readonly rows: readonly (readonly unknown[])[] }> {
    const connection = await this.database();
    const reader = await connection.runAndReadAll(translate(sql, this.catalogs, []));
    return { rows: reader.getRowsJson() };
  }

  /** Makes a catalog for tables. */
  async createCatalog(name: string): Promise<void> {
    await this.attach(await this.database(), name);
  }

  async close(): Promise<void> {
    (await this.opened)?.closeSync();
  }

  private database(): Promise<DuckDBConnection> {
    this.opened ??= (async () => {
      const { DuckDBInstance } = await import("@duckdb/node-api");
      const connection = await (await DuckDBInstance.create(":memory:")).connect();
      await connection.run("SET TimeZone = 'UTC'");
      await this.attach(connection, "system");
      await connection.run(SYSTEM_TABLES.replaceAll("{system}", catalogName("system")));
      await connection.run(INFORMATION_SCHEMA);
      return connection;
    })();
    return this.opened;
  }

  private async attach(connection: DuckDBConnection, name: string): Promise<void> {
    if (this.catalogs.has(name.toLowerCase())) return;
    await connection.run(`ATTACH ':memory:' AS "${catalogName(name)}"`);
    this.catalogs.add(name.toLowerCase());
  }

  /** `path` is what follows `/api/2.0/sql/`. */
  async answer(call: Call, path: string): Promise<Answer> {
    const [what, id, more, ...rest] = path.split("/");
    const { method } = call;
    if (what === "warehouses" && method === "GET" && id !== undefined) return ok(this.warehouseOf(id));
    if (what === "history" && id === "queries" && method === "GET") return ok(this.history.answer(call));
    if (what === "statements" && method === "POST" && more === "cancel" && this.history.cancel(id ?? "")) return ok({});
    if (what !== "statements")
      throw new Refused(404, "ENDPOINT_NOT_FOUND", `No API found for '${method} ${call.path}'`);
    if (method === "POST" && id === undefined) return ok(await this.submit(call.body));
    const found = this.executed.get(id ?? "");
    if (found === undefined) throw new Refused(404, "NOT_FOUND", `The statement ${String(id)} was not found.`);
    if (method === "POST" && more === "cancel") {
      if (found.state === "PENDING" || found.state === "RUNNING") found.state = "CANCELED";
      return ok({});
    }
    if (method === "GET" && more === "result") return ok(this.chunk(found, id ?? "", Number(rest[1])));
    await this.proceed(found);
    return ok(this.shown(found, id ?? ""));
  }

  private warehouseOf(id: string): unknown {
    const { warehouse } = this;
    if (id !== warehouse.id) throw new Refused(404, "RESOURCE_DOES_NOT_EXIST", `SQL warehouse ${id} does not exist.`);
    return { id, name: warehouse.name, state: warehouse.state };
  }

  private async submit(body: unknown): Promise<unknown> {
    const request = checked(body);
    this.warehouseOf(request.warehouse_id);
    this.count += 1;
    const id = `01f0-${String(this.count).padStart(12, "0")}`;
    const executed: Executed = {
      state: "PENDING",
      pollsLeft: this.warehouse.pendingPolls,
      work: () => this.execute(executed, request),
      columns: [],
      rows: [],
      truncated: false,
    };
    this.executed.set(id, executed);
    await this.proceed(executed);
    return this.shown(executed, id);
  }

  /** One step further, as time passes. */
  private async proceed(executed: Executed): Promise<void> {
    if (executed.state !== "PENDING" && executed.state !== "RUNNING") return;
    if (this.warehouse.state === "STOPPED" && this.warehouse.startsItself) this.warehouse.state = "STARTING";
    if (executed.pollsLeft > 0 || this.warehouse.state === "STOPPED") {
      executed.pollsLeft -= 1;
      if (this.warehouse.state === "RUNNING") executed.state = "RUNNING";
      return;
    }
    this.warehouse.state = "RUNNING";
    // One connection runs one statement at a time.
    this.turn = this.turn.then(executed.work);
    await this.turn;
  }

  private async execute(executed: Executed, request: Request): Promise<void> {
    try {
      const connection = await this.database();
      const { parameters = [], catalog, schema } = request;
      this.before(request.statement);
      const texts = declaredObjects(request.statement, this.catalogs, this.appendOnly);
      const [sql = "", ...more] = texts.map((text) => translate(text, this.catalogs, parameters));
      const where = catalog === undefined ? [] : [`${catalogName(catalog)}.${schema ?? "main"}`];
      await connection.run(`SET search_path = '${[...where, "memory.main"].join(",")}'`);
      const used = parameters.filter(({ name }) => sql.includes(`$${name}`));
      const values = Object.fromEntries(used.map(({ name, value }) => [name, value ?? null]));
      const reader = await connection.runAndReadAll(sql, values);
      const types = reader.columnTypes().map((type) => typeName(String(type)));
      const all = reader.getRowsJson() as unknown[][];
      const kept = all.slice(0, request.row_limit ?? all.length);
      executed.columns = reader.columnNames().map((name, position) => ({
        name,
        position,
        type_name: types[position] ?? "",
        type_text: types[position] ?? "",
      }));
      executed.rows = kept.map((row) => row.map((value, index) => written(value, types[index] ?? "")));
      executed.truncated = kept.length < all.length;
      for (const text of more) await connection.run(text);
      if (JSON.stringify(executed.rows).length > LARGEST_RESULT) {
        throw new Refused(
          400,
          "RESULT_TOO_LARGE",
          "Inline byte limit exceeded: results with INLINE disposition are at most 25 MiB.",
        );
      }
      executed.state = "SUCCEEDED";
    } catch (error) {
      executed.state = "FAILED";
      const message = untranslated((error as Error).message);
      const code = error instanceof Refused ? error.code : "BAD_REQUEST";
      executed.error = { error_code: code, message, sql_state: message.includes("Catalog Error") ? "42P01" : "42000" };
    }
  }

  private shown(executed: Executed, id: string): unknown {
    const { state, error, columns, rows, truncated } = executed;
    const status = {
      state,
      ...(error === undefined
        ? {}
        : { error: { error_code: error.error_code, message: error.message }, sql_state: error.sql_state }),
    };
    if (state !== "SUCCEEDED") return { statement_id: id, status };
    const size = this.warehouse.chunkRows;
    return {
      statement_id: id,
      status,
      manifest: {
        format: "JSON_ARRAY",
        schema: { column_count: columns.length, columns },
        total_chunk_count: Math.max(1, Math.ceil(rows.length / size)),
        total_row_count: rows.length,
        truncated,
      },
      result: this.chunk(executed, id, 0),
    };
  }

  private chunk({ rows, state }: Executed, id: string, index: number): unknown {
    const size = this.warehouse.chunkRows;
    const start = index * size;
    if (state !== "SUCCEEDED" || !(start === 0 || start < rows.length)) {
      throw new Refused(400, "INVALID_PARAMETER_VALUE", `there is no chunk ${String(index)}`);
    }
    const part = rows.slice(start, start + size);
    const next = start + size < rows.length ? index + 1 : undefined;
    const path = `/api/2.0/sql/statements/${id}/result/chunks/${String(next)}`;
    return {
      chunk_index: index,
      row_offset: start,
      row_count: part.length,
      data_array: part,
      ...(next === undefined ? {} : { next_chunk_index: next, next_chunk_internal_link: path }),
    };
  }
}

interface Request {
  readonly statement: string;
  readonly warehouse_id: string;
  readonly parameters?: readonly Parameter[];
  readonly catalog?: string;
  readonly schema?: string;
  readonly row_limit?: number;
}

function checked(body: unknown): Request {
  const given = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const refuse = (message: string): never => {
    throw new Refused(400, "INVALID_PARAMETER_VALUE", message);
  };
  const strange = Object.keys(given).filter((field) => !FIELDS.has(field));
  if (strange.length > 0) refuse(`unknown fields ${strange.join(", ")}`);
  if (typeof given["statement"] !== "string" || typeof given["warehouse_id"] !== "string") {
    refuse("statement and warehouse_id are required");
  }
  const wait = /^(\d+)s$/.exec(JSON.stringify(given["wait_timeout"] ?? "10s").slice(1, -1))?.[1];
  if (wait === undefined || (Number(wait) !== 0 && (Number(wait) < 5 || Number(wait) > 50))) {
    refuse("wait_timeout must be 0s, or from 5s to 50s");
  }
  if ((given["disposition"] ?? "INLINE") !== "INLINE" || (given["format"] ?? "JSON_ARRAY") !== "JSON_ARRAY") {
    refuse("the sandbox gives results in line, as JSON_ARRAY");
  }
  const parameters = given["parameters"] ?? [];
  const fits = (each: unknown): boolean => {
    const { name, value, type, ...more } = each as Record<string, unknown>;
    const texts = [name, value ?? "", type ?? ""].every((text) => typeof text === "string");
    return texts && Object.keys(more).length === 0;
  };
  if (!Array.isArray(parameters) || !parameters.every(fits)) refuse("parameters have a name, a value and a type");
  return given as unknown as Request;
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}
