import { NO_DELTA, doing, impossible } from "../core/delta.js";
import type { Delta, Problem } from "../core/resource.js";
import { itemsOf, type Acl } from "./acl.js";
import { hasRightsOf, isMissing, type Catalog } from "./catalog.js";
import { hasGrantors, type Change } from "./changes.js";
import { kindAndSchema, shownName, type DatabaseCatalog } from "./databaseCatalog.js";
import { KINDS } from "./objectKinds.js";
import { missingOwner, refusedRemoval } from "./roles.js";

/**
 * Drops a role. One that owns or holds something is first kept from logging in; then, where `reassignTo` says to whom,
 * what it owns goes to that role and what it has is taken back, in every database; otherwise what it holds is told.
 */
export function dropDelta(catalog: Catalog, name: string, reassignTo: string | undefined): Delta<Catalog, Change> {
  const refused = refusedRemoval(catalog, name);
  if (refused !== undefined) return impossible(refused);
  if (catalog.holdings === undefined) return doing<Change>({ kind: "dropRole", names: [name] });
  const held = holdingsIn(catalog, name);
  const places = [...(catalog.holdings.get(name) ?? [])];
  // What is in a database that nobody looked into the server tells when it refuses the drop.
  const unseen = places.some((database) => database !== "" && !catalog.inside.has(database));
  if (held.size === 0 && (reassignTo === undefined ? !unseen : places.length === 0)) {
    return doing<Change>({ kind: "dropRole", names: [name] });
  }
  const locked: Change[] =
    catalog.roles.get(name)?.login === true ? [{ kind: "alterRole", name, attributes: { login: false } }] : [];
  if (reassignTo === undefined) {
    if (held.size > 0) return { ...doing(...locked), problems: [stillHolds(name, held)] };
    return { ...doing(...locked), next: () => doing<Change>({ kind: "dropRole", names: [name] }) };
  }
  if (isMissing(catalog, reassignTo)) {
    return { ...doing(...locked), problems: [missingOwner(reassignTo, `what ${JSON.stringify(name)} leaves`)] };
  }
  return { ...doing(...locked, ...membership(catalog, name)), next: (seen) => emptying(seen, name, reassignTo) };
}

/** Only who has a role's rights may give away what it owns. The membership goes with the role. */
function membership(catalog: Catalog, name: string): Change[] {
  const account = catalog.server?.currentUser;
  if (account === undefined || catalog.roles.get(account)?.superuser || hasRightsOf(catalog, account, name)) return [];
  const options = hasGrantors(catalog) ? { options: { inherit: true, set: true } } : {};
  return [{ kind: "grantMembership", group: name, members: [account], ...options }];
}

/** Gives away and takes back what a role owns and has, each database a unit of its own; then drops the role. */
function emptying(catalog: Catalog, name: string, to: string): Delta<Catalog, Change> {
  const places = [...(catalog.holdings?.get(name) ?? [])].sort();
  const inside = places.filter((place) => place !== "");
  // What all databases share can be given away from any of them.
  const databases = inside.length === 0 ? [catalog.server?.database ?? ""] : inside;
  const closed = databases.filter((database) => catalog.databases.get(database)?.allowConnections === false);
  const open = databases.filter((database) => !closed.includes(database));
  return {
    units: open.map((database) => [
      { kind: "reassignOwned", database, role: name, to },
      { kind: "dropOwned", database, role: name },
    ]),
    problems: closed.map((database) => isClosed(name, database)),
    next: (seen) => (closed.length > 0 ? NO_DELTA : emptied(seen, name)),
  };
}

function emptied(catalog: Catalog, name: string): Delta<Catalog, Change> {
  if (!catalog.roles.has(name)) return NO_DELTA;
  const held = holdingsIn(catalog, name);
  return held.size > 0 ? impossible(stillHolds(name, held)) : doing<Change>({ kind: "dropRole", names: [name] });
}

/** What a role owns and has, by database, as far as databases were read; "" for what they share. */
export function holdingsIn(catalog: Catalog, role: string): Map<string, string[]> {
  const held = new Map<string, string[]>();
  const note = (database: string, things: readonly string[]): void => {
    if (things.length > 0) held.set(database, [...(held.get(database) ?? []), ...things]);
  };
  for (const database of catalog.databases.values())
    note(
      "",
      thing(role, () => `database ${database.name}`, database),
    );
  for (const [kind, of] of catalog.shared)
    for (const [name, object] of of)
      note(
        "",
        thing(role, () => `${kind} ${name}`, object, kind !== "parameter"),
      );
  for (const [database, inside] of catalog.inside) note(database, insideOf(inside, role));
  return held;
}

function insideOf(inside: DatabaseCatalog, role: string): string[] {
  const schemas = [...inside.schemas.values()].flatMap((schema) => thing(role, () => `schema ${schema.name}`, schema));
  const objects = [...inside.objects].flatMap(([place, of]) => {
    const [kind, schema] = kindAndSchema(place);
    return [...of].flatMap(([name, object]) =>
      // A column belongs to whom its table does.
      thing(role, () => `${kind} ${shownName(kind, schema, name)}`, object, kind !== "column"),
    );
  });
  const defaults = [...inside.defaults.values()].flatMap(({ owner, schema, kind, acl }) => {
    const what = `future ${(KINDS[kind].future ?? "").toLowerCase()}${schema === "" ? "" : ` in ${schema}`}`;
    if (owner === role) return acl.size > 0 ? [`says who gets privileges on its ${what}`] : [];
    return itemsOf(acl, role).length > 0 ? [`gets privileges on ${what} of ${owner}`] : [];
  });
  return [...schemas, ...objects, ...defaults];
}

/** Nearly always there is nothing to tell, and then no name is written. */
function thing(
  role: string,
  what: () => string,
  { owner, acl }: { owner: string; acl: Acl },
  ownable = true,
): readonly string[] {
  if (owner === role) return ownable ? [`owns ${what()}`] : NOTHING_HELD;
  const items = itemsOf(acl, role);
  if (items.length === 0) return NOTHING_HELD;
  return [`has ${items.map(({ privilege }) => privilege).join(", ")} on ${what()}`];
}

const NOTHING_HELD: readonly string[] = [];

const SHOWN = 10;

function stillHolds(name: string, held: ReadonlyMap<string, readonly string[]>): Problem {
  const rows = [...held].map(([database, things]) => {
    const more = things.length > SHOWN ? ` and ${String(things.length - SHOWN)} more` : "";
    const where = database === "" ? "it" : `in database ${JSON.stringify(database)} it`;
    return `${where} ${things.slice(0, SHOWN).join(", ")}${more}`;
  });
  return {
    message: `${JSON.stringify(name)} is not dropped, and cannot log in any more: ${rows.join("; ")}`,
    remedy:
      'Give the resource reassignTo: "<role>", which gets what it owns while what it has is taken back in every database; run pulumi up, and remove it then. Or give it onRemove: "disable" or "keep".',
  };
}

function isClosed(name: string, database: string): Problem {
  return {
    message: `${JSON.stringify(name)} is not dropped: it owns or holds something in database ${JSON.stringify(database)}, which takes no connections`,
    remedy: `Let it take connections for the time: ALTER DATABASE "${database.replaceAll('"', '""')}" ALLOW_CONNECTIONS true.`,
  };
}
