// What the stories that the examples' run.ts tell have in common: the engine, the environment, commands, Ctrl+C.
import { spawn } from "node:child_process";
import path from "node:path";
import type { Engine, Sandbox } from "../../test/engine/index.js";
import type { PostgresServer } from "../../test/postgres/server.js";
import { REPOSITORY } from "../../test/repository.js";
import { prompt, quote, say } from "./narration.js";

const ROSTER = path.join(REPOSITORY, "dist/sdk/roster/cli.js");

const STAND_IN =
  "Engine: a stand-in for the Pulumi CLI that comes with this repository, because there is no `pulumi` on your PATH.\n" +
  "        It speaks Pulumi's protocol and runs the same program and provider; with the real one, install it and run this again.";

/** Says what runs the programs. */
export function sayEngine({ kind, version }: Engine): void {
  say(kind === "pulumi" ? `Engine: Pulumi ${version}, from your PATH.` : STAND_IN);
}

/** What the programs see: the server's address and account, and nothing of another connection of the caller's. */
export function environmentFor(server: PostgresServer, database: string): NodeJS.ProcessEnv {
  const others = Object.keys(process.env).filter((name) => /^(PG|ROSTER_)/.test(name) && name !== "ROSTER_ENGINE");
  return {
    ...Object.fromEntries(others.map((name) => [name, undefined])),
    PGHOST: server.host,
    PGPORT: String(server.port),
    PGUSER: server.user,
    PGPASSWORD: server.password,
    PGDATABASE: database,
  };
}

/** Shows a command of Pulumi's and what it says. */
export async function pulumi(
  sandbox: Sandbox,
  args: string[],
  expectExit: number | "any" = 0,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value} `);
  prompt(`${settings.join("")}pulumi ${args.join(" ")}`);
  const { stdout, stderr, exitCode } = await sandbox.run(args, { expectExit, env });
  quote(stdout);
  if (stderr.trim() !== "") quote(stderr);
  if (exitCode !== 0) say(`  (exit code ${String(exitCode)})`);
}

/** How a command of `roster` is run and shown. */
export interface RosterRun {
  /** The folder of the program. */
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Which records are shown. Default: all; errors are shown anyway. */
  readonly show?: (record: RosterRecord) => boolean;
  /** Default: 0. */
  readonly expectExit?: number;
}

/** A record of `roster sync --json`, as far as stories show it. */
export interface RosterRecord {
  readonly level: string;
  readonly msg: string;
  readonly source?: string;
  readonly summary?: true;
  readonly seconds?: number;
}

/** Runs `roster` and shows its records as a person would read them. Gives the last one. */
export async function roster(
  sandbox: Sandbox,
  words: readonly string[],
  { cwd, env = {}, show = () => true, expectExit = 0 }: RosterRun,
): Promise<RosterRecord> {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value ?? ""} `);
  prompt(`${variables.join("")}roster ${words.join(" ")}`);
  const engine = JSON.stringify([sandbox.engine.command, ...sandbox.engine.args]);
  const child = spawn(process.execPath, [ROSTER, ...words, "--json"], {
    cwd,
    env: sandbox.environment({ ...env, ROSTER_PULUMI: engine }),
    stdio: ["ignore", "pipe", "inherit"],
  });
  let records = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (records += text));
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  const parsed = records
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as RosterRecord);
  for (const record of parsed) {
    const failed = ["error", "critical"].includes(record.level);
    if (failed || show(record)) quote(`${record.level.padEnd(5)} ${record.msg}`);
  }
  if (code !== 0) say(`  (exit code ${String(code)})`);
  if (code !== expectExit) throw new Error(`roster ${words.join(" ")} ended with code ${String(code)}`);
  return parsed.at(-1) ?? { level: "", msg: "" };
}

/** Runs `roster` and shows what it prints for people. */
export async function rosterText(
  sandbox: Sandbox,
  words: readonly string[],
  { cwd, env = {}, expectExit = 0 }: Omit<RosterRun, "show">,
): Promise<void> {
  prompt(`roster ${words.join(" ")}`);
  const engine = JSON.stringify([sandbox.engine.command, ...sandbox.engine.args]);
  const child = spawn(process.execPath, [ROSTER, ...words], {
    cwd,
    env: sandbox.environment({ ...env, ROSTER_PULUMI: engine }),
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  quote(text);
  if (code !== 0) say(`  (exit code ${String(code)})`);
  if (code !== expectExit) throw new Error(`roster ${words.join(" ")} ended with code ${String(code)}`);
}

/** Ctrl+C cleans up as the end does. */
export function onInterrupt(cleanUp: () => Promise<unknown>): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      say("\nStopping, and removing the server and the stack.");
      void cleanUp().finally(() => process.exit(130));
    });
  }
}

/** The end of a story, with the time since its begin in milliseconds. */
export function sayTime(started: number): void {
  say(`\nThat took ${String(Math.round((Date.now() - started) / 1000))} seconds.`);
}
