import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const execFileAsync = promisify(execFile);

/** The process id of the server on a data folder, as the server itself wrote it there. */
export async function serverPid(dataFolder: string): Promise<number | undefined> {
  const text = await readFile(pidFile(dataFolder), "utf8").catch(() => "");
  const pid = Number.parseInt(text, 10);
  return pid > 0 ? pid : undefined;
}

function pidFile(dataFolder: string): string {
  return path.join(dataFolder, "postmaster.pid");
}

/** Whether a server runs on the data folder. */
export async function serverIsRunning(dataFolder: string): Promise<boolean> {
  const pid = await serverPid(dataFolder);
  return pid !== undefined && withSlashes(await commandLine(pid)).includes(withSlashes(dataFolder));
}

/**
 * Ends the server on a data folder at once, as its data are not needed again. The pid in the folder may long be that
 * of another process: only one that was started on this data folder is ended.
 */
export async function killServer(dataFolder: string): Promise<void> {
  const pid = await serverPid(dataFolder);
  if (pid === undefined || !(await serverIsRunning(dataFolder))) return;
  for (const signal of ["SIGQUIT", "SIGKILL"] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    // Nobody may be there to reap it, so its end shows in its pid file rather than in the pid.
    for (let waited = 0; waited < 5000; waited += 20) {
      if (!existsSync(pidFile(dataFolder)) || !(await serverIsRunning(dataFolder))) return;
      await sleep(20);
    }
  }
}

/** The command line of a process; empty where it cannot be had, above all since there is no such process. */
export async function commandLine(pid: number): Promise<string> {
  try {
    if (process.platform === "linux") return await readFile(`/proc/${String(pid)}/cmdline`, "utf8");
    return (await execFileAsync(...listProcess(String(pid)))).stdout;
  } catch {
    return "";
  }
}

function listProcess(pid: string): [command: string, args: string[]] {
  if (process.platform !== "win32") return ["ps", ["-o", "command=", "-ww", "-p", pid]];
  const query = `(Get-CimInstance Win32_Process -Filter "ProcessId=${pid}").CommandLine`;
  return ["powershell", ["-NoProfile", "-Command", query]];
}

function withSlashes(text: string): string {
  return text.replaceAll("\\", "/");
}
