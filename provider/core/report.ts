import { appendFileSync } from "node:fs";

/*
 * What a run tells `roster`, which has started it, beside what Pulumi shows: lines of JSON at the end of the file that
 * ROSTER_REPORT names. Pulumi shows a provider's words late and without a place, and says of an error only that there
 * was one. Where nobody has asked there is no file, and nothing is written.
 */

/** The variable that names the file. */
export const REPORT = "ROSTER_REPORT";

/** What is wrong, as far as a scheduler can act on it: `roster` has an exit code for each. */
export type Fault =
  /** A setting is missing or not valid. */
  | "setting"
  /** A system refuses the secret, the token or the password. */
  | "login"
  /** The account is let in and may not do what is needed. */
  | "permission"
  /** The address, the realm, the environment is not there. */
  | "place"
  /** A system refuses where something is to be put. */
  | "target"
  /** A system does not answer. */
  | "unreachable";

/** How far some work has come. */
export interface ProgressReport {
  readonly kind: "progress";
  /** What is being done, with its unit: `reading realm company: users`. */
  readonly what: string;
  readonly done: number;
  /** Undefined where it is not known. */
  readonly total?: number | undefined;
  readonly perSecond: number;
  /** Undefined where it cannot be told. */
  readonly secondsLeft?: number | undefined;
  /** All of it in words. */
  readonly text: string;
}

/** A line of the file. */
export type Report =
  | ProgressReport
  | { readonly kind: "fault"; readonly fault: Fault }
  /** Something that is worth a number in the summary. */
  | { readonly kind: "count"; readonly what: string; readonly count: number }
  /** Something for people. */
  | { readonly kind: "note"; readonly level: "info" | "debug"; readonly text: string };

/** Writes a line; false where nobody has asked for it. */
export function report(line: Report): boolean {
  const file = process.env[REPORT];
  if (file === undefined || file === "") return false;
  try {
    // Lines are short: the system writes each of them whole, whichever process it comes from.
    appendFileSync(file, `${JSON.stringify(line)}\n`);
    return true;
  } catch {
    // Whoever asked is gone. That is no reason not to do the work.
    return false;
  }
}

/** Tells what only matters to somebody who looks for a mistake (LOG_LEVEL=debug). */
export function reportDetail(text: () => string): void {
  if (process.env["LOG_LEVEL"]?.toLowerCase() === "debug") report({ kind: "note", level: "debug", text: text() });
}
