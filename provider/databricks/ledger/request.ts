import { fold } from "../metastore.js";

/** Privileges by securable: `{"table main.sales.orders": ["SELECT"]}`, both sorted. */
export type Privileges = Readonly<Record<string, readonly string[]>>;

/** Where a request is in its life. */
export type RequestStatus = "pending" | "active" | "expiring" | "expired" | "revoked" | "rejected";

/** A request of a data product, as the program judged it: a line of the file that it hands over. */
export interface LedgerRequest {
  readonly request: string;
  /** The principal that Databricks knows. */
  readonly consumer: string;
  readonly name: string;
  readonly type: "person" | "group" | "service_principal";
  readonly requester: string;
  readonly businessUnit?: string | undefined;
  readonly status: RequestStatus;
  /** Why it is so, for what is not granted. */
  readonly reason?: string | undefined;
  readonly justification: string;
  readonly useCases: readonly string[];
  readonly requested: Privileges;
  /** What it gives; empty unless it is active or expiring. */
  readonly grants: Privileges;
  readonly requestedOn?: string | undefined;
  readonly approvedBy?: string | undefined;
  readonly approvedOn?: string | undefined;
  /** What proves the approvals, as JSON. */
  readonly evidence?: string | undefined;
  readonly conditions?: string | undefined;
  readonly grantedFrom?: string | undefined;
  readonly expires?: string | undefined;
  readonly renews?: string | undefined;
  readonly endedBy?: string | undefined;
  readonly endedOn?: string | undefined;
  readonly file?: string | undefined;
}

/** Privileges as sets, by securable. */
export type Held = Map<string, Set<string>>;

/** Puts privileges together. */
export function heldOf(...all: readonly Privileges[]): Held {
  const held: Held = new Map();
  for (const privileges of all) {
    for (const [securable, names] of Object.entries(privileges)) {
      const set = held.get(securable) ?? new Set<string>();
      for (const name of names) set.add(name);
      if (set.size > 0) held.set(securable, set);
    }
  }
  return held;
}

/** Sets as they are written: sorted, without securables on which there is nothing. */
export function privilegesOfHeld(held: Held): Privileges {
  const filled = [...held].filter(([, names]) => names.size > 0).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(filled.map(([securable, names]) => [securable, [...names].sort()]));
}

/** Privileges of one that satisfy a test. */
export function pick(privileges: Privileges, test: (securable: string, privilege: string) => boolean): Privileges {
  const held: Held = new Map();
  for (const [securable, names] of Object.entries(privileges)) {
    held.set(securable, new Set(names.filter((name) => test(securable, name))));
  }
  return privilegesOfHeld(held);
}

/** Whether there are none. */
export function isNone(privileges: Privileges): boolean {
  return Object.keys(privileges).length === 0;
}

/** `SELECT on table main.sales.orders`, one an element. */
export function inWords(privileges: Privileges): string[] {
  return Object.entries(privileges).map(([securable, names]) => `${names.join(", ")} on ${securable}`);
}

/** Requests by folded consumer. */
export function byConsumer(requests: readonly LedgerRequest[]): Map<string, LedgerRequest[]> {
  const found = new Map<string, LedgerRequest[]>();
  for (const each of requests) {
    const key = fold(each.consumer);
    const of = found.get(key);
    if (of === undefined) found.set(key, [each]);
    else of.push(each);
  }
  return found;
}
