import { claimsOf } from "../core/tokens.js";

/**
 * The roles of a realm's management client that reading takes, in the order in which they are named. view-users brings
 * query-users and query-groups with it.
 */
const NEEDED = ["view-users", "query-users", "query-groups", "view-realm"] as const;

/** One of the roles that reading takes. */
export type Role = (typeof NEEDED)[number];

/**
 * The roles that a token lacks; undefined where the token does not say what it may do, as lightweight tokens do not.
 */
export function missingRoles(token: string, realm: string): Role[] | undefined {
  const access = claimsOf(token)?.["resource_access"];
  if (!isRecord(access)) return undefined;
  const client = access[managementClient(realm)];
  const roles = isRecord(client) && Array.isArray(client["roles"]) ? (client["roles"] as unknown[]) : [];
  return NEEDED.filter((role) => !roles.includes(role));
}

/** The client that has a realm's administrative roles, as a service account of the same realm sees it. */
export function managementClient(realm: string): string {
  return realm === "master" ? "master-realm" : "realm-management";
}

/** What to do about roles. */
export function roleRemedy(clientId: string, realm: string, missing: readonly Role[]): string {
  const named = missing.length === 0 ? NEEDED.join(", ") : missing.join(", ");
  return (
    `In realm ${realm}, give the service account of client ${clientId} (Clients, ${clientId}, Service accounts roles) ` +
    `the roles of ${managementClient(realm)} that it lacks: ${named}.`
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
