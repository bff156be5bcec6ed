import type { Command, Rule } from "./command.js";
import type { Token } from "./lexer.js";
import { Reader } from "./reader.js";
import { createDatabase, alterDatabase, dropDatabase } from "./grammar/databases.js";
import { alterDefaultPrivileges } from "./grammar/defaults.js";
import { grant, revoke } from "./grammar/grants.js";
import { alterGroup, createGroup, dropGroup } from "./grammar/groups.js";
import * as objects from "./grammar/objects.js";
import { alterRole, createRole, dropRole } from "./grammar/roles.js";
import * as sessions from "./grammar/sessions.js";
import { alterUser, createUser, dropUser } from "./grammar/users.js";
import { query, table } from "./query.js";

/** Every command that the gate knows, by the words that it begins with; longer ones first. */
const RULES: readonly (readonly [words: string, rule: Rule])[] = [
  ["CREATE EXTERNAL SCHEMA", objects.createExternalSchema],
  ["ALTER DEFAULT PRIVILEGES", alterDefaultPrivileges],
  ["CREATE USER", createUser],
  ["ALTER USER", alterUser],
  ["DROP USER", dropUser],
  ["CREATE GROUP", createGroup],
  ["ALTER GROUP", alterGroup],
  ["DROP GROUP", dropGroup],
  ["CREATE ROLE", createRole],
  ["ALTER ROLE", alterRole],
  ["DROP ROLE", dropRole],
  ["CREATE SCHEMA", objects.createSchema],
  ["ALTER SCHEMA", objects.alterSchema],
  ["DROP SCHEMA", objects.dropSchema],
  ["CREATE DATABASE", createDatabase],
  ["ALTER DATABASE", alterDatabase],
  ["DROP DATABASE", dropDatabase],
  ["ALTER TABLE", objects.alterTable],
  ["ALTER FUNCTION", objects.alterFunction],
  ["ALTER PROCEDURE", objects.alterProcedure],
  ["ALTER DATASHARE", objects.alterDatashare],
  ["COMMENT ON", objects.comment],
  ["START TRANSACTION", sessions.begin],
  ["GRANT", grant],
  ["REVOKE", revoke],
  ["LOCK", objects.lock],
  ["SET", sessions.set],
  ["RESET", sessions.reset],
  ["SHOW", sessions.show],
  ["BEGIN", sessions.begin],
  ["COMMIT", sessions.commit],
  ["END", sessions.commit],
  ["ROLLBACK", sessions.rollback],
  ["ABORT", sessions.rollback],
  ["SAVEPOINT", sessions.savepoint],
  ["RELEASE", sessions.savepoint],
];

/** Reads one statement. Throws a Refusal for what is no command of Redshift. */
export function commandOf(tokens: readonly Token[], caseSensitive: boolean): Command {
  const reader = new Reader(tokens, caseSensitive);
  // These two are read as a whole, by another parser.
  if (reader.sees("SELECT") || reader.sees("WITH")) return query(reader);
  if (reader.sees("CREATE TABLE")) return table(reader);
  for (const [words, rule] of RULES) if (reader.takes(words)) return rule(reader);
  return reader.fail();
}
