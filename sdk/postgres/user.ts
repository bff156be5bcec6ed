import * as pulumi from "@pulumi/pulumi";
import { argumentsOf } from "../core/argumentsOf.js";
import { inputsOf, secret, typeOf, withDefault, withSecretOutputs } from "../core/resource.js";
import { connectionInput, type Connection } from "./connection.js";

/** The value of a parameter; an array for a list of names such as `search_path`. */
export type SettingInput = pulumi.Input<string | number | boolean | readonly pulumi.Input<string>[]>;

/** Arguments of a `postgres.User`. What is left out is enforced as its default, so that a right given by hand shows as drift. */
export interface UserArgs {
  /**
   * The name, at most 63 bytes of UTF-8, of any characters; upper and lower case differ. A changed name renames the
   * user in place. `pg_...`, `public` and `none` belong to PostgreSQL and are refused.
   */
  readonly name: pulumi.Input<string>;
  /** May log in. Default true. */
  readonly login?: pulumi.Input<boolean>;
  /** Passes every check of rights. Default false. */
  readonly superuser?: pulumi.Input<boolean>;
  /** May create databases. Default false. */
  readonly createdb?: pulumi.Input<boolean>;
  /** May create and change roles. Default false. */
  readonly createrole?: pulumi.Input<boolean>;
  /** Has the rights of its groups without SET ROLE. Default true. */
  readonly inherit?: pulumi.Input<boolean>;
  /** May start streaming replication. Default false. */
  readonly replication?: pulumi.Input<boolean>;
  /** Is not bound by row-level security. Default false. */
  readonly bypassrls?: pulumi.Input<boolean>;
  /** Connections at a time; -1, the default, for no limit. */
  readonly connectionLimit?: pulumi.Input<number>;
  /** When the password ends: a date (midnight UTC) or ISO 8601 with zone. Default: never. */
  readonly validUntil?: pulumi.Input<string>;
  /** Amazon Redshift: whether the user sees in the system tables what others do. Default "restricted". */
  readonly syslogAccess?: pulumi.Input<"restricted" | "unrestricted">;
  /** Amazon Redshift: seconds after which an idle session ends, 60 to 1,728,000. Default: the cluster's own. */
  readonly sessionTimeout?: pulumi.Input<number>;
  /** A remark, kept in the server with COMMENT ON ROLE. Default: none. */
  readonly comment?: pulumi.Input<string>;
  /**
   * The password, always a secret. Only its SCRAM-SHA-256 verifier leaves this machine or enters state; a verifier is
   * taken too. A changed password alone changes nothing: `passwordVersion` says when to set it. Left out, the
   * password that the user has stays.
   */
  readonly password?: pulumi.Input<string>;
  /**
   * Any text or number; a new one sets the password. "auto" sets it whenever it is another one than the last, which the
   * verifier in the state tells: for a password that something else rotates, such as a mounted secret.
   */
  readonly passwordVersion?: pulumi.Input<string | number>;
  /**
   * Parameters that are set for the user's sessions (ALTER ROLE SET), by name: a text, a number, a truth value, or an
   * array of names for `search_path`. Authoritative: what is set besides is taken back. Default: left alone.
   */
  readonly settings?: pulumi.Input<Readonly<Record<string, SettingInput>>>;
  /** The same for sessions in one database, by the name of the database. Default: left alone. */
  readonly databaseSettings?: pulumi.Input<
    Readonly<Record<string, pulumi.Input<Readonly<Record<string, SettingInput>>>>>
  >;
  /** Whether a user that exists already is taken over ("adopt") or refused ("fail", the default). */
  readonly existing?: pulumi.Input<"adopt" | "fail">;
  /**
   * What happens when the user leaves the program: "drop" it; "disable" its login and take back the rights declared
   * here; or "keep" it as it is. A user who owns or has something is not dropped: from then on it cannot log in, and
   * the error lists by database what is in the way (see `reassignTo`). Default: "drop" for what this program made,
   * "disable" for what it adopted.
   */
  readonly onRemove?: pulumi.Input<"disable" | "drop" | "keep">;
  /**
   * Who gets what the user owns when it is dropped (REASSIGN OWNED); what it has been granted is taken back (DROP
   * OWNED), in every database. It cannot log in meanwhile. Default: nobody, and the drop of a user who owns or has
   * something fails.
   */
  readonly reassignTo?: pulumi.Input<string>;
  /** The server. Default: the connection "postgres" (PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE). */
  readonly connection?: Connection;
}

