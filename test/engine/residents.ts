import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import * as path from "node:path";
import type { Socket } from "node:net";
import type { Outcome, Running } from "./running";

/*
 * A quarter of what a command of the stand-in takes goes into starting Node.js and loading the engine. Here processes
 * stay for the next command, each for one at a time; they end with the process that started them. The program and the
 * provider of a command have processes of their own, as ever.
 */

/** A command as it is sent to a resident. */
export interface ResidentCommand {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** What comes at the end of both outputs, before the exit code. */
  readonly mark: string;
}

const idle: Resident[] = [];

/** Runs a command in a process that stays. */
export function runResident(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Running {
  const resident = idle.pop() ?? new Resident();
  const outcome = resident.run({ args, cwd, env, mark: `\0${randomUUID()}:` });
  return { outcome, pid: resident.pid, kill: (signal, whom) => resident.kill(signal, whom) };
}

const STREAMS = ["stdout", "stderr"] as const;

class Resident {
  // The leader of a group, so that it can be killed with all that it started.
  private readonly child = spawn(process.execPath, [path.join(__dirname, "resident.js")], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    detached: true,
  });
  private readonly output = { stdout: "", stderr: "" };
  private finish: (outcome: Outcome) => void = () => undefined;
  private fail: (error: Error) => void = () => undefined;
  private mark = "";

  constructor() {
    for (const stream of STREAMS) {
      this.child[stream]?.setEncoding("utf8").on("data", (text: string) => {
        this.output[stream] += text;
        this.look();
      });
    }
    this.child.on("error", (error) => this.fail(error));
    // It was killed, or failed as no command should.
    this.child.on("close", (exitCode) => {
      this.remove();
      this.finish({ exitCode, ...this.output });
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  run(command: ResidentCommand): Promise<Outcome> {
    this.mark = command.mark;
    for (const stream of STREAMS) this.output[stream] = "";
    this.holdParent(true);
    return new Promise((resolve, reject) => {
      this.finish = resolve;
      this.fail = reject;
      this.child.send(command, (error) => {
        if (error !== null) reject(error);
      });
    });
  }

  kill(signal: NodeJS.Signals, whom: "command" | "group" = "command"): void {
    const { pid, exitCode } = this.child;
    // Whose command is over may be running somebody else's.
    if (this.mark === "" || pid === undefined || exitCode !== null) return;
    process.kill(whom === "group" ? -pid : pid, signal);
  }

  /** Sees whether the command is over: the marks are the last of both outputs. */
  private look(): void {
    const ends = STREAMS.map((stream) => this.endOf(this.output[stream]));
    const [out, err] = ends;
    if (out === undefined || err === undefined) return;
    this.mark = "";
    this.holdParent(false);
    idle.push(this);
    this.finish({ exitCode: out.code, stdout: out.text, stderr: err.text });
  }

  private endOf(text: string): { readonly text: string; readonly code: number } | undefined {
    const at = text.lastIndexOf("\0");
    if (at < 0 || !text.endsWith("\n") || !text.startsWith(this.mark, at)) return undefined;
    return { text: text.slice(0, at), code: Number(text.slice(at + this.mark.length)) };
  }

  /** Whether the process that started this one stays for it: it does for commands, and not for idle processes. */
  private holdParent(hold: boolean): void {
    const handles = [this.child, this.child.channel, this.child.stdout as Socket, this.child.stderr as Socket];
    for (const handle of handles) {
      if (hold) handle?.ref();
      else handle?.unref();
    }
  }

  private remove(): void {
    const at = idle.indexOf(this);
    if (at >= 0) idle.splice(at, 1);
  }
}
