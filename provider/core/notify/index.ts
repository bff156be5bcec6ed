import { resolveConnection, type SettingSources } from "../connections.js";
import { openMail } from "./mail.js";
import type { Messenger } from "./messenger.js";
import { mailConnections, webhookConnections } from "./settings.js";
import { openWebhook } from "./webhook.js";

export type { Delivery, Message, Messenger } from "./messenger.js";

/** Opens the connection of a name. Throws a RosterError where a setting is missing or wrong. */
export function openMessenger(kind: "webhook" | "mail", name: string, sources: SettingSources): Messenger {
  if (kind === "webhook") return openWebhook(resolveConnection(webhookConnections, name, sources));
  return openMail(resolveConnection(mailConnections, name, sources));
}
