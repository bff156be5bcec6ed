import type { SecurableType } from "./securables.js";

/** Stands for every privilege that the securable and what is in it can have, also later ones, but not for all (see below). */
export const ALL_PRIVILEGES = "ALL_PRIVILEGES";
/** May give and take privileges, and change and delete the securable. */
export const MANAGE = "MANAGE";
/** How the open-source server shows an owner among the privileges. Nobody gives or takes it with a grant. */
export const OWNER = "OWNER";

/**
 * What ALL PRIVILEGES leaves out:
 * https://docs.databricks.com/aws/en/data-governance/unity-catalog/manage-privileges/privileges#all-privileges
 */
const APART_FROM_ALL: ReadonlySet<string> = new Set([
  ALL_PRIVILEGES,
  MANAGE,
  OWNER,
  "EXTERNAL_USE_LOCATION",
  "EXTERNAL_USE_SCHEMA",
]);

const IN_SCHEMAS = [
  "ALL_PRIVILEGES",
  "APPLY_TAG",
  "BROWSE",
  "CREATE",
  "CREATE_FOREIGN_SECURABLE",
  "CREATE_FUNCTION",
  "CREATE_MATERIALIZED_VIEW",
  "CREATE_MODEL",
  "CREATE_TABLE",
  "CREATE_VIEW",
  "CREATE_VOLUME",
  "EXECUTE",
  "EXTERNAL_USE_SCHEMA",
  "MANAGE",
  "MODIFY",
  "READ_VOLUME",
  "REFRESH",
  "SELECT",
  "USAGE",
  "USE_SCHEMA",
  "WRITE_VOLUME",
];

const ON_FILES = ["ALL_PRIVILEGES", "CREATE_EXTERNAL_TABLE", "CREATE_TABLE", "MANAGE", "READ_FILES", "WRITE_FILES"];

/**
 * What can be given on what, for the types of which that is documented:
 * https://docs.databricks.com/aws/en/data-governance/unity-catalog/manage-privileges/privileges and, for the
 * open-source server, the enumeration in its API. Privileges are inherited from catalog and schema, so these have those
 * of what is in them too.
 */
const BY_TYPE: Partial<Record<SecurableType, readonly string[]>> = {
  metastore: [
    "CREATE_CATALOG",
    "CREATE_CLEAN_ROOM",
    "CREATE_CONNECTION",
    "CREATE_EXTERNAL_LOCATION",
    "CREATE_PROVIDER",
    "CREATE_RECIPIENT",
    "CREATE_SERVICE_CREDENTIAL",
    "CREATE_SHARE",
    "CREATE_STORAGE_CREDENTIAL",
    "MANAGE_ALLOWLIST",
    "SET_SHARE_PERMISSION",
    "USE_CONNECTION",
    "USE_MARKETPLACE_ASSETS",
    "USE_PROVIDER",
    "USE_RECIPIENT",
    "USE_SHARE",
  ],
  catalog: [...IN_SCHEMAS, "CREATE_SCHEMA", "USE_CATALOG"],
  schema: IN_SCHEMAS,
  table: ["ALL_PRIVILEGES", "APPLY_TAG", "BROWSE", "MANAGE", "MODIFY", "REFRESH", "SELECT"],
  function: ["ALL_PRIVILEGES", "APPLY_TAG", "EXECUTE", "MANAGE"],
  registered_model: ["ALL_PRIVILEGES", "APPLY_TAG", "EXECUTE", "MANAGE"],
  volume: ["ALL_PRIVILEGES", "APPLY_TAG", "MANAGE", "READ_VOLUME", "WRITE_VOLUME"],
  external_location: [
    ...ON_FILES,
    "BROWSE",
    "CREATE_EXTERNAL_VOLUME",
    "CREATE_FOREIGN_SECURABLE",
    "CREATE_MANAGED_STORAGE",
    "EXTERNAL_USE_LOCATION",
  ],
  storage_credential: [...ON_FILES, "CREATE_EXTERNAL_LOCATION"],
  credential: [...ON_FILES, "ACCESS", "CREATE_CONNECTION", "CREATE_EXTERNAL_LOCATION"],
  connection: ["ALL_PRIVILEGES", "CREATE_FOREIGN_CATALOG", "MANAGE", "USE_CONNECTION"],
};

/**
 * Privileges that the API knows and of which is not documented what they can be on, most of them new: they are taken on
 * everything, and the service decides.
 */
