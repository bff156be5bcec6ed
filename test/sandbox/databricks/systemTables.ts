/*
 * The system tables that tell who used what, empty: tests fill them. Columns as Databricks documents them; the contract
 * test compares them.
 */

/** `CREATE TABLE` for each system table, in DuckDB's words; `{system}` stands for the catalog. */
export const SYSTEM_TABLES = `
CREATE SCHEMA {system}.query;
CREATE SCHEMA {system}.access;
CREATE TABLE {system}.query.history (
  account_id VARCHAR, workspace_id VARCHAR, statement_id VARCHAR, session_id VARCHAR, execution_status VARCHAR,
  compute STRUCT("type" VARCHAR, cluster_id VARCHAR, warehouse_id VARCHAR),
  executed_by_user_id VARCHAR, executed_by VARCHAR, statement_text VARCHAR, statement_type VARCHAR,
  error_message VARCHAR, client_application VARCHAR, client_driver VARCHAR,
  total_duration_ms BIGINT, waiting_for_compute_duration_ms BIGINT, waiting_at_capacity_duration_ms BIGINT,
  execution_duration_ms BIGINT, compilation_duration_ms BIGINT, total_task_duration_ms BIGINT,
  result_fetch_duration_ms BIGINT, start_time TIMESTAMP, end_time TIMESTAMP, update_time TIMESTAMP,
  read_partitions BIGINT, pruned_files BIGINT, read_files BIGINT, read_rows BIGINT, produced_rows BIGINT,
  read_bytes BIGINT, read_io_cache_percent INTEGER, from_result_cache BOOLEAN, spilled_local_bytes BIGINT,
  written_bytes BIGINT, shuffle_read_bytes BIGINT,
  query_source STRUCT(
    job_info STRUCT(job_id VARCHAR, job_run_id VARCHAR, job_task_run_id VARCHAR), legacy_dashboard_id VARCHAR,
    dashboard_id VARCHAR, alert_id VARCHAR, notebook_id VARCHAR, sql_query_id VARCHAR, genie_space_id VARCHAR
  ),
  executed_as_user_id VARCHAR, executed_as VARCHAR, query_tags MAP(VARCHAR, VARCHAR)
);
CREATE TABLE {system}.access.audit (
  account_id VARCHAR, workspace_id VARCHAR, version VARCHAR, event_time TIMESTAMP, event_date DATE,
  source_ip_address VARCHAR, user_agent VARCHAR, session_id VARCHAR,
  user_identity STRUCT(email VARCHAR, subject_name VARCHAR), service_name VARCHAR, action_name VARCHAR,
  request_id VARCHAR, request_params MAP(VARCHAR, VARCHAR),
  response STRUCT(status_code INTEGER, error_message VARCHAR, result VARCHAR), audit_level VARCHAR, event_id VARCHAR,
  identity_metadata STRUCT(run_by VARCHAR, run_as VARCHAR)
);
CREATE TABLE {system}.access.table_lineage (
  account_id VARCHAR, metastore_id VARCHAR, workspace_id VARCHAR, entity_type VARCHAR, entity_id VARCHAR,
  entity_run_id VARCHAR, source_table_full_name VARCHAR, source_table_catalog VARCHAR, source_table_schema VARCHAR,
  source_table_name VARCHAR, source_path VARCHAR, source_type VARCHAR, target_table_full_name VARCHAR,
  target_table_catalog VARCHAR, target_table_schema VARCHAR, target_table_name VARCHAR, target_path VARCHAR,
  target_type VARCHAR, created_by VARCHAR, event_time TIMESTAMP, event_date DATE, record_id VARCHAR, event_id VARCHAR,
  statement_id VARCHAR,
  entity_metadata STRUCT(
    job_info STRUCT(job_id VARCHAR, job_run_id VARCHAR), dashboard_id VARCHAR, legacy_dashboard_id VARCHAR,
    notebook_id VARCHAR, sql_query_id VARCHAR, dlt_pipeline_info STRUCT(dlt_pipeline_id VARCHAR, dlt_update_id VARCHAR)
  )
);
-- Sunday is 1 in Databricks SQL and 0 in DuckDB.
CREATE MACRO memory.main.dayofweek(day) AS date_part('dow', day) + 1;
CREATE MACRO memory.main.current_timezone() AS current_setting('TimeZone');
`;
