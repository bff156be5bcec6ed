import * as pulumi from "@pulumi/pulumi";
import { argumentsOf } from "../core/argumentsOf.js";
import { inputsOf, typeOf, withDefault } from "../core/resource.js";
import { connectionInput, type Connection } from "./connection.js";

/** Arguments of a `postgres.Schema`. */
export interface SchemaArgs {
  /** The database: `app.name` of a `postgres.Database`, or the name of one that exists. Default: the connection's. */
  readonly database?: pulumi.Input<string>;
  /** The name, at most 63 bytes of UTF-8. A changed name makes another schema. */
  readonly name: pulumi.Input<string>;
  /** The owner: a user or a group. Default: the account that makes it; left out, the owner that it has stays. */
  readonly owner?: pulumi.Input<string>;
  /** A remark, kept in the server with COMMENT ON SCHEMA. Default: none. */
  readonly comment?: pulumi.Input<string>;
  /** Whether a schema that exists already is taken over ("adopt") or refused ("fail", the default). */
  readonly existing?: pulumi.Input<"adopt" | "fail">;
  /**
   * What happens when the schema leaves the program: "drop" it, which fails while anything is in it; or "keep" it.
   * Default: "drop" for what this program made; one that it adopted is kept.
   */
  readonly onRemove?: pulumi.Input<"drop" | "keep">;
  /** The server. Default: the connection "postgres" (PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE). */
  readonly connection?: Connection;
}

/**
 * A schema of a database. Never dropped with what is in it: a drop of one that is not empty is an error that lists
 * what is there.
 *
 * Throws in `preview` and `up` when an argument is not valid and when the schema exists already (see `existing`).
 * The account needs CREATE on the database, and to give the schema another owner the rights of that role.
 *
 * @example
 * const sales = new postgres.Schema("sales", { database: app.name, name: "sales", owner: analysts.name });
 *
 * @see https://www.postgresql.org/docs/current/sql-createschema.html
 */
export class Schema extends pulumi.CustomResource {
  /** The database; undefined for the connection's. */
  declare readonly database: pulumi.Output<string | undefined>;
  /** The name. */
  declare readonly name: pulumi.Output<string>;
  /** The owner, where one is declared. */
  declare readonly owner: pulumi.Output<string | undefined>;
  /** The remark; undefined for none. */
  declare readonly comment: pulumi.Output<string | undefined>;
  /** Whether the schema was there before this program. */
  declare readonly adopted: pulumi.Output<boolean>;

  /**
   * Declares a schema.
   *
   * @param name The resource's name in the program, which may differ from the schema's.
   * @param args What the schema is.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: SchemaArgs, options?: pulumi.CustomResourceOptions) {
    const { connection, ...rest } = argumentsOf("postgres.Schema", name, { args, options, hasExisting: true });
    const nothing = { database: undefined, owner: undefined, comment: undefined };
    const inputs = { ...nothing, ...rest, connection: connectionInput(connection) };
    super(typeOf("postgres.Schema"), name, inputsOf("postgres.Schema", inputs, ["adopted"]), options);
    this.adopted = withDefault(this.adopted, false);
  }
}
