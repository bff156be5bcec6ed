import { startSandboxServer, type Answer, type Call, type SandboxOptions, type SandboxServer } from "../server.js";
import { no, notFound } from "./answers.js";
import { answerPeople } from "./people.js";
import type { Platform } from "./platform.js";
import { Queries, type Execute } from "./queries.js";

export { platformOf, type Membership, type Platform, type PlatformGroup, type PlatformUser } from "./platform.js";
export type { Execute, Rows } from "./queries.js";

/** The key that the sandbox takes. */
export const API_KEY = "7d3c9e52f0a84b61civis-sandbox";

/** A running Civis Platform. */
export interface CivisSandbox extends SandboxServer {
  /** What it has; changes count from the next request on. */
  readonly platform: Platform;
  readonly queries: Queries;
}

/**
 * Starts a Civis Platform on loopback, strict where its specification is: limits of pages, known parameters, required
 * fields. Without `execute` its queries fail.
 */
export async function startCivis(
  platform: Platform,
  { execute, ...options }: SandboxOptions & { readonly execute?: Execute } = {},
): Promise<CivisSandbox> {
  const queries = new Queries(platform, execute);
  const server = await startSandboxServer((call) => answer(platform, queries, call), options);
  return Object.assign(server, { platform, queries });
}

async function answer(platform: Platform, queries: Queries, call: Call): Promise<Answer> {
  if (!isKnown(call.headers["authorization"])) return no(401, "unauthorized", "Invalid API key");
  if (call.method === "GET") {
    const people = answerPeople(platform, call);
    if (people !== undefined) return people;
  }
  return (await queries.answer(call)) ?? notFound();
}

function isKnown(header: string | string[] | undefined): boolean {
  return header === `Bearer ${API_KEY}` || header === `Basic ${Buffer.from(`${API_KEY}:`).toString("base64")}`;
}
