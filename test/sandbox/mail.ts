import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { SMTPServer, type SMTPServerSession } from "smtp-server";

/*
 * A mail server on loopback, strict as a company's is: TLS before a log-in, a log-in before a message, a sender of its
 * own, and refusals for what breaks RFC 5322.
 */

/** A message as it was taken. */
export interface Taken {
  readonly from: string;
  readonly to: readonly string[];
  /** Names in lower case, values unfolded and decoded. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded. */
  readonly body: string;
  /** As it was sent. */
  readonly raw: string;
}

/** What goes wrong. */
export interface MailFaults {
  /** Answers this to a recipient, for instance 550 or 450. */
  recipient?: (address: string) => number | undefined;
  /** Answers this to the text of a message. */
  data?: number;
  /** Cuts the connection instead of answering: before the message is taken, or after. */
  cut?: "before" | "after";
  /** Does not answer to the text of a message. */
  silence?: boolean;
}

/** What a server may be. */
export interface MailOptions {
  readonly key?: string;
  readonly cert?: string;
  /** TLS from the start. */
  readonly secure?: boolean;
  /** Offers no STARTTLS. */
  readonly plain?: boolean;
  readonly port?: number;
}

/** A mail server that runs. */
export interface MailSandbox {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Everything that it took, in order. */
  readonly taken: Taken[];
  readonly faults: MailFaults;
  /** How many connections there were. */
  connections(): number;
  close(): Promise<void>;
}

const USER = "roster@company.com";
const PASSWORD = "a-password-of-the-mail-server";

/** Starts a mail server. */
export async function startMail({
  key,
  cert,
  secure = false,
  plain = false,
  port = 0,
}: MailOptions = {}): Promise<MailSandbox> {
  const taken: Taken[] = [];
  const faults: MailFaults = {};
  let connections = 0;
  const server = new SMTPServer({
    ...(key === undefined || cert === undefined ? {} : { key, cert }),
    secure,
    logger: false,
    hideSTARTTLS: plain,
    ...(plain ? { disabledCommands: ["STARTTLS"] } : {}),
    // With TLS nobody logs in without it; the server of this machine has neither.
    allowInsecureAuth: false,
    authOptional: plain,
    disableReverseLookup: true,
    closeTimeout: 100,
    onConnect(_session, done) {
      connections += 1;
      done();
    },
    onAuth({ username, password }, _session, done) {
      if (username === USER && password === PASSWORD) done(null, { user: username });
      else done(answer(535, "5.7.8 Authentication credentials invalid"));
    },
    onMailFrom({ address }, _session, done) {
      done(address === USER ? null : answer(553, "5.7.1 Sender address rejected: not owned by user"));
    },
    onRcptTo({ address }, _session, done) {
      const code = faults.recipient?.(address);
      done(code === undefined ? null : answer(code, code < 500 ? "4.2.1 Try again later" : "5.1.1 No such user"));
    },
    onData(stream, session, done) {
      void buffer(stream).then((raw) => {
        if (faults.silence === true) return;
        if (faults.data !== undefined) {
          done(answer(faults.data, "5.7.1 Message refused"));
          return;
        }
        const message = faults.cut === "before" ? undefined : read(raw.toString("utf8"), session);
        if (typeof message === "string") {
          done(answer(554, message));
          return;
        }
        if (message !== undefined) taken.push(message);
        if (faults.cut === undefined) done();
        else cut(server);
      });
    },
  });
  // What clients do to their connections is their test's matter.
  server.on("error", () => undefined);
  const listening = server.listen(port, "127.0.0.1");
  await once(listening, "listening");
  return {
    port: (listening.address() as AddressInfo).port,
    user: USER,
    password: PASSWORD,
    taken,
    faults,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}

function answer(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}

function cut({ connections }: SMTPServer): void {
  for (const connection of connections) (connection as unknown as { _socket: { destroy(): void } })._socket.destroy();
}

const ONCE = ["from", "to", "subject", "date", "message-id"];

/** A message, or what is wrong with it. */
function read(raw: string, { envelope }: SMTPServerSession): Taken | string {
  const [head = "", ...rest] = raw.split("\r\n\r\n");
  if (/[^\r]\n|\r[^\n]/.test(raw)) return "bare line feeds or carriage returns";
  if (!/^[\x20-\x7e\r\n\t]*$/.test(head)) return "headers are ASCII";
  const lines = head.replaceAll(/\r\n(?=[ \t])/g, "").split("\r\n");
  const names = lines.map((line) => /^([!-9;-~]+):/.exec(line)?.[1]?.toLowerCase());
  if (names.includes(undefined)) return "a header without a name";
  const twice = ONCE.filter((name) => names.filter((each) => each === name).length !== 1);
  if (twice.length > 0) return `not exactly one ${twice.join(", ")}`;
  const headers = Object.fromEntries(
    lines.map((line, at) => [names[at] ?? "", decodedHeader(line.replace(/^[^:]*:\s*/, ""))]),
  );
  const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
  const body = decodedBody(rest.join("\r\n\r\n"), headers["content-transfer-encoding"]);
  return { from, to: envelope.rcptTo.map(({ address }) => address), headers, body, raw };
}

/** https://www.rfc-editor.org/rfc/rfc2047#section-2. */
function decodedHeader(value: string): string {
  const joined = value.replaceAll(/\?=\s+=\?/g, "?==?");
  return joined.replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, how: string, text: string) =>
    how.toLowerCase() === "b" ? Buffer.from(text, "base64").toString("utf8") : unquoted(text.replaceAll("_", " ")),
  );
}

function decodedBody(text: string, encoding = ""): string {
  const decoded =
    encoding === "base64"
      ? Buffer.from(text, "base64").toString("utf8")
      : encoding === "quoted-printable"
        ? unquoted(text.replaceAll("=\r\n", ""))
        : text;
  return decoded.replaceAll("\r\n", "\n").trimEnd();
}

function unquoted(text: string): string {
  const bytes = text.replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}
