import { connect, rootCertificates } from "node:tls";
import type { ConnectionArg, SettingSources } from "./connections.js";
import { CONNECTION_LOST, asRosterError, type RosterError } from "./errors.js";
import { isLoopback } from "./loopback.js";
import { redact } from "./redact.js";
import type { Fault } from "./report.js";
import { claimsOf, endOf } from "./tokens.js";

/** What a finding is about. */
export const ASPECTS = ["settings", "reach", "tls", "login", "rights", "version", "clock"] as const;
/** One of them. */
export type Aspect = (typeof ASPECTS)[number];
/** How a finding is: as it should be, to be seen to soon, or in the way of the next run. */
export type Level = "good" | "warning" | "error";

/** What was found. */
export interface Finding {
  readonly aspect: Aspect;
  readonly level: Level;
  readonly message: string;
  /** What to do; always there where something is wrong. */
  readonly remedy?: string;
}

/** A resource of the stack that uses a connection. */
export interface Use {
  readonly token: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** A connection to look at. */
export interface CheckupRequest {
  readonly arg: ConnectionArg | undefined;
  readonly sources: SettingSources;
  /** What the stack manages over it. */
  readonly uses: readonly Use[];
  readonly now: Date;
}

/** What a look at a connection gives. */
export interface Checkup {
  /** Where the connection leads, for people. */
  readonly place: string;
  readonly findings: readonly Finding[];
}

/** Days before an end from which on it is told as a warning. */
const SOON_DAYS = 30;
const DAY_MS = 86_400_000;
/** A clock that is further off than this breaks tokens that last minutes. */
const SKEW_MS = 60_000;

/** Gathers findings. What goes wrong while something is looked at is a finding, too. */
export class Findings {
  readonly found: Finding[] = [];

  constructor(readonly now: Date) {}

  good(aspect: Aspect, message: string): void {
    this.found.push({ aspect, level: "good", message: redact(message) });
  }

  warn(aspect: Aspect, message: string, remedy: string): void {
    this.found.push({ aspect, level: "warning", message: redact(message), remedy: redact(remedy) });
  }

  bad(aspect: Aspect, message: string, remedy: string): void {
    this.found.push({ aspect, level: "error", message: redact(message), remedy: redact(remedy) });
  }

  /** The result of a look; undefined where it failed, which is noted under what failed, else under `aspect`. */
  async attempt<T>(aspect: Aspect, look: () => Promise<T> | T): Promise<T | undefined> {
    try {
      return await look();
    } catch (thrown) {
      const error = asRosterError(thrown);
      const { headline, details } = error;
      const said = details.said === undefined ? "" : `: ${details.said}`;
      this.bad(aspectOf(error) ?? aspect, `${headline}${said}`, details.remedy ?? "Look at the system's own log.");
      return undefined;
    }
  }

  /** Until when something is good. */
  until(aspect: Aspect, what: string, end: Date | undefined, remedy: string): void {
    if (end === undefined) return;
    const left = end.getTime() - this.now.getTime();
    const day = end.toISOString().replace(/\.\d+Z$/, "Z");
    if (left <= 0) this.bad(aspect, `${what} ended at ${day}`, remedy);
    else if (left < SOON_DAYS * DAY_MS) this.warn(aspect, `${what} ends at ${day}`, remedy);
    else this.good(aspect, `${what} is good until ${day}`);
  }

  /** The end of a token that says when that is. One that lasts less than a day is made anew for each run, or has to be. */
  token(token: string, made: boolean): void {
    const end = endOf(token);
    const begins = claimsOf(token)?.["nbf"];
    if (typeof begins === "number" && begins * 1000 > this.now.getTime() + SKEW_MS) {
      this.bad("clock", "the token is not good yet by this machine's clock", CLOCK);
    }
    if (end === undefined || (made && end > this.now.getTime())) return;
    this.until(
      "login",
      "the token",
      new Date(end),
      "Get a new token before then, or let one be made for each run: tokenCommand, or clientId and clientSecret.",
    );
  }

  /** The other side's clock, as it told it between `asked` and now. */
  clock(told: Date | undefined, asked: number): void {
    if (told === undefined || Number.isNaN(told.getTime())) return;
    const answered = Date.now();
    const off = told.getTime() - (asked + answered) / 2;
    // What is told has whole seconds, and the way there and back takes its time.
    const sure = Math.abs(off) - (answered - asked) / 2 - 1000;
    const seconds = String(Math.round(Math.abs(off) / 1000));
    if (sure > SKEW_MS)
      this.warn("clock", `its clock is ${seconds} s ${off > 0 ? "ahead of" : "behind"} this machine's`, CLOCK);
    else this.good("clock", "its clock and this machine's agree");
  }
}

const CLOCK = "Let both machines set their clocks from the network (NTP): tokens and ends of memberships go by them.";

const ASPECT_OF: Readonly<Record<Fault, Aspect>> = {
  setting: "settings",
  login: "login",
  permission: "rights",
  place: "reach",
  target: "rights",
  unreachable: "reach",
};

function aspectOf(error: RosterError): Aspect | undefined {
  const text = `${error.headline} ${error.details.said ?? ""}`;
  if (/certificate|\bTLS\b|\bSSL\b/i.test(text)) return "tls";
  return error.fault === undefined
    ? error.details.code === CONNECTION_LOST
      ? "reach"
      : undefined
    : ASPECT_OF[error.fault];
}

/** A service that speaks HTTP, to look at. */
export interface HttpPlace {
  readonly url: string;
  /** Authorities that are trusted besides those of Node.js, as PEM text. */
  readonly ca: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Whether what is said to a service is encrypted, and until when its certificate is good. */
export async function checkTls(findings: Findings, { url, ca, environment }: HttpPlace): Promise<void> {
  const { protocol, hostname, port } = new URL(url);
  if (protocol === "http:") {
    if (isLoopback(hostname)) findings.good("tls", "on this machine, without TLS");
    else
      findings.bad(
        "tls",
        `${hostname} is spoken to without TLS: whoever is on the way reads the token`,
        "Give an address that begins with https://.",
      );
    return;
  }
  const proxy = ["HTTPS_PROXY", "https_proxy"].find((name) => (environment[name] ?? "") !== "");
  if (proxy !== undefined && !isLoopback(hostname)) {
    findings.good("tls", `through the proxy of ${proxy}; the certificate is verified with each request`);
    return;
  }
  const end = await certificateEnd(hostname, Number(port === "" ? "443" : port), ca);
  // Whether it is trusted, the first request says, with what to do.
  if (end !== undefined)
    findings.until("tls", "TLS, verified; the certificate", end, "Renew the certificate at the server.");
}

/** When the certificate of a server ends; undefined where it is not trusted, or nobody answers. */
function certificateEnd(host: string, port: number, ca: string | undefined): Promise<Date | undefined> {
  return new Promise((resolve) => {
    const name = /^[\d.]+$|:/.test(host) ? {} : { servername: host };
    const trusted = ca === undefined ? {} : { ca: [...rootCertificates, ca] };
    const socket = connect({ host: host.replace(/^\[|\]$/g, ""), port, ...name, ...trusted }, () => {
      const end = new Date(socket.getPeerCertificate().valid_to);
      socket.destroy();
      resolve(end);
    });
    const nothing = (): void => {
      socket.destroy();
      resolve(undefined);
    };
    socket.setTimeout(10_000, nothing).on("error", nothing);
  });
}
