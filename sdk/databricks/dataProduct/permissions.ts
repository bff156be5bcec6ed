import { canonicalPrivilege, refusedPrivilege } from "../../../provider/databricks/privileges.js";
import { parseSecurable, securableKey, type SecurableType } from "../../../provider/databricks/securables.js";
import type { Product } from "./product.js";
import type { Permission } from "./types.js";

export type { Permission };

/** What tells permissions apart: names of securables are found whatever their case. */
export function permissionKey({ privilege, securable }: Permission): string {
  return `${privilege} ${securableKey(securable)}`;
}

/** A permission as people read it: `SELECT on table main.sales.customers`. */
export function permissionText({ privilege, securable }: Permission): string {
  return `${privilege} on ${securable}`;
}

/** The part of a product that permissions are about. */
export type ProductSecurables = Pick<Product, "name" | "tables" | "schemas">;

/**
 * Reads a permission. In words, the table or schema is named by its last part: "SELECT on customers table". Exactly, by
 * type and full name, "SELECT on table main.sales.customers", or by full name alone. Case does not count.
 *
 * @returns the permission, or in words what is wrong and what to write instead.
 */
export function parsePermission(text: string, product: ProductSecurables): Permission | { readonly reason: string } {
  const [, left = "", right = ""] = /^\s*(\S.*?)\s+on\s+(?:the\s+)?(\S.*?)\s*$/isu.exec(text) ?? [];
  if (right === "") return { reason: `${JSON.stringify(text)} is no permission: write SELECT on customers table` };
  const found = findSecurable(right, product);
  if ("reason" in found) return { reason: `${JSON.stringify(text)}: ${found.reason}` };
  const privilege = canonicalPrivilege(left);
  const refused = refusedPrivilege(privilege, found.type);
  if (refused !== undefined) return { reason: `${JSON.stringify(text)}: ${refused}` };
  return { privilege, securable: `${found.type} ${found.name}` };
}

interface Found {
  readonly type: SecurableType;
  readonly name: string;
}

function findSecurable(words: string, product: ProductSecurables): Found | { readonly reason: string } {
  const { type, name } = typeAndName(words);
  if (type !== undefined && type !== "table" && type !== "schema") {
    return { reason: `a ${type} is no part of a data product: it has tables and schemas` };
  }
  const full =
    name.split(".").length === (type === "schema" ? 2 : 3) ? parseSecurable(`${type ?? "table"} ${name}`) : undefined;
  if (full !== undefined && "reason" in full) return full;
  const candidates = candidatesOf(type, name, product);
  const [first, second] = candidates;
  if (first !== undefined && second === undefined) return first;
  if (first !== undefined) {
    const names = candidates.map((each) => `${each.type} ${each.name}`).join(" and ");
    return { reason: `${JSON.stringify(name)} can be ${names}: write the full name` };
  }
  return { reason: unknown(type, name, product) };
}

/** "customers table", "table customers", "main.sales.customers", "customers". */
function typeAndName(words: string): { readonly type: string | undefined; readonly name: string } {
  const before = /^(\S+)\s+(\S+)$/u.exec(words);
  if (before === null) return { type: undefined, name: words };
  const [, first = "", second = ""] = before;
  const type = typeOf(second) ?? typeOf(first);
  if (type === undefined) return { type: undefined, name: words };
  return { type, name: typeOf(second) === undefined ? second : first };
}

function typeOf(word: string): string | undefined {
  const type = word.toLowerCase();
  if (type === "view" || type === "tables" || type === "views") return "table";
  if (type === "database") return "schema";
  return ["table", "schema", "volume", "function", "catalog"].find((each) => each === type);
}

/** What of the product a name can mean. A table of one of its schemas is part of it, by its full name. */
function candidatesOf(type: string | undefined, name: string, { tables, schemas }: ProductSecurables): Found[] {
  const meant = (full: string): boolean =>
    full.toLowerCase() === name.toLowerCase() || lastPart(full) === name.toLowerCase();
  const ofTables = type === "schema" ? [] : tables.filter(meant).map((full): Found => ({ type: "table", name: full }));
  const ofSchemas =
    type === "table" ? [] : schemas.filter(meant).map((full): Found => ({ type: "schema", name: full }));
  const within = schemas.some((schema) => name.toLowerCase().startsWith(`${schema.toLowerCase()}.`));
  const isTable = type !== "schema" && within && name.split(".").length === 3;
  return isTable && ofTables.length === 0 ? [{ type: "table", name }] : [...ofTables, ...ofSchemas];
}

function lastPart(full: string): string {
  return full.slice(full.lastIndexOf(".") + 1).toLowerCase();
}

function unknown(
  type: string | undefined,
  name: string,
  { name: product, tables, schemas }: ProductSecurables,
): string {
  const what = type ?? "table or schema";
  const has = [...(type === "schema" ? [] : tables), ...(type === "table" ? [] : schemas)];
  const listed = has.length === 0 ? `it has no ${what}` : `it has ${has.join(", ")}`;
  const inSchema =
    schemas.length > 0 && type !== "schema" ? `; write a table of ${schemas.join(" or ")} with its full name` : "";
  return `there is no ${what} ${JSON.stringify(name)} in ${product}: ${listed}${inSchema}`;
}

/** What a product allows, read of its file: privileges everywhere, and permissions on one thing. */
export interface Allowed {
  /** Whether a permission may be requested. */
  has(permission: Permission): boolean;
  /** What may be requested, for messages. */
  readonly told: string;
  /** What is wrong with the list, by index. */
  readonly mistakes: ReadonlyMap<number, string>;
}

/** Reads the list of what a product allows. */
export function readAllowed(product: Pick<Product, "allowed_permissions"> & ProductSecurables): Allowed {
  const everywhere = new Set<string>();
  const single = new Set<string>();
  const mistakes = new Map<number, string>();
  product.allowed_permissions.forEach((given, index) => {
    if (/\son\s/i.test(given)) {
      const parsed = parsePermission(given, product);
      if ("reason" in parsed) mistakes.set(index, parsed.reason);
      else single.add(permissionKey(parsed));
      return;
    }
    const privilege = canonicalPrivilege(given);
    const types: SecurableType[] = [
      ...(product.tables.length > 0 ? ["table" as const] : []),
      ...(product.schemas.length > 0 ? ["schema" as const] : []),
    ];
    const refusals = types.map((type) => refusedPrivilege(privilege, type));
    const [refused] = refusals;
    if (refused !== undefined && refusals.every((each) => each !== undefined)) mistakes.set(index, refused);
    else everywhere.add(privilege);
  });
  return {
    has: (permission) => everywhere.has(permission.privilege) || single.has(permissionKey(permission)),
    told: product.allowed_permissions.join(", "),
    mistakes,
  };
}
