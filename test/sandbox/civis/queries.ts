import * as z from "zod";
import type { Answer, Call } from "../server.js";
import { Parameters, no, notFound, ok, paged } from "./answers.js";
import type { Platform } from "./platform.js";

/** What a statement came to in the database. */
export interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** Runs one statement in a database of the platform. Rejects with what the database says. */
export type Execute = (database: string, sql: string) => Promise<Rows>;

interface Query {
  readonly id: number;
  readonly runId: number;
  readonly database: number;
  readonly sql: string;
  readonly credential: number | null;
  readonly previewRows: number;
  readonly hidden: boolean;
  readonly createdAt: string;
  state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
  outcome: Rows;
  error: string | null;
  /** What only the run's log says. */
  log: string[];
  /** How often it was looked at while it was under way. */
  looks: number;
}

/** Switches of the sandbox of queries. */
export interface QueryOptions {
  /** Looks at a query before it is done. Default 1. */
  looks?: number;
  /** What a failure says stands in the run's log and not in the query. */
  silentFailures?: boolean;
}

const request = z.strictObject({
  database: z.int(),
  sql: z.string().min(1),
  credential: z.int().nullish(),
  hidden: z.boolean().optional(),
  interactive: z.boolean().optional(),
  // Mandatory, and at most 1000: there is no other page of rows.
  previewRows: z.int().min(0).max(1000),
  includeHeader: z.boolean().optional(),
  compression: z.string().optional(),
  columnDelimiter: z.string().optional(),
  unquoted: z.boolean().optional(),
  filenamePrefix: z.string().optional(),
});

/**
 * The queries of a platform. Where the specification does not say whether one query may hold several statements, the
 * sandbox refuses it, so that nothing comes to rest on it.
 */
export class Queries {
  readonly all: Query[] = [];
  readonly options: QueryOptions = {};

  constructor(
    private readonly platform: Platform,
    private readonly execute: Execute | undefined,
  ) {}

  /** Answers what is asked about queries, databases and credentials; undefined for every other path. */
  async answer(call: Call): Promise<Answer | undefined> {
    const { method, path } = call;
    const parts = path.split("/").filter((part) => part !== "");
    const [first, id, second, run, third] = parts;
    if (first === "databases" && method === "GET") return this.databases(id);
    if (first === "credentials" && method === "GET") return this.credentials(call, id);
    if (first !== "queries") return undefined;
    if (id === undefined) return method === "POST" ? this.post(call) : method === "GET" ? this.list(call) : undefined;
    const query = this.all.find((each) => String(each.id) === id);
    if (query === undefined) return notFound();
    if (second === undefined && method === "GET") return this.look(query);
    if (second !== "runs") return undefined;
    if (run === undefined) return method === "GET" ? paged([query], { limit: 20, number: 1 }, runOf) : undefined;
    if (run !== String(query.runId)) return notFound();
    if (third === "logs")
      return ok(
        query.log.map((message, index) => ({ id: index, createdAt: query.createdAt, message, level: "error" })),
      );
    if (method === "GET") return ok(runOf(query));
    if (method !== "DELETE") return undefined;
    if (query.state === "queued" || query.state === "running") query.state = "cancelled";
    return { status: 202 };
  }

  private databases(id: string | undefined): Answer {
    const shape = ({ id: of, name, adapter = "redshift" }: Platform["databases"][number]): unknown => ({
      id: of,
      name,
      adapter,
      clusterIdentifier: null,
      host: "warehouse.example",
      port: 5439,
      databaseName: "dev",
      managed: true,
    });
    if (id === undefined) return ok(this.platform.databases.map(shape));
    const found = this.platform.databases.find((each) => String(each.id) === id);
    return found === undefined ? notFound() : ok(shape(found));
  }

  private credentials({ query }: Call, id: string | undefined): Answer {
    const shape = ({ id: of, name, default: standard }: Platform["credentials"][number]): unknown => ({
      id: of,
      name,
      type: "Database",
      username: name,
      description: null,
      owner: "roster",
      user: { id: 1, name: "Roster", username: "roster", initials: "R", online: false },
      remoteHostId: 18,
      remoteHostName: "warehouse",
      state: null,
      createdAt: "2026-04-17T18:21:20.000Z",
      updatedAt: "2026-04-17T18:21:20.000Z",
      default: standard,
      oauth: false,
    });
    if (id !== undefined) {
      const found = this.platform.credentials.find((each) => String(each.id) === id);
      return found === undefined ? notFound() : ok(shape(found));
    }
    const parameters = new Parameters(query, ["type", "default", "limit", "page_num", "order", "order_dir", "name"]);
    const page = parameters.page({ standard: 1000, most: 1000 });
    const onlyDefault = parameters.flag("default", false);
    if (parameters.refusal !== undefined) return parameters.refusal;
    return paged(
      this.platform.credentials.filter((each) => !onlyDefault || each.default),
      page,
      shape,
    );
  }

