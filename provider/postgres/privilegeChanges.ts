import { granted, renamed, revoked, withoutGrantee, type Acl, type AclChange } from "./acl.js";
import { hasRightsOf, type Catalog } from "./catalog.js";
import { defaultPlace, defaultsOf } from "./databaseCatalog.js";
import { isShared, type ObjectKind } from "./objectKinds.js";
import { objectAt, putObject } from "./objects.js";

/** Objects of one kind in one place. */
export interface Target {
  /** The name of the database; "" for that of a connection which is not known yet. */
  readonly database: string;
  readonly kind: ObjectKind;
  /** For kinds that are in a schema. */
  readonly schema?: string;
  /** As `nameOf` writes them. */
  readonly names: readonly string[];
  /** These are all of the schema: the statement says so instead of naming them. */
  readonly whole?: true;
}

/** What a GRANT or REVOKE says besides the objects. */
interface Privileged {
  readonly privileges: readonly string[];
  readonly grantees: readonly string[];
  /** In a grant: WITH GRANT OPTION. In a revoke: GRANT OPTION FOR. */
  readonly option?: true;
  /** The role as which it is done, where that is not the account itself. */
  readonly as?: string;
}

/** Default privileges of what a role will make in a schema, or ("") in any. */
export interface DefaultTarget {
  readonly database: string;
  readonly owner: string;
  readonly schema: string;
  readonly on: ObjectKind;
}

/** Changes of privileges. */
export type PrivilegeChange =
  | ({ readonly kind: "grant"; readonly target: Target } & Privileged)
  /** On tables it leaves what grantees have on columns. */
  | ({ readonly kind: "revoke"; readonly target: Target } & Privileged)
  | ({ readonly kind: "grantDefault"; readonly target: DefaultTarget } & Privileged)
  | ({ readonly kind: "revokeDefault"; readonly target: DefaultTarget } & Privileged)
  | { readonly kind: "reassignOwned"; readonly database: string; readonly role: string; readonly to: string }
  | { readonly kind: "dropOwned"; readonly database: string; readonly role: string };

/** As whom the account grants on what somebody owns: with the owner's rights as the owner, otherwise as itself. */
export function grantorFor(catalog: Catalog, owner: string, database: string): string {
  const account = catalog.server?.currentUser;
  if (account === undefined || catalog.roles.get(account)?.superuser === true) return owner;
  return hasRightsOf(catalog, account, owner, catalog.databases.get(database)) ? owner : account;
}

/** Makes a catalog what it is after a change of privileges. */
export function applyPrivilege(catalog: Catalog, change: PrivilegeChange): void {
  switch (change.kind) {
    case "grant":
      applyAcl(catalog, change, granted);
      for (const grantee of change.grantees) holds(catalog, grantee, placeOfHolding(change.target));
      return;
    case "revoke":
      applyAcl(catalog, change, revoked);
      return;
    case "grantDefault":
      applyDefault(catalog, change, granted);
      for (const grantee of [...change.grantees, change.target.owner]) holds(catalog, grantee, change.target.database);
      return;
    case "revokeDefault":
      applyDefault(catalog, change, revoked);
      return;
    case "reassignOwned":
      reassign(catalog, change);
      return;
    case "dropOwned":
      dropOwned(catalog, change);
      return;
  }
}

function placeOfHolding({ kind, database }: Target): string {
  return isShared(kind) ? "" : database;
}

/** Remembers that somebody owns or holds something in a database. */
export function holds(catalog: Catalog, role: string, database: string): void {
  catalog.holdings?.set(role, new Set([...(catalog.holdings.get(role) ?? []), database]));
}

type Step = (acl: Acl, change: AclChange) => Acl;

/** Runs a step on ACLs, each once: those that were one stay one. */
function stepper(catalog: Catalog, database: string, { as, option, ...rest }: Privileged, step: Step) {
  const done = new Map<Acl, Map<string, Acl>>();
  return (acl: Acl, owner: string): Acl => {
    const byOwner = done.get(acl) ?? new Map<string, Acl>();
    done.set(acl, byOwner);
    const after =
      byOwner.get(owner) ??
      step(acl, { ...rest, grantor: as ?? grantorFor(catalog, owner, database), option: option === true });
    byOwner.set(owner, after);
    return after;
  };
}

