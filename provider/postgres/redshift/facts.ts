import { KINDS, type Facts } from "../objectKinds.js";

/** The user that Amazon Redshift keeps for itself. */
export const SERVERS_OWN = "rdsdb";

const ALWAYS = 0;
const NONE = { privileges: {}, toPublic: [] };

/**
 * What Redshift knows of objects: https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html. Everybody may call new
 * functions, and nobody new procedures (udf-security-and-privileges, stored-procedure-security-and-privileges there).
 */
export const facts: Facts = {
  kinds: {
    database: { privileges: { CREATE: ALWAYS, TEMPORARY: ALWAYS }, toPublic: ["TEMPORARY"] },
    schema: KINDS.schema,
    table: {
      privileges: {
        SELECT: ALWAYS,
        INSERT: ALWAYS,
        UPDATE: ALWAYS,
        DELETE: ALWAYS,
        REFERENCES: ALWAYS,
        DROP: ALWAYS,
      },
      toPublic: [],
    },
    column: { privileges: { SELECT: ALWAYS, UPDATE: ALWAYS }, toPublic: [] },
    function: KINDS.function,
    procedure: { privileges: { EXECUTE: ALWAYS }, toPublic: [] },
    sequence: NONE,
    type: NONE,
    tablespace: NONE,
    parameter: NONE,
    language: KINDS.language,
    "foreign data wrapper": NONE,
    "foreign server": NONE,
  },
  defaultsKind: (kind) => kind,
  // Groups and roles own nothing.
  mayOwn: ({ name, login }) => login && name !== SERVERS_OWN,
  // A user in a group, and a role that somebody has, are not dropped.
  dropEndsMemberships: false,
};
