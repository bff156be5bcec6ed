import { itemsOf, type Acl } from "./acl.js";
import { DEFAULT_ATTRIBUTES, type Catalog } from "./catalog.js";
import { blankDatabase, defaultPlace, type DatabaseCatalog } from "./databaseCatalog.js";
import { creators, type WantedDefaults } from "./futures.js";
import { privilegesIn, type WantedPrivileges } from "./grants.js";
import { putObject } from "./objects.js";
import { expanded } from "./objectKinds.js";
import { findObjects, type NamedObject } from "./securedObjects.js";

/** Puts privileges into a catalog that was not read. */
export function assumeGrant(catalog: Catalog, wanted: WantedPrivileges): void {
  const { database, grantee } = wanted;
  if (!catalog.roles.has(grantee)) {
    catalog.roles.set(grantee, { ...DEFAULT_ATTRIBUTES, name: grantee, comment: undefined, holds: true });
  }
  const inside = catalog.inside.get(database) ?? blankDatabase();
  catalog.inside.set(database, inside);
  const items = privilegesIn(catalog, wanted).map((privilege) => ({
    privilege,
    grantor: "",
    grantable: wanted.option,
  }));
  for (const object of findObjects(catalog, wanted).found) {
    put(
      catalog,
      inside,
      wanted,
      object,
      new Map([...object.acl, [grantee, [...itemsOf(object.acl, grantee), ...items]]]),
    );
  }
}

function put(
  catalog: Catalog,
  inside: DatabaseCatalog,
  wanted: WantedPrivileges,
  { name, owner }: NamedObject,
  acl: Acl,
): void {
  const { database, kind } = wanted;
  if (kind === "database") {
    const nothing = { encoding: "", collate: "", ctype: "", provider: "libc", locale: undefined, comment: undefined };
    catalog.databases.set(database, { name, owner, connectionLimit: -1, allowConnections: true, ...nothing, acl });
  } else if (kind === "schema") {
    inside.schemas.set(name, { name, owner, comment: undefined, acl });
  } else {
    putObject(catalog, wanted, name, { owner, acl });
  }
}

/** Puts default privileges into a catalog that was not read. */
export function assumeDefaults(catalog: Catalog, wanted: WantedDefaults): void {
  const { database, schema, kind, grantee, option } = wanted;
  const inside = catalog.inside.get(database) ?? blankDatabase();
  catalog.inside.set(database, inside);
  const privileges = expanded(kind, wanted.privileges, catalog);
  for (const owner of wanted.owner === undefined ? creators(catalog, database, schema) : [wanted.owner]) {
    const items = privileges.map((privilege) => ({ privilege, grantor: owner, grantable: option }));
    const entry = { owner, schema, kind: catalog.facts.defaultsKind(kind), acl: new Map([[grantee, items]]) };
    inside.defaults.set(defaultPlace(owner, schema, entry.kind), entry);
  }
}
