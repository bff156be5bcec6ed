import { parseSecurable, securableKey } from "../../../provider/databricks/securables.js";
import type { ConsumerGrant } from "./grants.js";
import type { Product } from "./product.js";

/** Somebody on a list, with how long. */
export interface DeclaredPrincipal {
  /** The principal. */
  readonly name: string;
  /** When it ends. ISO 8601 in UTC. */
  readonly until?: string;
}

/** Who has which privilege, by securable. */
export type DeclaredLists = Readonly<Record<string, Readonly<Record<string, readonly DeclaredPrincipal[]>>>>;

/** What a product gives, as `databricks.Access` takes it. */
export interface DeclaredAccess {
  /** The whole lists of the product's own tables and schemas, also of those that nobody has. */
  readonly grants: DeclaredLists;
  /** What is given besides: USE CATALOG and USE SCHEMA, and tables of the product's schemas. */
  readonly additional: DeclaredLists;
}

/**
 * The grants of a product with USE CATALOG and USE SCHEMA that they need. The product's tables and schemas are its own:
 * what no request explains there is taken away.
 */
export function declaredAccess(
  { tables, schemas }: Pick<Product, "tables" | "schemas">,
  grants: readonly ConsumerGrant[],
): DeclaredAccess {
  const whole = new Map(
    [...tables.map((name) => `table ${name}`), ...schemas.map((name) => `schema ${name}`)].map((on) => [
      securableKey(on),
      new Lists(on),
    ]),
  );
  const added = new Map<string, Lists>();
  const give = (on: string, grant: ConsumerGrant): void => {
    const lists = whole.get(securableKey(on)) ?? added.get(securableKey(on)) ?? new Lists(on);
    if (!whole.has(securableKey(on))) added.set(securableKey(on), lists);
    lists.add(grant);
  };
  for (const grant of grants) {
    give(grant.securable, grant);
    for (const [on, privilege] of neededFor(grant.securable)) give(on, { ...grant, securable: on, privilege });
  }
  return { grants: told(whole), additional: told(added) };
}

/** The lists of one securable: by privilege and principal. */
class Lists {
  private readonly byPrivilege = new Map<string, Map<string, DeclaredPrincipal>>();

  constructor(readonly securable: string) {}

  add({ privilege, principal, until }: ConsumerGrant): void {
    const list = this.byPrivilege.get(privilege) ?? new Map<string, DeclaredPrincipal>();
    this.byPrivilege.set(privilege, list);
    const key = principal.toLowerCase();
    const before = list.get(key);
    if (before === undefined || isLater(until, before.until)) {
      list.set(key, { name: before?.name ?? principal, ...(until === undefined ? {} : { until }) });
    }
  }

  told(): Record<string, readonly DeclaredPrincipal[]> {
    return Object.fromEntries([...this.byPrivilege].map(([privilege, list]) => [privilege, [...list.values()]]));
  }
}

function isLater(until: string | undefined, than: string | undefined): boolean {
  if (than === undefined) return false;
  return until === undefined || Date.parse(until) > Date.parse(than);
}

function told(lists: ReadonlyMap<string, Lists>): DeclaredLists {
  return Object.fromEntries([...lists.values()].map((each) => [each.securable, each.told()]));
}

/** What one needs besides a privilege on something in a catalog. */
function neededFor(securable: string): [securable: string, privilege: string][] {
  const parsed = parseSecurable(securable);
  if ("reason" in parsed) return [];
  const [catalog = "", schema = ""] = parsed.name.split(".");
  return [
    [`catalog ${catalog}`, "USE_CATALOG"],
    [`schema ${catalog}.${schema}`, "USE_SCHEMA"],
  ];
}
