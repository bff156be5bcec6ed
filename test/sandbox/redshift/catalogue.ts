/*
 * The catalogue of Redshift as views over PostgreSQL's, in a schema of the gate's own in each database. Columns are
 * those of the contract. Where no source says which of two forms Redshift gives, the views give now the one and now the
 * other, so that nobody comes to rely on either.
 */

/** The schema of the views. */
export const SCHEMA = "redshift_gate";

/** Makes the views; running it again changes nothing. */
export const INSTALL = `
CREATE SCHEMA IF NOT EXISTS redshift_gate;
GRANT USAGE ON SCHEMA redshift_gate TO PUBLIC;
-- Everybody may create in public, which is the server's own.
ALTER SCHEMA public OWNER TO CURRENT_USER;
GRANT ALL ON SCHEMA public TO PUBLIC;

CREATE OR REPLACE VIEW redshift_gate.identities AS
  SELECT r.oid, r.rolname AS role, coalesce(n.notes ->> 'kind', 'user') AS kind,
         coalesce(n.notes ->> 'name', r.rolname) AS name, coalesce(n.notes, '{}') AS notes,
         r.rolsuper AS superuser, r.rolcreatedb AS createdb, r.rolconnlimit AS connlimit, r.rolvaliduntil AS validuntil
    FROM pg_catalog.pg_roles r,
         LATERAL (SELECT (SELECT d.description::jsonb FROM pg_catalog.pg_shdescription d
                           WHERE d.objoid = r.oid AND d.classoid = 'pg_catalog.pg_authid'::regclass) AS notes) n
   WHERE r.rolname !~ '^pg_';

CREATE OR REPLACE FUNCTION redshift_gate.note(role text, patch jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('COMMENT ON ROLE %I IS %L', role,
    (coalesce(shobj_description(to_regrole(quote_ident(role)), 'pg_authid')::jsonb, '{}') || patch)::text);
END $$;

CREATE OR REPLACE VIEW redshift_gate.members AS
  SELECT g.kind AS group_kind, g.oid AS group_id, g.name AS group_name, m.kind AS member_kind, m.oid AS member_id,
         m.name AS member_name, bool_or(a.admin_option) AS admin
    FROM pg_catalog.pg_auth_members a
    JOIN redshift_gate.identities g ON g.oid = a.roleid
    JOIN redshift_gate.identities m ON m.oid = a.member
   GROUP BY 1, 2, 3, 4, 5, 6;

-- Everything is seen by superusers, who are not asked row by row; others see what is their own.
CREATE OR REPLACE FUNCTION redshift_gate.sees_all() RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = session_user $$;
CREATE OR REPLACE FUNCTION redshift_gate.sees(id oid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT r.oid = id OR EXISTS (SELECT 1 FROM redshift_gate.members m WHERE m.member_id = r.oid AND m.group_id = id)
    FROM pg_catalog.pg_roles r WHERE r.rolname = session_user $$;

CREATE OR REPLACE VIEW redshift_gate.pg_group AS
  SELECT g.name AS groname, g.oid::int4 AS grosysid,
         coalesce((SELECT array_agg(DISTINCT a.member::int4 ORDER BY a.member::int4) FROM pg_catalog.pg_auth_members a
                    WHERE a.roleid = g.oid), CASE WHEN g.oid::int4 % 2 = 0 THEN '{}'::int4[] END) AS grolist
    FROM redshift_gate.identities g WHERE g.kind = 'group';

-- abstime, the type of valuntil, is seconds in four bytes: it ends in January 2038.
CREATE OR REPLACE VIEW redshift_gate.users AS
  SELECT u.name, u.oid::int4 AS id, u.createdb, u.superuser,
         CASE WHEN u.validuntil = 'infinity' THEN 'infinity'
              WHEN u.validuntil NOT BETWEEN '1901-12-14' AND '2038-01-19 03:14:04+00' THEN 'invalid'
              ELSE date_trunc('second', u.validuntil)::text END AS valuntil,
         CASE WHEN u.connlimit >= 0 THEN u.connlimit::text WHEN u.oid::int4 % 2 = 0 THEN 'UNLIMITED' END AS connlimit,
         coalesce(u.notes ->> 'syslog', CASE WHEN u.superuser THEN 'UNRESTRICTED' ELSE 'RESTRICTED' END) AS syslog,
         coalesce((u.notes ->> 'timeout')::int4, 0) AS timeout, u.notes ->> 'external' AS external,
         u.notes -> 'settings' AS settings, u.oid
    FROM redshift_gate.identities u WHERE u.kind = 'user';

CREATE OR REPLACE VIEW redshift_gate.pg_user AS
  SELECT name AS usename, id AS usesysid, createdb AS usecreatedb, superuser AS usesuper, superuser AS usecatupd,
         '********'::text AS passwd, valuntil, NULL::text[] AS useconfig FROM redshift_gate.users;
CREATE OR REPLACE VIEW redshift_gate.pg_user_info AS
  SELECT name AS usename, id AS usesysid, createdb AS usecreatedb, superuser AS usesuper, superuser AS usecatupd,
         '********'::text AS passwd, valuntil, NULL::text[] AS useconfig, connlimit AS useconnlimit FROM redshift_gate.users;
CREATE OR REPLACE VIEW redshift_gate.svl_user_info AS
  SELECT name AS usename, id AS usesysid, createdb AS usecreatedb, superuser AS usesuper, superuser AS usecatupd,
         connlimit AS useconnlimit, syslog AS syslogaccess, NULL::timestamp AS last_ddl_ts, timeout AS sessiontimeout,
         external AS external_id FROM redshift_gate.users;
CREATE OR REPLACE VIEW redshift_gate.svv_user_info AS
  SELECT name AS user_name, id AS user_id, createdb, superuser, superuser AS catalog_update,
         connlimit AS connection_limit, syslog AS syslog_access, NULL::timestamp AS last_ddl_timestamp,
         timeout AS session_timeout, external AS external_user_id
    FROM redshift_gate.users WHERE ((SELECT redshift_gate.sees_all()) OR redshift_gate.sees(oid));

CREATE OR REPLACE VIEW redshift_gate.svv_roles AS
  SELECT oid::int4 AS role_id, name AS role_name, coalesce(notes ->> 'owner', 'rdsdb') AS role_owner,
         notes ->> 'external' AS external_id
    FROM redshift_gate.identities WHERE kind = 'role' AND ((SELECT redshift_gate.sees_all()) OR redshift_gate.sees(oid));
CREATE OR REPLACE VIEW redshift_gate.svv_user_grants AS
  SELECT member_id::int4 AS user_id, member_name AS user_name, group_id::int4 AS role_id, group_name AS role_name,
         admin AS admin_option
    FROM redshift_gate.members WHERE group_kind = 'role' AND member_kind = 'user' AND ((SELECT redshift_gate.sees_all()) OR redshift_gate.sees(member_id));
CREATE OR REPLACE VIEW redshift_gate.svv_role_grants AS
  SELECT member_id::int4 AS role_id, member_name AS role_name, group_id::int4 AS granted_role_id,
         group_name AS granted_role_name
    FROM redshift_gate.members WHERE group_kind = 'role' AND member_kind = 'role' AND ((SELECT redshift_gate.sees_all()) OR redshift_gate.sees(group_id));

-- Privileges of PostgreSQL that Redshift has not stand for privileges of Redshift that PostgreSQL has not.
CREATE OR REPLACE FUNCTION redshift_gate.privilege(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE name WHEN 'TRUNCATE' THEN 'DROP' WHEN 'MAINTAIN' THEN 'RULE' WHEN 'TEMPORARY' THEN 'TEMP' ELSE name END $$;
CREATE OR REPLACE FUNCTION redshift_gate.holders(acl aclitem[], owner oid)
RETURNS TABLE (privilege_type text, identity_id int4, identity_name text, identity_type text, admin_option boolean)
LANGUAGE sql STABLE AS $$
  SELECT redshift_gate.privilege(a.privilege_type), a.grantee::int4, coalesce(i.name, 'public'),
         CASE WHEN a.grantee = 0 THEN 'public' ELSE i.kind END, bool_or(a.is_grantable)
    FROM pg_catalog.aclexplode(acl) a LEFT JOIN redshift_gate.identities i ON i.oid = a.grantee
   WHERE a.grantee <> owner AND (a.grantee = 0 OR i.kind IN ('user', 'group', 'role')) GROUP BY 1, 2, 3, 4 $$;

CREATE OR REPLACE VIEW redshift_gate.svv_relation_privileges AS
  SELECT n.nspname::text AS namespace_name, c.relname::text AS relation_name, h.*
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace,
         LATERAL redshift_gate.holders(c.relacl, c.relowner) h
   WHERE n.nspname NOT IN ('redshift_gate', 'pg_catalog', 'information_schema');
CREATE OR REPLACE VIEW redshift_gate.svv_schema_privileges AS
  SELECT n.nspname::text AS namespace_name, h.*, 'SCHEMA'::text AS privilege_scope
    FROM pg_catalog.pg_namespace n, LATERAL redshift_gate.holders(n.nspacl, n.nspowner) h
   WHERE n.nspname <> 'redshift_gate' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_';
CREATE OR REPLACE VIEW redshift_gate.svv_database_privileges AS
  SELECT d.datname::text AS database_name, h.*, 'DATABASE'::text AS privilege_scope
    FROM pg_catalog.pg_database d, LATERAL redshift_gate.holders(d.datacl, d.datdba) h
   WHERE NOT d.datistemplate AND h.privilege_type <> 'CONNECT';
CREATE OR REPLACE VIEW redshift_gate.svv_function_privileges AS
  SELECT n.nspname::text AS namespace_name, p.proname::text AS function_name,
         pg_catalog.oidvectortypes(p.proargtypes) AS argument_types, h.*
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace,
         LATERAL redshift_gate.holders(p.proacl, p.proowner) h
   WHERE n.nspname NOT IN ('redshift_gate', 'pg_catalog', 'information_schema');
-- Languages are the server's own. That of Python, which PostgreSQL here has not, is another name of its procedures'.
CREATE OR REPLACE TRUSTED LANGUAGE plpythonu HANDLER plpgsql_call_handler;
REVOKE USAGE ON LANGUAGE plpythonu FROM PUBLIC;
-- pg_language is that of PostgreSQL 8.0; it and its ACL are read by the code of a provider.
CREATE OR REPLACE VIEW redshift_gate.pg_language AS
  SELECT lanname, lanispl, lanpltrusted, lanplcallfoid, lanvalidator, lanacl FROM pg_catalog.pg_language;
-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_LANUGAGE_PRIVILEGES.html
CREATE OR REPLACE VIEW redshift_gate.svv_language_privileges AS
  SELECT l.lanname::text AS language_name, h.*
    FROM pg_catalog.pg_language l, LATERAL redshift_gate.holders(l.lanacl, l.lanowner) h;
-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_COLUMN_PRIVILEGES.html: what is said above of the others goes for it.
CREATE OR REPLACE VIEW redshift_gate.svv_column_privileges AS
  SELECT n.nspname::text AS namespace_name, c.relname::text AS relation_name, a.attname::text AS column_name,
         h.privilege_type, h.identity_id, h.identity_name, h.identity_type
    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace,
         LATERAL redshift_gate.holders(a.attacl, c.relowner) h
   WHERE n.nspname NOT IN ('redshift_gate', 'pg_catalog', 'information_schema');
-- https://docs.aws.amazon.com/redshift/latest/dg/r_PG_PROC_INFO.html: pg_proc and more.
CREATE OR REPLACE VIEW redshift_gate.pg_proc_info AS
  SELECT oid AS prooid, proname, pronamespace, proowner, prolang, pronargs, prorettype, proargtypes, proacl, prokind
    FROM pg_catalog.pg_proc WHERE pronamespace <> 'redshift_gate'::regnamespace;
-- How an ACL writes a role is in no source, so that none is shown.
CREATE OR REPLACE VIEW redshift_gate.pg_default_acl AS
  SELECT d.defaclrole::int4 AS defacluser, d.defaclnamespace,
         CASE d.defaclobjtype WHEN 'T' THEN 'p'::"char" ELSE d.defaclobjtype END AS defaclobjtype
    FROM pg_catalog.pg_default_acl d WHERE d.defaclobjtype IN ('r', 'f', 'T');
-- Types stand for procedures, which PostgreSQL does not tell from functions here.
CREATE OR REPLACE VIEW redshift_gate.svv_default_privileges AS
  SELECT n.nspname::text AS schema_name,
         CASE d.defaclobjtype WHEN 'r' THEN 'RELATION' WHEN 'f' THEN 'FUNCTION' ELSE 'PROCEDURE' END AS object_type,
         o.oid::int4 AS owner_id, o.name AS owner_name, 'user'::text AS owner_type,
         CASE h.privilege_type WHEN 'USAGE' THEN 'EXECUTE' ELSE h.privilege_type END AS privilege_type,
         h.identity_id AS grantee_id, h.identity_name AS grantee_name, h.identity_type AS grantee_type, h.admin_option
    FROM pg_catalog.pg_default_acl d LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
    JOIN redshift_gate.identities o ON o.oid = d.defaclrole,
         LATERAL redshift_gate.holders(d.defaclacl, d.defaclrole) h
   WHERE d.defaclobjtype IN ('r', 'f', 'T');

CREATE OR REPLACE VIEW redshift_gate.pg_database_info AS
  SELECT datname::text, oid AS datid, CASE WHEN datconnlimit < 0 THEN 'UNLIMITED' ELSE datconnlimit::text END AS datconnlimit
    FROM pg_catalog.pg_database WHERE NOT datistemplate;

CREATE OR REPLACE FUNCTION redshift_gate.user_is_member_of(who text, what text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM redshift_gate.members
                  WHERE member_kind = 'user' AND member_name = who AND group_name = what) $$;

GRANT SELECT ON ALL TABLES IN SCHEMA redshift_gate TO PUBLIC;
`;

/** The roles that every cluster has. */
export const SYSTEM_ROLES = ["sys:operator", "sys:dba", "sys:superuser", "sys:secadmin", "sys:monitor"];
