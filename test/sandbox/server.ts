import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/*
 * What the sandboxes of services share: an HTTP server on loopback that remembers what it was asked, and that fails on
 * request. What it answers is for each sandbox to say, from the service's contract.
 */

/** A request as it arrived, and what it was answered. */
export interface Call {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As it was sent. */
  readonly text: string;
  /** Parsed JSON; undefined for none and for what is no JSON. */
  readonly body: unknown;
  /** The status of the answer; undefined while it is made, and where the connection was cut. */
  status?: number;
}

/** What a service answers. */
export interface Answer {
  readonly status: number;
  /** Sent as JSON; a text as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What goes wrong with a request. */
export type Failure =
  /** Answers this instead of doing anything. */
  | { readonly answer: Answer }
  /** Does what it was asked, and answers later. */
  | { readonly delayMs: number }
  /** Does nothing and cuts the connection. */
  | "cut"
  /** Does what it was asked, and cuts the connection instead of answering. */
  | "cutAfterActing"
  /** Never answers, and does nothing. */
  | "silence";

/** When something goes wrong, and how. */
export interface Fault {
  /** Which requests. Default: all. */
  readonly when?: (call: Call) => boolean;
  /** The first of them that it concerns, from 1. Default: 1. */
  readonly from?: number;
  /** How many of them. Default: all that follow. */
  readonly times?: number;
  readonly failure: Failure;
}

/** A running server. */
export interface SandboxServer {
  /** `http://127.0.0.1:<port>`, without a slash at its end. */
  readonly url: string;
  /** Everything that it was asked, in order. */
  readonly calls: Call[];
  /** How many that was. */
  count(): number;
  /** `GET /birds?limit=2`, in order. */
  requests(): string[];
  /** Makes something go wrong from now on, beside what does already; gives a function that ends it. */
  fault(fault: Fault): () => void;
  /** Ends all faults and forgets the calls. */
  reset(): void;
  /** Closes the server and all connections. */
  close(): Promise<void>;
}

/** What a sandbox may say about its server. */
export interface SandboxOptions {
  readonly port?: number;
  /** Whether to remember what was asked; it is held in memory. Default: true. */
  readonly keepCalls?: boolean;
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** Starts a server that answers as it is told. What the handler throws is a defect of the sandbox: status 599. */
export async function startSandboxServer(
  handle: (call: Call) => Answer | Promise<Answer>,
  { port = 0, tls, keepCalls = true }: SandboxOptions = {},
): Promise<SandboxServer> {
  const calls: Call[] = [];
  let asked = 0;
  const faults = new Map<Fault, { seen: number }>();

  function failureOf(call: Call): Failure | undefined {
    let found: Failure | undefined;
    for (const [fault, count] of faults) {
      if (fault.when?.(call) === false) continue;
      count.seen += 1;
      const from = fault.from ?? 1;
      if (count.seen >= from && count.seen < from + (fault.times ?? Infinity)) found ??= fault.failure;
    }
    return found;
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await received(request);
    asked += 1;
    if (keepCalls) calls.push(call);
    const failure = failureOf(call);
    if (failure === "silence") return;
    if (failure === "cut") {
      request.socket.destroy();
      return;
    }
    const given = typeof failure === "object" && "answer" in failure ? failure.answer : undefined;
    const answer = given ?? (await handle(call));
    if (failure === "cutAfterActing") {
      request.socket.destroy();
      return;
    }
    if (typeof failure === "object" && "delayMs" in failure) await pause(failure.delayMs);
    call.status = answer.status;
    send(response, answer);
  }

  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    serve(request, response).catch((error: unknown) => {
      send(response, { status: 599, body: `the sandbox failed: ${String(error)}` });
    });
  };
  const server: Server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const scheme = tls === undefined ? "http" : "https";
  return {
    url: `${scheme}://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    calls,
    count: () => asked,
    requests: () =>
      calls.map(({ method, path, query }) => `${method} ${path}${query.size === 0 ? "" : `?${query.toString()}`}`),
    fault(fault) {
      faults.set(fault, { seen: 0 });
      return () => faults.delete(fault);
    },
    reset() {
      faults.clear();
      calls.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function received(request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  const url = new URL(request.url ?? "/", "http://sandbox");
  return {
    method: request.method ?? "",
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    text,
    body: parsed(text),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  const isText = typeof body === "string";
  const text = body === undefined ? "" : isText ? body : JSON.stringify(body);
  response.writeHead(status, {
    ...(body === undefined ? {} : { "content-type": isText ? "text/plain" : "application/json" }),
    ...headers,
  });
  response.end(text);
}
