import { checkTls, Findings, type Checkup, type CheckupRequest } from "../core/checkup.js";
import { resolveConnection, type Connection } from "../core/connections.js";
import { authorityOf, baseUrlOf, openConnection, tokensOf } from "../core/httpConnection.js";
import { statusOf } from "../core/httpErrors.js";
import { PREFIX } from "./changes.js";
import { describe, openClient, type Client } from "./client.js";
import { connections, type GleanSettings } from "./settings.js";

/** Asked for where the connection names no data source: Glean says no to it, but first looks at the token. */
const NO_DATASOURCE = "roster-doctor";

/** Looks at a deployment: its tokens, and its data source. Nothing is written. */
export async function checkup({ arg, sources, now }: CheckupRequest): Promise<Checkup> {
  const findings = new Findings(now);
  const connection = resolveConnection(connections, arg, sources);
  const place = describe(connection);
  const client = await findings.attempt("settings", () => openClient(connection));
  const url = await findings.attempt("settings", () => baseUrlOf(connections, connection));
  if (client === undefined || url === undefined) return { place, findings: findings.found };
  await checkTls(findings, { url, ca: authorityOf(connection), environment: sources.environment });
  await indexing(findings, connection);
  await reading(findings, client, connection);
  return { place, findings: findings.found };
}

async function indexing(findings: Findings, connection: Connection<GleanSettings>): Promise<void> {
  const tokens = tokensOf(connections, connection);
  const http = openConnection(connections, connection, { concurrency: 1, tokens });
  const named = connection.settings.datasource.value ?? "";
  const body = { datasource: named === "" ? NO_DATASOURCE : named };
  const asked = Date.now();
  try {
    const path = `${PREFIX}/getdatasourceconfig`;
    const { headers } = await http.send({ method: "POST", path, body, repeatable: true });
    findings.clock(new Date(headers["date"] ?? NaN), asked);
    if (named !== "") findings.good("rights", `the token may use the data source ${named}`);
  } catch (error) {
    const status = statusOf(error) ?? 0;
    if (![400, 403, 404].includes(status)) {
      await findings.attempt("login", () => Promise.reject(error as Error));
      return;
    }
    if (named !== "") {
      const { source } = connection.settings.datasource;
      findings.bad(
        "rights",
        `the token may not use the data source ${named}, or there is none`,
        `Check its name (from ${source}) in Glean's admin console, and the token's data sources, or leave it out: people belong to no data source.`,
      );
    }
  }
  findings.good("reach", "the Indexing API answers");
  findings.good(
    "login",
    "the Indexing API takes the token; it does not tell when it ends, nor whether it may write people before the first is written",
  );
}

async function reading(findings: Findings, { reader }: Client, connection: Connection<GleanSettings>): Promise<void> {
  if (reader === undefined) {
    findings.warn(
      "rights",
      "there is no token of the Client API: nothing can be read back, and drift in Glean is not seen",
      "Give the connection a clientToken (GLEAN_CLIENT_TOKEN) with the scope PEOPLE.",
    );
    return;
  }
  const { source } = connection.settings.clientToken;
  const seen = await findings.attempt("login", () => reader.people(["roster-doctor@example.invalid"]));
  if (seen !== undefined) findings.good("rights", `the token of the Client API (from ${source}) may read people`);
}
