import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Sandbox, type Engine } from "../engine/index.js";
import { newStack } from "./newStack.js";
import { descendants, killIfThere } from "./processes.js";
import { REPOSITORY } from "../repository.js";
import type { Declaration } from "./declare.js";

/** The project's name and its one stack. */
const PROJECT = "e2e";
const STACK = "dev";

/** The passphrase of every stack here, also of the states that are kept as fixtures. */
const PASSPHRASE = "end-to-end";

/** A resource in a state. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly initErrors?: readonly string[];
}

/** What `stack export` gives. */
export interface Exported {
  readonly version: number;
  readonly deployment: {
    readonly resources?: readonly StateResource[];
    readonly pending_operations?: readonly unknown[];
  };
}

/** A step of `preview --json`. */
export interface Step {
  readonly op: string;
  readonly urn: string;
  readonly newState?: StateResource;
}

/** What `preview --json` gives. */
export interface Preview {
  readonly steps: readonly Step[];
  readonly changeSummary?: Readonly<Record<string, number>>;
  readonly diagnostics?: readonly { readonly message: string; readonly severity: string }[];
}

/** How a command ended, and what it printed. */
export interface Finished {
  /** Null when it was killed. */
  readonly code: number | null;
  readonly stdout: string;
  /** What it printed on both streams. */
  readonly text: string;
}

/** Nothing here takes as long: a command that hangs is to end with its output in the test's message. */
const LONGEST_MS = 180_000;

/** A project in a temporary folder with the program of these tests and one stack, kept in files there. */
export class Workspace {
  private declared: readonly Declaration[] = [];
  private readonly sandbox: Sandbox;

  private constructor(
    engine: Engine,
    readonly folder: string,
    /** What commands find in their environment besides what the machine has. */
    readonly env: Record<string, string | undefined>,
  ) {
    this.sandbox = new Sandbox({
      engine,
      cwd: folder,
      stack: STACK,
      passphrase: PASSPHRASE,
      env: withoutServers(),
      resident: true,
    });
  }

  static async create(engine: Engine, env: Record<string, string | undefined> = {}): Promise<Workspace> {
    const folder = await mkdtemp(path.join(tmpdir(), "roster-e2e-"));
    const workspace = new Workspace(engine, folder, env);
    writeProject(folder);
    workspace.declare([]);
    await newStack(engine.kind, {
      project: folder,
      state: path.join(workspace.sandbox.folder, "state"),
      init: () => workspace.run(["stack", "init", STACK]),
    });
    return workspace;
  }

  /** Says what the program declares from now on. */
  declare(resources: readonly Declaration[], outputs: Readonly<Record<string, unknown>> = {}): void {
    this.declared = resources;
    writeFileSync(path.join(this.folder, "declared.json"), JSON.stringify({ resources, outputs }));
  }

  /** Starts a command and does not wait for it. */
  start(args: readonly string[], stdin?: string): { readonly finished: Promise<Finished>; kill(): void } {
    const running = this.sandbox.start([...args], { env: this.own(), ...(stdin === undefined ? {} : { stdin }) });
    // Everything goes, as with a machine that is lost: nobody gets to clean up.
    const kill = (): void => {
      const others = descendants(running.pid);
      running.kill("SIGKILL", "group");
      others.forEach(killIfThere);
    };
    const timer = setTimeout(kill, LONGEST_MS);
    const finished = running.outcome.then(({ exitCode, stdout, stderr }) => {
      clearTimeout(timer);
      return { code: exitCode, stdout, text: `${stdout}${stderr}` };
    });
    return { finished, kill };
  }

  /** The environment of commands, for those that call Pulumi themselves. */
  environment(): NodeJS.ProcessEnv {
    return this.sandbox.environment(this.own());
  }

  private own(): NodeJS.ProcessEnv {
    // No home: PostgreSQL clients look for certificates there.
    return { HOME: path.join(this.folder, "home"), NO_COLOR: "1", ...this.env };
  }

  /** Runs a command that is to succeed. */
  async run(args: readonly string[], stdin?: string): Promise<Finished> {
    return expectCode(await this.start(args, stdin).finished, args, "success");
  }

  /** Runs a command that is to fail. */
  async fails(args: readonly string[]): Promise<Finished> {
    return expectCode(await this.start(args).finished, args, "failure");
  }

  /** Brings the live system to what the program declares, or to what it declares from now on. */
  async up(resources: readonly Declaration[] = this.declared, ...flags: readonly string[]): Promise<Finished> {
    this.declare(resources);
    return this.run(["up", "--yes", "--skip-preview", ...flags]);
  }

  /** An `up` that is to fail. */
  async upFails(resources: readonly Declaration[] = this.declared, ...flags: readonly string[]): Promise<Finished> {
    this.declare(resources);
    const finished = await this.fails(["up", "--yes", "--skip-preview", ...flags]);
    assert.equal(finished.code, 1, `an update that fails exits with 1:\n${finished.text}`);
    return finished;
  }

  /** The steps of a preview. */
  async preview(resources: readonly Declaration[] = this.declared, ...flags: readonly string[]): Promise<Preview> {
    this.declare(resources);
    return JSON.parse((await this.run(["preview", "--json", ...flags])).stdout) as Preview;
  }

