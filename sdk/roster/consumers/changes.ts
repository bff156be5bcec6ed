import * as z from "zod";
import type { StatementRunner } from "../../../provider/databricks/read.js";
import { day, rowsOf, type Scope } from "./scope.js";
import type { Period } from "./usage.js";

/** A change of somebody's privileges on a securable of the product, or on what holds it. */
export interface PermissionChange {
  /** When, as ISO 8601. */
  readonly at: string;
  /** Who did it. */
  readonly by: string;
  /** `table main.customer_360.customers`. */
  readonly securable: string;
  /** Whose privileges. */
  readonly principal: string;
  /** What was given. */
  readonly added: readonly string[];
  /** What was taken. */
  readonly removed: readonly string[];
}

const row = z.object({
  at: z.string(),
  by: z.string().nullable(),
  type: z.string().nullable(),
  name: z.string().nullable(),
  changes: z.string().nullable(),
});
/** What stands in the text of `changes`: that of the request. Its form is documented nowhere, so all of it may be missing. */
const change = z.object({
  principal: z.string().optional(),
  add: z.array(z.string()).optional(),
  remove: z.array(z.string()).optional(),
});

/** Changes at most; of more the latest are given. */
export const MOST_CHANGES = 10_000;

/** Changes of privileges in a period, by system.access.audit, latest first; only what the service carried out. */
export async function permissionChanges(
  runner: StatementRunner,
  scope: Scope,
  { from, to }: Period,
): Promise<PermissionChange[]> {
  const names = [...new Set([...scope.tables, ...scope.schemas].flatMap(withParents))];
  const markers = names.map((_, n) => `:name${String(n)}`).join(", ");
  const rows = await rowsOf(
    runner,
    {
      sql: `SELECT event_time AS at, user_identity.email AS by, request_params['securable_type'] AS type,
  request_params['securable_full_name'] AS name, request_params['changes'] AS changes
FROM system.access.audit
WHERE event_date >= :from AND event_date <= :to AND service_name = 'unityCatalog' AND action_name = 'updatePermissions'
  AND response.status_code = 200 AND lower(request_params['securable_full_name']) IN (${markers})
ORDER BY event_time DESC`,
      parameters: {
        ...Object.fromEntries(names.map((name, n) => [`name${String(n)}`, name])),
        from: day(from),
        to: day(to),
      },
      maxRows: MOST_CHANGES,
      truncate: true,
    },
    row,
  );
  return rows.flatMap(({ at, by, type, name, changes }) =>
    changesIn(changes).map(({ principal = "?", add = [], remove = [] }) => ({
      at,
      by: by ?? "?",
      securable: `${(type ?? "?").toLowerCase()} ${name ?? "?"}`,
      principal,
      added: add,
      removed: remove,
    })),
  );
}

/** A name and those of what holds it: a privilege on a schema is one on its tables. */
function withParents(name: string): string[] {
  const parts = name.toLowerCase().split(".");
  return parts.map((_, index) => parts.slice(0, index + 1).join("."));
}

function changesIn(text: string | null): z.output<typeof change>[] {
  try {
    return z.array(change).parse(JSON.parse(text ?? "[]"));
  } catch {
    return [{ principal: text ?? "?" }];
  }
}
