import type { DatabaseChange, DatabaseOptions } from "./databaseChanges.js";
import type { Builders } from "./dialect.js";
import { identifier, literal, parameterName } from "./quote.js";
import { parameterValue } from "./roleSettings.js";

/** PostgreSQL's statements for databases, schemas and parameters. */
export const databaseBuilders: Required<Pick<Builders, DatabaseChange["kind"]>> = {
  createDatabase: ({ name, options }) => [`CREATE DATABASE ${identifier(name)}${createOptions(options)};`],
  alterDatabase: ({ name, options }) => [`ALTER DATABASE ${identifier(name)}${commonOptions(options)};`],
  ownDatabase: ({ name, owner }) => [`ALTER DATABASE ${identifier(name)} OWNER TO ${identifier(owner)};`],
  commentDatabase: ({ name, comment }) => [`COMMENT ON DATABASE ${identifier(name)} IS ${remark(comment)};`],
  dropDatabase: ({ name, endSessions }) => [`DROP DATABASE ${identifier(name)}${endSessions ? " WITH (FORCE)" : ""};`],
  createSchema: ({ name, owner }) => [
    `CREATE SCHEMA ${identifier(name)}${owner === undefined ? "" : ` AUTHORIZATION ${identifier(owner)}`};`,
  ],
  ownSchema: ({ name, owner }) => [`ALTER SCHEMA ${identifier(name)} OWNER TO ${identifier(owner)};`],
  commentSchema: ({ name, comment }) => [`COMMENT ON SCHEMA ${identifier(name)} IS ${remark(comment)};`],
  dropSchema: ({ name }) => [`DROP SCHEMA ${identifier(name)};`],
  setParameter: ({ role, database, name, value }) => {
    const where = database === "" ? "" : ` IN DATABASE ${identifier(database)}`;
    const what =
      value === null ? `RESET ${parameterName(name)}` : `SET ${parameterName(name)} TO ${parameterValue(name, value)}`;
    return [`ALTER ROLE ${identifier(role)}${where} ${what};`];
  },
};

function remark(text: string | null): string {
  return text === null ? "NULL" : literal(text);
}

function createOptions(options: DatabaseOptions): string {
  const { owner, template, encoding, locale, localeProvider } = options;
  const words = [
    ...(owner === undefined ? [] : [`OWNER ${identifier(owner)}`]),
    ...(template === undefined ? [] : [`TEMPLATE ${identifier(template)}`]),
    ...(encoding === undefined ? [] : [`ENCODING ${literal(encoding)}`]),
    ...(localeProvider === undefined ? [] : [`LOCALE_PROVIDER ${localeProvider}`]),
    ...(locale === undefined ? [] : [`${LOCALE[localeProvider ?? "libc"]} ${literal(locale)}`]),
  ];
  return words.map((word) => ` ${word}`).join("") + commonOptions(options);
}

/** How CREATE DATABASE calls the locale of each provider. */
const LOCALE = { libc: "LOCALE", icu: "ICU_LOCALE", builtin: "BUILTIN_LOCALE" };

function commonOptions({ allowConnections, connectionLimit }: DatabaseOptions): string {
  const words = [
    ...(allowConnections === undefined ? [] : [`ALLOW_CONNECTIONS ${allowConnections ? "true" : "false"}`]),
    ...(connectionLimit === undefined ? [] : [`CONNECTION LIMIT ${String(connectionLimit)}`]),
  ];
  return words.map((word) => ` ${word}`).join("");
}
