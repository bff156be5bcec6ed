/** Users, groups and memberships of PostgreSQL servers. */
export * as postgres from "./postgres/index.js";
