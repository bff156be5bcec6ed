import type { NodemailerError } from "nodemailer";
import type { Connection } from "../connections.js";
import { CONNECTION_LOST, RosterError, type ErrorDetails } from "../errors.js";
import type { MailSettings } from "./settings.js";

/** What failed, for the message about it. */
export interface MailAttempt {
  readonly description: string;
  readonly connection: Connection<MailSettings>;
  /** To whom; undefined where it is only about the server. */
  readonly recipient: string | undefined;
}

/** The failure of a message, or of the server: what the library tells, in our words. The error itself goes no further. */
export function mailFailure(
  attempt: MailAttempt,
  thrown: unknown,
): { readonly down: boolean; readonly error: RosterError } {
  const { responseCode, response, message, command, ...error } = told(thrown);
  const code = isAboutTls(error.code, message) ? "ETLS" : error.code;
  const said = response ?? message;
  const { description, recipient } = attempt;
  // A refusal of the recipient or the text is about this message: https://www.rfc-editor.org/rfc/rfc5321#section-4.2.
  // 421 is the server's good-bye; without an answer it was not there.
  const refused = (code === "EENVELOPE" || code === "EMESSAGE") && responseCode !== undefined && responseCode !== 421;
  const down = !(refused && command !== "MAIL FROM");
  if (!down) {
    const headline = `${description} refused a message to ${recipient ?? "nobody"}`;
    return { down, error: new RosterError(headline, { tried: command, said, code: `SMTP ${String(responseCode)}` }) };
  }
  return {
    down,
    error: new RosterError(`${description} ${headlineOf(code)}`, { tried: command, said, ...remedyOf(attempt, code) }),
  };
}

function told(thrown: unknown): Partial<NodemailerError> {
  const { code, responseCode, response, message, command } = thrown as Partial<NodemailerError>;
  return { code, responseCode, response, message, command };
}

/** What Node.js refuses about a certificate arrives as any failure of a socket. */
function isAboutTls(code: string | undefined, message = ""): boolean {
  return code === "ESOCKET" && /certificate|altnames|\b(TLS|SSL)\b/i.test(message);
}

function headlineOf(code: string | undefined): string {
  if (code === "EAUTH" || code === "ENOAUTH") return "refuses the log-in";
  if (code === "ETLS") return "does not do TLS as it should";
  return code === "EENVELOPE" || code === "EMESSAGE" ? "takes no message from this sender" : "cannot be reached";
}

function remedyOf(
  { connection }: MailAttempt,
  code: string | undefined,
): Pick<ErrorDetails, "remedy" | "code" | "fault"> {
  const { settings, name } = connection;
  const from = (setting: keyof MailSettings): string => `${setting} (from ${settings[setting].source})`;
  switch (code) {
    case "EAUTH":
    case "ENOAUTH":
      return { fault: "login", remedy: `Check ${from("user")} and ${from("password")} of connection ${name}.` };
    case "ETLS":
      return {
        fault: "unreachable",
        remedy:
          "Let the server offer STARTTLS with a certificate for this host name. security: tls is for a port with TLS from " +
          "the start, ca names an authority of your own, and security: none sends messages in clear.",
      };
    case "EENVELOPE":
    case "EMESSAGE":
      return {
        fault: "setting",
        remedy: `Check ${from("from")} of connection ${name}, and that the account may send as it.`,
      };
    default:
      return { code: CONNECTION_LOST, remedy: `Check ${from("host")}, ${from("port")} and the network.` };
  }
}
