import type { Acl, AclItem } from "./acl.js";
import {
  defaultPlace,
  nameOf,
  placeOf,
  type Database,
  type DatabaseCatalog,
  type SecuredObject,
} from "./databaseCatalog.js";
import { KINDS, type ObjectKind } from "./objectKinds.js";

/** An ACL as rows of grantee, grantor, privilege and whether it may be given on; 0 is PUBLIC. Takes the SQL of an aclitem[]. */
export function explodedAcl(acl: string): string {
  return `(SELECT pg_catalog.json_agg(pg_catalog.json_build_array(
            CASE WHEN x.grantee = 0 THEN 'public' ELSE pg_catalog.pg_get_userbyid(x.grantee) END,
            pg_catalog.pg_get_userbyid(x.grantor), x.privilege_type, x.is_grantable))
          FROM pg_catalog.aclexplode(${acl}) x)`;
}

/** A list of one name, as objects with equal ACLs have one of many. Takes the SQL of the name. */
const oneName = (name: string): string => `pg_catalog.json_build_array(pg_catalog.json_build_array(${name}, NULL))`;

const OWN_SCHEMAS = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

/**
 * Reads what is in the database of the connection, in one round trip. Objects of one kind, schema and owner with equal
 * ACLs come as one row: a database has many objects and few different ACLs. Types of tables, arrays and multiranges
 * have no privileges of their own, and on languages that are not trusted nobody can be given any.
 */
export const DATABASE_SQL = `
SELECT n.nspname AS name, pg_catalog.pg_get_userbyid(n.nspowner) AS owner,
       pg_catalog.obj_description(n.oid, 'pg_namespace') AS comment,
       ${explodedAcl("coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))")} AS acl
  FROM pg_catalog.pg_namespace n WHERE ${OWN_SCHEMAS};

SELECT g.kind, g.schema, pg_catalog.pg_get_userbyid(g.owner) AS owner, g.names,
       ${explodedAcl("coalesce(g.acl, pg_catalog.acldefault(g.code, g.owner))")} AS acl
  FROM (
    SELECT o.kind, n.nspname AS schema, o.owner, o.acl, o.code,
           pg_catalog.json_agg(pg_catalog.json_build_array(o.name, o.detail)) AS names
      FROM (
        SELECT CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END AS kind, c.relnamespace AS namespace,
               c.relname::text AS name, NULL::text AS detail, c.relowner AS owner, c.relacl AS acl,
               CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char" AS code
          FROM pg_catalog.pg_class c WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p', 'S')
        UNION ALL
        SELECT 'column', c.relnamespace, c.relname::text, a.attname::text, c.relowner, a.attacl, 'c'
          FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
         WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
        UNION ALL
        SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, p.pronamespace, p.proname::text,
               coalesce((SELECT pg_catalog.string_agg(CASE tn.nspname WHEN 'pg_catalog' THEN pg_catalog.format_type(t.oid, NULL)
                                 ELSE pg_catalog.format('%I.%I', tn.nspname, t.typname) END, ', ' ORDER BY at.nth)
                           FROM pg_catalog.unnest(p.proargtypes::oid[]) WITH ORDINALITY at(type, nth)
                           JOIN pg_catalog.pg_type t ON t.oid = at.type
                           JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace), ''),
               p.proowner, p.proacl, 'f'
          FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE ${OWN_SCHEMAS}
        UNION ALL
        SELECT 'type', t.typnamespace, t.typname::text, NULL, t.typowner, t.typacl, 'T'
          FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
         WHERE t.typtype <> 'm' AND (t.typrelid = 0 OR c.relkind = 'c')
           AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_type e WHERE e.typarray = t.oid)
      ) o JOIN pg_catalog.pg_namespace n ON n.oid = o.namespace
     WHERE ${OWN_SCHEMAS}
     GROUP BY o.kind, n.nspname, o.owner, o.acl, o.code
    UNION ALL
    SELECT 'language', '', l.lanowner, l.lanacl, 'l', ${oneName("l.lanname")} FROM pg_catalog.pg_language l WHERE l.lanpltrusted
    UNION ALL
    SELECT 'foreign data wrapper', '', w.fdwowner, w.fdwacl, 'F', ${oneName("w.fdwname")} FROM pg_catalog.pg_foreign_data_wrapper w
    UNION ALL
    SELECT 'foreign server', '', s.srvowner, s.srvacl, 'S', ${oneName("s.srvname")} FROM pg_catalog.pg_foreign_server s
  ) g;

SELECT pg_catalog.pg_get_userbyid(d.defaclrole) AS owner, coalesce(n.nspname, '') AS schema, d.defaclobjtype AS code,
       ${explodedAcl("d.defaclacl")} AS acl
  FROM pg_catalog.pg_default_acl d LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace;
`;

