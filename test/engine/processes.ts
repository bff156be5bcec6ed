import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { CliError } from "./errors";
import type { Project } from "./project";

const guard = path.join(__dirname, "guard.js");
const later = path.join(__dirname, "later.js");

/** What a child process says. */
export type LineHandler = (stream: "stdout" | "stderr", line: string) => void;

/** A program of @pulumi/pulumi, of the copy that the user's program has. */
export function pulumiModule(project: Project, name: string): string {
  try {
    return createRequire(path.join(project.programFolder, "/")).resolve(`@pulumi/pulumi/${name}`);
  } catch {
    throw new CliError(
      `could not find @pulumi/pulumi from ${project.programFolder}. Install the program's dependencies first (npm install).`,
    );
  }
}

/** How to start a process. */
export interface NodeOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  onLine: LineHandler;
  /** Another file to load first, and what takes the lines that it writes to a pipe of its own. */
  beside?: { preload: string; onLine: (line: string) => void };
}

const alive = new Set<ChildProcess>();

/** Resolves when every process that was started has ended, and said all that it had to say. */
export async function allEnded(): Promise<void> {
  await Promise.allSettled([...alive].map((child) => once(child, "close")));
}

/** Starts Node.js under the guard. */
export function startNode(args: string[], options: NodeOptions): ChildProcessWithoutNullStreams {
  const { cwd, env, beside } = options;
  // -r and not --require: the program's runner looks for the long form to see if the user brought a loader.
  const preloads = [
    guard,
    ...(env["ROSTER_ENGINE_LATER"] === "no" ? [] : [later]),
    ...(beside ? [beside.preload] : []),
  ].flatMap((file) => ["-r", file]);
  const child = spawn(process.execPath, [...preloads, ...args], {
    cwd,
    env,
    stdio: ["pipe", "pipe", "pipe", beside ? "pipe" : "ignore"],
  }) as ChildProcessWithoutNullStreams;
  alive.add(child);
  child.once("error", () => alive.delete(child)).once("close", () => alive.delete(child));
  const pipe = child.stdio[3];
  if (beside && pipe instanceof Readable) createInterface({ input: pipe }).on("line", beside.onLine);
  createInterface({ input: child.stdout }).on("line", (line) => options.onLine("stdout", line));
  createInterface({ input: child.stderr }).on("line", (line) => options.onLine("stderr", line));
  // A child that is gone closes its end; what it did not read is of no interest.
  child.stdin.on("error", () => undefined);
  return child;
}

/** Waits for a process's end and output, and says how it ended. */
export function ended(child: ChildProcessWithoutNullStreams): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
}
