import { checkTls, Findings, type Checkup, type CheckupRequest } from "../checkup.js";
import { resolveConnection } from "../connections.js";
import { authorityOf } from "../httpConnection.js";
import { statusOf } from "../httpErrors.js";
import { describeMail, openMail, securityOf } from "./mail.js";
import { mailConnections, webhookConnections } from "./settings.js";
import { describeWebhook, openService, webhookAddress } from "./webhook.js";

/** Looks at a mail server: connects and logs in as for a message, and sends none. */
export async function checkMail({ arg, sources, now }: CheckupRequest): Promise<Checkup> {
  const findings = new Findings(now);
  const connection = resolveConnection(mailConnections, arg, sources);
  const place = describeMail(connection);
  const server = await findings.attempt("settings", () => openMail(connection));
  if (server === undefined) return { place, findings: findings.found };
  const done = await findings.attempt("reach", () => server.verify().then(() => true));
  server.close();
  if (done !== true) return { place, findings: findings.found };
  const { host, user } = connection.settings;
  findings.good("reach", "the server answers");
  const security = securityOf(connection, host.value ?? "");
  if (security === "none") {
    const remedy = "Leave security out where the server offers STARTTLS.";
    findings.warn("tls", "messages go in clear, as security says", remedy);
  } else findings.good("tls", `TLS, verified (${security})`);
  const isAnybody = (user.value ?? "") === "";
  findings.good("login", isAnybody ? "takes messages without a log-in" : `logged in as ${user.value ?? ""}`);
  return { place, findings: findings.found };
}

/** Looks at where a webhook leads, and sends no message: only that would show whether the address is good. */
export async function checkWebhook({ arg, sources, now }: CheckupRequest): Promise<Checkup> {
  const findings = new Findings(now);
  const connection = resolveConnection(webhookConnections, arg, sources);
  const url = await findings.attempt("settings", () => webhookAddress(connection));
  const place = describeWebhook(connection, url);
  if (url === undefined) return { place, findings: findings.found };
  const service = await findings.attempt("settings", () => openService(connection, url));
  if (service === undefined) return { place, findings: findings.found };
  await checkTls(findings, { url: url.origin, ca: authorityOf(connection), environment: sources.environment });
  const answers = await findings.attempt("reach", async () => {
    try {
      await service.send({ method: "GET", path: "/" });
    } catch (error) {
      // Whatever is answered there, somebody answers.
      if (statusOf(error) === undefined) throw error;
    }
    return true;
  });
  if (answers === true) {
    findings.good("reach", "the service answers; whether it takes messages at this address, the first one shows");
  }
  return { place, findings: findings.found };
}
