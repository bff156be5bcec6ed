import { exec } from "node:child_process";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import * as z from "zod";
import { RosterError } from "./errors.js";
import { registerSecret } from "./redact.js";

/** Gives tokens (or passwords) that may end, and makes new ones where it can. */
export interface TokenSource {
  /** A token that is good now. Throws a RosterError where none can be had. */
  token(): Promise<string>;
  /** Says that the other side refused this token; true where `token()` will give another one. */
  refused(token: string): boolean;
  /** Where tokens come from, for messages: `the token from environment variable BIRD_TOKEN`. */
  readonly origin: string;
}

/** A token, and until when it is good as far as that is known. */
export interface Token {
  readonly value: string;
  /** Milliseconds since 1970. */
  readonly until?: number | undefined;
}

/** A token is renewed when this part of its life is over, */
const FRESH_SHARE = 0.8;
/** but not earlier than this before its end: a token for a day is not thrown away in the evening. */
const EARLIEST_RENEWAL_MS = 60_000;
/** A command that has not said anything by then hangs, for instance because it asks somebody something. */
const COMMAND_TIMEOUT_MS = 60_000;

/** Always the same token. */
export function staticToken(value: string, origin: string): TokenSource {
  registerSecret(value);
  return { token: () => Promise.resolve(value), refused: () => false, origin };
}

/**
 * Tokens that are made when they are needed. A new one is made before the old one ends, and after the other side
 * refused it; whoever asks meanwhile waits for the same one.
 */
export function renewedTokens(make: () => Promise<Token>, origin: string, now: () => number = Date.now): TokenSource {
  let current: { readonly value: string; readonly renewAt: number } | undefined;
  let making: Promise<string> | undefined;

  async function renew(): Promise<string> {
    const asked = now();
    const { value, until = endOf(value) } = await make();
    registerSecret(value);
    const life = until === undefined ? Infinity : until - asked;
    current = { value, renewAt: asked + Math.max(life * FRESH_SHARE, life - EARLIEST_RENEWAL_MS) };
    return value;
  }

  return {
    origin,
    token() {
      if (current !== undefined && now() < current.renewAt) return Promise.resolve(current.value);
      making ??= renew().finally(() => {
        making = undefined;
      });
      return making;
    },
    refused(token) {
      // Another request may have brought a newer one in the meantime.
      if (current?.value === token) current = undefined;
      return true;
    },
  };
}

/** What a JSON Web Token says, unverified: only the other side can verify it. Undefined for what is none. */
export function claimsOf(token: string): Readonly<Record<string, unknown>> | undefined {
  const [, payload] = token.split(".");
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    return typeof claims === "object" && claims !== null ? (claims as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** When a JSON Web Token ends, in milliseconds since 1970; undefined where it does not say so. */
export function endOf(token: string): number | undefined {
  const end = claimsOf(token)?.["exp"];
  return typeof end === "number" ? end * 1000 : undefined;
}

const madeToken = z.union([
  z.string().min(1),
  z.object({ token: z.string().min(1), expiresAt: z.union([z.string(), z.number(), z.date()]).optional() }),
]);

const EXPECTED = 'a token, or JSON with it and its end: {"token": "...", "expiresAt": "2027-01-31T12:00:00Z"}';

/** A token as a command or a module gives it: a text, or an object with its end. Undefined for anything else. */
function tokenFrom(given: unknown): Token | undefined {
  const parsed = madeToken.safeParse(given);
  if (!parsed.success) return undefined;
  if (typeof parsed.data === "string") return { value: parsed.data };
  const { token, expiresAt } = parsed.data;
  if (expiresAt === undefined) return { value: token };
  const until = new Date(expiresAt).getTime();
  return Number.isNaN(until) ? undefined : { value: token, until };
}

/**
 * Tokens that a command prints, for instance `aws rds generate-db-auth-token ...`; run by the shell, in the program's
 * folder. It prints the token, or JSON with `token` and `expiresAt`.
 */
export function commandTokens(command: string, origin: string, now?: () => number): TokenSource {
  return renewedTokens(
    async () => {
      const printed = (await run(command, origin)).trim();
      const token = tokenFrom(printed.startsWith("{") ? parsedJson(printed) : printed);
      if (token !== undefined) return token;
      throw new RosterError(`${origin} did not print a token`, { remedy: `It has to print ${EXPECTED}.` });
    },
    origin,
    now,
  );
}

async function run(command: string, origin: string): Promise<string> {
  try {
    const { stdout } = await promisify(exec)(command, { timeout: COMMAND_TIMEOUT_MS });
    return stdout;
  } catch (error) {
    const { code, signal, stderr } = error as { code?: unknown; signal?: string | null; stderr?: string };
    const ended = signal === null || signal === undefined ? `with exit code ${String(code)}` : `by ${signal}`;
    // Not the cause: it holds what the command printed, which may be half of a token.
    throw new RosterError(`${origin} ended ${ended}`, {
      said: stderr?.trim() === "" ? undefined : stderr?.trim(),
      remedy: `Run it by hand in the program's folder. It has to print ${EXPECTED}, and to ask nothing.`,
    });
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Tokens that a JavaScript module makes: its default export, or its export `token`, is a function that returns a
 * token or an object with `token` and `expiresAt`, or a promise of one. The path is seen from the program's folder.
 */
export function moduleTokens(path: string, origin: string, now?: () => number): TokenSource {
  return renewedTokens(
    async () => {
      const make = await functionIn(path, origin);
      let made: unknown;
      try {
        made = await make();
      } catch (error) {
        throw new RosterError(`${origin} failed`, {
          said: messageOf(error),
          remedy: `It runs in Pulumi's provider process, with the environment of pulumi. It has to return ${EXPECTED}.`,
        });
      }
      const token = tokenFrom(made);
      if (token !== undefined) return token;
      throw new RosterError(`${origin} did not return a token`, { remedy: `It has to return ${EXPECTED}.` });
    },
    origin,
    now,
  );
}

async function functionIn(path: string, origin: string): Promise<() => unknown> {
  let found: unknown;
  try {
    found = await import(pathToFileURL(resolve(path)).href);
  } catch (error) {
    throw new RosterError(`${origin} cannot be loaded`, {
      said: messageOf(error),
      remedy:
        "Give the path of a JavaScript module, seen from the folder of the program, and install there what it requires.",
    });
  }
  const { default: standard, token } = found as { default?: unknown; token?: unknown };
  // What a CommonJS module exports is the default of its import, also where it is an object of several things.
  const inner = (standard as { default?: unknown; token?: unknown } | undefined)?.default;
  const make = [standard, token, inner].find((each) => typeof each === "function");
  if (make !== undefined) return make as () => unknown;
  throw new RosterError(`${origin} exports no function`, {
    remedy: "Its default export, or its export named token, has to be a function that returns a token.",
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
