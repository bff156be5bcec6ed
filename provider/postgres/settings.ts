import type { ConnectionSpec } from "../core/connections.js";

/**
 * The settings of a connection to PostgreSQL. Their names are libpq's where libpq has one, so that people find what
 * they know: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
 */
const settings = {
  /** What kind of server it is: postgres or redshift. */
  dialect: { default: "postgres" },
  /** Name, address, or the folder of a Unix socket. */
  host: { variable: "PGHOST", place: true },
  port: {
    variable: "PGPORT",
    defaultBy: { setting: "dialect", values: { postgres: "5432", redshift: "5439" } },
    place: true,
  },
  user: { variable: "PGUSER" },
  password: { variable: "PGPASSWORD", secret: true },
  /** The database to connect to; roles and memberships are the same in all databases of a server. */
  database: {
    variable: "PGDATABASE",
    defaultBy: { setting: "dialect", values: { postgres: "postgres", redshift: "dev" } },
    // There it is the name that Platform knows the database by, and there is no host.
    place: { setting: "via", values: ["civis"] },
  },
  /** A command that prints the password: for passwords that end, such as those of IAM. */
  passwordCommand: {},
  /** A JavaScript module that makes the password. */
  passwordModule: {},
  /** The role as which everything is done (SET ROLE), where that is not the account that logs in. */
  assumeRole: {},
  /** The form in which passwords of Redshift's users are stored: sha256 or md5. */
  passwordForm: { default: "sha256" },
  /** disable, prefer, require, verify-ca or verify-full; the default is prefer for loopback and else verify-full. */
  sslmode: { variable: "PGSSLMODE" },
  /** Certificates that are trusted: a file, PEM text, or "system". */
  sslrootcert: { variable: "PGSSLROOTCERT" },
  /** The client's certificate: a file or PEM text. */
  sslcert: { variable: "PGSSLCERT" },
  /** The key of the client's certificate: a file or PEM text. */
  sslkey: { variable: "PGSSLKEY", secret: true },
  /** Seconds to wait for a connection. */
  connectTimeout: { variable: "PGCONNECT_TIMEOUT", default: "10" },
  /** Seconds that one statement may take. */
  statementTimeout: { default: "60" },
  /** "civis": statements go through Civis Platform, which has the credentials; "direct" is the default. */
  via: { default: "direct", place: true },
  /** The address of Civis Platform's API. */
  civisUrl: { variable: "CIVIS_API_ENDPOINT", everywhere: true, default: "https://api.civisanalytics.com" },
  /** An API key of Civis Platform. */
  civisApiKey: { variable: "CIVIS_API_KEY", everywhere: true, secret: true },
  /** The number of Platform's credential for the database; the default one where none is named. */
  civisCredential: {},
  /** Seconds before the first look at a query; each look waits longer than the one before. */
  civisPolling: { default: "1" },
} as const;

/** The settings' type, for what reads them. */
export type PostgresSettings = typeof settings;

/** What the core needs to know of PostgreSQL's connections. */
export const connections: ConnectionSpec<PostgresSettings> = { defaultName: "postgres", settings };
