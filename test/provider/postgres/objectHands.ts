import fc from "fast-check";
import { GROUPS, IGNORED, STRANGER, USERS } from "./sequences.js";

/*
 * What people do by hand to databases, schemas, objects and privileges, beside the program. What the server refuses
 * did not happen.
 */

const ROLES = [...USERS.slice(0, 3), ...GROUPS.slice(0, 2)];
const ANYBODY = fc.constantFrom(...ROLES, ...ROLES, ...IGNORED.slice(0, 1), STRANGER, "PUBLIC");
const ROLE = fc.constantFrom(...ROLES);
const OWNER = fc.constantFrom(...ROLES, "postgres", STRANGER);
const SCHEMA = fc.constantFrom("s1", "s2", "s1", "s2", "public");
const NEW_SCHEMA = fc.constantFrom("s1", "s2");
const TABLE = fc.constantFrom("t1", "t2");

/** Statements in a database, or, for "", about roles and databases as such. */
export function handStatements(database: string): fc.Arbitrary<string> {
  return database === "" ? fc.oneof(roles(), databases()) : fc.oneof(objects(), privileges(), defaults());
}

function roles(): fc.Arbitrary<string> {
  return fc.oneof(
    ROLE.map((name) => `CREATE ROLE ${name} LOGIN`),
    ROLE.map((name) => `DROP ROLE ${name}`),
    fc.tuple(fc.constantFrom(...GROUPS.slice(0, 2)), ROLE).map(([group, name]) => `GRANT ${group} TO ${name}`),
    fc.tuple(fc.constantFrom(...GROUPS.slice(0, 2)), ROLE).map(([group, name]) => `REVOKE ${group} FROM ${name}`),
  );
}

function databases(): fc.Arbitrary<string> {
  const database = fc.constantFrom("d1", "d2");
  const privilege = fc.constantFrom("CONNECT", "CREATE", "TEMPORARY", "ALL");
  return fc.oneof(
    database.map((name) => `CREATE DATABASE ${name}`),
    database.map((name) => `DROP DATABASE ${name}`),
    fc.tuple(database, OWNER).map(([name, owner]) => `ALTER DATABASE ${name} OWNER TO ${owner}`),
    database.map((name) => `ALTER DATABASE ${name} CONNECTION LIMIT 25`),
    database.map((name) => `COMMENT ON DATABASE ${name} IS 'by hand'`),
    fc
      .tuple(privilege, database, ANYBODY, option())
      .map(([of, name, to, words]) => `GRANT ${of} ON DATABASE ${name} TO ${to}${words}`),
    fc.tuple(privilege, database, ANYBODY).map(([of, name, from]) => `REVOKE ${of} ON DATABASE ${name} FROM ${from}`),
  );
}

function option(): fc.Arbitrary<string> {
  return fc.constantFrom("", "", " WITH GRANT OPTION");
}

function objects(): fc.Arbitrary<string> {
  const made = fc.oneof(
    fc.tuple(SCHEMA, TABLE).map(([schema, table]) => `TABLE ${schema}.${table} (x int, y int)`),
    SCHEMA.map((schema) => `SEQUENCE ${schema}.q1`),
    SCHEMA.map((schema) => `FUNCTION ${schema}.f1(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'`),
  );
  return fc.oneof(
    NEW_SCHEMA.map((schema) => `CREATE SCHEMA ${schema}`),
    { weight: 4, arbitrary: made.map((what) => `CREATE ${what}`) },
    // As its owner, whose default privileges then count.
    { weight: 2, arbitrary: fc.tuple(ROLE, made).map(([owner, what]) => `SET LOCAL ROLE ${owner}; CREATE ${what}`) },
    fc.tuple(SCHEMA, TABLE).map(([schema, table]) => `DROP TABLE ${schema}.${table}`),
    NEW_SCHEMA.map((schema) => `DROP SCHEMA ${schema} CASCADE`),
    fc.tuple(NEW_SCHEMA, OWNER).map(([schema, owner]) => `ALTER SCHEMA ${schema} OWNER TO ${owner}`),
    fc.tuple(SCHEMA, TABLE, OWNER).map(([schema, table, owner]) => `ALTER TABLE ${schema}.${table} OWNER TO ${owner}`),
    NEW_SCHEMA.map((schema) => `COMMENT ON SCHEMA ${schema} IS 'by hand'`),
    ROLE.map((name) => `DROP OWNED BY ${name} CASCADE`),
  );
}

function privileges(): fc.Arbitrary<string> {
  const on = fc.oneof(
    fc.tuple(fc.constantFrom("USAGE", "CREATE", "ALL"), SCHEMA).map(([of, schema]) => `${of} ON SCHEMA ${schema}`),
    fc
      .tuple(fc.constantFrom("SELECT", "INSERT", "UPDATE", "TRUNCATE", "ALL"), SCHEMA, TABLE)
      .map(([of, schema, table]) => `${of} ON ${schema}.${table}`),
    fc
      .tuple(fc.constantFrom("SELECT", "UPDATE"), fc.constantFrom("x", "y"), SCHEMA, TABLE)
      .map(([of, column, schema, table]) => `${of} (${column}) ON ${schema}.${table}`),
    fc
      .tuple(fc.constantFrom("USAGE", "SELECT"), SCHEMA)
      .map(([of, schema]) => `${of} ON ALL SEQUENCES IN SCHEMA ${schema}`),
    SCHEMA.map((schema) => `EXECUTE ON ALL FUNCTIONS IN SCHEMA ${schema}`),
  );
  return fc.oneof(
    fc.tuple(on, ANYBODY, option()).map(([what, to, words]) => `GRANT ${what} TO ${to}${words}`),
    fc.tuple(on, ANYBODY).map(([what, from]) => `REVOKE ${what} FROM ${from}`),
  );
}

function defaults(): fc.Arbitrary<string> {
  const owner = fc.constantFrom("", ...ROLES.map((name) => ` FOR ROLE ${name}`));
  const place = fc.constantFrom("", " IN SCHEMA s1", " IN SCHEMA s2", " IN SCHEMA public");
  const what = fc.constantFrom("SELECT ON TABLES", "INSERT ON TABLES", "USAGE ON SEQUENCES", "EXECUTE ON FUNCTIONS");
  const change = fc.constantFrom("GRANT $ TO", "GRANT $ TO", "REVOKE $ FROM");
  return fc
    .tuple(owner, place, change, what, ANYBODY)
    .map(
      ([of, where, verb, privilege, who]) =>
        `ALTER DEFAULT PRIVILEGES${of}${where} ${verb.replace("$", privilege)} ${who}`,
    );
}
