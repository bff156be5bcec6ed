import { checkTls, Findings, type Checkup, type CheckupRequest } from "../core/checkup.js";
import { resolveConnection } from "../core/connections.js";
import { authorityOf, baseUrlOf } from "../core/httpConnection.js";
import { openClient, describe } from "./client.js";
import { healthOf } from "./health.js";
import { PREFIX } from "./requests.js";
import { connections } from "./settings.js";

/** Looks at an environment with nothing but GET: the health check of `heimdall.checkHealth`, and what is around it. */
export async function checkup({ arg, sources, uses, now }: CheckupRequest): Promise<Checkup> {
  const findings = new Findings(now);
  const connection = resolveConnection(connections, arg, sources);
  const place = describe(connection);
  const client = await findings.attempt("settings", () => openClient(connection, { readOnly: true }));
  const url = await findings.attempt("settings", () => baseUrlOf(connections, connection));
  if (client === undefined || url === undefined) return { place, findings: findings.found };
  await checkTls(findings, { url, ca: authorityOf(connection), environment: sources.environment });
  const asked = Date.now();
  const alive = await findings.attempt("reach", () => client.http.send({ method: "GET", path: `${PREFIX}/healthz` }));
  if (alive === undefined) return { place, findings: findings.found };
  findings.good("reach", "the service answers");
  findings.clock(new Date(alive.headers["date"] ?? NaN), asked);
  const token = await findings.attempt("login", () => client.token());
  if (token === undefined) return { place, findings: findings.found };
  findings.token(token, (connection.settings.token.value ?? "") === "");
  const health = await healthOf(client);
  if (!health.tokenValid) {
    await findings.attempt("login", () => client.http.send({ method: "GET", path: `${PREFIX}/users/me` }));
    return { place, findings: findings.found };
  }
  findings.good("login", `the token is that of ${health.cpf ?? "somebody"}`);
  rights(findings, { ...health, writes: uses.length > 0 });
  // An administrator who may not write: the engine that decides it does not answer, or has forgotten administrators.
  if (health.superadmin && !health.mayWrite) {
    findings.bad(
      "reach",
      "its policy engine (Cerbos) does not answer, or refuses even an administrator, so that nothing can be changed",
      "Look at the policy engine behind Heimdall, at its Redis, which knows whether the engine is well, and at Heimdall's log. " +
        "It knows of their return after half a minute, and writes its policies when it starts. A person who was put into a " +
        "group before they first came as an administrator is refused until Heimdall writes policies again, some minutes after " +
        "roles or groups have changed.",
    );
  }
  return { place, findings: findings.found };
}

const GIVE_RIGHTS = "Give the account the role heimdall-admin of the client superapp in Keycloak, and get a new token.";

function rights(findings: Findings, { superadmin, writes }: { superadmin: boolean; writes: boolean }): void {
  if (superadmin) findings.good("rights", "the token is an administrator's");
  else if (writes) {
    findings.bad("rights", "the token is no administrator's, and the stack changes things here", GIVE_RIGHTS);
  } else {
    findings.warn(
      "rights",
      "the token is no administrator's: Heimdall shows it neither the actions of roles nor who is in groups, and no environment can be mirrored with it",
      GIVE_RIGHTS,
    );
  }
}
