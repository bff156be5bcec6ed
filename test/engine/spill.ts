import { writeSync } from "node:fs";
import type * as nodeHttp2 from "node:http2";
import { createRequire } from "node:module";

/*
 * Loaded before Pulumi's provider process. A failure travels in the headers of an answer, with all that a half finished
 * resource is now: the CLI takes 16 MiB of headers, and Node.js as a client drops more than 64 KiB without a word, so
 * that the call never ends. What is long therefore goes beside it, through a pipe of its own, and the header says where.
 */

/** The pipe to the engine. */
const pipe = 3;
const longest = 16 * 1024;
let count = 0;

function spill(name: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => spill(name, each));
  if (typeof value !== "string" || value.length <= longest) return value;
  const id = `spilled:${String(++count)}`;
  const line = Buffer.from(`${JSON.stringify({ id, value })}\n`);
  for (let written = 0; written < line.length;) written += writeSync(pipe, line, written);
  return name.endsWith("-bin") ? Buffer.from(id).toString("base64") : id;
}

function spillAll(headers: nodeHttp2.OutgoingHttpHeaders): nodeHttp2.OutgoingHttpHeaders {
  const entries = Object.entries(headers).map(([name, value]) => [name, spill(name, value)]);
  return Object.fromEntries(entries) as nodeHttp2.OutgoingHttpHeaders;
}

// The module itself and not a copy of it: gRPC calls it through the same object.
const http2 = createRequire(__filename)("node:http2") as { createServer: typeof nodeHttp2.createServer };
const { createServer } = http2;
http2.createServer = ((...args: Parameters<typeof createServer>) => {
  const server = createServer(...args);
  server.on("stream", (stream) => {
    const respond = stream.respond.bind(stream);
    const sendTrailers = stream.sendTrailers.bind(stream);
    stream.respond = (headers, options) => respond(headers && spillAll(headers), options);
    stream.sendTrailers = (headers) => sendTrailers(spillAll(headers));
  });
  return server;
}) as typeof createServer;
