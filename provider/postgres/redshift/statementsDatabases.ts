import type { Builders } from "../dialect.js";
import { ownerOf } from "./grantees.js";
import { identifier } from "./quote.js";

/** Redshift's statements for databases and schemas. There are no comments on them that could be read back. */
export const databaseBuilders: Pick<
  Builders,
  "createDatabase" | "alterDatabase" | "ownDatabase" | "dropDatabase" | "createSchema" | "ownSchema" | "dropSchema"
> = {
  createDatabase: {
    looking: ({ name, options: { owner, connectionLimit } }, { catalog }) => {
      const words = [
        ...(owner === undefined ? [] : [`OWNER ${ownerOf(catalog, owner, "database")}`]),
        ...(connectionLimit === undefined ? [] : [limit(connectionLimit)]),
      ];
      return [`CREATE DATABASE ${[identifier(name), ...words].join(" ")};`];
    },
  },
  alterDatabase: ({ name, options: { connectionLimit = -1 } }) => [
    `ALTER DATABASE ${identifier(name)} ${limit(connectionLimit)};`,
  ],
  ownDatabase: {
    looking: ({ name, owner }, { catalog }) => [
      `ALTER DATABASE ${identifier(name)} OWNER TO ${ownerOf(catalog, owner, "database")};`,
    ],
  },
  dropDatabase: ({ name }) => [`DROP DATABASE ${identifier(name)};`],
  createSchema: {
    looking: ({ name, owner }, { catalog }) => [
      `CREATE SCHEMA ${identifier(name)}${owner === undefined ? "" : ` AUTHORIZATION ${ownerOf(catalog, owner, "schema")}`};`,
    ],
  },
  ownSchema: {
    looking: ({ name, owner }, { catalog }) => [
      `ALTER SCHEMA ${identifier(name)} OWNER TO ${ownerOf(catalog, owner, "schema")};`,
    ],
  },
  dropSchema: ({ name }) => [`DROP SCHEMA ${identifier(name)};`],
};

function limit(connections: number): string {
  return `CONNECTION LIMIT ${connections < 0 ? "UNLIMITED" : String(connections)}`;
}
