import type { Granted } from "../../../provider/databricks/read.js";
import { matcher } from "../../../provider/core/names.js";
import { isGranted, type Consumer } from "../../databricks/dataProduct/consumer.js";
import { dayOf } from "../../databricks/dataProduct/period.js";
import { permissionKey, readAllowed, type Permission } from "../../databricks/dataProduct/permissions.js";
import type { Product } from "../../databricks/dataProduct/product.js";
import { found } from "./finding.js";
import type { AuditFinding } from "./formats.js";
import type { LoadedProduct } from "./product.js";

/** Who has what, by securable: the product's, and what holds them. */
export type LiveGrants = ReadonlyMap<string, readonly Granted[] | undefined>;

/** The securables that an audit looks at: a privilege on a schema or catalog is one on the tables in it. */
export function auditedSecurables({ tables, schemas }: Pick<Product, "tables" | "schemas">): string[] {
  const all = [
    ...tables.map((name) => `table ${name}`),
    ...schemas.map((name) => `schema ${name}`),
    ...tables.map((name) => `schema ${name.split(".").slice(0, 2).join(".")}`),
    ...[...tables, ...schemas].map((name) => `catalog ${name.split(".")[0] ?? ""}`),
  ];
  return [...new Set(all)];
}

/** Privileges on a schema or catalog that let nobody at the data by themselves. */
const HARMLESS = /^(USE_CATALOG|USE_SCHEMA|BROWSE|APPLY_TAG|CREATE_.*|EXECUTE|REFRESH)$/;

/** How many grants were looked at. */
export function countGrants(grants: LiveGrants): number {
  return [...grants.values()]
    .flatMap((each) => each ?? [])
    .reduce((total, { privileges }) => total + privileges.length, 0);
}

interface Live {
  readonly principal: string;
  readonly permission: Permission;
  /** Whether it is on a securable of the product, and not on what holds one. */
  readonly own: boolean;
}

/** Grants that no request explains, each with what the principal's requests say. */
export function findingsOfGrants({ folder, evaluation, now }: LoadedProduct, grants: LiveGrants): AuditFinding[] {
  const { product } = folder;
  const isIgnored = matcher(product.ignore);
  const allowed = readAllowed(product);
  const byPrincipal = new Map<string, Consumer[]>();
  for (const consumer of evaluation.consumers) {
    const key = consumer.consumerId.toLowerCase();
    byPrincipal.set(key, [...(byPrincipal.get(key) ?? []), consumer]);
  }
  return liveGrants(product, grants).flatMap((live) => {
    if (isIgnored(live.principal)) return [];
    const own = byPrincipal.get(live.principal.toLowerCase()) ?? [];
    if (own.filter(isGranted).some((consumer) => covers(consumer, live))) return [];
    return [unexplained(live, own, allowed.has(live.permission), now)];
  });
}

function liveGrants(product: Product, grants: LiveGrants): Live[] {
  const ours = new Set([
    ...product.tables.map((name) => `table ${name}`),
    ...product.schemas.map((name) => `schema ${name}`),
  ]);
  return [...grants].flatMap(([securable, granted = []]) =>
    granted.flatMap(({ principal, privileges }) =>
      privileges
        .filter((privilege) => !HARMLESS.test(privilege))
        .map((privilege) => ({ principal, permission: { privilege, securable }, own: ours.has(securable) })),
    ),
  );
}

function covers({ permissions }: Consumer, { permission }: Live): boolean {
  const key = permissionKey(permission);
  return permissions.some((each) => permissionKey(each) === key);
}

/** What is to be said of a grant that no request in force explains: the principal's latest request tells most. */
function unexplained(
  { principal, permission, own: isOwn }: Live,
  own: readonly Consumer[],
  isAllowed: boolean,
  now: Date,
): AuditFinding {
  const what = `${permission.privilege} on ${permission.securable}`;
  const asked = own.filter(({ requested }) =>
    requested.some((each) => permissionKey(each) === permissionKey(permission)),
  );
  const consumer = asked.find(({ status }) => status !== "revoked") ?? asked[0] ?? own.find(isGranted) ?? own[0];
  if (consumer === undefined) {
    const where = isOwn ? "" : ", which holds tables of the product";
    const message = `${principal} has ${what}${where}, and no request asks for it: make one, name the principal under ignore, or let the next run take it`;
    return { kind: "unexplained_grant", consumer_id: principal, request_id: null, message, file: null, line: null };
  }
  const { status, reason, expires } = consumer;
  if (asked.length === 0 || isGranted(consumer)) {
    const kind = isAllowed || !isOwn ? "beyond_request" : "beyond_product";
    const than = kind === "beyond_request" ? "their request gives" : "the product allows";
    return found(kind, consumer, `${principal} has ${what}, which is more than ${than}`);
  }
  const still = `${principal} still has ${what}`;
  if (status === "expired") {
    const late = expires === undefined ? 0 : Math.floor((now.getTime() - Date.parse(expires)) / 86_400_000);
    return found(
      "expired_access",
      consumer,
      `${still}, and it ended on ${dayOf(expires ?? "")}, ${String(late)} days ago: run the stack`,
    );
  }
  if (status === "revoked") return found("revoked_access", consumer, `${still}, and it was ${reason}: run the stack`);
  if (status === "pending")
    return found("missing_approval", consumer, `${principal} has ${what}, and the request ${reason}`);
  return found(
    "unexplained_grant",
    consumer,
    `${principal} has ${what}, and the request is rejected: ${reason.split("\n")[0] ?? ""}`,
  );
}
