import { howToSet, type Connection, type Setting } from "../core/connections.js";
import { RosterError } from "../core/errors.js";
import type { Fault } from "../core/report.js";
import { connections, type PostgresSettings } from "./settings.js";

type Name = keyof PostgresSettings;

interface Diagnosis {
  readonly headline: string;
  readonly remedy: string;
  /** What the driver says of it is about its own inner life and helps nobody. */
  readonly driverOnly?: true;
  /** What a scheduler can act on, where the code does not say. */
  readonly fault?: Fault;
}

/**
 * What a failed attempt to connect means: which setting is wrong, where its value came from, and what to do.
 * Codes: Node.js (https://nodejs.org/api/errors.html), OpenSSL, and PostgreSQL's SQLSTATE
 * (https://www.postgresql.org/docs/current/errcodes-appendix.html).
 */
export function connectionError(connection: Connection<PostgresSettings>, error: unknown): RosterError {
  if (error instanceof RosterError) return error;
  const code = codeOf(error);
  const said = `${messageOf(error)}${code === undefined ? "" : ` (${code})`}`;
  const found = diagnose(attemptOf(connection, code, messageOf(error)));
  return new RosterError(found.headline, {
    said: found.driverOnly ? undefined : said,
    remedy: found.remedy,
    code,
    fault: found.fault ?? faultOf(connection, code),
    cause: error,
  });
}

const FAULTS: Readonly<Record<string, Fault>> = {
  "28P01": "login",
  "28000": "login",
  "3D000": "place",
  ENOTFOUND: "unreachable",
  EAI_AGAIN: "unreachable",
  ECONNREFUSED: "unreachable",
  ETIMEDOUT: "unreachable",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  "53300": "unreachable",
  "57P03": "unreachable",
};

/** What a scheduler can act on; undefined where it could be several things. */
function faultOf({ settings }: Connection<PostgresSettings>, code: string | undefined): Fault | undefined {
  if (code === "22023" || code === "42501") return settings.assumeRole.value === undefined ? undefined : "permission";
  return FAULTS[code ?? ""];
}

/** A failed attempt to connect, and what messages say of its settings. */
interface Attempt {
  readonly connection: Connection<PostgresSettings>;
  readonly code: string | undefined;
  readonly message: string;
  /** Host and port. */
  readonly where: string;
  readonly value: (name: Name) => string;
  /** Where settings came from. */
  readonly from: (...names: readonly Name[]) => string;
}

function attemptOf(connection: Connection<PostgresSettings>, code: string | undefined, message: string): Attempt {
  const value = (name: Name): string => connection.settings[name].value ?? "";
  const from = (...names: readonly Name[]): string =>
    names.map((name) => origin(name, connection.settings[name])).join("; ");
  return { connection, code, message, where: `${value("host")}:${value("port")}`, value, from };
}

/** By the code, where it says what is wrong. */
function diagnose(attempt: Attempt): Diagnosis {
  const { connection, code, where, value, from } = attempt;
  const name = connection.name;
  switch (code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return {
        headline: `connection ${name}: the host ${value("host")} is not known`,
        remedy: `Check the host: ${from("host")}.`,
      };
    case "ECONNREFUSED":
    case "ENOENT":
      return {
        headline: `connection ${name}: nothing answers at ${where}`,
        remedy: `Check host and port, and that the server runs: ${from("host", "port")}.`,
      };
    case "28P01":
      if (isMissing(connection)) return missingPassword(attempt);
      return {
        headline: `connection ${name}: the server at ${where} refuses the password of user ${value("user")}`,
        remedy: passwordRemedy(connection),
      };
    case "28000":
      return refusedUser(attempt);
    case "3D000":
      return {
        headline: `connection ${name}: the server at ${where} has no database ${value("database")}`,
        remedy: `Check the database: ${from("database")}.`,
      };
    case "22023":
    case "42501":
      if (connection.settings.assumeRole.value === undefined) return byMessage(attempt);
      return {
        headline: `connection ${name}: user ${value("user")} cannot become the role ${value("assumeRole")} at ${where}`,
        remedy: `The role has to exist, and the user to be a member of it: ${from("assumeRole", "user")}.`,
      };
    case "42704":
      return {
        headline: `connection ${name}: the server at ${where} does not know a parameter that every PostgreSQL has`,
        remedy: `If it is Amazon Redshift, set dialect to redshift: ${from("dialect")}.`,
      };
    case "53300":
      return {
        headline: `connection ${name}: the server at ${where} has no connection left for user ${value("user")} to database ${value("database")}`,
        remedy:
          "Try again later, or raise max_connections on the server, or the CONNECTION LIMIT of the user or the database where it is that. Roster opens one connection to each database that the program names.",
      };
    case "57P03":
      return {
        headline: `connection ${name}: the server at ${where} is starting or stopping`,
        remedy: "Try again in a moment.",
      };
    default:
      return byMessage(attempt);
  }
}

