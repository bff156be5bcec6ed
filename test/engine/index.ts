import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { keysPassedOn } from "./keys";
import { runResident } from "./residents";
import { startProcess, type Outcome, type Running } from "./running";
import { engineVersion } from "./version";

/** A command that behaves like `pulumi`. */
export interface Engine {
  kind: "pulumi" | "stand-in";
  command: string;
  /** What goes before the arguments of a command. */
  args: string[];
  version: string;
}

function realEngine(): Engine | undefined {
  const { status, stdout } = spawnSync("pulumi", ["version"], { encoding: "utf8" });
  return status === 0 ? { kind: "pulumi", command: "pulumi", args: [], version: stdout.trim() } : undefined;
}

/**
 * The engine to use: a real `pulumi` on the PATH, and without one the stand-in of this folder. ROSTER_ENGINE says
 * "pulumi" or "stand-in" to have it no other way.
 */
export function findEngine(wanted = process.env["ROSTER_ENGINE"]): Engine {
  const real = wanted === "stand-in" ? undefined : realEngine();
  if (real !== undefined && (!wanted || wanted === "pulumi")) return real;
  if (wanted && wanted !== "stand-in") {
    throw new Error(`there is no engine "${wanted}" here: it can be "pulumi", if that is on the PATH, or "stand-in"`);
  }
  const script = path.join(__dirname, "pulumi.js");
  return { kind: "stand-in", command: process.execPath, args: [script], version: engineVersion };
}

export type { Outcome, Running };

/** How to run a command. */
export interface RunOptions {
  env?: NodeJS.ProcessEnv;
  /** The exit code that is expected, 0 unless told otherwise; "any" takes every one. */
  expectExit?: number | "any";
  cwd?: string;
  stdin?: string;
}

/** What a sandbox is made with. */
export interface SandboxOptions {
  engine?: Engine;
  /** The folder of Pulumi.yaml. */
  cwd: string;
  stack?: string;
  passphrase?: string;
  /** For every command; undefined takes a variable away. */
  env?: NodeJS.ProcessEnv;
  /** Whether commands of the stand-in run in processes that stay for the next one, which takes a quarter less. */
  resident?: boolean;
}

/** A backend and a stack of their own, in a temporary folder, and a way to run commands with them. */
export class Sandbox {
  readonly engine: Engine;
  readonly stack: string;
  /** The temporary folder. */
  readonly folder: string;
  private readonly running = new Set<Running>();

  constructor(private readonly options: SandboxOptions) {
    this.engine = options.engine ?? findEngine();
    this.stack = options.stack ?? "dev";
    this.folder = mkdtempSync(path.join(tmpdir(), "roster-engine-"));
    mkdirSync(path.join(this.folder, "state"));
  }

  /** Makes the stack. Its settings file is made in the project's folder, and removed by close. */
  async open(): Promise<this> {
    await this.run(["stack", "init", this.stack]);
    return this;
  }

  /** The environment of commands: the caller's, but of what Pulumi looks at only what this sandbox sets. */
  environment(env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("PULUMI_"));
    return {
      ...Object.fromEntries(inherited),
      PULUMI_HOME: path.join(this.folder, "home"),
      PULUMI_BACKEND_URL: pathToFileURL(path.join(this.folder, "state")).href,
      PULUMI_CONFIG_PASSPHRASE: this.options.passphrase ?? "correct horse battery staple",
      PULUMI_STACK: this.stack,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // The types of the programs here are checked by the build.
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      ...keysPassedOn(),
      ...this.options.env,
      ...env,
    };
  }

  /** Starts a command, as the leader of a group of processes. */
  start(args: string[], options: RunOptions = {}): Running {
    const { engine } = this;
    const whole = [...args, "--non-interactive"];
    const cwd = options.cwd ?? this.options.cwd;
    const env = this.environment(options.env);
    const resident = this.options.resident && engine.kind === "stand-in" && options.stdin === undefined;
    const running = resident
      ? runResident(whole, cwd, env)
      : startProcess(engine.command, [...engine.args, ...whole], { ...options, cwd, env });
    this.running.add(running);
    void running.outcome.finally(() => this.running.delete(running)).catch(() => undefined);
    return running;
  }

  /** Runs a command to its end. Throws, with all that it said, when it does not end as expected. */
  async run(args: string[], options: RunOptions = {}): Promise<Outcome> {
    const outcome = await this.start(args, options).outcome;
    const { expectExit = 0 } = options;
    if (expectExit !== "any" && outcome.exitCode !== expectExit) {
      throw new Error(
        `pulumi ${args.join(" ")} (${this.engine.kind} ${this.engine.version}) ended with ${String(outcome.exitCode)}, ` +
          `not ${String(expectExit)}:\n${outcome.stdout}\n${outcome.stderr}`,
      );
    }
    return outcome;
  }

  /** Runs a command that prints JSON and reads it. */
  async json<T>(args: string[], options: RunOptions = {}): Promise<T> {
    return JSON.parse((await this.run(args, options)).stdout) as T;
  }

  /** Ends what still runs and removes everything. */
  async close(): Promise<void> {
    for (const running of this.running) running.kill("SIGKILL", "group");
    await Promise.allSettled([...this.running].map(({ outcome }) => outcome));
    rmSync(path.join(this.options.cwd, `Pulumi.${this.stack}.yaml`), { force: true });
    rmSync(this.folder, { recursive: true, force: true });
  }
}
