import * as z from "zod";
import { checkTls, Findings, type Checkup, type CheckupRequest } from "../core/checkup.js";
import { resolveConnection } from "../core/connections.js";
import { authorityOf, baseUrlOf, describeHttp } from "../core/httpConnection.js";
import { openCivis } from "./client.js";
import { connections } from "./settings.js";

/** Looks at Civis Platform with nothing but GET: whether the key is taken, and sees users and groups. */
export async function checkup({ arg, sources, now }: CheckupRequest): Promise<Checkup> {
  const findings = new Findings(now);
  const connection = resolveConnection(connections, arg, sources);
  const place = describeHttp(connection);
  const client = await findings.attempt("settings", () => openCivis(connection));
  const url = await findings.attempt("settings", () => baseUrlOf(connections, connection));
  if (client === undefined || url === undefined) return { place, findings: findings.found };
  await checkTls(findings, { url, ca: authorityOf(connection), environment: sources.environment });
  const asked = Date.now();
  const { http } = client;
  const query = { limit: 1 };
  const groups = await findings.attempt("login", () => http.send({ method: "GET", path: "/groups/", query }));
  if (groups === undefined) return { place, findings: findings.found };
  findings.good("reach", "the API answers");
  findings.clock(new Date(groups.headers["date"] ?? NaN), asked);
  findings.good(
    "login",
    `the API key is taken (from ${connection.settings.apiKey.source}); Platform does not say when it ends`,
  );
  if (z.array(z.unknown()).parse(groups.body).length === 0) {
    findings.warn(
      "rights",
      "the key sees no group",
      "Let the account of the key see the groups that are synced: share them with it.",
    );
  }
  const users = await findings.attempt("rights", () => http.send({ method: "GET", path: "/users/", query }));
  if (users !== undefined) findings.good("rights", "the key sees groups and users");
  return { place, findings: findings.found };
}