  /** A preview that is to fail. */
  async previewFails(resources: readonly Declaration[] = this.declared): Promise<Finished> {
    this.declare(resources);
    const finished = await this.fails(["preview"]);
    assert.equal(finished.code, 1, `a preview that fails exits with 1:\n${finished.text}`);
    return finished;
  }

  /** Proves that program, state and live system agree, the way drift detection in CI does. */
  async expectNoChanges(...flags: readonly string[]): Promise<void> {
    await this.run(["preview", "--refresh", "--expect-no-changes", ...flags]);
  }

  /** Proves that the live system is not as declared, the way drift detection in CI does. */
  async expectDrift(): Promise<Finished> {
    return this.fails(["preview", "--diff", "--refresh", "--expect-no-changes"]);
  }

  async destroy(...flags: readonly string[]): Promise<Finished> {
    return this.run(["destroy", "--yes", "--skip-preview", ...flags]);
  }

  /** The stack as `stack export` gives it: secrets encrypted. */
  async export(...flags: readonly string[]): Promise<Exported> {
    return JSON.parse((await this.run(["stack", "export", ...flags])).stdout) as Exported;
  }

  /**
   * Does what a person does after a command was killed: gives its lock back. The CLI writes a state where it stands, so
   * that one which is cut off in the middle of that is put back from the copy that the CLI keeps beside it.
   */
  async recover(): Promise<void> {
    const copy = `${this.stateFile()}.bak`;
    if (!isWhole(this.stateText()) && existsSync(copy)) copyFileSync(copy, this.stateFile());
    // Beside each file lies what the CLI notes of it. It can do without, but not with one that is cut off.
    for (const file of [this.stateFile(), copy].map((of) => `${of}.attrs`))
      if (existsSync(file) && !isWhole(readFileSync(file, "utf8"))) rmSync(file);
    await this.run(["cancel", "--yes"]);
  }

  /** The text of the state as it lies on disk. */
  stateText(): string {
    const file = this.stateFile();
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  private stateFile(): string {
    return path.join(this.sandbox.folder, "state", ".pulumi", "stacks", PROJECT, `${STACK}.json`);
  }

  /** Whether the stack holds anything that a destroy has to take away. */
  isEmpty(): boolean {
    return !this.stateText().includes("urn:pulumi:");
  }

  /** Ends what still runs and removes everything. */
  async remove(): Promise<void> {
    await this.sandbox.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The name that a URN ends with. */
export function nameIn(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** The plans in a preview by the name that resources have in the program. What has no plan is left out. */
export function plans({ steps }: Preview): Record<string, string[]> {
  const found = steps.flatMap(({ urn, newState }) => {
    const plan = newState?.inputs?.["plan"] as string[] | undefined;
    return plan === undefined ? [] : [[nameIn(urn), plan] as const];
  });
  return Object.fromEntries(found);
}

/** The operations of a preview by the name that resources have in the program; what stays the same is left out. */
export function operations({ steps }: Preview): Record<string, string> {
  return Object.fromEntries(
    steps
      .filter(({ op }) => op !== "same" && op !== "refresh")
      .map(({ op, urn }): [string, string] => [nameIn(urn), op]),
  );
}

/** The resources of a state that are Roster's, by the name that they have in the program. */
export function rosterResources({ deployment }: Exported): Record<string, StateResource> {
  const own = (deployment.resources ?? []).filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/postgres:"));
  return Object.fromEntries(own.map((resource) => [nameIn(resource.urn), resource]));
}

function isWhole(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The package is found as in a project that installed it, and so is Pulumi's SDK. */
function writeProject(folder: string): void {
  const write = (file: string, text: string): void => {
    writeFileSync(path.join(folder, file), text);
  };
  const programs = path.join(REPOSITORY, "dist", "test", "e2e", "programs");
  const passOn = (program: string): string =>
    `module.exports = require(${JSON.stringify(path.join(programs, program))});\n`;
  write(
    "Pulumi.yaml",
    `name: ${PROJECT}\nruntime:\n  name: nodejs\n  options:\n    typescript: false\nmain: index.js\n`,
  );
  write("package.json", JSON.stringify({ name: PROJECT, version: "1.0.0", main: "index.js" }));
  write("index.js", passOn("declared.js"));
  write("maker.js", passOn("maker.js"));
  for (const name of ["home", path.join("node_modules", "@pulumi")]) {
    mkdirSync(path.join(folder, name), { recursive: true });
  }
  symlinkSync(REPOSITORY, path.join(folder, "node_modules", "pulumi-roster"), "dir");
  const sdk = path.join("node_modules", "@pulumi", "pulumi");
  symlinkSync(path.join(REPOSITORY, sdk), path.join(folder, sdk), "dir");
}

/** Takes away what would reach a server that is not the test's own. */
function withoutServers(): NodeJS.ProcessEnv {
  const names = Object.keys(process.env).filter((name) => /^(PG|ROSTER_)/.test(name));
  return Object.fromEntries(names.map((name) => [name, undefined]));
}

/** Holds a command to how it was to end, and shows what it printed where it did not. */
function expectCode(finished: Finished, args: readonly string[], wanted: "success" | "failure"): Finished {
  const { code } = finished;
  const as = code !== null && (wanted === "success" ? code === 0 : code !== 0);
  const how = code === null ? "was killed" : `exited with ${String(code)}`;
  assert.ok(
    as,
    `pulumi ${args.join(" ")} ${how}, expected ${wanted}:
${finished.text}`,
  );
  return finished;
}
