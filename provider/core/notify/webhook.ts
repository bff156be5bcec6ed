import type { Connection } from "../connections.js";
import { MISSING_SETTING, RosterError, asRosterError } from "../errors.js";
import { openHttp, type Http, type HttpOptions } from "../http.js";
import { authorityOf, timeLimits } from "../httpConnection.js";
import { statusOf } from "../httpErrors.js";
import { registerSecret } from "../redact.js";
import { requiredSetting } from "../settingValues.js";
import type { Messenger } from "./messenger.js";
import { webhookConnections, type WebhookSettings } from "./settings.js";
import { TOGETHER, payloadOf } from "./slack.js";

/** A channel takes about a message a second: https://docs.slack.dev/apis/web-api/rate-limits. */
const RATE = { requests: 1, seconds: 1 };
/** What says that it is the message, and not the address or the service, that is refused. */
const ABOUT_THE_MESSAGE: ReadonlySet<number> = new Set([400, 413, 422]);

/** What webhooks answer where it is the address that is wrong. */
const WRONG_ADDRESS: ReadonlySet<number> = new Set([401, 403, 404, 410]);

/** Opens a webhook of Slack, or one that takes the same JSON. Throws a RosterError where a setting is missing or wrong. */
export function openWebhook(
  connection: Connection<WebhookSettings>,
  options: Pick<HttpOptions, "rate" | "pause"> = {},
): Messenger {
  const url = webhookAddress(connection);
  const description = describeWebhook(connection, url);
  const path = `${url.pathname}${url.search}`;
  // The address is a secret as a whole; what is sent, and what answers repeat, is this part.
  registerSecret(path);
  const http = openService(connection, url, { rate: RATE, ...options });
  return {
    description,
    atOnce: TOGETHER,
    async send(messages) {
      try {
        // At least once: where no answer comes, it is sent again.
        const request = { method: "POST", path, body: payloadOf(messages), repeatable: true } as const;
        await http.send({ ...request, shown: "POST to the webhook" });
        return { delivered: true };
      } catch (error) {
        const down = !ABOUT_THE_MESSAGE.has(statusOf(error) ?? 0);
        return { delivered: false, down, error: asRosterError(error) };
      }
    },
    close: () => undefined,
  };
}

/** `webhook alerts (hooks.slack.com)`: of the address only what is no secret. */
export function describeWebhook({ name }: Connection<WebhookSettings>, url: URL | undefined): string {
  return `webhook ${name} (${url?.host ?? "no url"})`;
}

/** Opens the service that a webhook is of. Throws a RosterError where a setting is wrong. */
export function openService(
  connection: Connection<WebhookSettings>,
  url: URL,
  options: Pick<HttpOptions, "rate" | "pause"> = {},
): Http {
  return openHttp({
    ...options,
    description: describeWebhook(connection, url),
    baseUrl: url.origin,
    ca: authorityOf(connection),
    ...timeLimits(webhookConnections, connection),
    concurrency: 1,
    explain: ({ request: { method }, status }) =>
      method === "POST" && WRONG_ADDRESS.has(status)
        ? {
            headline: `${describeWebhook(connection, url)} does not take messages at this address`,
            remedy: `Make a new webhook where it leads to, and give its address as url (it is from ${connection.settings.url.source}).`,
            fault: "setting",
          }
        : undefined,
  });
}

/** The address of a webhook. Throws a RosterError, which does not repeat it, where there is none or it is no address. */
export function webhookAddress(connection: Connection<WebhookSettings>): URL {
  const text = requiredSetting(webhookConnections, connection, "url");
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username + url.password === "") return url;
  throw new RosterError(
    `the url of connection ${connection.name} is no address of a webhook (from ${connection.settings.url.source})`,
    { remedy: "It begins with https:// and holds no user name.", code: MISSING_SETTING },
  );
}
