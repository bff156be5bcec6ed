import type { Connection } from "../core/connections.js";
import { inventoryOf, type HeldResource, type Holdings, type Thing } from "../core/inventory.js";
import { decodeNames } from "../core/lines.js";
import type { ObjectArguments } from "./accessObjectArguments.js";
import { grantLists } from "./accessObjects.js";
import { itemsOf, PUBLIC, type Acl } from "./acl.js";
import type { Catalog, Role } from "./catalog.js";
import { toDatabase } from "./client.js";
import type { GrantList } from "./contradictoryGrants.js";
import { kindAndSchema, shownName, type DatabaseCatalog } from "./databaseCatalog.js";
import { dial } from "./dial.js";
import { resources } from "./index.js";
import { membershipThing } from "./memberships.js";
import type { ObjectKind } from "./objectKinds.js";
import { identifier } from "./quote.js";
import type { PostgresSettings } from "./settings.js";
import { postgres } from "./system.js";

/** What is in a server and no resource manages. Only reads the catalogue. */
export const inventory = inventoryOf({
  ...postgres,
  resources,
  look: async (connection, holdings) => {
    const client = await dial(connection);
    try {
      const catalog = await client.readCatalog();
      const home = catalog.server?.database ?? "";
      const databases = databasesOf(holdings.resources, home).filter((name) => catalog.databases.has(name));
      for (const name of databases) catalog.inside.set(name, await inside(connection, name, catalog));
      return [
        ...roleThings(catalog, holdings, isRedshift(connection)),
        ...memberThings(catalog, holdings, isRedshift(connection)),
        ...databases.flatMap((name) => grantThings(catalog, name, home, holdings)),
      ];
    } finally {
      await client.close();
    }
  },
});

async function inside(
  connection: Connection<PostgresSettings>,
  database: string,
  server: Catalog,
): Promise<DatabaseCatalog> {
  const client = await dial(toDatabase(connection, database));
  try {
    return await client.readDatabase(server);
  } finally {
    await client.close();
  }
}

/** The databases in which resources grant something: in others nobody has said that grants are managed. */
function databasesOf(held: readonly HeldResource[], home: string): string[] {
  const named = held.flatMap(({ token, properties }): unknown[] => {
    if (/\.(Grant|Privileges)$/.test(token)) return [properties["database"] ?? home];
    return listsOf({ token, properties }).map(({ database }) => database);
  });
  // What all databases share is in none.
  return [...new Set(named.map(String))].filter((name) => name !== "");
}

/** The lists of privileges that an Access gives; none of other resources. */
function listsOf({ token, properties }: HeldResource): GrantList[] {
  return token === "postgres.Access" ? grantLists({ grants: properties["grants"] as ObjectArguments["grants"] }) : [];
}

/** Whether users, groups and roles are three kinds of things. */
function isRedshift({ settings }: Connection<PostgresSettings>): boolean {
  return settings.dialect.value === "redshift";
}

/** Roles besides PostgreSQL's and Redshift's own, the one that initdb made and the account that runs this. */
function roleThings({ roles, server }: Catalog, { has }: Holdings, redshift: boolean): Thing[] {
  const own = new Set([server?.bootstrapUser, server?.currentUser, server?.sessionUser]);
  return [...roles.values()]
    .filter(({ name }) => !/^(pg_|sys:)/.test(name) && !own.has(name) && !has(`role:${name}`))
    .map((role) => ({
      key: `role:${role.name}`,
      kind: kindOf(role),
      name: role.name,
      text: `the ${kindOf(role)} ${JSON.stringify(role.name)}`,
      remedy: `DROP ${redshift ? redshiftWord(role) : "ROLE"} ${identifier(role.name)};`,
    }));
}

function kindOf({ superuser, login, as }: Role): string {
  if (superuser) return "superuser";
  return login ? "login" : (as ?? "group");
}

function redshiftWord({ superuser, login, as }: Role): string {
  if (superuser || login) return "USER";
  return as === "role" ? "ROLE" : "GROUP";
}

