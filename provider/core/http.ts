import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { setTimeout as byTheClock } from "node:timers/promises";
import type { AxiosInstance, AxiosResponse } from "axios" with { "resolution-mode": "import" };
import type { default as PQueue } from "p-queue" with { "resolution-mode": "import" };
import type * as z from "zod";
import { ATTEMPTS, maySendAgain, retryAfter, waitAfter } from "./backOff.js";
import { RosterError } from "./errors.js";
import {
  refusedRequest,
  strangeAnswer,
  unansweredRequest,
  type Explanation,
  type FailedRequest,
  type NoAnswer,
} from "./httpErrors.js";
import { searchOf, shownRequest, type HttpRequest } from "./httpRequest.js";
import { isLoopback } from "./loopback.js";
import { reportDetail } from "./report.js";
import type { TokenSource } from "./tokens.js";

/** How a service is spoken to. */
export interface HttpOptions {
  /** For messages: `connection birds (https://birds.example.com)`. */
  readonly description: string;
  /** Goes before every path, without a slash at its end. */
  readonly baseUrl: string;
  readonly tokens?: TokenSource | undefined;
  /** The header `Authorization` for a token. Default: `Bearer <token>`. */
  readonly authorization?: ((token: string) => string) | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Certificates that are trusted besides those of Node.js, as PEM text. */
  readonly ca?: string | undefined;
  /** Seconds in which a connection has to be there. 0 is no limit. */
  readonly connectTimeout: number;
  /** Seconds without a sign after which a request is given up. 0 is no limit. */
  readonly silenceTimeout: number;
  /** Seconds for a request with all its attempts and waits; what waits for its turn is not counted. 0 is no limit. */
  readonly overallTimeout: number;
  /** Requests at once. */
  readonly concurrency: number;
  /** At most `requests` in any `seconds`, for a service that counts them. */
  readonly rate?: { readonly requests: number; readonly seconds: number } | undefined;
  /** Nothing but GET leaves. */
  readonly readOnly?: boolean | undefined;
  /** What the service means by a refusal, where it is not what HTTP says. */
  readonly explain?: ((refusal: Refusal) => Explanation | undefined) | undefined;
  /** How to wait between attempts, in milliseconds. Default: by the clock. */
  readonly pause?: ((milliseconds: number) => Promise<void>) | undefined;
}

/** An answer with another status than 200 to 299. */
export interface Refusal {
  readonly request: HttpRequest;
  readonly status: number;
  readonly body: unknown;
}

/** An answer with a status from 200 to 299. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON, or the text where it is none. */
  readonly body: unknown;
}

/** A service that is spoken to with HTTP. */
export interface Http {
  readonly description: string;
  /**
   * Sends a request and gives the answer, which has a status from 200 to 299. Throws a RosterError for everything else;
   * `statusOf` tells the status of a refusal.
   */
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** `send`, and the body as a schema describes it. Throws a RosterError where it is something else. */
  read<T>(request: HttpRequest, schema: z.ZodType<T>): Promise<T>;
}

/**
 * Opens a service; the first request loads what is needed and connects. This is the one file that talks to axios. It
 * follows no redirects, which would carry the token elsewhere, and goes through the proxy that the environment names
 * (HTTPS_PROXY, NO_PROXY), but not for this machine.
 */
export function openHttp(options: HttpOptions): Http {
  let machinery: Promise<Machinery> | undefined;

  async function send(request: HttpRequest): Promise<HttpAnswer> {
    if (options.readOnly && request.method !== "GET") {
      throw new RosterError(`${options.description} is only read, and never sent a ${request.method}`, {
        tried: shownRequest(request),
      });
    }
    machinery ??= assemble(options);
    return attempts(options, await machinery, request);
  }

  return {
    description: options.description,
    send,
    async read(request, schema) {
      const { body } = await send(request);
      const parsed = schema.safeParse(body);
      if (parsed.success) return parsed.data;
      throw strangeAnswer(options.description, shownRequest(request), parsed.error.issues);
    },
  };
}

