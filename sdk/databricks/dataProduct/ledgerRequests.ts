import path from "node:path";
import type { LedgerRequest, Privileges } from "../../../provider/databricks/handover.js";
import { isGranted } from "./consumer.js";
import { declaredAccess, type DeclaredAccess } from "./declared.js";
import { grantsOf } from "./grants.js";
import type { Product } from "./product.js";
import type { Approval, Consumer, Permission } from "./types.js";

/**
 * The requests of a product as its ledger keeps them.
 *
 * @param product The product.
 * @param folder The product's folder, in which the files are.
 * @param consumers Its requests as they were judged.
 */
export function ledgerRequests(product: Product, folder: string, consumers: readonly Consumer[]): LedgerRequest[] {
  return consumers.map((consumer) => {
    const proved = consumer.approvals.filter(({ level }) => level !== "none");
    const notes = consumer.approvals.flatMap(({ note }) => note ?? []);
    return {
      request: consumer.requestId,
      consumer: consumer.consumerId,
      name: consumer.name,
      type: consumer.type,
      requester: consumer.requester,
      businessUnit: consumer.businessUnit,
      status: consumer.status,
      reason: isGranted(consumer) ? undefined : consumer.reason,
      justification: consumer.justification,
      useCases: consumer.useCases,
      requested: privilegesOf(consumer.requested),
      grants: privilegesIn(declaredAccess(product, grantsOf([consumer]))),
      requestedOn: momentOf(consumer.requestedOn),
      approvedBy: proved.length === 0 ? undefined : proved.map(personOf).join(", "),
      approvedOn: latest(proved),
      evidence: proved.length === 0 ? undefined : JSON.stringify(proved.map(evidenceOf)),
      conditions: notes.length === 0 ? undefined : notes.join("; "),
      grantedFrom: momentOf(consumer.grantedFrom),
      expires: momentOf(consumer.expires),
      renews: consumer.renews,
      endedBy: consumer.withdrawal?.by,
      endedOn: momentOf(consumer.withdrawal?.at),
      file: path.relative(folder, consumer.place.file).split(path.sep).join("/"),
    };
  });
}

function personOf({ person, approver }: Approval): string {
  return person ?? approver;
}

function evidenceOf({ role, approver, person, level, at, reference }: Approval): Partial<Approval> {
  return { role, approver, person, level, at, reference };
}

function latest(approvals: readonly Approval[]): string | undefined {
  return approvals
    .flatMap(({ at }) => momentOf(at) ?? [])
    .sort()
    .at(-1);
}

/** A day or a moment as the tables take it. */
function momentOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : new Date(text).toISOString();
}

function privilegesOf(permissions: readonly Permission[]): Privileges {
  const by = new Map<string, string[]>();
  for (const { securable, privilege } of permissions) by.set(securable, [...(by.get(securable) ?? []), privilege]);
  return sorted([...by]);
}

/** What somebody gets, with USE CATALOG and USE SCHEMA; the lists of others' securables are empty. */
function privilegesIn({ grants, additional }: DeclaredAccess): Privileges {
  const all = Object.entries({ ...grants, ...additional });
  return sorted(all.map(([securable, lists]) => [securable, Object.keys(lists)]));
}

function sorted(by: readonly (readonly [securable: string, privileges: readonly string[]])[]): Privileges {
  const filled = by.filter(([, privileges]) => privileges.length > 0).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(filled.map(([securable, privileges]) => [securable, [...privileges].sort()]));
}
