import { renamed, type Acl } from "./acl.js";
import type { Catalog, RoleSettings } from "./catalog.js";
import {
  builtInAcl,
  defaultsOf,
  newDatabase,
  type Database,
  type Schema,
  type DatabaseCatalog,
} from "./databaseCatalog.js";
import { holds } from "./privilegeChanges.js";

/** What CREATE DATABASE can say; what is left out is as the server does it. */
export interface DatabaseOptions {
  readonly owner?: string;
  readonly template?: string;
  readonly encoding?: string;
  readonly locale?: string;
  readonly localeProvider?: "libc" | "icu" | "builtin";
  readonly allowConnections?: boolean;
  readonly connectionLimit?: number;
}

/** Changes of databases, of schemas, and of the parameters that are set for roles. */
export type DatabaseChange =
  | { readonly kind: "createDatabase"; readonly name: string; readonly options: DatabaseOptions }
  | {
      readonly kind: "alterDatabase";
      readonly name: string;
      readonly options: Pick<DatabaseOptions, "allowConnections" | "connectionLimit">;
    }
  | { readonly kind: "ownDatabase"; readonly name: string; readonly owner: string }
  | { readonly kind: "commentDatabase"; readonly name: string; readonly comment: string | null }
  | { readonly kind: "dropDatabase"; readonly name: string; readonly endSessions: boolean }
  | { readonly kind: "createSchema"; readonly database: string; readonly name: string; readonly owner?: string }
  | { readonly kind: "ownSchema"; readonly database: string; readonly name: string; readonly owner: string }
  | {
      readonly kind: "commentSchema";
      readonly database: string;
      readonly name: string;
      readonly comment: string | null;
    }
  | { readonly kind: "dropSchema"; readonly database: string; readonly name: string }
  | {
      readonly kind: "setParameter";
      readonly role: string;
      /** "" for all databases. */
      readonly database: string;
      readonly name: string;
      /** As the server keeps it; null takes the setting back. */
      readonly value: string | null;
    };

/** Makes a catalog what it is after a change of a database, a schema or a parameter. */
export function applyDatabase(catalog: Catalog, change: DatabaseChange): void {
  switch (change.kind) {
    case "createDatabase":
      createDatabase(catalog, change.name, change.options);
      return;
    case "alterDatabase":
      replaceDatabase(catalog, change.name, change.options);
      return;
    case "ownDatabase":
      ownDatabase(catalog, change.name, change.owner);
      return;
    case "commentDatabase":
      replaceDatabase(catalog, change.name, { comment: change.comment ?? undefined });
      return;
    case "dropDatabase":
      catalog.databases.delete(change.name);
      catalog.inside.delete(change.name);
      for (const [role, held] of catalog.holdings ?? []) {
        catalog.holdings?.set(role, new Set([...held].filter((database) => database !== change.name)));
      }
      return;
    case "createSchema":
      createSchema(catalog, change);
      return;
    case "ownSchema":
      ownSchema(catalog, change);
      return;
    case "commentSchema":
      replaceSchema(catalog, change, { comment: change.comment ?? undefined });
      return;
    case "dropSchema":
      dropSchema(catalog.inside.get(change.database), change.name);
      return;
    case "setParameter":
      setParameter(catalog, change);
      return;
  }
}

/** A schema takes with it what is said of later objects in it. Other objects it has none: it would not be dropped. */
function dropSchema(inside: DatabaseCatalog | undefined, name: string): void {
  inside?.schemas.delete(name);
  for (const [place, { schema }] of inside?.defaults ?? []) if (schema === name) inside?.defaults.delete(place);
}

function createDatabase(catalog: Catalog, name: string, options: DatabaseOptions): void {
  const { owner = catalog.server?.currentUser ?? "", encoding, locale, localeProvider = "libc" } = options;
  const libc = localeProvider === "libc" ? locale : undefined;
  // What nobody says comes from the template, as far as it is known.
  const from = catalog.databases.get(options.template ?? "template1");
  const acl = builtInAcl(catalog, "database", owner);
  catalog.databases.set(name, {
    name,
    owner,
    encoding: encoding ?? from?.encoding ?? "",
    collate: libc ?? from?.collate ?? "",
    ctype: libc ?? from?.ctype ?? "",
    provider: options.localeProvider ?? from?.provider ?? "libc",
    locale: localeProvider === "libc" ? from?.locale : locale,
    connectionLimit: options.connectionLimit ?? -1,
    allowConnections: options.allowConnections ?? true,
    comment: undefined,
    acl,
  });
  catalog.inside.set(name, newDatabase(catalog));
  holds(catalog, owner, "");
}

function replaceDatabase(catalog: Catalog, name: string, values: Partial<Database>): void {
  const live = catalog.databases.get(name);
  if (live !== undefined) catalog.databases.set(name, { ...live, ...values });
}

function ownDatabase(catalog: Catalog, name: string, owner: string): void {
  const live = catalog.databases.get(name);
  if (live !== undefined) replaceDatabase(catalog, name, { owner, acl: renamed(live.acl, live.owner, owner) });
  holds(catalog, owner, "");
}

interface Place {
  readonly database: string;
  readonly name: string;
}

function createSchema(catalog: Catalog, { database, name, owner }: Place & { owner?: string }): void {
  const of = owner ?? catalog.server?.currentUser ?? "";
  const inside = catalog.inside.get(database);
  // Default privileges may be on schemas too, and then others have some from the first moment.
  const acl = inside === undefined ? (new Map() as Acl) : defaultsOf(catalog, inside, of, "", "schema");
  inside?.schemas.set(name, { name, owner: of, comment: undefined, acl });
  for (const role of [of, ...acl.keys()]) holds(catalog, role, database);
}

function replaceSchema(catalog: Catalog, { database, name }: Place, values: Partial<Schema>): void {
  const schemas = catalog.inside.get(database)?.schemas;
  const live = schemas?.get(name);
  if (live !== undefined) schemas?.set(name, { ...live, ...values });
}

function ownSchema(catalog: Catalog, { database, name, owner }: Place & { owner: string }): void {
  const live = catalog.inside.get(database)?.schemas.get(name);
  if (live === undefined) return;
  replaceSchema(catalog, { database, name }, { owner, acl: renamed(live.acl, live.owner, owner) });
  holds(catalog, owner, database);
}

function setParameter(
  catalog: Catalog,
  { role, database, name, value }: Extract<DatabaseChange, { kind: "setParameter" }>,
): void {
  const before: RoleSettings = catalog.settings.get(role) ?? new Map<string, ReadonlyMap<string, string>>();
  const parameters = new Map(before.get(database));
  if (value === null) parameters.delete(name);
  else parameters.set(name, value);
  catalog.settings.set(role, new Map([...before, [database, parameters]]));
}
