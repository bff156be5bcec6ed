import { CONNECTION_LOST, RosterError } from "./errors.js";
import type { Fault } from "./report.js";

/** The code of the error for an answer with this status: `HTTP 404`. */
export function statusCode(status: number): string {
  return `HTTP ${String(status)}`;
}

/** The status with which the other side refused, where an error is about that. */
export function statusOf(error: unknown): number | undefined {
  const code = error instanceof RosterError ? error.details.code : undefined;
  return code?.startsWith("HTTP ") ? Number(code.slice("HTTP ".length)) : undefined;
}

/** A request that was refused or not answered, as messages need it. */
export interface FailedRequest {
  /** `connection birds (https://birds.example.com)`. */
  readonly description: string;
  /** `GET /birds?limit=100`. */
  readonly shown: string;
  /** Where the token came from; undefined where there is none. */
  readonly token: string | undefined;
  readonly attempts: number;
}

/** What a system knows better than HTTP does about a refusal. */
export interface Explanation {
  readonly headline?: string | undefined;
  readonly remedy?: string | undefined;
  readonly fault?: Fault | undefined;
}

/** The longest answer that a message repeats. */
const LONGEST_ANSWER = 1000;

/** The error for an answer with another status than 200 to 299. */
export function refusedRequest(
  request: FailedRequest,
  answer: { readonly status: number; readonly statusText: string; readonly text: string; readonly location?: string },
  explained: Explanation = {},
): RosterError {
  const { status, statusText, text } = answer;
  const body = text.length > LONGEST_ANSWER ? `${text.slice(0, LONGEST_ANSWER)}...` : text;
  const said = [`${String(status)} ${statusText}`.trim(), body.trim()].filter((part) => part !== "").join(": ");
  const { headline, remedy, fault }: Explanation & { headline: string } = {
    ...generic(request, status, answer.location),
    ...defined(explained),
  };
  return new RosterError(headline, {
    tried: request.shown,
    said: said + tries(request),
    remedy,
    code: statusCode(status),
    fault,
  });
}

function defined(explained: Explanation): Explanation {
  return Object.fromEntries(Object.entries(explained).filter(([, value]) => value !== undefined));
}

function tries({ attempts }: FailedRequest): string {
  return attempts > 1 ? ` (tried ${String(attempts)} times)` : "";
}

function generic(
  { description, token }: FailedRequest,
  status: number,
  location: string | undefined,
): { headline: string; remedy: string | undefined } {
  const from = token === undefined ? "no token was sent" : `it is ${token}`;
  if (status === 401) {
    return {
      headline: `${description} refuses the token`,
      remedy: `Check the token, and whether it has ended: ${from}.`,
    };
  }
  if (status === 403) {
    return { headline: `${description} does not allow this`, remedy: `Check what the token may do: ${from}.` };
  }
  if (status >= 300 && status < 400) {
    return {
      headline: `${description} is somewhere else`,
      remedy: `Give the address to which it points${location === undefined ? "" : `: ${location}`}; a token is not sent on to another address.`,
    };
  }
  if (status === 429) {
    return { headline: `${description} takes no more requests for now`, remedy: "Try again later." };
  }
  if (status >= 500) {
    return {
      headline: `${description} failed`,
      remedy: "Try again later; if it stays so, look at the service's own log.",
    };
  }
  const remedy =
    status === 404 ? "Check that it is there, and that the url of the connection is this service's." : undefined;
  return { headline: `${description} refused a request`, remedy };
}

/** What happened to a request that got no answer. */
export interface NoAnswer {
  /** Nothing of it has left. */
  readonly unsent: boolean;
  /** It may have been done: it is none that can be repeated, and it has left. */
  readonly doubtful: boolean;
  readonly code: string | undefined;
  readonly said: string;
  /** The limit that ended it, where one did. */
  readonly limit?: TimeLimit | undefined;
  /** How long such a request is waited for, in seconds; 0 is no limit. */
  readonly limits: Readonly<Record<TimeLimit, number>>;
  /** It was not sent, because the service had never answered, and been silent to the end, in this run. */
  readonly unasked?: boolean | undefined;
}

