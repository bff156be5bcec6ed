import * as pulumi from "@pulumi/pulumi";
import { encodeNames } from "../../provider/core/lines.js";
import { connectionInput, type Connection } from "./connection.js";
import { runError } from "../core/runError.js";

/**
 * Something that privileges are given on. All databases of a server share a "tablespace" and a "parameter" (PostgreSQL
 * 15 and later); a "language", a "foreign data wrapper" and a "foreign server" are in a database; "type" is domains
 * too.
 */
export type GrantObjectKind =
  | "database"
  | "tablespace"
  | "parameter"
  | "schema"
  | "language"
  | "foreign data wrapper"
  | "foreign server"
  | "table"
  | "sequence"
  | "function"
  | "procedure"
  | "type";

/** What `postgres.Grant` and `postgres.Privileges` have in common: to whom, and on what. */
export interface GrantTarget {
  /**
   * Who is granted: `readers.name` of a `postgres.Group` or `postgres.User`, the name of a role that exists, or
   * "PUBLIC" for everybody.
   */
  readonly grantee: pulumi.Input<string>;
  /**
   * The database: `app.name` of a `postgres.Database`, or the name of one that exists. Default: the connection's. Has
   * no meaning for tablespaces and parameters.
   */
  readonly database?: pulumi.Input<string>;
  /** The kind of object. "table" means views, materialized views and foreign tables too. */
  readonly on: GrantObjectKind;
  /** The schema, or the schema that the objects are in: needed for "schema", and for all that is in one. */
  readonly schema?: pulumi.Input<string>;
  /**
   * The objects, by name without the schema; upper and lower case differ. Functions and procedures with the types of
   * their arguments: "total(integer, app.money)". Left out, everything of the kind in the schema; an empty list is
   * nothing. Needed for what is in no schema: tablespaces, parameters, languages, foreign data wrappers and foreign
   * servers.
   */
  readonly objects?: pulumi.Input<readonly pulumi.Input<string>[]>;
  /** Columns of the tables in `objects`: then the privileges are on these alone. */
  readonly columns?: pulumi.Input<readonly pulumi.Input<string>[]>;
  /**
   * Also on what will be made in the schema (default privileges), by its owner, by everybody who has CREATE there or
   * owns something there, and, where a superuser runs this, by superusers. Without `objects` only. Default false. The
   * server has one default for functions and procedures together. Who can make something only by what another resource
   * of the same run gives is meant where that one is in `dependsOn`; else the next refresh finds it missing.
   */
  readonly future?: pulumi.Input<boolean>;
  /** May be given on (WITH GRANT OPTION). Default false; a right to give on that was added by hand shows as drift. */
  readonly grantOption?: pulumi.Input<boolean>;
  /**
   * When it ends: a date (midnight UTC) or ISO 8601 with zone. The first `up` after that takes it back; a preview shows
   * it, also of an unchanged program. Default: never.
   */
  readonly until?: pulumi.Input<string>;
  /** What happens when it leaves the program: "drop", the default, takes the privileges back; "keep" leaves them. */
  readonly onRemove?: pulumi.Input<"drop" | "keep">;
  /** The server. Default: the connection "postgres" (PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE). */
  readonly connection?: Connection;
}

/** The inputs of a grant as they go to the engine: the objects travel as one text (provider/core/lines.ts). */
export function grantInputs(
  what: string,
  args: GrantTarget & { readonly privileges: pulumi.Input<readonly pulumi.Input<string>[]> },
): pulumi.Inputs {
  const { connection, objects, ...rest } = args;
  const text =
    objects === undefined
      ? undefined
      : pulumi.output(objects).apply((names: readonly string[]) => namesText(what, names));
  const nothing = { database: undefined, schema: undefined, until: undefined };
  return { ...nothing, ...rest, objects: text, connection: connectionInput(connection) };
}

function namesText(what: string, names: readonly string[]): string {
  try {
    return encodeNames(names);
  } catch (error) {
    throw runError(`${what}: objects: ${(error as Error).message}`);
  }
}
