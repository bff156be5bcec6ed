import type { Attributes } from "./catalog.js";
import type { MembershipOption } from "./changes.js";
import type { Builders, Secret } from "./dialect.js";
import { identifier, literal } from "./quote.js";
import { databaseBuilders } from "./statementsDatabases.js";
import { inChunks, privilegeBuilders } from "./statementsPrivileges.js";

/** PostgreSQL's statements for each kind of change. */
export const builders: Required<Builders> = {
  ...databaseBuilders,
  ...privilegeBuilders,
  createRole: (change, { secret }) => [`CREATE ROLE ${identifier(change.name)}${options(change, secret)};`],
  alterRole: (change, { secret }) => [`ALTER ROLE ${identifier(change.name)}${options(change, secret)};`],
  renameRole: ({ name, to }) => [`ALTER ROLE ${identifier(name)} RENAME TO ${identifier(to)};`],
  commentRole: ({ name, comment }) => [
    `COMMENT ON ROLE ${identifier(name)} IS ${comment === null ? "NULL" : literal(comment)};`,
  ],
  dropRole: ({ names }) => inChunks(names.map(identifier)).map((some) => `DROP ROLE ${some};`),
  grantMembership: ({ group, members, options: given }) =>
    inChunks(members.map(identifier)).map((names) => `GRANT ${identifier(group)} TO ${names}${withOptions(given)};`),
  revokeOption: ({ group, members, option, grantor }) => {
    const what = `${option.toUpperCase()} OPTION FOR ${identifier(group)}`;
    return inChunks(members.map(identifier)).map((names) => `REVOKE ${what} FROM ${names}${grantedBy(grantor)};`);
  },
  revokeMembership: ({ group, members, grantor }) =>
    inChunks(members.map(identifier)).map((names) => `REVOKE ${identifier(group)} FROM ${names}${grantedBy(grantor)};`),
};

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
