import type { Catalog } from "../catalog.js";
import {
  builtInAcl,
  defaultPlace,
  nameOf,
  placeOf,
  type DatabaseCatalog,
  type DefaultAcl,
  type SecuredObject,
} from "../databaseCatalog.js";
import type { CatalogueReader } from "../dialect.js";
import type { ObjectKind } from "../objectKinds.js";
import { SERVERS_OWN } from "./facts.js";
import { HOLDER, aclOf, grouped, type HolderRow } from "./holders.js";

const OWN_SCHEMAS = "n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'catalog_history')";

/**
 * Reads what is in the database of the connection, in one round trip. Each of Redshift's own views is read alone: not
 * all of them can be joined with others. A materialized view is a view here; the table behind it is nobody's business.
 */
const SQL = `
SELECT n.nspname AS name, u.usename AS owner
  FROM pg_catalog.pg_namespace n LEFT JOIN pg_catalog.pg_user u ON u.usesysid = n.nspowner WHERE ${OWN_SCHEMAS};
SELECT n.nspname AS schema, c.relname AS name, u.usename AS owner
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_user u ON u.usesysid = c.relowner
 WHERE c.relkind IN ('r', 'v') AND ${OWN_SCHEMAS} AND c.relname !~ '^mv_tbl__.*__[0-9]+$';
SELECT n.nspname AS schema, p.proname AS name, oidvectortypes(p.proargtypes) AS types, p.prokind AS kind,
       u.usename AS owner, p.proacl IS NULL AS untouched
  FROM pg_catalog.pg_proc_info p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  LEFT JOIN pg_catalog.pg_user u ON u.usesysid = p.proowner WHERE ${OWN_SCHEMAS};
SELECT namespace_name AS schema, ${HOLDER}, admin_option AS admin FROM svv_schema_privileges
 WHERE privilege_scope = 'SCHEMA';
SELECT namespace_name AS schema, relation_name AS name, ${HOLDER}, admin_option AS admin FROM svv_relation_privileges;
SELECT namespace_name AS schema, relation_name AS name, column_name AS "column", ${HOLDER} FROM svv_column_privileges;
SELECT namespace_name AS schema, function_name AS name, argument_types AS types, ${HOLDER}, admin_option AS admin
  FROM svv_function_privileges;
SELECT owner_name AS owner, schema_name AS schema, object_type AS object, privilege_type AS privilege,
       grantee_name AS identity, grantee_type AS type, admin_option AS admin FROM svv_default_privileges;
SELECT u.usename AS owner, d.defaclobjtype AS code
  FROM pg_catalog.pg_default_acl d JOIN pg_catalog.pg_user u ON u.usesysid = d.defacluser WHERE d.defaclnamespace = 0;
SELECT lanname AS name, lanacl IS NULL AS untouched FROM pg_catalog.pg_language WHERE lanname NOT IN ('internal', 'c');
SELECT language_name AS name, ${HOLDER}, admin_option AS admin FROM svv_language_privileges;
`;

interface Owned {
  readonly name: string;
  readonly owner: string | null;
}
interface InSchema {
  readonly schema: string;
}
interface Routine extends Owned, InSchema {
  readonly types: string | null;
  /** f or p. */
  readonly kind: string;
  /** Nobody has granted or revoked anything: it is as new ones are. */
  readonly untouched: boolean;
}
type OnObject = HolderRow & InSchema & { readonly name: string };
interface DefaultRow extends HolderRow {
  readonly owner: string;
  readonly schema: string | null;
  readonly object: string;
}

/** The rows of the queries, in their order. */
type Rows = [
  schemas: Owned[],
  relations: (Owned & InSchema)[],
  routines: Routine[],
  onSchemas: (HolderRow & InSchema)[],
  onRelations: OnObject[],
  onColumns: (OnObject & { readonly column: string })[],
  onRoutines: (OnObject & { readonly types: string | null })[],
  defaults: DefaultRow[],
  /** Default privileges in all schemas, whatever they are: where there are none any more, no view shows a row. */
  set: { readonly owner: string; readonly code: string }[],
  languages: { readonly name: string; readonly untouched: boolean }[],
  onLanguages: (HolderRow & { readonly name: string })[],
];

/** How a database is read. */
export const inside: CatalogueReader["inside"] = {
  sql: SQL,
  read(results, server): DatabaseCatalog {
    const [schemas, relations, routines, onSchemas, onRelations, onColumns, onRoutines, ...others] =
      results as unknown as Rows;
    const [defaults, set, languages, onLanguages] = others;
    const ofSchema = grouped(onSchemas, ({ schema }) => schema);
    return {
      assumed: false,
      schemas: new Map(
        schemas.map(({ name, owner }) => [
          name,
          { name, owner: owner ?? "", comment: undefined, acl: aclOf(server, "schema", owner ?? "", ofSchema(name)) },
        ]),
      ),
      objects: objectsOf([
        ...tables(server, relations, onRelations),
        ...columns(server, relations, onColumns),
        ...routinesOf(server, routines, onRoutines),
        ...languagesOf(server, languages, onLanguages),
      ]),
      defaults: defaultsOf(server, defaults, set),
    };
  },
};

