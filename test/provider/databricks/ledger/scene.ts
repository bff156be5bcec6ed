import { handOver, type LedgerRequest } from "../../../../provider/databricks/handover.js";
import type { Properties } from "../../../../provider/core/resource.js";
import { startDatabricks, type DatabricksSandbox } from "../../../sandbox/databricks/index.js";
import type { Declared, Outcome, Program } from "../../stack.js";
import { DatabricksStack, type DatabricksRun } from "../scene.js";
import { encodeLines } from "../../../../provider/core/lines.js";

/** Where the ledger of tests is. */
export const LEDGER = "main.data_products";
/** The table of the product. */
export const CUSTOMERS = "table main.customer_360.customers";
/** The day on which requests of tests begin. */
export const FROM = "2026-05-20T00:00:00.000Z";

/** A request that is active, unless something else is said. */
export function request(more: Partial<LedgerRequest> = {}): LedgerRequest {
  const consumer = more.consumer ?? "ana@example.com";
  return {
    request: "ana",
    consumer,
    name: "Ana Lima",
    type: "person",
    requester: consumer,
    status: "active",
    justification: "campaigns",
    useCases: [],
    requested: { [CUSTOMERS]: ["SELECT"] },
    grants: { [CUSTOMERS]: ["SELECT"], "catalog main": ["USE_CATALOG"] },
    requestedOn: FROM,
    approvedBy: "jane@example.com",
    approvedOn: FROM,
    evidence: '[{"level":"commit"}]',
    grantedFrom: FROM,
    ...more,
  };
}

/** The same request when it is over. */
export function ended(from: LedgerRequest, more: Partial<LedgerRequest> = {}): LedgerRequest {
  return { ...from, status: "revoked", grants: {}, reason: "left the team", endedBy: "dana@example.com", ...more };
}

/** A product with a ledger on one workspace. */
export class LedgerStack extends DatabricksStack {
  /** The resources that a `databricks.DataProduct` declares. */
  product(requests: readonly LedgerRequest[], more: Properties = {}): Program {
    const shared = { ledger: LEDGER, product: "customer-360" };
    const file = handOver(requests);
    const [whole, added] = [listsOf(requests, true), listsOf(requests, false)];
    const inputs = {
      ...shared,
      digest: file.digest,
      __handover: file,
      securables: [CUSTOMERS],
      shared: ["catalog main"],
      ...more,
    };
    const { state } = this;
    const done: Declared = {
      type: "LedgerDone",
      // Known when ProductAccess is done, as an output is.
      args: Object.defineProperty({ ...inputs }, "leftover", {
        enumerable: true,
        get: () => state.get("access")?.outputs["leftover"] ?? "",
      }),
      after: ["intents", "access"],
    };
    return {
      tables: { type: "LedgerTables", args: shared },
      views: { type: "LedgerViews", args: { ...shared, inactiveDays: 90 }, after: ["tables"] },
      intents: { type: "LedgerIntents", args: inputs, after: ["tables"] },
      access: {
        type: "ProductAccess",
        args: { name: "customer-360", grants: whole, additional: added, ...("ignore" in more ? more : {}) },
        after: ["intents"],
      },
      done,
    };
  }

  /** Brings about what requests say. */
  async give(requests: readonly LedgerRequest[], settings: DatabricksRun = {}): Promise<Outcome> {
    return this.succeed(this.product(requests), { ...WAREHOUSE, ...settings });
  }

  /** Rows of a table of the ledger, as objects. */
  async rows(columns: string, from: string): Promise<Record<string, unknown>[]> {
    const { rows } = await this.workspace.statements.read(`SELECT ${columns} FROM ${LEDGER}.${from}`);
    const names = columns.split(/,\s*/);
    return rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]])));
  }

  /** The log in short: `intent grant ana@example.com ana`. */
  async log(): Promise<string[]> {
    const rows = await this.rows(
      "phase, change, consumer_id, request_id",
      "access_audit_log ORDER BY event_time, consumer_id, phase DESC",
    );
    return rows.map((row) => Object.values(row).join(" ").trim());
  }

  /** Who has access by the ledger, and with what. */
  async recorded(): Promise<Record<string, unknown>> {
    const rows = await this.rows("consumer_id, status, permissions", "consumer_access ORDER BY consumer_id");
    return Object.fromEntries(
      rows.map(({ consumer_id: id, status, permissions }) => [String(id), `${String(status)} ${String(permissions)}`]),
    );
  }
}

/** The setting without which no statement runs. */
export const WAREHOUSE: DatabricksRun = { env: { DATABRICKS_WAREHOUSE_ID: "a1b2c3d4e5f60718" } };

function listsOf(requests: readonly LedgerRequest[], whole: boolean): Record<string, Record<string, string>> {
  const all: Record<string, Record<string, { name: string }[]>> = whole ? { [CUSTOMERS]: {} } : {};
  for (const { consumer, grants } of requests) {
    for (const [securable, privileges] of Object.entries(grants)) {
      if ((securable === CUSTOMERS) !== whole) continue;
      const lists = (all[securable] ??= {});
      for (const privilege of privileges) (lists[privilege] ??= []).push({ name: consumer });
    }
  }
  return Object.fromEntries(
    Object.entries(all).map(([securable, lists]) => [
      securable,
      Object.fromEntries(Object.entries(lists).map(([privilege, names]) => [privilege, encodeLines(names)])),
    ]),
  );
}

/** A workspace with a product's table, and people, and a stack on it; both are gone afterwards. */
export async function ledgerScene(
  work: (scene: { readonly workspace: DatabricksSandbox; readonly stack: LedgerStack }) => Promise<void>,
): Promise<void> {
  const workspace = await startDatabricks();
  workspace.metastore.create(CUSTOMERS);
  workspace.metastore.addPrincipal(
    "ana@example.com",
    "rui@example.com",
    "Zoe@Example.com",
    "mallory@example.com",
    "quiet@example.com",
  );
  await workspace.statements.createCatalog("main");
  try {
    await work({ workspace, stack: new LedgerStack(workspace) });
  } finally {
    await workspace.close();
  }
}