const ANYWHERE: readonly string[] = [
  "CREATE_CASE_COLLECTION",
  "CREATE_DATASOURCE",
  "CREATE_FEATURE",
  "CREATE_FLOW",
  "CREATE_MEMORY_STORE",
  "CREATE_RULE",
  "CREATE_SEMANTIC_GRAPH",
  "CREATE_SERVICE",
  "CREATE_SKILL",
  "CREATE_STREAM",
  "DELETE",
  "DELETE_EVENTS",
  "DELETE_SECURITY_DATA",
  "EXECUTE_CLEAN_ROOM_TASK",
  "INSERT",
  "INSERT_SECURITY_DATA",
  "MANAGE_ACCESS",
  "MANAGE_ACCESS_CONTROL",
  "MANAGE_GRANTS",
  "MODIFY_CLEAN_ROOM",
  "READ_EVENTS",
  "READ_FEATURE",
  "READ_FLOW",
  "READ_MEMORY_STORE",
  "READ_METADATA",
  "READ_PRIVATE_FILES",
  "READ_SECURITY_DATA",
  "READ_SEMANTIC_GRAPH",
  "READ_SKILL",
  "READ_STREAM",
  "REFRESH_FLOW",
  "UPDATE",
  "UPDATE_EVENTS",
  "UPDATE_SECURITY_DATA",
  "USE_VOLUME",
  "VIEW_ADMIN_METADATA",
  "VIEW_METADATA",
  "VIEW_OBJECT",
  "WRITE_FLOW",
  "WRITE_MEMORY_STORE",
  "WRITE_PRIVATE_FILES",
  "WRITE_SEMANTIC_GRAPH",
  "WRITE_SKILL",
];

/** Every privilege that Roster knows. */
export const PRIVILEGES: ReadonlySet<string> = new Set([...Object.values(BY_TYPE).flat(), ...ANYWHERE]);

/** The privileges of the open-source server, from the enumeration in its API. */
export const OPEN_SOURCE_PRIVILEGES: ReadonlySet<string> = new Set([
  "CREATE_CATALOG",
  "USE_CATALOG",
  "CREATE_SCHEMA",
  "USE_SCHEMA",
  "CREATE_TABLE",
  "SELECT",
  "MODIFY",
  "CREATE_FUNCTION",
  "EXECUTE",
  "CREATE_VOLUME",
  "READ_VOLUME",
  "CREATE_MODEL",
  "CREATE_EXTERNAL_LOCATION",
  "READ_FILES",
  "WRITE_FILES",
  "CREATE_EXTERNAL_TABLE",
  "CREATE_EXTERNAL_VOLUME",
  "CREATE_MANAGED_STORAGE",
  "CREATE_STORAGE_CREDENTIAL",
]);

/** A privilege as Roster writes it: `USE_CATALOG` for "use catalog". */
export function canonicalPrivilege(text: string): string {
  return text.trim().toUpperCase().replace(/\s+/g, "_");
}

/** As the open-source server writes it: `USE CATALOG`. */
export function spacedPrivilege(privilege: string): string {
  return privilege.replaceAll("_", " ");
}

/** Why a privilege, in its canonical form, cannot be given on a securable of a type; undefined where it can. */
export function refusedPrivilege(privilege: string, type: SecurableType): string | undefined {
  if (privilege === OWNER) return "OWNER is no privilege: ownership does not change by a grant";
  if (!PRIVILEGES.has(privilege)) {
    const near = [...PRIVILEGES].find((known) => isNear(known, privilege));
    return `there is no privilege ${JSON.stringify(privilege)}${near === undefined ? notMeant(privilege, type) : `; is ${near} meant?`}`;
  }
  const fitting = BY_TYPE[type];
  if (fitting === undefined || ANYWHERE.includes(privilege) || fitting.includes(privilege)) return undefined;
  return `${privilege} cannot be given on a ${type}; that can have ${fitting.join(", ")}`;
}

/** What stands where a privilege should may be a principal: grants name the privilege first. */
function notMeant(privilege: string, type: SecurableType): string {
  if (privilege.includes("@")) return ", which looks like a principal: grants are lists of principals by privilege";
  const fitting = BY_TYPE[type];
  return fitting === undefined ? "" : `; a ${type} can have ${fitting.join(", ")}`;
}

/** Whether one letter more, less or otherwise, or two that changed places, makes one word of the other. */
function isNear(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1) return false;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < Math.min(one.length, other.length) - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  const [left, right] = [one.slice(start, one.length - end), other.slice(start, other.length - end)];
  return left.length + right.length <= 2 || (left.length === 2 && left.charAt(1) + left.charAt(0) === right);
}

/** Whether somebody with ALL PRIVILEGES has a privilege by that alone. */
export function isPartOfAll(privilege: string): boolean {
  return !APART_FROM_ALL.has(privilege);
}

/** Whether a privilege is there, by itself or with ALL PRIVILEGES. */
export function holds(held: ReadonlySet<string>, privilege: string): boolean {
  return held.has(privilege) || (held.has(ALL_PRIVILEGES) && isPartOfAll(privilege));
}
