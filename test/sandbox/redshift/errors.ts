/** An error as the gate answers it. */
export class Refusal extends Error {
  constructor(
    /** SQLSTATE. */
    readonly code: string,
    message: string,
    readonly detail?: string,
  ) {
    super(message);
  }
}

/** A statement that does not have the form of any command. */
export function syntaxError(at: string | undefined): Refusal {
  return new Refusal("42601", at === undefined ? "syntax error at end of input" : `syntax error at or near "${at}"`);
}

/**
 * A statement of which the guide does not say what Redshift does with it. Nothing may rest on such a statement, so it
 * does not pass.
 */
export function unsure(what: string): Refusal {
  return new Refusal("0A000", `the gate lets nothing pass of which the guide is not sure: ${what}`);
}

/** The messages that are known of Redshift; where no source gives the SQLSTATE it is that of PostgreSQL's like case. */
export const refusals = {
  userMissing: (name: string) => new Refusal("42704", `user "${name}" does not exist`),
  groupMissing: (name: string) => new Refusal("42704", `group "${name}" does not exist`),
  roleMissing: (name: string) => new Refusal("42704", `role "${name}" does not exist`),
  userExists: (name: string) => new Refusal("42710", `user "${name}" already exists`),
  groupExists: (name: string) => new Refusal("42710", `group "${name}" already exists`),
  roleExists: (name: string) => new Refusal("42710", `role "${name}" already exists`),
  userOwns: (name: string, detail?: string) =>
    new Refusal("55006", `user "${name}" cannot be dropped because the user owns some object`, detail),
  userHolds: (name: string, detail?: string) =>
    new Refusal("55006", `user "${name}" cannot be dropped because the user has a privilege on some object`, detail),
  groupHolds: (name: string) =>
    new Refusal("55006", `group "${name}" cannot be dropped because the group has a privilege on some object`),
  roleGranted: () => new Refusal("2BP01", "cannot drop this role since it has been granted on a user"),
  roleDepends: () => new Refusal("2BP01", "cannot drop this role since it depends on another role"),
  roleCycle: () =>
    new Refusal("0LP01", "cannot grant this role, a circular dependency was detected between these roles"),
  cascade: () => new Refusal("0LP01", "Cascade behavior is not supported."),
  rollbackTo: (name: string) => new Refusal("0A000", `SQL command "ROLLBACK TO SAVEPOINT ${name}" not supported.`),
  unknownParameter: (name: string) => new Refusal("42704", `unrecognized configuration parameter "${name}"`),
  inTransaction: (command: string) => new Refusal("25001", `${command} cannot run inside a transaction block`),
  superuserDisabled: () => new Refusal("22023", "CREATEUSER and PASSWORD DISABLE are incompatible"),
  denied: (what: string) => new Refusal("42501", `permission denied for ${what}`),
  serializable: () =>
    new Refusal(
      "XX000",
      "1023",
      "Serializable isolation violation on table - 100042, transactions forming the cycle are: 5123, 5124 (pid:7311)",
    ),
  relationGone: () => new Refusal("XX000", "1018", "Relation does not exist."),
  deadlock: () => new Refusal("40P01", "deadlock detected"),
  defaultsTwice: () => new Refusal("23505", 'duplicate key violates unique constraint "pg_defacl_name_index"'),
  concurrent: () => new Refusal("XX000", "could not complete because of conflict with concurrent transaction"),
} as const;