/** An ACL as `explodedAcl` gives it: grantee, grantor, privilege, whether it may be given on; null for an empty one. */
export type AclRows = readonly (readonly [string, string, string, boolean])[] | null;

/** A database as the server's catalogue query gives it. */
export type DatabaseRow = Omit<Database, "acl" | "comment" | "locale" | "provider"> & {
  readonly oid: number;
  readonly comment: string | null;
  /** c, i or b; null before PostgreSQL 15. */
  readonly provider: string | null;
  readonly locale: string | null;
  readonly acl: AclRows;
};

/**
 * Reads the parameters on which somebody has been given something. Asked of servers from version 15 on; for older ones
 * the query alone would be an error.
 */
export const PARAMETERS_SQL = `
SELECT p.parname AS name, pg_catalog.pg_get_userbyid(10) AS owner, ${explodedAcl("p.paracl")} AS acl
  FROM pg_catalog.pg_parameter_acl p;
`;

/** The rows of the three queries in `DATABASE_SQL`. */
export interface DatabaseRows {
  readonly schemas: readonly { name: string; owner: string; comment: string | null; acl: AclRows }[];
  readonly objects: readonly {
    kind: ObjectKind;
    schema: string;
    owner: string;
    names: readonly (readonly [string, string | null])[];
    acl: AclRows;
  }[];
  readonly defaults: readonly { owner: string; schema: string; code: string; acl: AclRows }[];
}

const PROVIDERS: Readonly<Record<string, string>> = { c: "libc", i: "icu", b: "builtin" };

/** A database of what the server's catalogue query gave. */
export function databaseOf({ oid: _oid, comment, provider, locale, acl, ...rest }: DatabaseRow): Database {
  return {
    ...rest,
    comment: comment ?? undefined,
    provider: PROVIDERS[provider ?? "c"] ?? "libc",
    locale: locale ?? undefined,
    acl: aclOf(acl),
  };
}

/** Something that a server's catalogue query gives by itself, with its owner and ACL. */
export interface SecuredRow {
  readonly name: string;
  readonly owner: string;
  readonly acl: AclRows;
}

/** Objects by name, of their rows. */
export function securedObjects(rows: readonly SecuredRow[]): Map<string, SecuredObject> {
  return new Map(rows.map(({ name, owner, acl }) => [name, { owner, acl: aclOf(acl) }]));
}

/** Makes the inside of a database of what `DATABASE_SQL` gave. */
export function databaseCatalogOf(rows: DatabaseRows): DatabaseCatalog {
  const objects: DatabaseCatalog["objects"] = new Map();
  for (const { kind, schema, owner, names, acl } of rows.objects) {
    const place = placeOf(kind, schema);
    const of = objects.get(place) ?? new Map<string, SecuredObject>();
    objects.set(place, of);
    const shared: SecuredObject = { owner, acl: aclOf(acl) };
    for (const [name, detail] of names) of.set(nameOf(name, detail ?? undefined), shared);
  }
  const schemas = rows.schemas.map(({ comment, acl, ...rest }) => ({
    ...rest,
    comment: comment ?? undefined,
    acl: aclOf(acl),
  }));
  const defaults = rows.defaults.flatMap(({ owner, schema, code, acl }) => {
    const kind = kindOf(code);
    return kind === undefined ? [] : [{ owner, schema, kind, acl: aclOf(acl) }];
  });
  return {
    assumed: false,
    schemas: new Map(schemas.map((schema) => [schema.name, schema])),
    objects,
    defaults: new Map(defaults.map((entry) => [defaultPlace(entry.owner, entry.schema, entry.kind), entry])),
  };
}

function kindOf(code: string): ObjectKind | undefined {
  return (Object.keys(KINDS) as ObjectKind[]).find((kind) => KINDS[kind].code === code);
}

function aclOf(rows: AclRows): Acl {
  const acl = new Map<string, AclItem[]>();
  for (const [grantee, grantor, privilege, grantable] of rows ?? []) {
    const items = acl.get(grantee) ?? [];
    items.push({ privilege, grantor, grantable });
    acl.set(grantee, items);
  }
  return acl;
}
