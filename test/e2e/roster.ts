import { spawn } from "node:child_process";
import path from "node:path";
import type { Engine } from "../engine/index.js";
import type { Workspace } from "./workspace.js";

const CLI = path.resolve(__dirname, "../../sdk/roster/cli.js");

/** How a command of `roster` ended. */
export interface RosterEnded {
  readonly code: number | null;
  readonly stdout: string;
  /** What it printed on both streams. */
  readonly text: string;
}

/** Runs `roster` in a workspace. */
export async function roster(
  engine: Engine,
  workspace: Workspace,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<RosterEnded> {
  const pulumi = JSON.stringify([engine.command, ...engine.args]);
  const child = spawn(process.execPath, [CLI, ...words], {
    cwd: workspace.folder,
    env: { ...workspace.environment(), ROSTER_PULUMI: pulumi, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, stdout, text: stdout + stderr };
}