/** Members of groups that are managed and whose list no resource decides: there, who is too much is drift. */
function memberThings({ members, roles, server }: Catalog, { has }: Holdings, redshift: boolean): Thing[] {
  return [...members]
    .filter(([group]) => has(`role:${group}`) && !has(`member list:${group}`))
    .flatMap(([group, of]) =>
      [...of.keys()]
        // Whoever makes a role is made its administrator.
        .filter((member) => member !== server?.currentUser)
        .map((member) => ({
          key: membershipThing(group, member),
          kind: "member",
          name: `${member} in ${group}`,
          text: `${JSON.stringify(member)} is in the group ${JSON.stringify(group)}`,
          remedy:
            redshift && roles.get(group)?.as !== "role"
              ? `ALTER GROUP ${identifier(group)} DROP USER ${identifier(member)};`
              : `REVOKE ${redshift ? "ROLE " : ""}${identifier(group)} FROM ${identifier(member)};`,
        })),
    );
}

/** Something that has an ACL. */
interface Secured {
  readonly kind: ObjectKind;
  readonly schema: string | null;
  readonly name: string | null;
  readonly shown: string;
  readonly owner: string;
  readonly acl: Acl;
}

/** What roles other than owners have in a database. What everybody has is the server's default more often than not. */
function grantThings(catalog: Catalog, database: string, home: string, { has, resources: held }: Holdings): Thing[] {
  return securedIn(catalog, database).flatMap((object) =>
    [...object.acl.keys()]
      .filter((grantee) => grantee !== object.owner && grantee !== PUBLIC)
      // Who is not managed is told of once, as a login or a group.
      .filter((grantee) => has(`role:${grantee}`))
      .flatMap((grantee) =>
        itemsOf(object.acl, grantee)
          .filter(({ privilege }) => !isManaged(object, { database, home, grantee, privilege }, has))
          .filter(() => !isDecided(object, { database, home, grantee }, held))
          .map(({ privilege }) => grantThing(object, { database, grantee, privilege })),
      ),
  );
}

interface Given {
  readonly database: string;
  readonly grantee: string;
  readonly privilege: string;
}

/** Grants name objects or all of a schema, one privilege or all of them, and leave out the connection's own database. */
function isManaged(
  { kind, schema, name }: Secured,
  { database, home, grantee, privilege }: Given & { readonly home: string },
  has: (key: string) => boolean,
): boolean {
  const databases = database === home ? [database, ""] : [database];
  return databases.some((in_) =>
    [name, null].some((each) =>
      [privilege, "ALL"].some((of) => has(`privilege:${JSON.stringify([in_, kind, schema, each, grantee, of])}`)),
    ),
  );
}

/**
 * Whether a postgres.Privileges, or an exact list of an Access, decides all that somebody has there: then what is too
 * much is drift.
 */
function isDecided(
  { kind, schema }: Secured,
  { database, home, grantee }: Omit<Given, "privilege"> & { readonly home: string },
  held: readonly HeldResource[],
): boolean {
  const isHere = (on: unknown, place: unknown): boolean => on === kind && (place ?? null) === schema;
  return held.some((resource) => {
    const { token, properties } = resource;
    if (token === "postgres.Privileges") {
      return (
        properties["grantee"] === grantee &&
        (properties["database"] ?? home) === database &&
        isHere(properties["on"], properties["schema"])
      );
    }
    return listsOf(resource).some(
      (list) =>
        list.target.exact === true &&
        list.database === database &&
        isHere(list.target.on, list.target.schema) &&
        decodeNames(list.text).includes(grantee),
    );
  });
}

function grantThing({ kind, schema, name, shown }: Secured, { database, grantee, privilege }: Given): Thing {
  return {
    key: `privilege:${JSON.stringify([database, kind, schema, name, grantee, privilege])}`,
    kind: "grant",
    name: `${grantee} in ${kind} ${shown}`,
    text: `${JSON.stringify(grantee)} has ${privilege} on ${kind} ${shown} of database ${JSON.stringify(database)}`,
  };
}

function securedIn({ databases, inside: known }: Catalog, database: string): Secured[] {
  const own = databases.get(database);
  const within = known.get(database);
  const schemas = [...(within?.schemas.values() ?? [])].filter(({ name }) => !/^pg_|^information_schema$/.test(name));
  return [
    ...(own === undefined ? [] : [{ ...own, kind: "database" as const, schema: null, name: null, shown: database }]),
    ...schemas.map(({ name, ...of }) => ({ ...of, kind: "schema" as const, schema: name, name: null, shown: name })),
    ...[...(within?.objects ?? [])].flatMap(([place, objects]) => {
      const [kind, schema] = kindAndSchema(place);
      // What is in no schema, such as a language, is nobody's but the administrators'.
      if (!schemas.some(({ name }) => name === schema)) return [];
      return [...objects].map(([name, of]) => ({ ...of, kind, schema, name, shown: shownName(kind, schema, name) }));
    }),
  ];
}
