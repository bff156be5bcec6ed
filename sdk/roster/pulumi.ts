import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { refusalOf } from "./refusals.js";

/** How Pulumi is called: a command and what goes before its arguments. */
export interface PulumiCommand {
  /** The file to run. */
  readonly command: string;
  /** What goes before the arguments of Pulumi. */
  readonly args: readonly string[];
}

/** How a run of Pulumi ended. */
export interface PulumiOutcome {
  /** Null where a signal ended it. */
  readonly code: number | null;
  /** Whether another run holds the stack. */
  readonly locked: boolean;
  /** What was or would be done to resources, by Pulumi's word: `created`, `to update`, `unchanged`. */
  readonly resources: Readonly<Record<string, number>>;
}

/** What a run of Pulumi gets. */
export interface PulumiRun {
  /** The folder of Pulumi.yaml. */
  readonly cwd: string;
  /** Takes each line that it writes. */
  readonly line: (text: string, stream: "stdout" | "stderr") => void;
  /** Variables besides those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Where Pulumi is: `pulumi` on the PATH, or what the variable ROSTER_PULUMI says, a path or a JSON list of words. */
export function pulumiCommand(environment: Readonly<Record<string, string | undefined>>): PulumiCommand {
  const given = environment["ROSTER_PULUMI"];
  if (given === undefined || given === "") return { command: "pulumi", args: [] };
  if (!given.startsWith("[")) return { command: given, args: [] };
  const words = JSON.parse(given) as string[];
  const [command = "pulumi", ...args] = words;
  return { command, args };
}

/** The line of a run that finds the stack locked: of backends in files and buckets, and of Pulumi Cloud. */
const LOCKED = /currently locked by \d+ lock|another update is currently in progress|\[409\] Conflict/i;
/** A line of the summary: `    + 3 created`, `    +-1 replaced`, `    4 changes. 40 unchanged`. */
const COUNT = /^\s+(?:[-+~<>=]{1,3}\s*)?(?:\d+ changes?\. )?(\d+) ((?:to )?[a-z][a-z-]*)$/;

/**
 * Runs Pulumi and hands on each line that it writes. Signals that end this process go on to Pulumi, which then finishes
 * what it has begun and gives its lock back.
 */
export async function runPulumi(
  { command, args }: PulumiCommand,
  words: readonly string[],
  { cwd, line, environment = {} }: PulumiRun,
): Promise<PulumiOutcome> {
  // Without a folder to start in, spawn says that there is no such command.
  if (!existsSync(cwd)) throw new Error(`there is no folder ${cwd}; --cwd names the folder of Pulumi.yaml`);
  const env = { ...process.env, ...environment };
  const child = spawn(command, [...args, ...words], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on("SIGINT", forward).on("SIGTERM", forward);
  let locked = false;
  let counting = false;
  const resources: Record<string, number> = {};
  const read = async (stream: Readable, name: "stdout" | "stderr"): Promise<void> => {
    for await (const text of createInterface({ input: stream })) {
      locked ||= LOCKED.test(text);
      counting = name === "stdout" && (text.startsWith("Resources:") || (counting && COUNT.test(text)));
      const [, count, what] = counting ? (COUNT.exec(text) ?? []) : [];
      if (what !== undefined) resources[what] = Number(count);
      if (text.trim() !== "") line(text, name);
    }
  };
  try {
    const ended = new Promise<number | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", resolve);
    });
    const [code] = await Promise.all([ended, read(child.stdout, "stdout"), read(child.stderr, "stderr")]);
    return { code, locked, resources };
  } finally {
    process.off("SIGINT", forward).off("SIGTERM", forward);
  }
}

/**
 * Asks Pulumi for something of a stack and gives what it writes to its standard output. Rejects where it does not say,
 * with why and what to do, and where there is no Pulumi.
 */
export async function askPulumi(
  pulumi: PulumiCommand,
  words: readonly string[],
  { cwd, stack }: { readonly cwd: string; readonly stack: string | undefined },
): Promise<string> {
  const told: string[] = [];
  const said: string[] = [];
  const line = (text: string, stream: "stdout" | "stderr"): void => {
    (stream === "stdout" ? told : said).push(text);
  };
  const which = stack === undefined ? [] : ["--stack", stack];
  const { code } = await runPulumi(pulumi, [...words, ...which, "--non-interactive"], { cwd, line }).catch(
    (error: unknown) => {
      throw new Error(cannotStart(pulumi, error));
    },
  );
  if (code === 0) return told.join("\n");
  throw new Error(refusalOf({ stack, code, said }));
}

/** Why a Pulumi did not start, and what to do. */
export function cannotStart({ command }: PulumiCommand, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== "ENOENT") return `${command} could not be run: ${message}`;
  return (
    `there is no ${command} here: install the Pulumi CLI (https://www.pulumi.com/docs/install), ` +
    "or name it in the environment variable ROSTER_PULUMI"
  );
}
