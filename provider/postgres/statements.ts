import type { Attributes } from "./catalog.js";
import type { Change, MembershipOption } from "./changes.js";
import { identifier, literal, variable } from "./quote.js";

/** How a secret is written: as itself for the server, as an unset psql variable for a plan. */
type Secret = (value: string, ...words: readonly string[]) => string;

/** Names in one GRANT or REVOKE: enough to be few statements, few enough to be read. */
export const NAMES_IN_A_STATEMENT = 500;

/** The statements of a change as the server runs them. Holds secrets: never for a message. */
export function statementsOf(change: Change): string[] {
  return write(change, literal);
}

/** The statements of a change as a plan or a message shows them: secrets are unset psql variables. */
export function shownStatementsOf(change: Change): string[] {
  return write(change, (_value, ...words) => variable(...words));
}

function write(change: Change, secret: Secret): string[] {
  switch (change.kind) {
    case "createRole":
      return [`CREATE ROLE ${identifier(change.name)}${options(change, secret)};`];
    case "alterRole":
      return [`ALTER ROLE ${identifier(change.name)}${options(change, secret)};`];
    case "renameRole":
      return [`ALTER ROLE ${identifier(change.name)} RENAME TO ${identifier(change.to)};`];
    case "commentRole":
      return [
        `COMMENT ON ROLE ${identifier(change.name)} IS ${change.comment === null ? "NULL" : literal(change.comment)};`,
      ];
    case "dropRole":
      return [`DROP ROLE ${identifier(change.name)};`];
    case "grantMembership":
      return chunks(change.members).map(
        (names) => `GRANT ${identifier(change.group)} TO ${names}${withOptions(change.options)};`,
      );
    case "revokeOption": {
      const what = `${change.option.toUpperCase()} OPTION FOR ${identifier(change.group)}`;
      return chunks(change.members).map((names) => `REVOKE ${what} FROM ${names}${grantedBy(change.grantor)};`);
    }
    case "revokeMembership":
      return chunks(change.members).map(
        (names) => `REVOKE ${identifier(change.group)} FROM ${names}${grantedBy(change.grantor)};`,
      );
  }
}

function grantedBy(grantor: string | undefined): string {
  return grantor === undefined ? "" : ` GRANTED BY ${identifier(grantor)}`;
}

/** ADMIN alone in the spelling that every version knows; the others exist from PostgreSQL 16 on. */
function withOptions(options: Partial<Record<MembershipOption, boolean>> = {}): string {
  const { admin, inherit, set } = options;
  const words = [
    ...(admin ? ["ADMIN OPTION"] : []),
    ...(inherit === undefined ? [] : [`INHERIT ${inherit ? "TRUE" : "FALSE"}`]),
    ...(set === undefined ? [] : [`SET ${set ? "TRUE" : "FALSE"}`]),
  ];
  return words.length === 0 ? "" : ` WITH ${words.join(", ")}`;
}

function chunks(members: readonly string[]): string[] {
  const count = Math.ceil(members.length / NAMES_IN_A_STATEMENT);
  return Array.from({ length: count }, (_, index) =>
    members
      .slice(index * NAMES_IN_A_STATEMENT, (index + 1) * NAMES_IN_A_STATEMENT)
      .map(identifier)
      .join(", "),
  );
}

const WORDS: readonly [keyof Attributes, string][] = [
  ["login", "LOGIN"],
  ["superuser", "SUPERUSER"],
  ["createdb", "CREATEDB"],
  ["createrole", "CREATEROLE"],
  ["inherit", "INHERIT"],
  ["replication", "REPLICATION"],
  ["bypassrls", "BYPASSRLS"],
];

function options(change: { name: string; attributes: Partial<Attributes>; password?: string }, secret: Secret): string {
  const { attributes, password } = change;
  const words = WORDS.flatMap(([attribute, word]) => {
    const value = attributes[attribute];
    return value === undefined ? [] : [value ? word : `NO${word}`];
  });
  if (attributes.connectionLimit !== undefined) words.push(`CONNECTION LIMIT ${String(attributes.connectionLimit)}`);
  if ("validUntil" in attributes) words.push(`VALID UNTIL ${literal(attributes.validUntil ?? "infinity")}`);
  if (password !== undefined) words.push(`PASSWORD ${secret(password, change.name, "password")}`);
  return words.map((word) => ` ${word}`).join("");
}
