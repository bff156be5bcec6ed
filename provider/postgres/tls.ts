import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { checkServerIdentity, type ConnectionOptions } from "node:tls";
import type { Connection } from "../core/connections.js";
import { MISSING_SETTING, RosterError } from "../core/errors.js";
import { isLoopback } from "../core/loopback.js";
import type { PostgresSettings } from "./settings.js";
import { requiredSetting } from "./settingValues.js";

/** One way to connect: with TLS as described, or without. */
export interface Encryption {
  readonly ssl: ConnectionOptions | false;
}

const MODES = ["disable", "prefer", "require", "verify-ca", "verify-full"] as const;
type Mode = (typeof MODES)[number];

/**
 * The ways to connect that `sslmode` allows, in order, with libpq's meanings
 * (https://www.postgresql.org/docs/current/libpq-ssl.html), but with verify-full as the default for every host that is
 * not this machine. Throws a RosterError for a mode that does not exist and for a file that cannot be read.
 */
export function encryption(connection: Connection<PostgresSettings>): readonly Encryption[] {
  const mode = modeOf(connection);
  if (mode === "disable") return [{ ssl: false }];
  const ssl = options(connection, mode);
  return mode === "prefer" ? [{ ssl }, { ssl: false }] : [{ ssl }];
}

/** The sslmode that counts for a connection. */
export function modeOf(connection: Connection<PostgresSettings>): Mode {
  const { value, source } = connection.settings.sslmode;
  const host = requiredSetting(connection, "host");
  if (host.startsWith("/")) return "disable";
  if (value === undefined) return isLoopback(host) ? "prefer" : "verify-full";
  const mode = MODES.find((known) => known === value);
  if (mode !== undefined) return mode;
  throw new RosterError(`the sslmode of connection ${connection.name} is ${JSON.stringify(value)} (from ${source})`, {
    remedy: `It can be ${MODES.join(", ")}.`,
    code: MISSING_SETTING,
  });
}

function options(connection: Connection<PostgresSettings>, mode: Mode): ConnectionOptions {
  const ca = authorities(connection);
  // As in libpq, a root certificate that is given makes `require` verify it.
  const verifies = mode === "verify-full" || mode === "verify-ca" || (mode === "require" && ca !== undefined);
  const host = requiredSetting(connection, "host");
  return {
    host,
    rejectUnauthorized: verifies,
    checkServerIdentity:
      mode === "verify-full" ? (_name, certificate) => checkServerIdentity(host, certificate) : () => undefined,
    ...(ca === undefined ? {} : { ca }),
    ...optional("cert", pem(connection, "sslcert")),
    ...optional("key", pem(connection, "sslkey")),
  };
}

function optional(name: "cert" | "key", value: string | undefined): ConnectionOptions {
  return value === undefined ? {} : { [name]: value };
}

function authorities(connection: Connection<PostgresSettings>): string | undefined {
  const { value } = connection.settings.sslrootcert;
  if (value === "system") return undefined;
  if (value !== undefined) return pem(connection, "sslrootcert");
  // Where libpq looks when nothing is said.
  const usual = join(homedir(), ".postgresql", "root.crt");
  return existsSync(usual) ? readFileSync(usual, "utf8") : undefined;
}

function pem(connection: Connection<PostgresSettings>, name: "sslrootcert" | "sslcert" | "sslkey"): string | undefined {
  const { value, source } = connection.settings[name];
  if (value === undefined || value === "" || value.includes("-----BEGIN")) return value === "" ? undefined : value;
  try {
    return readFileSync(value, "utf8");
  } catch (error) {
    throw new RosterError(`the ${name} of connection ${connection.name} cannot be read (from ${source})`, {
      said: (error as Error).message,
      remedy: "Give the path of a PEM file, or its text.",
      code: MISSING_SETTING,
    });
  }
}