  private async post({ body }: Call): Promise<Answer> {
    const parsed = request.safeParse(body);
    if (!parsed.success) return no(400, "invalid", z.prettifyError(parsed.error));
    const { database, sql, credential = null, previewRows, hidden = false } = parsed.data;
    const target = this.platform.databases.find(({ id }) => id === database);
    if (target === undefined) return notFound();
    if (credential !== null && !this.platform.credentials.some(({ id }) => id === credential)) return notFound();
    const number = this.all.length + 1;
    const query: Query = {
      id: 2500 + number,
      runId: 270 + number,
      database,
      sql,
      credential,
      previewRows,
      hidden,
      createdAt: new Date().toISOString(),
      state: "queued",
      outcome: { columns: [], rows: [] },
      error: null,
      log: [],
      looks: 0,
    };
    this.all.push(query);
    await this.runNow(query, target.name);
    return ok({
      ...detail({ ...query, state: "queued", outcome: { columns: [], rows: [] }, error: null }),
      ...POSTED,
      hidden,
      previewRows,
    });
  }

  /** The statement takes effect at once; that it is done shows after some looks. */
  private async runNow(query: Query, database: string): Promise<void> {
    try {
      if (query.credential === null) throw new Error("no credential for this database");
      if (this.execute === undefined) throw new Error("this sandbox has no database");
      query.outcome = await this.execute(database, query.sql);
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      query.log.push(said);
      query.error = this.options.silentFailures === true ? null : said;
      query.outcome = { columns: [], rows: [] };
    }
  }

  private look(query: Query): Answer {
    query.looks += 1;
    const { looks = 1 } = this.options;
    if (query.state === "queued" || query.state === "running") {
      if (query.looks <= looks) query.state = "running";
      else query.state = query.log.length > 0 ? "failed" : "succeeded";
    }
    return ok(detail(query));
  }

  private list({ query }: Call): Answer {
    const parameters = new Parameters(query, [
      "query",
      "database_id",
      "credential_id",
      "author_id",
      "created_before",
      "created_after",
      "started_before",
      "started_after",
      "state",
      "exclude_results",
      "hidden",
      "archived",
      "limit",
      "page_num",
      "order",
      "order_dir",
    ]);
    const page = parameters.page({ standard: 20, most: 50 });
    const hidden = parameters.flag("hidden", false);
    const database = parameters.number("database_id");
    const after = parameters.text("created_after");
    if (parameters.refusal !== undefined) return parameters.refusal;
    const found = this.all
      .filter((each) => each.hidden === hidden && (database === undefined || each.database === database))
      .filter((each) => after === undefined || each.createdAt >= new Date(after).toISOString())
      .reverse();
    return paged(found, page, (each) => {
      const { name: _name, author: _author, hidden: _hidden, ...summary } = detail(each);
      return { ...summary, previewRows: each.previewRows };
    });
  }
}

const POSTED = {
  myPermissionLevel: "manage",
  interactive: false,
  includeHeader: true,
  compression: "gzip",
  columnDelimiter: "comma",
  unquoted: null,
  filenamePrefix: null,
};

function detail(query: Query): Record<string, unknown> {
  const done = query.state === "succeeded";
  return {
    id: query.id,
    database: query.database,
    sql: query.sql,
    credential: query.credential,
    // A preview: what is beyond it is gone without a sign.
    resultRows: done ? query.outcome.rows.slice(0, query.previewRows).map((row) => row.map(shownValue)) : [],
    resultColumns: done ? query.outcome.columns : [],
    error: query.state === "failed" ? query.error : null,
    startedAt: null,
    finishedAt: null,
    state: query.state,
    scriptId: null,
    exception: null,
    createdAt: query.createdAt,
    updatedAt: query.createdAt,
    lastRunId: query.runId,
    hidden: query.hidden,
    archived: false,
    name: `Query #${String(query.id)}`,
    author: { id: 1, name: "Roster", username: "roster", initials: "R", online: false },
    reportId: null,
  };
}

/** The specification says texts; its examples have numbers, and the vendor's client expects null. */
function shownValue(value: unknown): unknown {
  if (value === null || value === undefined) return null;
  return typeof value === "number" ? value : typeof value === "string" ? value : JSON.stringify(value);
}

function runOf(query: Query): Record<string, unknown> {
  return {
    id: query.runId,
    queryId: query.id,
    state: query.state,
    isCancelRequested: query.state === "cancelled",
    createdAt: query.createdAt,
    startedAt: null,
    finishedAt: null,
    error: query.error,
  };
}
