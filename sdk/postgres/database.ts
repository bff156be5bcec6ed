import * as pulumi from "@pulumi/pulumi";
import { argumentsOf } from "../core/argumentsOf.js";
import { inputsOf, typeOf, withDefault } from "../core/resource.js";
import { connectionInput, type Connection } from "./connection.js";

/** Arguments of a `postgres.Database`. */
export interface DatabaseArgs {
  /** The name, at most 63 bytes of UTF-8. A changed name makes another database; the old one is kept or dropped as `onRemove` says. */
  readonly name: pulumi.Input<string>;
  /** The owner: a user or a group. Default: the account that makes it; left out, the owner that it has stays. */
  readonly owner?: pulumi.Input<string>;
  /**
   * The database that it is a copy of. Default: `template1`. An encoding or locale other than that of `template1` needs
   * `template0`. It may be made and filled by the same run. A changed template changes nothing of a database that is
   * there.
   */
  readonly template?: pulumi.Input<string>;
  /** The encoding, such as "UTF8". Default: that of the template. PostgreSQL cannot change it later: that is an error in `preview`. */
  readonly encoding?: pulumi.Input<string>;
  /** The locale, such as "C" or "en_US.UTF-8". Default: that of the template. PostgreSQL cannot change it later. */
  readonly locale?: pulumi.Input<string>;
  /** Whose locale that is. Default: "libc". PostgreSQL 15 and later; "builtin" 17 and later. */
  readonly localeProvider?: pulumi.Input<"libc" | "icu" | "builtin">;
  /** Connections at a time; -1, the default, for no limit. */
  readonly connectionLimit?: pulumi.Input<number>;
  /** Whether anybody can connect. Default true. What is in a database that takes no connections cannot be managed. */
  readonly allowConnections?: pulumi.Input<boolean>;
  /** A remark, kept in the server with COMMENT ON DATABASE. Default: none. */
  readonly comment?: pulumi.Input<string>;
  /** Whether a database that exists already is taken over ("adopt") or refused ("fail", the default). */
  readonly existing?: pulumi.Input<"adopt" | "fail">;
  /** What happens when the database leaves the program: "keep", the default, leaves it and its data; "drop" drops both. */
  readonly onRemove?: pulumi.Input<"drop" | "keep">;
  /** Whether a drop ends the sessions of others that are in it (WITH FORCE). Default false: then the drop fails. */
  readonly endSessions?: pulumi.Input<boolean>;
  /** The server. Default: the connection "postgres" (PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE). */
  readonly connection?: Connection;
}

/**
 * A database of a PostgreSQL server. It is kept, with its data, when it leaves the program, unless `onRemove: "drop"`
 * says otherwise. CREATE DATABASE runs in no transaction: when the remark fails after it, the next `up` does the rest.
 *
 * Throws in `preview` and `up` when an argument is not valid, when the database exists already (see `existing`), and
 * when encoding or locale are declared other than they are. The account needs CREATEDB, and to give it another owner
 * the rights of that role.
 *
 * @example
 * const app = new postgres.Database("app", { name: "app", owner: analysts.name, encoding: "UTF8", template: "template0" });
 *
 * @see https://www.postgresql.org/docs/current/sql-createdatabase.html
 */
export class Database extends pulumi.CustomResource {
  /** The name. */
  declare readonly name: pulumi.Output<string>;
  /** The owner, where one is declared. */
  declare readonly owner: pulumi.Output<string | undefined>;
  /** The encoding, where one is declared. */
  declare readonly encoding: pulumi.Output<string | undefined>;
  /** The locale, where one is declared. */
  declare readonly locale: pulumi.Output<string | undefined>;
  /** Connections at a time; -1 for no limit. */
  declare readonly connectionLimit: pulumi.Output<number>;
  /** Whether anybody can connect. */
  declare readonly allowConnections: pulumi.Output<boolean>;
  /** The remark; undefined for none. */
  declare readonly comment: pulumi.Output<string | undefined>;
  /** Whether the database was there before this program. */
  declare readonly adopted: pulumi.Output<boolean>;

  /**
   * Declares a database.
   *
   * @param name The resource's name in the program, which may differ from the database's.
   * @param args What the database is.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: DatabaseArgs, options?: pulumi.CustomResourceOptions) {
    const { connection, ...rest } = argumentsOf("postgres.Database", name, { args, options, hasExisting: true });
    const inputs = { ...NOTHING, ...rest, connection: connectionInput(connection) };
    super(typeOf("postgres.Database"), name, inputsOf("postgres.Database", inputs, ["adopted"]), options);
    // State holds what differs from the defaults; programs read the whole.
    this.connectionLimit = withDefault(this.connectionLimit, -1);
    this.allowConnections = withDefault(this.allowConnections, true);
    this.adopted = withDefault(this.adopted, false);
  }
}

/** Names every argument that is read back, so that each is an output too. */
const NOTHING = {
  owner: undefined,
  encoding: undefined,
  locale: undefined,
  connectionLimit: undefined,
  allowConnections: undefined,
  comment: undefined,
};
