import { randomUUID } from "node:crypto";
import { setTimeout as byTheClock } from "node:timers/promises";
import * as z from "zod";
import type { Connection } from "../core/connections.js";
import { CONNECTION_LOST, RosterError, asRosterError, someOf } from "../core/errors.js";
import type { Http, Refusal } from "../core/http.js";
import { httpSettings, openConnection } from "../core/httpConnection.js";
import { statusOf, type Explanation } from "../core/httpErrors.js";
import { SECONDS, numberSetting, requiredSetting } from "../core/settingValues.js";
import { staticToken } from "../core/tokens.js";
import type { Catalog } from "./catalog.js";
import { NO_PASSWORDS, refusalOf } from "./civisErrors.js";
import { pageOf, rowsOfPage, splitQueries } from "./civisRows.js";
import type { Client } from "./client.js";
import type { DatabaseCatalog } from "./databaseCatalog.js";
import type { Dialect } from "./dialect.js";
import type { ScriptOutcome } from "./script.js";
import { connections, type PostgresSettings } from "./settings.js";

/** The most rows that a query of Platform keeps; there is no other page of them. */
const ROWS = 1000;
/** Queries at once. */
const AT_ONCE = 4;
/** A result that changes while its pages are read is read again this often. */
const READS = 3;
/** How often a query is looked for whose POST was not answered. */
const SEARCHES = 3;
/** Each look at a query waits longer than the one before, up to this, as the vendor's own client does. */
const SLOWER = 1.2;
const LONGEST_WAIT_MS = 15_000;

const query = z.object({
  id: z.int(),
  state: z.string(),
  error: z.string().nullish(),
  lastRunId: z.int().nullish(),
  resultColumns: z.array(z.string()).nullish(),
  resultRows: z.array(z.array(z.unknown())).nullish(),
});
type Query = z.output<typeof query>;

const listed = z.array(z.object({ id: z.int(), sql: z.string().nullish() }));
const named = z.array(z.object({ id: z.int(), name: z.string() }));
const log = z.array(z.object({ message: z.string() }));

/** How to wait, in milliseconds. */
type Pause = (milliseconds: number) => Promise<unknown>;

/**
 * Connects to a database through Civis Platform, for teams without credentials of their own: each statement is a query
 * of Platform. There is no transaction over several statements, no session, and no word of warnings.
 */
export async function connectThroughCivis(
  connection: Connection<PostgresSettings>,
  dialect: Dialect,
  pause: Pause = byTheClock,
): Promise<Client> {
  const http = openHttp(connection);
  const [database, credential] = await Promise.all([databaseId(http, connection), credentialId(http, connection)]);
  const limits = {
    statement: seconds(connection, "statementTimeout") || Infinity,
    polling: seconds(connection, "civisPolling"),
  };
  return new CivisQueries(http, dialect, { database, credential }, limits, pause);
}

function seconds(connection: Connection<PostgresSettings>, name: "statementTimeout" | "civisPolling"): number {
  return numberSetting(connections, connection, name, SECONDS) * 1000;
}

/** The settings of HTTP, under the names that they have beside those of a database. */
function openHttp(connection: Connection<PostgresSettings>): Http {
  const key = requiredSetting(connections, connection, "civisApiKey");
  const { civisUrl, civisApiKey, connectTimeout } = connection.settings;
  const usual = Object.entries(httpSettings).map(([name, how]) => [
    name,
    { value: "default" in how ? how.default : undefined, source: "the default" },
  ]);
  const settings = { ...(Object.fromEntries(usual) as object), url: civisUrl, connectTimeout };
  return openConnection(
    { defaultName: connections.defaultName, settings: { ...httpSettings, url: connections.settings.civisUrl } },
    { ...connection, settings: settings as Connection<typeof httpSettings>["settings"] },
    {
      concurrency: AT_ONCE,
      tokens: staticToken(key, `the API key from ${civisApiKey.source}`),
      explain: explaining(connection),
    },
  );
}