interface Machinery {
  readonly axios: AxiosInstance;
  readonly queue: PQueue;
  /** Whether the service has ever answered. */
  answered: boolean;
  /**
   * How it was silent to the end where it has never answered. It is not asked again then: a run would wait as long for
   * each of its resources.
   */
  silence?: NoAnswer;
}

async function assemble(options: HttpOptions): Promise<Machinery> {
  // Loaded here and not with this file: a preview with nothing to do connects to nothing.
  const [{ default: axios }, { default: Queue }] = await Promise.all([import("axios"), import("p-queue")]);
  const agent = { keepAlive: true, maxSockets: options.concurrency, timeout: options.connectTimeout * 1000 };
  const local = isLoopback(new URL(options.baseUrl).hostname);
  const instance = axios.create({
    baseURL: options.baseUrl,
    headers: { Accept: "application/json", "User-Agent": "pulumi-roster", ...options.headers },
    httpAgent: new HttpAgent(agent),
    httpsAgent: new HttpsAgent({ ...agent, ...(await authorities(options.ca)) }),
    timeout: options.silenceTimeout * 1000,
    maxRedirects: 0,
    ...(local ? { proxy: false as const } : {}),
    // Parsed here, so that an answer that is not JSON can be shown as it is.
    responseType: "text",
    transformResponse: (text: unknown) => text,
    validateStatus: () => true,
  });
  const { rate } = options;
  const queue = new Queue({
    concurrency: options.concurrency,
    ...(rate === undefined ? {} : { intervalCap: rate.requests, interval: rate.seconds * 1000, strict: true }),
  });
  return { axios: instance, queue, answered: false };
}

/** Authorities that are given come to those of Node.js and do not replace them. */
export async function authorities(ca: string | undefined): Promise<{ ca?: string[] }> {
  if (ca === undefined) return {};
  const { rootCertificates } = await import("node:tls");
  return { ca: [...rootCertificates, ca] };
}

/** Sends a request until it is answered for good. It waits outside of the queue, so that others can go meanwhile. */
async function attempts(options: HttpOptions, machinery: Machinery, request: HttpRequest): Promise<HttpAnswer> {
  const { pause = byTheClock, overallTimeout } = options;
  const limit = overallTimeout === 0 ? Infinity : overallTimeout * 1000;
  let spent = 0;
  let renewed = false;
  for (let attempt = 1; ; attempt += 1) {
    const token = await options.tokens?.token();
    const outcome = await machinery.queue.add(() =>
      inTurn(options, machinery, { request, token, left: limit - spent }),
    );
    spent += outcome.took;
    reportDetail(() => `${options.baseUrl} ${shownRequest(request)}: ${ending(outcome)}`);
    if ("answer" in outcome && outcome.answer.status < 300) return yes(outcome.answer);
    const refused = "answer" in outcome && outcome.answer.status === 401 && token !== undefined;
    // A token can end, or be withdrawn, before its time: once a new one is worth a try.
    if (refused && options.tokens?.refused(token) === true && !renewed) {
      renewed = true;
      continue;
    }
    const wait = waitFor(request, outcome, attempt);
    if (wait === undefined || spent + wait >= limit) {
      noteSilence(machinery, outcome);
      throw failure(options, request, outcome, attempt);
    }
    await pause(wait);
    spent += wait;
  }
}

type Attempt = { readonly took: number } & ({ readonly answer: AxiosResponse<string> } | { readonly broken: NoAnswer });

/** How an attempt ended, for the log. */
function ending(outcome: Attempt): string {
  const how = "answer" in outcome ? String(outcome.answer.status) : (outcome.broken.code ?? outcome.broken.said);
  return `${how} after ${String(Math.round(outcome.took))} ms`;
}

interface Sending {
  readonly request: HttpRequest;
  readonly token: string | undefined;
  /** Milliseconds for this attempt. */
  readonly left: number;
}

/** Sends it, if its turn comes while there is hope for an answer. */
async function inTurn(options: HttpOptions, machinery: Machinery, sending: Sending): Promise<Attempt> {
  if (machinery.silence !== undefined)
    return { took: 0, broken: { ...machinery.silence, unasked: true, unsent: true, doubtful: false } };
  const outcome = await once(options, machinery.axios, sending);
  machinery.answered ||= "answer" in outcome;
  // There is no other attempt. Noted before the next request has its turn.
  if ("broken" in outcome && outcome.broken.limit === "overallTimeout") noteSilence(machinery, outcome);
  return outcome;
}