function applyAcl(catalog: Catalog, change: Extract<PrivilegeChange, { kind: "grant" | "revoke" }>, step: Step): void {
  const { target } = change;
  const after = stepper(catalog, target.database, change, step);
  const inside = catalog.inside.get(target.database);
  for (const name of target.names) {
    if (target.kind === "database") {
      const live = catalog.databases.get(name);
      if (live !== undefined) catalog.databases.set(name, { ...live, acl: after(live.acl, live.owner) });
    } else if (target.kind === "schema") {
      const live = inside?.schemas.get(name);
      if (live !== undefined) inside?.schemas.set(name, { ...live, acl: after(live.acl, live.owner) });
    } else {
      const live = objectAt(catalog, target, name);
      if (live !== undefined) putObject(catalog, target, name, { owner: live.owner, acl: after(live.acl, live.owner) });
    }
  }
}

function applyDefault(
  catalog: Catalog,
  change: Extract<PrivilegeChange, { kind: "grantDefault" | "revokeDefault" }>,
  step: Step,
): void {
  const { database, owner, schema, on } = change.target;
  const inside = catalog.inside.get(database);
  if (inside === undefined) return;
  const before = defaultsOf(catalog, inside, owner, schema, on);
  // Default privileges are always the owner's own.
  const acl = step(before, { ...change, grantor: owner, option: change.option === true });
  const kind = catalog.facts.defaultsKind(on);
  inside.defaults.set(defaultPlace(owner, schema, kind), { owner, schema, kind, acl });
}

function reassign(catalog: Catalog, { database, role, to }: Extract<PrivilegeChange, { kind: "reassignOwned" }>): void {
  const moved = <T extends { owner: string; acl: Acl }>(live: T): T =>
    live.owner === role ? { ...live, owner: to, acl: renamed(live.acl, role, to) } : live;
  changeAll(catalog, database, moved);
  holds(catalog, to, database);
}

function dropOwned(catalog: Catalog, { database, role }: Extract<PrivilegeChange, { kind: "dropOwned" }>): void {
  changeAll(catalog, database, (live) =>
    live.acl.has(role) && live.owner !== role ? { ...live, acl: withoutGrantee(live.acl, role) } : live,
  );
  const inside = catalog.inside.get(database);
  for (const [place, { owner, ...rest }] of inside?.defaults ?? []) {
    if (owner === role) inside?.defaults.delete(place);
    else inside?.defaults.set(place, { owner, ...rest, acl: withoutGrantee(rest.acl, role) });
  }
  const left = [...(catalog.holdings?.get(role) ?? [])].filter((name) => name !== database && name !== "");
  catalog.holdings?.set(role, new Set(left));
}

/** Changes what a database holds, and what all databases share. */
function changeAll(
  catalog: Catalog,
  database: string,
  change: <T extends { owner: string; acl: Acl }>(live: T) => T,
): void {
  for (const [name, live] of catalog.databases) catalog.databases.set(name, change(live));
  for (const of of catalog.shared.values()) for (const [name, live] of of) of.set(name, change(live));
  const inside = catalog.inside.get(database);
  if (inside === undefined) return;
  for (const [name, live] of inside.schemas) inside.schemas.set(name, change(live));
  for (const of of inside.objects.values()) for (const [name, live] of of) of.set(name, change(live));
}

/** Gives a role another name wherever somebody owns or has something. */
export function renameInPrivileges(catalog: Catalog, from: string, to: string): void {
  const change = <T extends { owner: string; acl: Acl }>(live: T): T => ({
    ...live,
    owner: live.owner === from ? to : live.owner,
    acl: renamed(live.acl, from, to),
  });
  changeAll(catalog, "", change);
  for (const [database, inside] of catalog.inside) {
    changeAll(catalog, database, change);
    const defaults = [...inside.defaults.values()].map(change);
    inside.defaults = new Map(defaults.map((entry) => [defaultPlace(entry.owner, entry.schema, entry.kind), entry]));
  }
  const holding = catalog.holdings?.get(from);
  catalog.holdings?.delete(from);
  if (holding !== undefined) catalog.holdings?.set(to, holding);
}
