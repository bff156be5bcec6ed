/** The reserved words of Redshift: none of them is a name without quotation marks. */
export const RESERVED: ReadonlySet<string> = new Set(
  (
    "aes128 aes256 all allowoverwrite analyse analyze and any array as asc authorization az64 backup between binary " +
    "blanksasnull both bytedict bzip2 case cast check collate column constraint create credentials cross current_date " +
    "current_time current_timestamp current_user current_user_id default deferrable deflate defrag delta delta32k desc " +
    "disable distinct do else emptyasnull enable encode encrypt encryption end except explicit false for foreign freeze " +
    "from full globaldict256 globaldict64k grant group gzip having identity ignore ilike in initially inner intersect " +
    "interval into is isnull join language leading left like limit localtime localtimestamp lun luns lzo lzop minus " +
    "mostly16 mostly32 mostly8 natural new not notnull null nulls off offline offset oid old on only open or order outer " +
    "overlaps parallel partition percent permissions pivot placing primary raw readratio recover references rejectlog " +
    "resort respect restore right select session_user similar snapshot some sysdate system table tag tdes text255 " +
    "text32k then timestamp to top trailing true truncatecolumns union unique unnest unpivot user using verbose wallet " +
    "when where with without"
  ).split(" "),
);

/** The parameters that a session of Redshift has. What is not here is not known to it. */
export const PARAMETERS: ReadonlySet<string> = new Set(
  (
    "analyze_threshold_percent cast_super_null_on_error client_encoding datashare_break_glass_session_var datestyle " +
    "describe_field_name_in_uppercase downcase_delimited_identifier enable_case_sensitive_identifier " +
    "enable_case_sensitive_super_attribute enable_numeric_rounding enable_result_cache_for_session enable_vacuum_boost " +
    "error_on_nondeterministic_update extra_float_digits interval_forbid_composite_literals json_serialization_enable " +
    "json_serialization_parse_nested_strings max_concurrency_scaling_clusters max_cursor_result_set_size " +
    "mv_enable_aqmv_for_session navigate_super_null_on_error parse_super_null_on_error pg_federation_repeatable_read " +
    "query_group search_path spectrum_enable_pseudo_columns spectrum_query_maxerror statement_timeout " +
    "stored_proc_log_min_messages timezone use_fips_ssl wlm_query_slot_count"
  ).split(" "),
);

/** Those that PostgreSQL has too, and that mean the same there. */
export const SHARED_PARAMETERS: ReadonlySet<string> = new Set([
  "client_encoding",
  "datestyle",
  "extra_float_digits",
  "search_path",
  "statement_timeout",
  "timezone",
]);

/** What is granted to roles without an object. */
export const SYSTEM_PERMISSIONS: ReadonlySet<string> = new Set([
  ...["create user", "alter user", "drop user", "create role", "drop role", "create schema", "drop schema"],
  ...["alter default privileges", "access catalog", "create table", "drop table", "alter table", "truncate table"],
  ...["create or replace function", "create or replace external function", "drop function"],
  ...["create or replace procedure", "drop procedure", "create or replace view", "drop view", "create model"],
  ...["drop model", "create datashare", "alter datashare", "drop datashare", "create library", "drop library"],
  ...["vacuum", "analyze", "cancel", "ignore rls", "explain rls"],
]);

/** What a query may read: the catalogue as far as the contract describes it. */
export const CATALOGUE: ReadonlySet<string> = new Set([
  ...["pg_group", "pg_user", "pg_user_info", "svl_user_info", "svv_user_info", "svv_roles", "svv_user_grants"],
  ...["svv_role_grants", "svv_relation_privileges", "svv_schema_privileges", "svv_database_privileges"],
  ...[
    "svv_default_privileges",
    "svv_function_privileges",
    "pg_database_info",
    "svv_language_privileges",
    "pg_language",
  ],
  ...["svv_column_privileges", "pg_proc_info", "pg_default_acl"],
]);

/** Catalogues of PostgreSQL 8.0 that a query reads as PostgreSQL has them today; their columns are looked at. */
export const SHARED_CATALOGUE: ReadonlySet<string> = new Set(["pg_class", "pg_namespace", "pg_database"]);

/** What is for superusers. */
export const SUPERUSERS_ONLY: ReadonlySet<string> = new Set(["pg_user_info", "svl_user_info"]);

/** The functions that a query may call. */
export const FUNCTIONS: ReadonlySet<string> = new Set([
  ...["has_schema_privilege", "has_table_privilege", "has_database_privilege", "user_is_member_of"],
  ...["lower", "upper", "length", "substring", "replace", "trim", "count", "min", "max", "sum", "version"],
  ...["current_database", "current_schema", "date_part", "btrim", "array_to_string", "oidvectortypes"],
]);
