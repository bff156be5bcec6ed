import type * as pulumi from "@pulumi/pulumi";
import { withSecretSettings } from "../core/connection.js";

/**
 * Which PostgreSQL server a resource is on: the name of a connection, or a name with values of the program.
 *
 * A name alone is the usual form: the settings come from the environment (`ROSTER_<NAME>_HOST`, ...) or from Pulumi
 * config (`roster:connections.<name>.host`, ...), and nothing of them enters a resource. Values of the program are for
 * what another resource makes, such as the address of a new database server; they are kept in state, secrets
 * encrypted. The environment counts before config, and config before the program.
 *
 * @example
 * const users = new postgres.User("ana", { name: "ana", connection: "warehouse" });
 *
 * @example
 * const connection = { name: "warehouse", host: server.address, user: "admin", password: server.adminPassword };
 * const user = new postgres.User("ana", { name: "ana", connection });
 */
export type Connection = string | ConnectionSettings;

/**
 * A connection with values of the program. Names are libpq's
 * (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS) where libpq has one.
 */
export interface ConnectionSettings {
  /** The connection's name: letters, digits, `-` and `_`. It finds the environment and the config that go with it. */
  readonly name: string;
  /** What kind of server it is. Default `postgres`. docs/redshift.md tells what differs on Amazon Redshift. */
  readonly dialect?: pulumi.Input<"postgres" | "redshift">;
  /** Name or address of the server, or the folder of its Unix socket. Required, here or in environment or config. */
  readonly host?: pulumi.Input<string>;
  /** Default 5432; 5439 for Redshift. */
  readonly port?: pulumi.Input<string | number>;
  /** The account that runs the statements; it needs CREATEROLE. Required, here or in environment or config. */
  readonly user?: pulumi.Input<string>;
  /** Always a secret. */
  readonly password?: pulumi.Input<string>;
  /** Instead of a password: a command that prints it, for passwords that end, such as those of AWS IAM. */
  readonly passwordCommand?: pulumi.Input<string>;
  /** Instead of a password: a JavaScript module that makes it; the path is seen from the program's folder. */
  readonly passwordModule?: pulumi.Input<string>;
  /**
   * The role as which everything is done (SET ROLE): for accounts that log in for somebody, such as those of IAM, and
   * act as the owner. The account has to be a member of it. Default: the account itself.
   */
  readonly assumeRole?: pulumi.Input<string>;
  /** Redshift: the form in which users' passwords are stored. Default `sha256`. */
  readonly passwordForm?: pulumi.Input<"sha256" | "md5">;
  /** The database to connect to. Default `postgres`; `dev` for Redshift. */
  readonly database?: pulumi.Input<string>;
  /** Default `prefer` for this machine and `verify-full` for every other host. */
  readonly sslmode?: pulumi.Input<"disable" | "prefer" | "require" | "verify-ca" | "verify-full">;
  /** Certificates that are trusted: a path, PEM text, or `system`. Default: `~/.postgresql/root.crt` where that is, else those of Node.js. */
  readonly sslrootcert?: pulumi.Input<string>;
  /** The client's certificate: a path or PEM text. */
  readonly sslcert?: pulumi.Input<string>;
  /** The key of the client's certificate: a path or PEM text. Always a secret. */
  readonly sslkey?: pulumi.Input<string>;
  /** Seconds to wait for a connection. Default 10. */
  readonly connectTimeout?: pulumi.Input<string | number>;
  /** Seconds that one statement may take. Default 60. */
  readonly statementTimeout?: pulumi.Input<string | number>;
  /**
   * "civis" sends statements through Civis Platform, which has the credentials, as queries: `database` is then the name
   * or the number that Platform has for the database, and host and user are not needed. Each statement stands for
   * itself, passwords cannot be set, and each takes seconds. Default "direct".
   */
  readonly via?: pulumi.Input<"direct" | "civis">;
  /** The address of Civis Platform's API. Default CIVIS_API_ENDPOINT, or `https://api.civisanalytics.com`. */
  readonly civisUrl?: pulumi.Input<string>;
  /** An API key of Civis Platform. Default CIVIS_API_KEY, for every connection. Always a secret. */
  readonly civisApiKey?: pulumi.Input<string>;
  /** The number of Platform's credential for the database. Default: the default credential of the key's owner. */
  readonly civisCredential?: pulumi.Input<string | number>;
  /** Seconds before the first look at a query; each look waits longer, up to 15 seconds. Default 1. */
  readonly civisPolling?: pulumi.Input<string | number>;
}

/** A connection as it goes to the engine: what is secret is marked so. */
export function connectionInput(connection: Connection | undefined): pulumi.Input<unknown> {
  return withSecretSettings(connection, ["password", "sslkey", "civisApiKey"]);
}
