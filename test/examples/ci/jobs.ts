import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { REPOSITORY } from "../../repository.js";

/*
 * Runs the commands of CI jobs as a runner does: each script by a bash that stops at the first failure, with the
 * variables of the job. What a runner has and a test has not (npm ci, gh, glab, jq, aws, pulumi login) stands in a folder
 * at the front of the PATH, and writes down how it was called.
 */

/** A script of a job. */
export interface Script {
  readonly name: string;
  readonly run: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Values of what stands in `${{ }}`, or after a `$` where GitLab expands it. */
export type Values = Readonly<Record<string, string>>;

type Env = Readonly<Record<string, string>>;

interface Workflow {
  readonly env: Env;
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly { name?: string; run?: string; env?: Env }[] } | undefined>
  >;
}

/** The scripts of a job of GitHub Actions. A value that is not there is an error: a typing mistake would be empty on GitHub. */
export function githubScripts(file: string, job: string, values: Values): Script[] {
  const { env, jobs } = parse(readFileSync(path.join(REPOSITORY, file), "utf8")) as Workflow;
  const resolve = (texts: Env): Record<string, string> =>
    mapped(texts, (text) => text.replace(/\$\{\{\s*([\w.]+)\s*\}\}/g, (_all, name: string) => valueOf(values, name)));
  return (jobs[job]?.steps ?? []).flatMap(({ name, run, env: own = {} }) =>
    run === undefined ? [] : [{ name: name ?? run, run, env: { ...resolve(env), ...resolve(own) } }],
  );
}

interface GitlabJob {
  readonly extends?: string;
  readonly variables?: Env;
  readonly before_script?: readonly string[];
  readonly script?: readonly string[];
}

/** The one script that GitLab makes of a job. */
export function gitlabScripts(file: string, job: string, values: Values): Script[] {
  const jobs = parse(readFileSync(path.join(REPOSITORY, file), "utf8")) as Readonly<Record<string, GitlabJob>>;
  const own = jobs[job] ?? {};
  const base = own.extends === undefined ? {} : (jobs[own.extends] ?? {});
  const variables = { ...base.variables, ...own.variables };
  const resolve = (text: string): string =>
    // What stands for a command of its own is left to the shell that runs it.
    text.replace(/^\$(\w+)|(?<=\/)\$(\w+)/g, (_all, one?: string, two?: string) => valueOf(values, one ?? two ?? ""));
  const env = { ...values, ...mapped(variables, resolve) };
  const run = [...(base.before_script ?? []), ...(own.script ?? [])].join("\n");
  return [{ name: job, run: `set -o pipefail\n${run}`, env }];
}

function valueOf(values: Values, name: string): string {
  const value = values[name];
  if (value === undefined) throw new Error(`the test gives no value for ${name}`);
  return value;
}

function mapped(texts: Env, change: (text: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, change(text)]));
}

/** How scripts ended. */
export interface Ended {
  readonly code: number | null;
  readonly text: string;
}

/** Runs scripts one after another until one fails. */
export async function runScripts(
  scripts: readonly Script[],
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Ended> {
  let text = "";
  for (const script of scripts) {
    const child = spawn("bash", ["-e", "-c", script.run], { cwd, env: { ...env, ...script.env } });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (part: string) => (text += part));
    const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
    if (code !== 0) return { code, text: `${text}\n(in ${script.name})` };
  }
  return { code: 0, text };
}

/** A call of `gh` or `glab`: its words, and what the file holds that it sends. */
export interface Recorded {
  readonly words: string;
  readonly body: string;
}

/** Programs at the front of the PATH. */
export class Tools {
  private readonly bin: string;

  constructor(
    private readonly folder: string,
    { pulumi, password }: { readonly pulumi: readonly string[]; readonly password: string },
  ) {
    this.bin = path.join(folder, "tools");
    mkdirSync(this.bin);
    const options = { calls: this.calls, answers: this.answers, drift: this.driftFile, pulumi, password, cli: CLI };
    for (const name of ["npm", "npx", "gh", "glab", "jq", "aws", "pulumi"]) {
      const file = path.join(this.bin, name);
      const script = path.join(REPOSITORY, "dist", "test", "examples", "ci", "tool.js");
      writeFileSync(
        file,
        `#!${process.execPath}\nrequire(${JSON.stringify(script)}).act(${JSON.stringify(name)}, ${JSON.stringify(options)});\n`,
      );
      chmodSync(file, 0o755);
    }
  }

  private get calls(): string {
    return path.join(this.folder, "calls");
  }

  private get answers(): string {
    return path.join(this.folder, "answers.json");
  }

  private get driftFile(): string {
    return path.join(this.folder, "drift-code");
  }

  get path(): string {
    return `${this.bin}${path.delimiter}${process.env["PATH"] ?? ""}`;
  }

  /** What `gh` and `glab` answer from now on, by how their words begin; nothing to everything else. */
  answer(answers: Readonly<Record<string, string>>): void {
    writeFileSync(this.answers, JSON.stringify(answers));
  }

  /** How `roster drift` ends from now on. */
  drift(code: number): void {
    writeFileSync(this.driftFile, String(code));
  }

  /** How `gh` and `glab` were called since the last time. */
  taken(): Recorded[] {
    if (!existsSync(this.calls)) return [];
    const lines = readFileSync(this.calls, "utf8").trim().split("\n");
    rmSync(this.calls);
    return lines.map((line) => JSON.parse(line) as Recorded);
  }
}

const CLI = path.join(REPOSITORY, "dist", "sdk", "roster", "cli.js");
