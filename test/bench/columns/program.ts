import { execFile, spawnSync } from "node:child_process";

/** How a program of this machine is run. */
export interface ProgramOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Exit codes that are no failure; 0 alone unless told otherwise. */
  readonly expect?: readonly number[];
}

/** Runs a program to its end. Throws, with the last of what it said, when it does not end as expected. */
export function run(command: string, args: readonly string[], options: ProgramOptions): Promise<void> {
  const { cwd, env, expect = [0] } = options;
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd, env, maxBuffer: Infinity }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === "number" && expect.includes(code)) {
        resolve();
        return;
      }
      const said = `${stdout}${stderr}`.trimEnd().split("\n").slice(-20).join("\n");
      reject(new Error(`${command} ${args.join(" ")} ended with ${code ?? "a signal"}:\n${said}`, { cause: error }));
    });
  });
}

/** What a program on the PATH says of its version; undefined where there is no such program. */
export function versionOf(command: string, ...args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) return undefined;
  return stdout.split("\n")[0]?.trim();
}
