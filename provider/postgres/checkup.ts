import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { checkTls, Findings, type Checkup, type CheckupRequest } from "../core/checkup.js";
import { resolveConnection, type Connection } from "../core/connections.js";
import { isLoopback } from "../core/loopback.js";
import { type Catalog, type Server } from "./catalog.js";
import { describe, type Client } from "./client.js";
import { dial, isThroughCivis } from "./dial.js";
import { checkRights } from "./checkupRights.js";
import { connections, type PostgresSettings } from "./settings.js";
import { modeOf } from "./tls.js";

/** The majors that the tests run on. */
const OLDEST = 14;
const NEWEST = 18;

/** Looks at a server, directly or through Civis Platform: reads its catalogue, and changes nothing. */
export async function checkup({ arg, sources, uses, now }: CheckupRequest): Promise<Checkup> {
  const findings = new Findings(now);
  const connection = resolveConnection(connections, arg, sources);
  const place = describe(connection);
  const done = { place, findings: findings.found };
  const client = await findings.attempt("reach", () => dial(connection));
  if (client === undefined) return done;
  try {
    findings.good("reach", isThroughCivis(connection) ? "Civis Platform knows the database" : "the server answers");
    if (isThroughCivis(connection)) {
      const url = connection.settings.civisUrl.value ?? "";
      await checkTls(findings, { url, ca: undefined, environment: sources.environment });
    } else encryptionOf(findings, client, connection);
    const catalog = await findings.attempt("version", () => client.readCatalog());
    if (catalog?.server === undefined) return done;
    login(findings, catalog, catalog.server);
    const redshift = connection.settings.dialect.value === "redshift";
    version(findings, catalog.server, redshift);
    if (!redshift) await state(findings, client);
    checkRights(findings, catalog, { uses, redshift });
  } finally {
    await client.close().catch(() => undefined);
  }
  return done;
}

function encryptionOf(findings: Findings, client: Client, connection: Connection<PostgresSettings>): void {
  const host = connection.settings.host.value ?? "";
  const { source } = connection.settings.sslmode;
  const tls = client.encryption?.();
  if (tls === undefined) {
    if (host.startsWith("/") || isLoopback(host)) findings.good("tls", "on this machine, without TLS");
    else {
      findings.bad(
        "tls",
        `${host} is spoken to without TLS: whoever is on the way reads and changes what is sent`,
        `Set sslmode to verify-full (it comes from ${source}); the server needs ssl = on and a certificate.`,
      );
    }
    return;
  }
  const mode = modeOf(connection);
  if (mode === "verify-full" || mode === "verify-ca" || tls.verified) {
    findings.until(
      "tls",
      `TLS, verified (${mode}); the server's certificate`,
      tls.until,
      "Renew the certificate at the server.",
    );
  } else if (isLoopback(host)) findings.good("tls", "TLS, on this machine");
  else {
    findings.warn(
      "tls",
      `TLS with sslmode ${mode}, which does not look who answers: somebody in between can pass for the server`,
      `Set sslmode to verify-full (it comes from ${source}) and sslrootcert to the certificate of the authority.`,
    );
  }
  const own = ownCertificate(connection);
  findings.until("login", "the client's certificate", own, "Renew the certificate in sslcert and its key in sslkey.");
}

function ownCertificate({ settings }: Connection<PostgresSettings>): Date | undefined {
  const given = settings.sslcert.value ?? "";
  if (given === "") return undefined;
  const { validTo } = new X509Certificate(given.includes("-----BEGIN") ? given : readFileSync(given));
  return new Date(validTo);
}

function login(findings: Findings, { roles }: Catalog, { sessionUser, currentUser }: Server): void {
  const as = currentUser === sessionUser ? "" : `, and everything is done as ${currentUser}`;
  findings.good("login", `logged in as ${sessionUser}${as}`);
  const end = roles.get(sessionUser)?.validUntil;
  if (end === undefined) return;
  findings.until(
    "login",
    `the password of ${sessionUser}`,
    new Date(end),
    `Set a new one with a later end: ALTER ROLE ${sessionUser} PASSWORD ... VALID UNTIL ..., and give it to the connection.`,
  );
}

function version(findings: Findings, { version: number }: Server, redshift: boolean): void {
  const major = Math.floor(number / 10_000);
  if (redshift) {
    findings.good("version", "Amazon Redshift");
  } else if (major === 8) {
    findings.bad(
      "version",
      "this is Amazon Redshift, and the connection takes it for PostgreSQL",
      "Set dialect to redshift.",
    );
  } else if (major < OLDEST) {
    findings.bad(
      "version",
      `PostgreSQL ${String(major)} is older than ${String(OLDEST)}, the oldest that is supported`,
      "Upgrade the server.",
    );
  } else if (major > NEWEST) {
    findings.warn(
      "version",
      `PostgreSQL ${String(major)} is newer than ${String(NEWEST)}, the newest that was tested`,
      "Look whether a newer version of pulumi-roster knows it.",
    );
  } else findings.good("version", `PostgreSQL ${String(major)}`);
}

const STATE = `
SELECT pg_catalog.pg_is_in_recovery() AS standby,
       pg_catalog.current_setting('transaction_read_only') = 'on' AS "readOnly",
       extract(epoch FROM pg_catalog.clock_timestamp())::float8 AS now;
`;

async function state(findings: Findings, client: Client): Promise<void> {
  const asked = Date.now();
  const rows = await findings.attempt("rights", () => client.rows(STATE));
  const [row] = (rows?.[0] ?? []) as { standby: boolean; readOnly: boolean; now: number | string }[];
  if (row === undefined) return;
  findings.clock(new Date(Number(row.now) * 1000), asked);
  if (row.standby) {
    findings.bad("rights", "the server is a standby and takes no writes", "Give the address of the primary as host.");
  } else if (row.readOnly) {
    findings.bad(
      "rights",
      "sessions of this account are read-only",
      "Take default_transaction_read_only off: ALTER ROLE ... RESET default_transaction_read_only, or that of the database.",
    );
  }
}
