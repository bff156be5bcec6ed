import type { SendMailOptions } from "nodemailer";
import type { Connection } from "../connections.js";
import { RosterError } from "../errors.js";
import { authorities } from "../http.js";
import { isLoopback } from "../loopback.js";
import { authorityOf } from "../httpConnection.js";
import { PORT, SECONDS, numberSetting, requiredSetting, unfitSetting } from "../settingValues.js";
import { mailFailure } from "./mailFailure.js";
import type { Delivery, Message, Messenger } from "./messenger.js";
import { oneLine, plainLines } from "./plainText.js";
import { mailConnections, type MailSettings } from "./settings.js";

/** A mail server that can also be looked at, as `roster doctor` does. */
export interface MailMessenger extends Messenger {
  /** Connects and logs in, and sends nothing. Throws a RosterError where that is refused. */
  verify(): Promise<void>;
}

/** What of the library is used. */
interface Transport {
  sendMail(mail: SendMailOptions): Promise<unknown>;
  verify(): Promise<unknown>;
  close(): void;
}

/** A subject longer than this is cut by what shows it, or refused. */
const LONGEST_SUBJECT = 200;
const LONGEST_BODY = 100_000;
/** One address, and nothing in it by which it could be several, or a command. */
const ADDRESS = /^[^\s<>()[\],;:"\\@]+@[^\s<>()[\],;:"\\@]+$/;

/** Opens a mail server; the first message connects. Throws a RosterError where a setting is missing or wrong. */
export function openMail(connection: Connection<MailSettings>): MailMessenger {
  const description = describeMail(connection);
  const from = senderOf(connection);
  const open = transportOf(connection);
  let opened: Promise<Transport> | undefined;
  const transport = (): Promise<Transport> => (opened ??= open());

  async function sendOne({ id, subject, body, recipient = "" }: Message): Promise<Delivery> {
    if (!ADDRESS.test(recipient)) {
      const error = new RosterError(`${JSON.stringify(recipient)} is no e-mail address, so no message was sent to it`);
      return { delivered: false, down: false, error };
    }
    try {
      const through = await transport();
      await through.sendMail({
        from,
        to: { name: "", address: recipient },
        subject: oneLine(subject, LONGEST_SUBJECT) || "-",
        text: `${plainLines(body, LONGEST_BODY)}\n\nEvent ${id}\n`,
        // The same in every run, so that who gets it twice sees it once.
        messageId: `<${id}@${from.address.slice(from.address.indexOf("@") + 1)}>`,
        // Nobody's out-of-office note answers: https://www.rfc-editor.org/rfc/rfc3834#section-5.
        headers: { "Auto-Submitted": "auto-generated" },
      });
      return { delivered: true };
    } catch (error) {
      return { delivered: false, ...mailFailure({ description, connection, recipient }, error) };
    }
  }

  return {
    description,
    atOnce: 1,
    async send(messages) {
      for (const message of messages) {
        const delivery = await sendOne(message);
        if (!delivery.delivered) return delivery;
      }
      return { delivered: true };
    },
    async verify() {
      try {
        await (await transport()).verify();
      } catch (error) {
        throw mailFailure({ description, connection, recipient: undefined }, error).error;
      }
    },
    close() {
      void opened?.then(
        (through) => {
          through.close();
        },
        () => undefined,
      );
    },
  };
}

/** `mail server mail (smtp.example.com:587)`. */
export function describeMail({ name, settings }: Connection<MailSettings>): string {
  return `mail server ${name} (${settings.host.value ?? "no host"}:${settings.port.value ?? ""})`;
}

/** What makes the connection, when there is something to send. Throws a RosterError where a setting is not valid. */
function transportOf(connection: Connection<MailSettings>): () => Promise<Transport> {
  const host = requiredSetting(mailConnections, connection, "host");
  const port = numberSetting(mailConnections, connection, "port", PORT);
  const security = securityOf(connection, host);
  const ca = authorityOf(connection);
  const { user, password } = connection.settings;
  const hasUser = (user.value ?? "") !== "";
  if (hasUser) requiredSetting(mailConnections, connection, "password");
  const seconds = (name: "connectTimeout" | "silenceTimeout"): number =>
    numberSetting(mailConnections, connection, name, SECONDS) * 1000;
  const limits = { connectTimeout: seconds("connectTimeout"), silenceTimeout: seconds("silenceTimeout") };
  return async () => {
    // Loaded here: most runs send nothing.
    const { createTransport } = await import("nodemailer");
    return createTransport({
      host,
      port,
      secure: security === "tls",
      requireTLS: security === "starttls",
      ignoreTLS: security === "none",
      pool: true,
      maxConnections: 1,
      // A message is repeated by the next run, which has written down what became of it.
      maxRequeues: 0,
      dnsTimeout: limits.connectTimeout,
      connectionTimeout: limits.connectTimeout,
      greetingTimeout: limits.connectTimeout,
      socketTimeout: limits.silenceTimeout,
      // What a message holds comes from files of requests: it names no file and no address to be fetched.
      disableFileAccess: true,
      disableUrlAccess: true,
      tls: await authorities(ca),
      ...(hasUser ? { auth: { user: user.value ?? "", pass: password.value ?? "" } } : {}),
    });
  };
}

const SECURITY = ["starttls", "tls", "none"] as const;

/** How what is said is encrypted. A password is never sent in clear but to this machine. */
export function securityOf(connection: Connection<MailSettings>, host: string): (typeof SECURITY)[number] {
  const { security, user } = connection.settings;
  const found = SECURITY.find((each) => each === (security.value ?? "starttls"));
  if (found === undefined) throw unfitSetting(connection, "security", SECURITY.join(", "));
  if (found === "none" && (user.value ?? "") !== "" && !isLoopback(host)) {
    throw unfitSetting(connection, "security", "starttls or tls where there is a user: its password would go in clear");
  }
  return found;
}

/** `Roster <roster@example.com>` or an address alone. */
function senderOf(connection: Connection<MailSettings>): { readonly name: string; readonly address: string } {
  const text = requiredSetting(mailConnections, connection, "from");
  const [, name = "", inner] = /^\s*"?([^"<>]*?)"?\s*<([^<>]*)>\s*$/.exec(text) ?? [];
  const address = (inner ?? text).trim();
  if (!ADDRESS.test(address) || /[\r\n]/.test(name)) {
    throw unfitSetting(connection, "from", "an address, or a name with one: Roster <roster@example.com>");
  }
  return { name, address };
}