/**
 * A user of a PostgreSQL server: a role that can log in.
 *
 * Throws in `preview` and `up` when an argument is not valid, when the user exists already (see `existing`), and when
 * it is the account that runs this and would lose the rights to do so. PostgreSQL 14 to 18.
 *
 * @example
 * const ana = new postgres.User("ana", { name: "ana", validUntil: "2027-01-31", comment: "Ana, data team" });
 *
 * @example
 * const app = new postgres.User("app", {
 *   name: "app",
 *   settings: { search_path: ["app", "public"], statement_timeout: "30s" },
 *   databaseSettings: { reports: { statement_timeout: "10min" } },
 *   reassignTo: "owners",
 * });
 *
 * @see https://www.postgresql.org/docs/current/sql-createrole.html
 */
export class User extends pulumi.CustomResource {
  /** The name. */
  declare readonly name: pulumi.Output<string>;
  /** Whether the user may log in. */
  declare readonly login: pulumi.Output<boolean>;
  /** Whether the user passes every check of rights. */
  declare readonly superuser: pulumi.Output<boolean>;
  /** Whether the user may create databases. */
  declare readonly createdb: pulumi.Output<boolean>;
  /** Whether the user may create and change roles. */
  declare readonly createrole: pulumi.Output<boolean>;
  /** Whether the user has the rights of its groups without SET ROLE. */
  declare readonly inherit: pulumi.Output<boolean>;
  /** Whether the user may start streaming replication. */
  declare readonly replication: pulumi.Output<boolean>;
  /** Whether the user is not bound by row-level security. */
  declare readonly bypassrls: pulumi.Output<boolean>;
  /** Connections at a time; -1 for no limit. */
  declare readonly connectionLimit: pulumi.Output<number>;
  /** When the password ends, ISO 8601 in UTC; undefined for never. */
  declare readonly validUntil: pulumi.Output<string | undefined>;
  /** Amazon Redshift: "unrestricted" where the user sees what others do; else undefined. */
  declare readonly syslogAccess: pulumi.Output<"unrestricted" | undefined>;
  /** Amazon Redshift: seconds after which an idle session ends; undefined for the cluster's own. */
  declare readonly sessionTimeout: pulumi.Output<number | undefined>;
  /** The remark; undefined for none. */
  declare readonly comment: pulumi.Output<string | undefined>;
  /** The parameters that are set, as the server keeps them; undefined where they are left alone. */
  declare readonly settings: pulumi.Output<Record<string, string> | undefined>;
  /** The parameters that are set in single databases; undefined where they are left alone. */
  declare readonly databaseSettings: pulumi.Output<Record<string, Record<string, string>> | undefined>;
  /** Which version of the password was set last. */
  declare readonly passwordVersion: pulumi.Output<string | number | undefined>;
  /** Whether the user was there before this program. */
  declare readonly adopted: pulumi.Output<boolean>;

  /**
   * Declares a user.
   *
   * @param name The resource's name in the program, which may differ from the user's.
   * @param args What the user is.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: UserArgs, options?: pulumi.CustomResourceOptions) {
    const { connection, password, ...rest } = argumentsOf("postgres.User", name, { args, options, hasExisting: true });
    const inputs = { ...NOTHING, ...rest, password: secret(password), connection: connectionInput(connection) };
    super(
      typeOf("postgres.User"),
      name,
      inputsOf("postgres.User", inputs, ["adopted"]),
      withSecretOutputs(options, "password"),
    );
    // State holds what differs from the defaults; programs read the whole.
    this.login = withDefault(this.login, true);
    this.superuser = withDefault(this.superuser, false);
    this.createdb = withDefault(this.createdb, false);
    this.createrole = withDefault(this.createrole, false);
    this.inherit = withDefault(this.inherit, true);
    this.replication = withDefault(this.replication, false);
    this.bypassrls = withDefault(this.bypassrls, false);
    this.connectionLimit = withDefault(this.connectionLimit, -1);
    this.adopted = withDefault(this.adopted, false);
  }
}

/** Names every argument, so that each is an output too. */
const NOTHING: Record<keyof UserArgs, undefined> = {
  name: undefined,
  login: undefined,
  superuser: undefined,
  createdb: undefined,
  createrole: undefined,
  inherit: undefined,
  replication: undefined,
  bypassrls: undefined,
  connectionLimit: undefined,
  validUntil: undefined,
  syslogAccess: undefined,
  sessionTimeout: undefined,
  comment: undefined,
  password: undefined,
  passwordVersion: undefined,
  settings: undefined,
  databaseSettings: undefined,
  existing: undefined,
  reassignTo: undefined,
  onRemove: undefined,
  connection: undefined,
};
