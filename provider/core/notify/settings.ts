import type { ConnectionSpec } from "../connections.js";

/**
 * The settings of a webhook. The address is the secret: whoever has it can write to the channel
 * (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks).
 */
const webhook = {
  /** The whole address: https://hooks.slack.com/services/... */
  url: { secret: true },
  /** Certificates that are trusted besides those of Node.js: a file, or PEM text. */
  ca: {},
  /** Seconds to wait for a connection. */
  connectTimeout: { default: "10" },
  /** Seconds without a sign from the service. */
  silenceTimeout: { default: "20" },
  /** Seconds for one message with all its attempts: what is down delays messages, and should not delay the run. */
  overallTimeout: { default: "30" },
} as const;

/** The type of these settings. */
export type WebhookSettings = typeof webhook;

/** What the core needs to know of webhooks' connections. */
export const webhookConnections: ConnectionSpec<WebhookSettings> = { defaultName: "webhook", settings: webhook };

/** The settings of a mail server. */
const mail = {
  host: { place: true },
  /** 465 is TLS from the start, everything else STARTTLS. */
  port: { default: "587", place: true },
  /** Left out, there is no log-in. */
  user: {},
  password: { secret: true },
  /** From whom messages are: an address, or a name with one. */
  from: {},
  /** `starttls`, which is an error where the server has none; `tls`; or `none`, without which nothing is said in clear. */
  security: { defaultBy: { setting: "port", values: { "465": "tls" } } },
  /** Certificates that are trusted besides those of Node.js: a file, or PEM text. */
  ca: {},
  /** Seconds to wait for a connection, and then for the server's greeting. */
  connectTimeout: { default: "10" },
  /** Seconds without a sign from the server. */
  silenceTimeout: { default: "20" },
} as const;

/** The type of these settings. */
export type MailSettings = typeof mail;

/** What the core needs to know of mail servers' connections. */
export const mailConnections: ConnectionSpec<MailSettings> = { defaultName: "mail", settings: mail };
