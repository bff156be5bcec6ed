import { setTimeout as byTheClock } from "node:timers/promises";
import { waitAfter } from "../../core/backOff.js";
import { RosterError } from "../../core/errors.js";
import { fold } from "../metastore.js";
import { quotedName } from "../identifiers.js";
import type { Row, Value } from "../rows.js";
import type { Pause } from "../settle.js";
import type { StatementRunner } from "../statements.js";
import type { Recorded } from "./changes.js";
import { changeKey, type ChangeKind, type History, type OpenIntent } from "./events.js";
import { batchesOf, mergeStatement, type LedgerRow, type Merging } from "./merge.js";
import type { Privileges } from "./request.js";

/** A message that waits to be delivered. */
export interface Undelivered {
  readonly id: string;
  /** The connection through which it goes. */
  readonly channel: string;
  readonly recipient: string | undefined;
  readonly subject: string;
  readonly body: string;
  /** How often it was refused by itself. */
  readonly attempts: number;
}

/** The tables of a ledger, read and written with parameters alone. */
export interface LedgerStore {
  recorded(product: string): Promise<Map<string, Recorded>>;
  history(product: string): Promise<History>;
  /** The securables of a product: `table main.sales.orders`. */
  securables(product: string): Promise<string[]>;
  /** What waits, the oldest first, without what was refused too often. */
  undelivered(product: string): Promise<Undelivered[]>;
  merge(merging: Merging, rows: readonly LedgerRow[]): Promise<void>;
}

/** Delta's refusals of writes that met another one: https://docs.databricks.com/aws/en/optimizations/isolation-level. */
const MET_ANOTHER = /DELTA_CONCURRENT_|Concurrent(Append|DeleteRead|DeleteDelete|Write|Transaction)\w*Exception/;
const ATTEMPTS = 6;

/** A message that was refused this often by itself, because of its address for instance, is given up. */
export const MOST_REFUSALS = 5;

/** Opens the ledger in a schema (`main.data_products`); nothing is sent yet. */
export function openStore(runner: StatementRunner, ledger: string, pause: Pause = byTheClock): LedgerStore {
  const name = (table: string): string => quotedName(`${ledger}.${table}`);

  async function select(sql: string, product: string): Promise<readonly Row[]> {
    const { rows } = await runner.run({ sql, parameters: { product } });
    return rows;
  }

  /** A merge that met another writer's is done again: it is by ids, so that doing it twice is like doing it once. */
  async function persistently(sql: string, rows: string): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await runner.run({ sql, parameters: { rows }, repeatable: true });
        return;
      } catch (error) {
        const met = error instanceof RosterError && MET_ANOTHER.test(error.details.said ?? "");
        if (!met || attempt >= ATTEMPTS) throw error;
        // One step further than for a request: another writer takes its time.
        await pause(waitAfter(attempt + 1, undefined));
      }
    }
  }

  return {
    async recorded(product) {
      const sql = `SELECT consumer_id, request_id, status, permissions FROM ${name("consumer_access")} WHERE product_name = :product`;
      const rows = await select(sql, product);
      return new Map(
        rows.map((row): [string, Recorded] => {
          const consumer = text(row, "consumer_id");
          const permissions = privileges(row, "permissions");
          return [
            fold(consumer),
            { consumer, request: text(row, "request_id"), status: text(row, "status"), permissions },
          ];
        }),
      );
    },

    async history(product) {
      const log = name("access_audit_log");
      const generations = await select(
        `SELECT consumer_id, request_id, change, MAX(generation) AS generation FROM ${log} ` +
          "WHERE product_name = :product GROUP BY consumer_id, request_id, change",
        product,
      );
      const open = await select(
        `SELECT i.* FROM ${log} i WHERE i.product_name = :product AND i.phase = 'intent' AND NOT EXISTS ` +
          `(SELECT 1 FROM ${log} e WHERE e.change_id = i.change_id AND e.phase <> 'intent') ORDER BY i.event_id`,
        product,
      );
      return {
        generations: new Map(generations.map((row) => [changeKey(nameOf(row)), Number(row["generation"])])),
        open: open.map(openIntent),
      };
    },

    async securables(product) {
      const sql = `SELECT securable_type, full_name FROM ${name("product_securables")} WHERE product_name = :product AND removed_at IS NULL`;
      return (await select(sql, product)).map((row) => `${text(row, "securable_type")} ${text(row, "full_name")}`);
    },

    async undelivered(product) {
      const sql =
        `SELECT notification_id, channel, recipient, subject, body, attempts FROM ${name("notification_outbox")} ` +
        `WHERE product_name = :product AND delivered_at IS NULL AND attempts < ${String(MOST_REFUSALS)} ORDER BY created_at, notification_id`;
      return (await select(sql, product)).map((row) => ({
        id: text(row, "notification_id"),
        channel: text(row, "channel"),
        recipient: optional(row, "recipient"),
        subject: text(row, "subject"),
        body: text(row, "body"),
        attempts: Number(row["attempts"]),
      }));
    },

    async merge(merging, rows) {
      const sql = mergeStatement(ledger, merging);
      for (const batch of batchesOf(rows, merging.keys)) await persistently(sql, batch);
    },
  };
}

function text(row: Row, column: string): string {
  return optional(row, column) ?? "";
}

function optional(row: Row, column: string): string | undefined {
  const value: Value | undefined = row[column];
  return value === null || value === undefined ? undefined : String(value);
}

/** Privileges as JSON. What somebody else wrote there is not trusted: it counts as none. */
function privileges(row: Row, column: string): Privileges {
  try {
    const parsed: unknown = JSON.parse(text(row, column));
    if (typeof parsed !== "object" || parsed === null) return {};
    return Object.fromEntries(
      Object.entries(parsed).flatMap(([securable, names]: [string, unknown]): [string, string[]][] =>
        Array.isArray(names) ? [[securable, names.map(String)]] : [],
      ),
    );
  } catch {
    return {};
  }
}

function nameOf(row: Row): Pick<OpenIntent, "consumer" | "request" | "change"> {
  return {
    consumer: text(row, "consumer_id"),
    request: text(row, "request_id"),
    change: text(row, "change") as ChangeKind,
  };
}

function openIntent(row: Row): OpenIntent {
  return {
    ...nameOf(row),
    changeId: text(row, "change_id"),
    generation: Number(row["generation"]),
    added: privileges(row, "privileges_added"),
    removed: privileges(row, "privileges_removed"),
    reason: text(row, "reason"),
    decidedBy: optional(row, "decided_by"),
    evidence: optional(row, "evidence"),
  };
}