/** What ends the wait for an answer: the setting of that name. */
export type TimeLimit = "silenceTimeout" | "overallTimeout";

/** A request without an answer: what the reader can check depends on how it ended. */
export function unansweredRequest(request: FailedRequest, failure: NoAnswer): RosterError {
  const { headline, remedy } = diagnose(request, failure);
  return new RosterError(headline, {
    tried: request.shown,
    said:
      failure.limit === undefined ? `${withCode(failure)}${tries(request)}` : nothing(request, failure.limit, failure),
    remedy,
    code: CONNECTION_LOST,
  });
}

/** What was answered where a limit ended the wait. */
function nothing({ attempts }: FailedRequest, limit: TimeLimit, { limits, unasked }: NoAnswer): string {
  if (unasked === true) return "it was not asked again in this run, after it gave no answer to an earlier request";
  const last = attempts > 1 ? ` to the last of ${String(attempts)} attempts` : "";
  return `nothing${last} when the ${limit} of ${seconds(limits[limit])} was over`;
}

function seconds(count: number): string {
  return count === 1 ? "1 second" : `${String(count)} seconds`;
}

/** The settings that give a service more time, with what they are. */
function moreTime({ limits }: NoAnswer): string {
  const shown = (limit: TimeLimit, what: string): string =>
    `${limit} (${limits[limit] === 0 ? "no limit" : `${seconds(limits[limit])} ${what}`})`;
  return (
    "Check that the service works, or give it more time in the settings of the connection: " +
    `${shown("silenceTimeout", "without a sign")} and ${shown("overallTimeout", "for a request with all its attempts")}.`
  );
}

/** Most messages of Node.js have their code in them. */
function withCode({ said, code }: NoAnswer): string {
  return code === undefined || said.includes(code) ? said : `${said} (${code})`;
}

const AGAIN = "Run the same command again: it looks at the other side first and does only what is left.";

/** Codes: Node.js (https://nodejs.org/api/errors.html#common-system-errors) and OpenSSL. */
function diagnose({ description }: FailedRequest, failure: NoAnswer): { headline: string; remedy: string } {
  const { code = "", limit, doubtful } = failure;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return { headline: `${description}: the host is not known`, remedy: "Check the url of the connection." };
  }
  if (code === "ECONNREFUSED" || code === "EHOSTUNREACH" || code === "ENETUNREACH") {
    return {
      headline: `${description}: nothing answers there`,
      remedy: "Check the url of the connection, and that the service runs.",
    };
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_/.test(code)) {
    return {
      headline: `${description}: its certificate is not trusted`,
      remedy:
        "If it is the right server, give the certificate of its authority as the setting ca: a file, or PEM text.",
    };
  }
  if (/SSL|EPROTO/.test(code)) {
    return {
      headline: `${description} does not speak TLS as expected`,
      remedy: "Check whether the url is to begin with http:// or https://.",
    };
  }
  if (code === "ETIMEDOUT") {
    return {
      headline: `${description}: nothing answers there in time`,
      remedy: "Check the url of the connection, and that no firewall or proxy on the way holds it up.",
    };
  }
  if (limit !== undefined) {
    const waited = limit === "silenceTimeout" ? "gave no sign for" : "gave no answer in";
    return {
      headline: `${description} ${waited} ${seconds(failure.limits[limit])}`,
      remedy: doubtful ? `${AGAIN} ${moreTime(failure)}` : moreTime(failure),
    };
  }
  return { headline: `${description}: the connection broke`, remedy: AGAIN };
}

/** The error for an answer with a good status and a body that is not as expected. */
export function strangeAnswer(
  description: string,
  shown: string,
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): RosterError {
  const [issue] = issues;
  return new RosterError(`${description} answered something that Roster does not understand`, {
    tried: shown,
    said: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`,
    remedy: "Check the url of the connection: another service, or another version of it, may be there.",
  });
}