/** The server lets the user in in another way, or not at all. */
function refusedUser({ connection, message, where, value, from }: Attempt): Diagnosis {
  const headline = `connection ${connection.name}: the server at ${where} does not let user ${value("user")} in`;
  if (/client certificate|certificate authentication/i.test(message)) {
    const settings = from("user", "sslcert", "sslkey");
    return { headline, remedy: `It asks for a client certificate that is made out to this user: ${settings}.` };
  }
  const secret = secretOf(connection);
  if (secret === "password") {
    return { headline, remedy: `Check the user, and the server's pg_hba.conf: ${from("user", "sslmode")}.` };
  }
  return {
    headline,
    remedy: `A token that was made anew was refused too. Check that this user may log in with tokens, that they are made for this host, port and user, and the clock of this machine: ${from("user", secret)}.`,
  };
}

/** Where a value came from, or that there is none. */
function origin(name: Name, { value, source }: Setting): string {
  return value === undefined ? `the ${name} is not set` : `the ${name} comes from ${source}`;
}

/** By the text, and by codes of TLS. */
function byMessage(attempt: Attempt): Diagnosis {
  const { connection, code, message, where, from } = attempt;
  const name = connection.name;
  if (/timeout|timed out/i.test(message) || code === "ETIMEDOUT" || code === "EHOSTUNREACH" || code === "ENETUNREACH") {
    const seconds = connection.settings.connectTimeout.value ?? "";
    return {
      headline: `connection ${name}: no answer from ${where} within ${seconds} s`,
      remedy: `Check host and port, and what lies between (firewall, VPN): ${from("host", "port")}. connectTimeout sets the seconds.`,
    };
  }
  if (message.includes("does not support SSL")) {
    return {
      headline: `connection ${name}: the server at ${where} has no TLS`,
      remedy: `Turn TLS on at the server, or allow a connection without it with sslmode "disable": ${from("sslmode")}.`,
    };
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return {
      headline: `connection ${name}: the certificate of the server at ${where} is for another name`,
      remedy: `Use the name that is in the certificate as host, or sslmode "verify-ca" to check the issuer only: ${from("host", "sslmode")}.`,
    };
  }
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID") {
    return {
      headline: `connection ${name}: the certificate of the server at ${where} ${code === "CERT_HAS_EXPIRED" ? "has expired" : "is not valid yet"}`,
      remedy: `Renew it at the server, and check the clocks of both machines; sslmode "require" connects without looking at it: ${from("sslmode")}.`,
    };
  }
  if (/^ERR_OSSL_|^ERR_SSL_/.test(code ?? "")) {
    return {
      headline: `connection ${name}: TLS with the server at ${where} cannot be set up`,
      remedy: `Check that certificates and key are PEM and belong together, and what the server takes: ${from("sslmode", "sslrootcert", "sslcert", "sslkey")}.`,
    };
  }
  if (/CERT|SIGNED|UNABLE_TO/.test(code ?? "") || /certificate/i.test(message)) {
    return {
      headline: `connection ${name}: the certificate of the server at ${where} is not trusted`,
      remedy: `Give the issuer's certificate in sslrootcert (${from("sslrootcert")}). The connection was not used.`,
    };
  }
  // What pg says where SCRAM needs a password (https://github.com/brianc/node-postgres/blob/master/packages/pg/lib/crypto/sasl.js).
  if (/password must be a (non-empty )?string|empty password|no password/i.test(message)) {
    return { ...missingPassword(attempt), driverOnly: true };
  }
  return {
    headline: `connection ${name}: cannot connect to ${where}`,
    remedy: `Check the connection's settings: ${from("host", "port", "user", "database")}.`,
  };
}

function isMissing({ settings }: Connection<PostgresSettings>): boolean {
  return (["password", "passwordCommand", "passwordModule"] as const).every(
    (name) => (settings[name].value ?? "") === "",
  );
}

/** The server wants a password and got none. Where a command or a module was to make it, that made an empty one. */
function missingPassword({ connection, where, value, from }: Attempt): Diagnosis {
  const headline = `connection ${connection.name}: the server at ${where} asks for a password of user ${value("user")}, and there is none`;
  if (!isMissing(connection)) return { headline, remedy: passwordRemedy(connection) };
  const ways = howToSet(connections, connection.name, "password").replace(/^s/, "S");
  return {
    headline,
    fault: "setting",
    remedy: `${ways}. refresh and destroy use the config of the last update: for them set the variable. (${from("user")}; the password is not set)`,
  };
}

/**
 * Pulumi keeps the config of the last update in state, and `refresh` and `destroy` use that copy: after a password was
 * rotated in config, they still send the old one.
 */
function passwordRemedy(connection: Connection<PostgresSettings>): string {
  const { user } = connection.settings;
  const password = connection.settings[secretOf(connection)];
  const sources = `${origin("user", user)}; ${origin(secretOf(connection), password)}`;
  const rotated = password.source.startsWith("Pulumi config")
    ? " If it was rotated in the config since the last update: refresh and destroy use the config of that update; run pulumi up first, or give the command --run-program."
    : "";
  return `Check user and password: ${sources}.${rotated}`;
}

/** The setting that the password comes from. */
function secretOf({ settings }: Connection<PostgresSettings>): "password" | "passwordCommand" | "passwordModule" {
  const made = (["passwordCommand", "passwordModule"] as const).find((name) => (settings[name].value ?? "") !== "");
  return made ?? "password";
}

function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
