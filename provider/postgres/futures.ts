import type { Problem } from "../core/resource.js";
import { PUBLIC, itemsOf, type AclItem } from "./acl.js";
import { canBecome, hasRightsOf, type Catalog } from "./catalog.js";
import type { Change } from "./changes.js";
import { defaultsOf, placeOf } from "./databaseCatalog.js";
import type { PrivilegeDelta } from "./grants.js";
import { KINDS, expanded, type ObjectKind } from "./objectKinds.js";

/** Privileges that somebody is to have on what will be made. */
export interface WantedDefaults {
  readonly database: string;
  readonly kind: ObjectKind;
  /** "" for all schemas. */
  readonly schema: string;
  /** Who will make it; undefined for everybody who can. */
  readonly owner: string | undefined;
  readonly grantee: string;
  readonly privileges: readonly string[];
  readonly option: boolean;
}

/** What one owner's default privileges lack, and what they have besides. */
export interface DefaultsOfOwner {
  readonly owner: string;
  readonly lacking: readonly string[];
  readonly held: readonly AclItem[];
}

/** Compares the default privileges of each owner with what is wanted. */
export function compareDefaults(catalog: Catalog, wanted: WantedDefaults): DefaultsOfOwner[] {
  const { database, schema, kind, grantee } = wanted;
  const inside = catalog.inside.get(database);
  const privileges = expanded(kind, wanted.privileges, catalog);
  return ownersOf(catalog, wanted).map((owner) => {
    const items = inside === undefined ? [] : itemsOf(defaultsOf(catalog, inside, owner, schema, kind), grantee);
    const has = (privilege: string): boolean =>
      items.some((item) => item.privilege === privilege && (!wanted.option || item.grantable));
    return { owner, lacking: privileges.filter((privilege) => !has(privilege)), held: items };
  });
}

/** Whose objects are meant. An owner has all rights on what it makes, so it is not granted anything. */
function ownersOf(catalog: Catalog, { owner, database, schema, grantee }: WantedDefaults): string[] {
  const owners = owner === undefined ? creators(catalog, database, schema) : [owner];
  return owners.filter((name) => name !== grantee);
}

/**
 * Who can make something in a schema (in any, for ""): its owner, those with CREATE and their members, and superusers
 * where the account is one; and those who own something there already. Where everybody may create, as in `public`
 * before PostgreSQL 15, only these others count: not every user of the server is going to.
 */
export function creators(catalog: Catalog, database: string, schema: string): readonly string[] {
  const kept = still.get(catalog);
  const place = JSON.stringify([database, schema]);
  const found = kept?.get(place) ?? whoCanCreate(catalog, database, schema);
  kept?.set(place, found);
  return found;
}

/** What was worked out of catalogs that do not change for the moment. */
const still = new WeakMap<Catalog, Map<string, readonly string[]>>();

/**
 * Looks at a catalog for many things in turn, while nobody changes it: who can make something in a schema is worked out
 * once for all of them, and forgotten when `look` is done.
 */
export function whileStill<T>(catalog: Catalog, look: (still: Catalog) => T): T {
  // Another object of the same content: whoever holds on to it afterwards works everything out anew.
  const same = { ...catalog };
  still.set(same, new Map());
  try {
    return look(same);
  } finally {
    still.delete(same);
  }
}

function whoCanCreate(catalog: Catalog, database: string, schema: string): string[] {
  const inside = catalog.inside.get(database);
  const roles = new Set<string>();
  const schemas = [...(inside?.schemas.values() ?? [])].filter(({ name }) => schema === "" || name === schema);
  for (const { name, owner, acl } of schemas) {
    roles.add(owner === "pg_database_owner" ? (catalog.databases.get(database)?.owner ?? owner) : owner);
    for (const [grantee, items] of acl) if (items.some(({ privilege }) => privilege === "CREATE")) roles.add(grantee);
    for (const kind of ["table", "sequence", "function", "procedure", "type"] as const) {
      for (const object of inside?.objects.get(placeOf(kind, name))?.values() ?? []) roles.add(object.owner);
    }
  }
  // A set can be added to while it is walked, and then walks on.
  for (const role of roles) {
    for (const [member, rows] of catalog.members.get(role) ?? [])
      if (rows.some((row) => row.inherit || row.set)) roles.add(member);
  }
  const account = catalog.roles.get(catalog.server?.currentUser ?? "");
  for (const { name, superuser } of catalog.roles.values()) {
    if (!superuser) continue;
    if (account?.superuser) roles.add(name);
    // Nobody else may set a superuser's default privileges.
    else roles.delete(name);
  }
  const mayOwn = (name: string): boolean => catalog.facts.mayOwn(catalog.roles.get(name) ?? { name, login: true });
  return [...roles].filter((name) => name !== PUBLIC && !name.startsWith("pg_") && mayOwn(name)).sort();
}

/** Gives what is lacking, of all owners or of some. */
export function givingDefaults(
  catalog: Catalog,
  wanted: WantedDefaults,
  to: (owner: string) => boolean = () => true,
): PrivilegeDelta {
  return change(catalog, wanted, ({ owner, lacking }) => (to(owner) ? lacking : []), "grantDefault", wanted.option);
}

/** Takes back what somebody has of some privileges. With `optionOnly`, only the right to give them on. */
export function takingDefaults(
  catalog: Catalog,
  wanted: WantedDefaults,
  of: (item: AclItem, owner: string) => boolean,
  optionOnly = false,
): PrivilegeDelta {
  const privileges = ({ held, owner }: DefaultsOfOwner): string[] =>
    held.filter((item) => of(item, owner)).map(({ privilege }) => privilege);
  return change(catalog, wanted, privileges, "revokeDefault", optionOnly);
}

function change(
  catalog: Catalog,
  wanted: WantedDefaults,
  privilegesOf: (of: DefaultsOfOwner) => readonly string[],
  kind: "grantDefault" | "revokeDefault",
  option: boolean,
): PrivilegeDelta {
  const changes: Change[] = [];
  const problems: Problem[] = [];
  for (const of of compareDefaults(catalog, wanted)) {
    const privileges = privilegesOf(of);
    if (privileges.length === 0) continue;
    const by = actor(catalog, of.owner);
    if (by === undefined) {
      problems.push(notTheirs(catalog, of.owner, wanted));
      continue;
    }
    changes.push({
      kind,
      target: { database: wanted.database, owner: of.owner, schema: wanted.schema, on: wanted.kind },
      privileges,
      grantees: [wanted.grantee],
      ...(option ? { option: true as const } : {}),
      ...by,
    });
  }
  return { units: changes.map((each) => [each]), problems };
}

/** As whom default privileges of an owner can be set. */
function actor(catalog: Catalog, owner: string): { as?: string } | undefined {
  const account = catalog.server?.currentUser;
  if (account === undefined || catalog.roles.get(account)?.superuser || hasRightsOf(catalog, account, owner)) return {};
  return canBecome(catalog, account, owner) ? { as: owner } : undefined;
}

function notTheirs(catalog: Catalog, owner: string, { kind, schema }: WantedDefaults): Problem {
  const account = JSON.stringify(catalog.server?.currentUser ?? "");
  const what = `${(KINDS[kind].future ?? "").toLowerCase()} that ${JSON.stringify(owner)} will make`;
  return {
    message: `${account} cannot say who gets privileges on ${what}${schema === "" ? "" : ` in schema ${JSON.stringify(schema)}`}`,
    remedy: `Only ${JSON.stringify(owner)}, its members and superusers can: run as one of them, or GRANT ${owner} TO the account.`,
  };
}
