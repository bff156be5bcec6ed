import { spawn } from "node:child_process";

/** What a command said and how it ended. */
export interface Outcome {
  /** Null when a signal ended it. */
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** A command that is running. */
export interface Running {
  outcome: Promise<Outcome>;
  /** Undefined where it could not be started. */
  pid: number | undefined;
  /** Sends a signal to the command alone, or to it and everything that it started. */
  kill(signal: NodeJS.Signals, whom?: "command" | "group"): void;
}

/** Starts a command as a process, the leader of a group. */
export function startProcess(
  command: string,
  args: readonly string[],
  { cwd, env, stdin = "" }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly stdin?: string },
): Running {
  const child = spawn(command, args, { cwd, env, detached: true });
  const output = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => (output[stream] += text));
  }
  child.stdin.on("error", () => undefined);
  child.stdin.end(stdin);
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ exitCode, ...output }));
  });
  return {
    outcome,
    pid: child.pid,
    kill: (signal, whom = "command") => {
      if (child.pid !== undefined && child.exitCode === null)
        process.kill(whom === "group" ? -child.pid : child.pid, signal);
    },
  };
}