/** Of a query Platform says "not found" where there is no such database or credential, and not which of them. */
function explaining({ settings: { civisCredential, database } }: Connection<PostgresSettings>) {
  return ({ request, status }: Refusal): Explanation | undefined => {
    if (status !== 404 || request.method !== "POST" || request.path !== "/queries/") return undefined;
    const credential =
      (civisCredential.value ?? "") === ""
        ? "no civisCredential is set, so that it is the default one"
        : `the civisCredential ${civisCredential.value ?? ""} comes from ${civisCredential.source}`;
    return {
      remedy:
        "Check that Platform has the database and the credential, and that the owner of the API key may use them: " +
        `the database comes from ${database.source}; ${credential}.`,
    };
  };
}

/** Platform knows databases by number; people know them by the name that they have there. */
async function databaseId(http: Http, connection: Connection<PostgresSettings>): Promise<number> {
  const wanted = requiredSetting(connections, connection, "database");
  if (/^\d+$/.test(wanted)) return Number(wanted);
  const all = await http.read({ method: "GET", path: "/databases/" }, named);
  const found = all.find(({ name }) => name === wanted);
  if (found !== undefined) return found.id;
  throw new RosterError(`connection ${connection.name}: Civis Platform shows no database ${JSON.stringify(wanted)}`, {
    said: `it shows ${someOf(all.map(({ name }) => name))}`,
    remedy: `Check the database: it comes from ${connection.settings.database.source}.`,
  });
}

/** The credential that is named, else the default one for databases; without any, Platform decides. */
async function credentialId(http: Http, connection: Connection<PostgresSettings>): Promise<number | null> {
  const { value } = connection.settings.civisCredential;
  if (value !== undefined && value !== "") {
    return numberSetting(connections, connection, "civisCredential", {
      fits: (id) => Number.isInteger(id) && id > 0,
      expected: "the number of a credential",
    });
  }
  const path = "/credentials/";
  const all = await http.read({ method: "GET", path, query: { type: "Database", default: true } }, named);
  return all[0]?.id ?? null;
}

/** The outcome of a query. */
type Result = { readonly query: Query } | { readonly refused: Error };

class CivisQueries implements Client {
  readonly broken = false;

  constructor(
    private readonly http: Http,
    private readonly dialect: Dialect,
    private readonly target: { readonly database: number; readonly credential: number | null },
    private readonly limits: { readonly statement: number; readonly polling: number },
    private readonly pause: Pause,
  ) {}

  async readCatalog(): Promise<Catalog> {
    const { sql, read } = this.dialect.catalogue;
    return read(await this.rows(sql));
  }

  async readDatabase(server: Catalog): Promise<DatabaseCatalog> {
    const { sql, read } = this.dialect.catalogue.inside;
    return read(await this.rows(sql), server);
  }

  /** The rows of each statement. */
  async rows(sql: string): Promise<unknown[][]> {
    return Promise.all(splitQueries(sql).map((one) => this.allRows(one)));
  }