interface Found {
  readonly kind: ObjectKind;
  readonly schema: string;
  readonly name: string;
  readonly object: SecuredObject;
}

function objectsOf(found: readonly Found[]): DatabaseCatalog["objects"] {
  const objects: DatabaseCatalog["objects"] = new Map();
  for (const { kind, schema, name, object } of found) {
    const place = placeOf(kind, schema);
    const of = objects.get(place) ?? new Map<string, SecuredObject>();
    objects.set(place, of.set(name, object));
  }
  return objects;
}

function keyOf(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}

function tables(server: Catalog, relations: readonly (Owned & InSchema)[], rows: readonly OnObject[]): Found[] {
  const of = grouped(rows, ({ schema, name }) => keyOf(schema, name));
  return relations.map(({ schema, name, owner }) => ({
    kind: "table",
    schema,
    name,
    object: { owner: owner ?? "", acl: aclOf(server, "table", owner ?? "", of(keyOf(schema, name))) },
  }));
}

/** Columns on which somebody has something. */
function columns(
  server: Catalog,
  relations: readonly (Owned & InSchema)[],
  rows: readonly (OnObject & { readonly column: string })[],
): Found[] {
  const owners = new Map(relations.map(({ schema, name, owner }) => [keyOf(schema, name), owner ?? ""]));
  const of = grouped(rows, ({ schema, name, column }) => keyOf(schema, name, column));
  const each = new Map(rows.map((row) => [keyOf(row.schema, row.name, row.column), row]));
  return [...each].map(([key, { schema, name, column }]) => {
    const owner = owners.get(keyOf(schema, name)) ?? "";
    const acl = new Map(aclOf(server, "column", owner, of(key)));
    acl.delete(owner);
    return { kind: "column", schema, name: nameOf(name, column), object: { owner, acl } };
  });
}

function routinesOf(
  server: Catalog,
  routines: readonly Routine[],
  rows: readonly (OnObject & { readonly types: string | null })[],
): Found[] {
  const of = grouped(rows, ({ schema, name, types }) => keyOf(schema, name, types ?? ""));
  return routines.map(({ schema, name, types, kind: code, owner, untouched }) => {
    const kind = code === "p" ? "procedure" : "function";
    const toPublic = untouched ? server.facts.kinds[kind].toPublic : [];
    const acl = aclOf(server, kind, owner ?? "", of(keyOf(schema, name, types ?? "")), toPublic);
    return { kind, schema, name: nameOf(name, types ?? ""), object: { owner: owner ?? "", acl } };
  });
}

/**
 * Languages in which everybody may write as long as nobody said otherwise. Those of SQL and of procedures are, that of
 * Python is not: https://docs.aws.amazon.com/redshift/latest/dg/udf-security-and-privileges.html,
 * stored-procedure-security-and-privileges
 */
const OPEN: ReadonlySet<string> = new Set(["sql", "plpgsql"]);

/** They belong to the cluster; the catalogue of that age knows no owners of them. */
function languagesOf(server: Catalog, languages: Rows[9], rows: Rows[10]): Found[] {
  const of = grouped(rows, ({ name }) => name);
  return languages.map(({ name, untouched }) => {
    const toPublic = untouched && OPEN.has(name) ? server.facts.kinds.language.toPublic : [];
    const acl = aclOf(server, "language", SERVERS_OWN, of(name), toPublic);
    return { kind: "language", schema: "", name, object: { owner: SERVERS_OWN, acl } };
  });
}

const KINDS: Readonly<Record<string, ObjectKind>> = { RELATION: "table", FUNCTION: "function", PROCEDURE: "procedure" };
const CODES: Readonly<Record<string, ObjectKind>> = { r: "table", f: "function", p: "procedure" };

function defaultsOf(server: Catalog, rows: readonly DefaultRow[], set: Rows[8]): DatabaseCatalog["defaults"] {
  const defaults = new Map<string, DefaultAcl>();
  const put = (owner: string, schema: string, kind: ObjectKind, of: readonly HolderRow[]): void => {
    const acl = new Map(aclOf(server, kind, owner, of));
    // In a schema owners get nothing of themselves: they have it anyway.
    if (schema !== "") acl.delete(owner);
    defaults.set(defaultPlace(owner, schema, kind), { owner, schema, kind, acl });
  };
  for (const { owner, code } of set) {
    const kind = CODES[code];
    if (kind !== undefined) put(owner, "", kind, []);
  }
  const of = grouped(rows, ({ owner, schema, object }) => keyOf(owner, schema ?? "", object));
  for (const { owner, schema, object } of rows) {
    const kind = KINDS[object];
    if (kind !== undefined) put(owner, schema ?? "", kind, of(keyOf(owner, schema ?? "", object)));
  }
  return defaults;
}

/** The ACL of a database: what it is as long as nobody granted or revoked anything, or what is shown. */
export function databaseAcl(
  server: Catalog,
  owner: string,
  untouched: boolean,
  rows: readonly HolderRow[],
): SecuredObject["acl"] {
  return untouched && rows.length === 0
    ? builtInAcl(server, "database", owner)
    : aclOf(server, "database", owner, rows);
}
