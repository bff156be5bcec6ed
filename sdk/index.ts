/** Groups and users of Civis Platform, read-only. */
export * as civis from "./civis/index.js";
/** Privileges in Databricks Unity Catalog. */
export * as databricks from "./databricks/index.js";
/** People and teams of Glean's directory. */
export * as glean from "./glean/index.js";
/** Actions, roles, mappings and groups of Heimdall environments. */
export * as heimdall from "./heimdall/index.js";
/** Users, people and groups of a realm of Keycloak, read-only. */
export * as keycloak from "./keycloak/index.js";
/** Users, groups and memberships of PostgreSQL servers. */
export * as postgres from "./postgres/index.js";
