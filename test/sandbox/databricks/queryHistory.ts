import type { Call } from "../server.js";
import { Refused } from "./metastore.js";

/** A statement of somebody that is under way, or was. */
export interface HistoryEntry {
  readonly query_id: string;
  status: "QUEUED" | "RUNNING" | "FINISHED" | "CANCELED";
  readonly user_name: string;
  readonly executed_as_user_name: string;
  readonly query_text: string;
}

/** Query history of warehouses: what is under way in them, for who may manage them. */
export class QueryHistory {
  readonly entries: HistoryEntry[] = [];
  /** Statements that Databricks does not let others stop. */
  readonly unstoppable = new Set<string>();
  /** Whether who asks may see what others run. */
  isVisible = true;
  /** Statements on a page at most. */
  pageSize = 100;

  /** Somebody begins a statement. */
  begin(id: string, user: string, text: string, status: HistoryEntry["status"] = "RUNNING"): void {
    this.entries.push({ query_id: id, status, user_name: user, executed_as_user_name: user, query_text: text });
  }

  answer({ query }: Call): unknown {
    if (!this.isVisible) throw new Refused(403, "PERMISSION_DENIED", "You need CAN_MANAGE on the warehouse.");
    const statuses = query.getAll("filter_by.statuses");
    if (statuses.length > 1) throw new Refused(400, "INVALID_PARAMETER_VALUE", "filter by one status at a time");
    const most = Number(query.get("max_results") ?? "100");
    if (!(most < 1000)) throw new Refused(400, "INVALID_PARAMETER_VALUE", "max_results must be less than 1000");
    const found = this.entries.filter(({ status }) => statuses.length === 0 || statuses.includes(status));
    const start = Number(query.get("page_token") ?? "0");
    const end = start + Math.min(most, this.pageSize);
    const more = end < found.length;
    return { res: found.slice(start, end), has_next_page: more, ...(more ? { next_page_token: String(end) } : {}) };
  }

  /** Stops a statement; false where there is none of this id. */
  cancel(id: string): boolean {
    const entry = this.entries.find(({ query_id: each }) => each === id);
    if (entry === undefined) return false;
    if (this.unstoppable.has(id)) throw new Refused(403, "PERMISSION_DENIED", "Only the owner can cancel it.");
    if (entry.status === "RUNNING" || entry.status === "QUEUED") entry.status = "CANCELED";
    return true;
  }
}
