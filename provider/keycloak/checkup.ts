import { checkTls, Findings, type Checkup, type CheckupRequest } from "../core/checkup.js";
import { resolveConnection } from "../core/connections.js";
import { authorityOf, baseUrlOf, describeHttp } from "../core/httpConnection.js";
import { openKeycloak } from "./client.js";
import { connections } from "./settings.js";

/** Looks at a realm: whether its client gets in, and has the roles that reading takes. Nothing is changed. */
export async function checkup({ arg, sources, now }: CheckupRequest): Promise<Checkup> {
  const findings = new Findings(now);
  const connection = resolveConnection(connections, arg, sources);
  const place = `${describeHttp(connection)}, realm ${connection.settings.realm.value ?? "not set"}`;
  const client = await findings.attempt("settings", () => openKeycloak(connection));
  if (client === undefined) return { place, findings: findings.found };
  const url = baseUrlOf(connections, connection);
  await checkTls(findings, { url, ca: authorityOf(connection), environment: sources.environment });
  const missing = await findings.attempt("login", async () => ({ roles: await client.logIn() }));
  if (missing === undefined) return { place, findings: findings.found };
  findings.good("reach", "the server answers");
  findings.good("login", "its client gets a token, made for each run");
  const { roles } = missing;
  if (roles !== undefined && roles.length > 0) {
    findings.bad("rights", `its service account lacks ${roles.join(", ")}`, client.roleRemedy(roles));
    return { place, findings: findings.found };
  }
  // A token that does not say what it may do: whoever may not sees nobody in the list, and everybody in the count.
  const seen = await findings.attempt("rights", async () => ({
    count: await client.userCount({}),
    users: await client.users({}, 0, 1),
    groups: await client.groupCount(),
  }));
  if (seen === undefined) return { place, findings: findings.found };
  if (seen.count > 0 && seen.users.length === 0) {
    findings.bad("rights", "it counts users and shows none", client.roleRemedy(["view-users"]));
  } else findings.good("rights", `it sees ${String(seen.count)} users and ${String(seen.groups)} groups`);
  return { place, findings: findings.found };
}