  async run(statements: readonly string[]): Promise<ScriptOutcome> {
    const warnings: { statement: number; message: string }[] = [];
    for (const [statement, sql] of statements.entries()) {
      const result = await this.execute(withoutSecret(sql), 0);
      if ("refused" in result) return { completed: statement, error: result.refused, warnings };
      // PostgreSQL only warns where a membership stays; Platform does not pass that on, so a look has to tell.
      if (/^REVOKE\b/.test(sql)) warnings.push({ statement, message: "Civis Platform passes no warnings on" });
    }
    return { completed: statements.length, error: undefined, warnings };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** All rows of a query, page by page. */
  private async allRows(sql: string): Promise<unknown[]> {
    for (let read = 1; ; read += 1) {
      const rows: unknown[] = [];
      let total = Infinity;
      let moved = false;
      while (rows.length < total && !moved) {
        const page = await this.page(pageOf(this.dialect, sql, ROWS, rows.length));
        rows.push(...page.rows);
        // A page that is not full is the last one, unless something went in between.
        moved = total !== Infinity && page.total !== total;
        total = page.total;
        if (page.rows.length === 0 && rows.length < total) moved = true;
      }
      if (!moved) return rows;
      if (read >= READS) throw new RosterError(`${this.http.description}: what is read there changes all the time`);
    }
  }

  private async page(sql: string): Promise<{ rows: unknown[]; total: number }> {
    const result = await this.execute(sql, ROWS);
    if ("refused" in result) {
      throw new RosterError(`${this.http.description}: the database cannot be read`, {
        tried: sql.trim(),
        said: result.refused.message,
        remedy: "Check the database and the credential of the connection, and what its user may read.",
      });
    }
    const { resultColumns, resultRows } = result.query;
    return rowsOfPage(this.dialect, resultColumns ?? [], resultRows ?? [], ROWS);
  }

  private async execute(sql: string, rows: number): Promise<Result> {
    const submitted = await this.submit(sql, rows);
    const { polling, statement } = this.limits;
    let wait = polling;
    for (let spent = 0; ; spent += wait, wait = Math.min(wait * SLOWER, LONGEST_WAIT_MS)) {
      if (spent >= statement) return this.cancelled(submitted, spent);
      await this.pause(wait);
      const seen = await this.http.read({ method: "GET", path: `/queries/${String(submitted.id)}` }, query);
      if (seen.state === "succeeded" || seen.state === "success") return { query: seen };
      if (seen.state === "failed") return { refused: refusalOf(seen.error ?? (await this.lastWords(seen))) };
      if (seen.state === "cancelled") return { refused: refusalOf("the query was cancelled in Civis Platform") };
    }
  }

  /**
   * Sends a query, once: nobody knows of a POST that was not answered whether it arrived. Each query carries a mark of
   * its own, by which it is looked for then.
   */
  private async submit(sql: string, rows: number): Promise<{ readonly id: number }> {
    const marked = `/* roster ${randomUUID()} */ ${sql.trim()}`;
    const { database, credential } = this.target;
    const since = new Date(Date.now() - 600_000).toISOString();
    const body = { database, sql: marked, credential, previewRows: rows, hidden: true };
    try {
      return await this.http.read({ method: "POST", path: "/queries/", body, shown: "POST /queries/" }, query);
    } catch (error) {
      if (!isDoubtful(error)) throw error;
      const found = await this.find(marked, since);
      if (found !== undefined) return found;
      throw unknownFate(asRosterError(error));
    }
  }

  private async find(marked: string, since: string): Promise<{ readonly id: number } | undefined> {
    for (let search = 1; search <= SEARCHES; search += 1) {
      await this.pause(this.limits.polling * search);
      const asked = { database_id: this.target.database, hidden: true, created_after: since };
      const last = await this.http.read(
        { method: "GET", path: "/queries/", query: { ...asked, exclude_results: true, limit: 50 } },
        listed,
      );
      const found = last.find(({ sql }) => sql === marked);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private async cancelled({ id }: { readonly id: number }, spent: number): Promise<Result> {
    const path = `/queries/${String(id)}`;
    const { lastRunId } = await this.http.read({ method: "GET", path }, query);
    if (typeof lastRunId === "number") {
      await this.http.send({ method: "DELETE", path: `${path}/runs/${String(lastRunId)}`, repeatable: true });
    }
    return { refused: refusalOf(`canceling statement: no result after ${String(Math.round(spent / 1000))} seconds`) };
  }

  /** What the log of a failed run says, where the query itself says nothing. */
  private async lastWords({ id, lastRunId }: Query): Promise<string> {
    const nothing = "the query failed, and Civis Platform does not say why";
    if (typeof lastRunId !== "number") return nothing;
    const path = `/queries/${String(id)}/runs/${String(lastRunId)}/logs`;
    const entries = await this.http.read({ method: "GET", path }, log);
    return entries.at(-1)?.message ?? nothing;
  }
}

/** The last guard: what can be known before is refused there (civisPasswords.ts). */
function withoutSecret(sql: string): string {
  if (!/\bPASSWORD\s+E?'/i.test(sql)) return sql;
  throw new RosterError(NO_PASSWORDS.headline, { remedy: NO_PASSWORDS.remedy });
}

/** Whether a query may have been taken although nobody said so. */
function isDoubtful(error: unknown): boolean {
  const { code } = asRosterError(error).details;
  return code === CONNECTION_LOST || [500, 502, 503, 504].includes(statusOf(error) ?? 0);
}

function unknownFate({ headline, details }: RosterError): RosterError {
  return new RosterError(`${headline}, and nobody knows whether the statement was taken`, {
    ...details,
    remedy: "Run the same command again: it looks at the database first and does only what is left.",
    code: CONNECTION_LOST,
  });
}
