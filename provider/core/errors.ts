import { redact } from "./redact.js";
import type { Fault } from "./report.js";
import { wantsStacks } from "./stacks.js";

/** What an error tells besides its headline. Every text is redacted when the message is made. */
export interface ErrorDetails {
  /** The statement or request that was tried, without secrets. */
  readonly tried?: string | undefined;
  /** What the other side answered, with its code. */
  readonly said?: string | undefined;
  /** What the reader can do about it. */
  readonly remedy?: string | undefined;
  /** The machine-readable code of the other side, for instance PostgreSQL's SQLSTATE. */
  readonly code?: string | undefined;
  /** What a scheduler can act on. Default: what the code says. */
  readonly fault?: Fault | undefined;
  /** The error that was caught. */
  readonly cause?: unknown;
}

/** The code of the error for a setting that is needed and that nobody gave. */
export const MISSING_SETTING = "MISSING_SETTING";
/** The code of the error for a connection that broke before the answer came: the changes may have taken effect or not. */
export const CONNECTION_LOST = "CONNECTION_LOST";

/** What codes say without more. */
const FAULTS: Readonly<Record<string, Fault>> = {
  [MISSING_SETTING]: "setting",
  [CONNECTION_LOST]: "unreachable",
  "HTTP 401": "login",
  "HTTP 403": "permission",
};

/**
 * gRPC carries an error's message in an HTTP/2 header, and headers are limited: with one that is too long the answer
 * is never sent, and Pulumi waits for ever. What is longer is cut here, where the end can say so. Counted as it is
 * sent, each byte outside of ASCII as three.
 */
const LONGEST_MESSAGE = 6000;

/**
 * An error made for a person: what failed, what was tried, what the other side said, what to do. The core puts the
 * resource's name in front (`about`). When some of a resource's work is done all the same, `id`, `properties` and
 * `reasons` carry what is now true; Pulumi stores them (the names of these three are Pulumi's).
 */
export class RosterError extends Error {
  /** The resource's id; set only when `properties` are now true. */
  id?: string;
  /** The resource's outputs that are now true. */
  properties?: Record<string, unknown>;
  /** One text for each thing that failed, kept in Pulumi's state. */
  reasons?: string[];
  /** What is now true, also where it is too large to travel to Pulumi: for who catches the error on its way. */
  truth?: { readonly id: string; readonly properties: Record<string, unknown> };

  constructor(
    readonly headline: string,
    readonly details: ErrorDetails = {},
  ) {
    super(formatMessage(headline, details), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "RosterError";
    // The place in our code where a refused statement was noticed helps nobody.
    if (!wantsStacks()) this.stack = "(ROSTER_DEBUG=1 shows the stack)";
  }

  /** What a scheduler can act on; undefined for the rest. */
  get fault(): Fault | undefined {
    return this.details.fault ?? FAULTS[this.details.code ?? ""];
  }

  /** The same error with the resource that it is about in front. */
  about(subject: string): RosterError {
    const told = new RosterError(`${subject}: ${this.headline}`, this.details);
    if (this.id !== undefined) told.id = this.id;
    if (this.properties !== undefined) told.properties = this.properties;
    if (this.reasons !== undefined) told.reasons = this.reasons;
    if (this.truth !== undefined) told.truth = this.truth;
    return told;
  }

  override toString(): string {
    return redact(this.headline);
  }
}

function formatMessage(headline: string, { tried, said, remedy }: ErrorDetails): string {
  // Redacted before it is indented: a secret of several lines would not be found afterwards.
  const rows = [redact(headline)];
  if (tried !== undefined) rows.push(`  tried:      ${indent(redact(tried))}`);
  if (said !== undefined) rows.push(`  answer:     ${indent(redact(said))}`);
  if (remedy !== undefined) rows.push(`  what to do: ${indent(redact(remedy))}`);
  return cut(rows.join("\n"), LONGEST_MESSAGE);
}

function indent(text: string): string {
  return text.replaceAll("\n", "\n              ");
}

function cut(text: string, longest: number): string {
  let sent = 0;
  let kept = "";
  for (const character of text.toWellFormed()) {
    sent += character < "\u0080" ? 1 : 3 * Buffer.byteLength(character);
    if (sent > longest) return `${kept}... (cut, ${String(text.length)} characters)`;
    kept += character;
  }
  return kept;
}

/**
 * Whatever was thrown, as a RosterError. What is not one already is a defect of ours or of a library: its stack is
 * kept in the message, so that it can be reported.
 */
export function asRosterError(error: unknown): RosterError {
  if (error instanceof RosterError) return error;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new RosterError("an error that Roster did not expect", {
    said: text,
    remedy: "Please report it together with the program's lines for this resource.",
    cause: error,
  });
}

/** A list of names for a message: the first few, and how many there are besides. */
export function someOf(names: readonly string[], shown = 10): string {
  const listed = names
    .slice(0, shown)
    .map((name) => JSON.stringify(name))
    .join(", ");
  return names.length <= shown ? listed : `${listed} and ${String(names.length - shown)} more`;
}
