import type { Statements } from "./statements.js";

/*
 * A year in which many people read a data product, as the system tables tell it. Made in SQL, so that a million rows
 * take seconds; by hash, so that it is the same each time.
 */

/** What is made. */
export interface UsageWorkload {
  /** The day on which the year ends. */
  readonly now: Date;
  /** Full names of the product's tables; most statements read the first, one in four a second one too. */
  readonly tables: readonly string[];
  /** How many principals: people, and one in twenty a service principal. */
  readonly consumers: number;
  /** Statements in the year, one in ten of them on other tables. */
  readonly statements: number;
}

/** Who the n-th principal is. */
export function principalOf(index: number): string {
  const digits = String(index).padStart(12, "0");
  return index % 20 === 19 ? `5e000000-0000-4000-8000-${digits}` : `consumer-${String(index)}@example.com`;
}

/** Nothing is known of these: every fiftieth. */
export function isSilent(index: number): boolean {
  return index % 50 === 7;
}

/** These stopped long ago, 120 days before the end: every fortieth. */
export function isInactive(index: number): boolean {
  return index % 40 === 3;
}

/** Who reads a hundred times as much as ever in the last days, and who reads at three in the morning for the first time. */
export const UNUSUAL = { volume: 11, hour: 12 } as const;

const PRINCIPAL = `CASE WHEN c % 20 = 19 THEN '5e000000-0000-4000-8000-' || lpad(c::VARCHAR, 12, '0')
  ELSE 'Consumer-' || c || '@example.com' END`;

/** A number from 0 to 1 for a row and a purpose. */
const chance = (purpose: number): string => `((hash(i * 64 + ${String(purpose)}) % 1000003)::DOUBLE / 1000003)`;

/** Fills the system tables. The sandbox's names of people are capitalised, as those of directories can be. */
export async function makeUsage(warehouse: Statements, workload: UsageWorkload): Promise<void> {
  const { tables, consumers, statements } = workload;
  const now = `TIMESTAMP '${workload.now.toISOString().slice(0, 19).replace("T", " ")}'`;
  const table = (index: number): string => `'${tables[index % tables.length] ?? ""}'`;
  await warehouse.run(`
    CREATE TEMP TABLE made AS
    SELECT 's' || i AS id, i, c, ${PRINCIPAL} AS principal,
      CASE WHEN c % 40 = 3 THEN back + 120 ELSE back END AS days,
      ${chance(3)} < 0.1 AS elsewhere, ${chance(4)} < 0.25 AS twofold, ${chance(5)} < 0.05 AS classic,
      (1000000 + 2000000000 * ${chance(6)} * ${chance(7)})::BIGINT AS bytes, (20 + 9000 * ${chance(8)} ^ 4)::BIGINT AS took,
      ${now} - INTERVAL 1 DAY * (CASE WHEN c % 40 = 3 THEN back + 120 ELSE back END) - INTERVAL 1 DAY
        + INTERVAL 1 SECOND * (CASE WHEN ${chance(9)} < 0.98 OR c = ${String(UNUSUAL.hour)}
          THEN 25200 + 43200 * ${chance(10)} ELSE 86400 * ${chance(10)} END)::BIGINT AS moment
    FROM (
      SELECT i, (${String(consumers)} * ${chance(1)} * ${chance(1)})::BIGINT AS c, (364 * ${chance(2)})::BIGINT AS back
      FROM range(${String(statements)}) t(i)
    )
    WHERE c < ${String(consumers)} AND c % 50 <> 7 AND (c % 40 <> 3 OR back < 240)`);
  await warehouse.run(`
    INSERT INTO made
    SELECT 'volume' || i, i, ${String(UNUSUAL.volume)}, 'Consumer-${String(UNUSUAL.volume)}@example.com', 2, false, false, false,
      200000000000, 60000, ${now} - INTERVAL 2 DAY + INTERVAL 1 HOUR * 11 FROM range(5) t(i)
    UNION ALL
    SELECT 'hour' || i, i, ${String(UNUSUAL.hour)}, 'Consumer-${String(UNUSUAL.hour)}@example.com', 1, false, false, false,
      1000000, 100, ${now} - INTERVAL 1 DAY + INTERVAL 1 HOUR * 3 FROM range(12) t(i)`);
  await warehouse.run(`
    INSERT INTO system.query.history BY NAME
    SELECT '1' AS account_id, id AS statement_id, 'FINISHED' AS execution_status, principal AS executed_by,
      CASE WHEN i % 3 = 0 THEN NULL ELSE principal END AS executed_as, took AS total_duration_ms,
      moment AS start_time, moment + INTERVAL 1 MILLISECOND * took AS end_time, bytes AS read_bytes
    FROM made WHERE NOT classic`);
  const lineage = (name: string, condition: string): string => `
    SELECT '1' AS account_id, ${name} AS source_table_full_name, 'TABLE' AS source_type,
      split_part(${name}, '.', 1) AS source_table_catalog, split_part(${name}, '.', 2) AS source_table_schema,
      split_part(${name}, '.', 3) AS source_table_name, principal AS created_by, moment AS event_time, moment::DATE AS event_date,
      CASE WHEN classic THEN NULL ELSE id END AS statement_id FROM made WHERE ${condition}`;
  await warehouse.run(`
    INSERT INTO system.access.table_lineage BY NAME
    ${lineage(table(0), "NOT elsewhere")} UNION ALL ${lineage(table(1), "NOT elsewhere AND twofold")}
    UNION ALL ${lineage("'main.other.things'", "elsewhere")}`);
  await warehouse.run("DROP TABLE made");
}

/** What changed in the privileges on a securable, as system.access.audit tells it. */
export interface RecordedChange {
  readonly at: string;
  readonly by: string;
  readonly securable: { readonly type: string; readonly name: string };
  readonly changes: readonly {
    readonly principal: string;
    readonly add?: readonly string[];
    readonly remove?: readonly string[];
  }[];
  /** What the service answered; default 200. */
  readonly status?: number;
}

/** Writes changes of privileges into system.access.audit. */
export async function recordChanges(warehouse: Statements, changes: readonly RecordedChange[]): Promise<void> {
  const text = (value: string): string => `'${value.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
  for (const { at, by, securable, changes: what, status = 200 } of changes) {
    const time = `TIMESTAMP ${text(at)}`;
    await warehouse.run(`
      INSERT INTO system.access.audit BY NAME
      SELECT '1' AS account_id, '0' AS workspace_id, ${time} AS event_time, CAST(${time} AS DATE) AS event_date,
        {'email': ${text(by)}, 'subject_name': NULL} AS user_identity, 'unityCatalog' AS service_name,
        'updatePermissions' AS action_name,
        MAP {'securable_type': ${text(securable.type)}, 'securable_full_name': ${text(securable.name)},
          'changes': ${text(JSON.stringify(what))}} AS request_params,
        {'status_code': ${String(status)}, 'error_message': NULL, 'result': NULL} AS response,
        'ACCOUNT_LEVEL' AS audit_level, uuid()::VARCHAR AS event_id`);
  }
}
