import * as pulumi from "@pulumi/pulumi";
import type { SettingSources } from "../../provider/core/connections.js";
import { report, reportDetail, type Fault } from "../../provider/core/report.js";
import {
  crosswalk,
  type CrosswalkEntry,
  type Crosswalked,
  type GroupSource,
  type SourceUser,
  type UserRules,
} from "./crosswalk.js";
import { configOf, warnOfStrangeConfig } from "./config.js";
import type * as crosswalkFile from "./crosswalkFile.js";
import { expectKeys, type KeysOf } from "./knownKeys.js";
import { runError } from "./runError.js";

/**
 * Runs a read that the program itself does. Settings are found in the environment and in Pulumi config, as for
 * resources. What fails ends the program with the message alone: `what` and what to do.
 */
export async function readSource<T>(what: string, read: (sources: SettingSources) => Promise<T>): Promise<T> {
  warnOfStrangeConfig();
  try {
    return await read({ environment: process.env, config: configOf("roster:connections") });
  } catch (error) {
    const { fault } = error as { readonly fault?: Fault };
    if (fault !== undefined) report({ kind: "fault", fault });
    throw runError(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** `readSource` for a function with options: such as it cannot have end the program before anything is read. */
export async function readWith<O extends object, T>(
  what: string,
  options: O,
  known: KeysOf<O>,
  read: (options: O, sources: SettingSources) => Promise<T>,
): Promise<T> {
  expectKeys(what, "the options", options, known);
  return await readSource(what, (sources) => read(options, sources));
}

/**
 * The connection that a component reads, for its outputs: `roster doctor` finds it there, since no resource has it.
 *
 * @param system The system: "keycloak".
 * @param connection Which connection of it; undefined for the one of its name.
 */
export function readsOf(system: string, connection: string | { readonly name: string } | undefined): string {
  const name = typeof connection === "object" ? connection.name : connection;
  return `${system}:${name ?? system}`;
}

/** A whole number out of the environment; undefined where it is not there, or empty. */
export function numberVariable(name: string): number | undefined {
  const text = process.env[name]?.trim() ?? "";
  if (text === "") return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw wrongVariable(name, text, "it can be a whole number");
}

/** The error for a variable whose value is not valid. */
export function wrongVariable(name: string, value: string, expected: string): Error {
  report({ kind: "fault", fault: "setting" });
  return runError(`the environment variable ${name} is ${JSON.stringify(value)}; ${expected}`);
}

/** Tells what has been done, in the log of the `roster` that runs this, or else in the diagnostics of the CLI. */
export function inform(text: string): void {
  if (!report({ kind: "note", level: "info", text })) void pulumi.log.info(text);
}

/** Counts something for the summary of the `roster` that runs this. */
export function count(what: string, many: number): void {
  if (many > 0) report({ kind: "count", what, count: many });
}

/** Shows a record to whoever looks for a mistake (LOG_LEVEL=debug, in the log of `roster`). It may be personal. */
export function showSample(what: string, record: object): void {
  reportDetail(() => `${what}: ${JSON.stringify(record)}`);
}

/** Shows how far something is: for as long as it takes, and not among the diagnostics at the end. */
export function tell(text: string): void {
  void pulumi.log.info(text, undefined, undefined, true);
}

/** Shows a warning in the diagnostics of the CLI. */
export function warn(text: string): void {
  void pulumi.log.warn(text);
}

/** The entries of a crosswalk file; what it has wrong ends the program with the message alone. */
export function crosswalkOfFile(what: string, file: string, spelling: crosswalkFile.Spelling): CrosswalkEntry[] {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- A program without such a file does not wait for what reads it.
  const { readCrosswalkFile } = require("./crosswalkFile.js") as typeof crosswalkFile;
  return readCrosswalkFile(what, file, spelling);
}

/** `crosswalk` for a source that is still being read. What does not fit ends the program with the message alone. */
export async function crosswalked<U extends SourceUser>(
  what: string,
  read: () => Promise<GroupSource<U>>,
  entries: readonly CrosswalkEntry[],
  rules: UserRules<U>,
): Promise<Crosswalked> {
  const source = await read();
  try {
    return crosswalk(source, entries, rules);
  } catch (error) {
    throw runError(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * A promise for outputs. Where it is rejected, Pulumi would tell that once for each property and resource that waits
 * for it, each time with all that wait around it; so the outputs wait for ever, and the program ends with the error
 * itself.
 */
export function toldOnce<T>(promise: Promise<T>): Promise<T> {
  return new Promise((resolve) => {
    // Nobody handles the rejection: that is what ends the program.
    void promise.then(resolve);
  });
}