function noteSilence(machinery: Machinery, outcome: Attempt): void {
  if ("broken" in outcome && outcome.broken.limit !== undefined && !machinery.answered)
    machinery.silence ??= outcome.broken;
}

async function once(options: HttpOptions, axios: AxiosInstance, { request, token, left }: Sending): Promise<Attempt> {
  const begun = performance.now();
  const { authorization = (value: string): string => `Bearer ${value}` } = options;
  // Not AbortSignal.timeout: its timer goes on after the answer, and of 100,000 requests they would all be held.
  const limit = new AbortController();
  const timer = Number.isFinite(left)
    ? setTimeout(
        () => {
          limit.abort();
        },
        Math.max(1, Math.floor(left)),
      )
    : undefined;
  try {
    const answer = await axios.request<string>({
      method: request.method,
      url: request.path,
      params: searchOf(request.query),
      ...(request.body === undefined ? {} : { data: request.body }),
      headers: token === undefined ? {} : { Authorization: authorization(token) },
      signal: limit.signal,
    });
    return { answer, took: performance.now() - begun };
  } catch (error) {
    return { broken: noAnswer(options, request, error, limit.signal.aborted), took: performance.now() - begun };
  } finally {
    clearTimeout(timer);
  }
}

/** Failures before a connection is there: nothing of the request has left. */
const UNSENT = new Set(["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH"]);

function noAnswer(options: HttpOptions, request: HttpRequest, error: unknown, overLimit: boolean): NoAnswer {
  // The error itself goes no further: it holds the request with its token.
  const { code, message } = error as { code?: string; message?: string };
  const silent = code === "ECONNABORTED";
  const unsent = UNSENT.has(code ?? "") || /CERT|SELF_SIGNED|UNABLE_TO_/.test(code ?? "");
  return {
    code,
    said: message === undefined || message === "" ? "no answer" : message,
    unsent,
    doubtful: !unsent && !isRepeatable(request),
    limit: overLimit ? "overallTimeout" : silent ? "silenceTimeout" : undefined,
    limits: options,
  };
}

function isRepeatable({ method, repeatable }: HttpRequest): boolean {
  return repeatable ?? method === "GET";
}

/** Milliseconds until the next attempt; undefined where there is none. */
function waitFor(request: HttpRequest, outcome: Attempt, attempt: number): number | undefined {
  const status = "answer" in outcome ? outcome.answer.status : undefined;
  const unsent = "broken" in outcome && outcome.broken.unsent;
  if ("broken" in outcome && outcome.broken.unasked === true) return undefined;
  if (attempt >= ATTEMPTS || !maySendAgain({ status, unsent, repeatable: isRepeatable(request) })) return undefined;
  // A certificate does not get better, and a host that is not known rarely does.
  if ("broken" in outcome && unsent && outcome.broken.code !== "ECONNREFUSED" && outcome.broken.code !== "EAI_AGAIN") {
    return undefined;
  }
  const asked = "answer" in outcome ? retryAfter(headersOf(outcome.answer)["retry-after"]) : undefined;
  return waitAfter(attempt, asked);
}

function yes(answer: AxiosResponse<string>): HttpAnswer {
  return { status: answer.status, headers: headersOf(answer), body: bodyOf(answer.data) };
}

function headersOf({ headers }: AxiosResponse<string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

function bodyOf(text: string | undefined): unknown {
  if (text === undefined || text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function failure(options: HttpOptions, request: HttpRequest, outcome: Attempt, attempts: number): RosterError {
  const failed: FailedRequest = {
    description: options.description,
    shown: shownRequest(request),
    token: options.tokens?.origin,
    attempts,
  };
  if ("broken" in outcome) return unansweredRequest(failed, outcome.broken);
  const { status, statusText, data } = outcome.answer;
  const location = headersOf(outcome.answer)["location"];
  return refusedRequest(
    failed,
    { status, statusText, text: data, ...(location === undefined ? {} : { location }) },
    options.explain?.({ request, status, body: bodyOf(data) }),
  );
}
