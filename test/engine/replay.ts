import * as assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { Sandbox, type Engine, type Outcome } from "./index";
import { REPOSITORY } from "../repository";
import { parseUrn } from "./urn";

/** One command of a scenario and what is done to the world before it. */
export interface ScenarioStep {
  command: string[];
  step?: string;
  world?: Record<string, object | null>;
  fault?: Record<string, Record<string, string>>;
  killWhen?: string;
  keepText?: boolean;
}

/** A sequence of commands with one program. */
export interface Scenario {
  name: string;
  program: string;
  steps: ScenarioStep[];
}

interface Resource {
  urn: string;
  id?: string;
  dependencies?: string[];
  [key: string]: unknown;
}

interface State {
  resources?: Resource[];
  pending_operations?: { resource: Resource; type: string }[];
}

type Call = [method: string, ...args: unknown[]];

interface Preview {
  steps: { op: string; urn: string; replaceReasons?: string[] }[];
  changeSummary: Record<string, number>;
}

/** What the CLI did at one step. */
export interface RecordedStep {
  exitCode: number | "killed";
  calls: Call[];
  state: State;
  liveAfter: Record<string, unknown>;
  preview?: Preview;
  output?: unknown;
  text?: string;
  errors?: string[];
}

/** What the CLI did in a scenario. */
export interface Recording {
  steps: RecordedStep[];
}

/** Runs a scenario on an engine and holds each step against what was recorded. */
export class Replay {
  private readonly folder = mkdtempSync(path.join(tmpdir(), "roster-conformance-"));
  private readonly sandbox: Sandbox;
  private callsSeen = 0;
  /**
   * Resources that are not as they were when the recording was made. Which of two resources that do not depend on each
   * other comes first is chance, and so a run that stops at a failure may have come to the one or not.
   */
  private diverged = new Set<string>();

  constructor(engine: Engine, shared: string, scenario: Scenario) {
    for (const name of ["thing.js", "provider.js"]) copyFileSync(path.join(shared, name), path.join(this.folder, name));
    copyFileSync(path.join(shared, "programs", `${scenario.program}.js`), path.join(this.folder, "index.js"));
    const settings = "name: conformance\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n";
    writeFileSync(path.join(this.folder, "Pulumi.yaml"), settings);
    writeFileSync(path.join(this.folder, "package.json"), '{"name":"conformance","main":"index.js"}');
    symlinkSync(path.join(REPOSITORY, "node_modules"), path.join(this.folder, "node_modules"));
    this.sandbox = new Sandbox({ engine, cwd: this.folder, resident: true });
  }

  /** Makes the stack. */
  async open(): Promise<void> {
    await this.sandbox.open();
  }

  /** Removes everything. */
  async close(): Promise<void> {
    await this.sandbox.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private read<T>(name: string, otherwise: T): T {
    const file = path.join(this.folder, name);
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as T) : otherwise;
  }

  private write(name: string, content: unknown): void {
    writeFileSync(path.join(this.folder, name), JSON.stringify(content, null, 2));
  }

  /** Runs one step and compares. */
  async step(step: ScenarioStep, recorded: RecordedStep, what: string): Promise<void> {
    this.write("world.json", changedWorld(this.read("world.json", {}), step.world ?? {}));
    this.write("fault.json", step.fault ?? {});
    let outcome: Outcome | undefined;
    if (step.killWhen) await this.runAndKill(step, step.killWhen);
    else outcome = await this.run(step);
    const told = `${what} said:\n${outcome?.stdout ?? ""}${outcome?.stderr ?? ""}`;
    if (outcome) assert.equal(outcome.exitCode, recorded.exitCode, told);
    const reached = this.compareCalls(recorded, told);
    const state = normalState(await this.exported());
    this.compareState(state, recorded, reached, told);
    if (outcome) compareOutcome(outcome, recorded, told);
  }

  private async run(step: ScenarioStep): Promise<Outcome> {
    return this.sandbox.run(step.command, { env: { STEP: step.step }, expectExit: "any" });
  }

  private async runAndKill(step: ScenarioStep, sign: string): Promise<void> {
    const running = this.sandbox.start(step.command, { env: { STEP: step.step } });
    const isThere = (): boolean => this.newCallLines().some((line) => line.includes(sign));
    let ended = false;
    void running.outcome.finally(() => {
      ended = true;
    });
    while (!isThere()) {
      assert.ok(!ended, `the command ended before it came to ${sign}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    running.kill("SIGKILL", "group");
    await running.outcome;
  }

  private newCallLines(): string[] {
    const file = path.join(this.folder, "calls.jsonl");
    if (!existsSync(file)) return [];
    return readFileSync(file, "utf8").split("\n").filter(Boolean).slice(this.callsSeen);
  }

  private async exported(): Promise<State> {
    const { deployment } = await this.sandbox.json<{ deployment: State }>(["stack", "export", "--show-secrets"]);
    return deployment;
  }

  /** Compares the calls, and returns which resources must be as recorded now. */
  private compareCalls(recorded: RecordedStep, told: string): (name: string) => boolean {
    const lines = this.newCallLines();
    this.callsSeen += lines.length;
    const calls = lines.map((line) => JSON.parse(line) as Call);
    const failed = (recorded.errors ?? []).flatMap((line) => /Thing (\S+) .*error:/.exec(line)?.[1] ?? []);
    const related = relations(recorded);
    const isBound = (name: string): boolean =>
      failed.length === 0 || failed.some((other) => other === name || related(other, name));
    const names = new Set([...calls, ...recorded.calls].map(nameOf));
    for (const name of names) {
      if (!isBound(name) || this.diverged.has(name)) continue;
      assert.deepEqual(callsOf(calls, [name]), callsOf(recorded.calls, [name]), `calls for ${name}: ${told}`);
      for (const other of names) {
        if (!related(name, other) || !isBound(other) || this.diverged.has(other)) continue;
        const both = [name, other];
        assert.deepEqual(callsOf(calls, both), callsOf(recorded.calls, both), `order of ${both.join(", ")}: ${told}`);
      }
    }
    return isBound;
  }

  private compareState(state: State, recorded: RecordedStep, isBound: (name: string) => boolean, told: string): void {
    const live = this.read<Record<string, unknown>>("world.json", {});
    const expected = normalState(recorded.state);
    const seen = byKey(state);
    const wanted = byKey(expected);
    this.diverged = new Set();
    for (const key of new Set([...seen.keys(), ...wanted.keys()])) {
      const name = (seen.get(key) ?? wanted.get(key))?.id ?? "";
      if (isBound(name)) assert.deepEqual(seen.get(key), wanted.get(key), `state of ${key}: ${told}`);
      else if (JSON.stringify(seen.get(key)) !== JSON.stringify(wanted.get(key))) this.diverged.add(name);
    }
    for (const name of new Set([...Object.keys(live), ...Object.keys(recorded.liveAfter)])) {
      if (!this.diverged.has(name)) assert.deepEqual(live[name], recorded.liveAfter[name], `the live ${name}: ${told}`);
    }
    assert.deepEqual(state.pending_operations, expected.pending_operations, `pending operations: ${told}`);
  }
}

function changedWorld(world: Record<string, unknown>, change: Record<string, object | null>): Record<string, unknown> {
  const names = [...new Set([...Object.keys(world), ...Object.keys(change)])].filter((name) => change[name] !== null);
  return Object.fromEntries(names.map((name) => [name, { ...(world[name] as object | undefined), ...change[name] }]));
}

/** The resource that a call is about, by the name that the world knows it under. */
function nameOf([method, ...args]: Call): string {
  if (method === "check") return (args[1] as { name: string }).name;
  return method === "create" ? (args[0] as { name: string }).name : (args[0] as string);
}

function callsOf(calls: Call[], names: string[]): Call[] {
  return calls.filter((call) => names.includes(nameOf(call)));
}

/** Whether one of two resources depends on the other, as far as the recorded state tells. */
function relations(recorded: RecordedStep): (a: string, b: string) => boolean {
  const ids = new Map((recorded.state.resources ?? []).map(({ urn, id }) => [urn, id ?? parseUrn(urn).name]));
  const pairs = (recorded.state.resources ?? []).flatMap(({ urn, dependencies = [] }) =>
    dependencies.map((other) => [ids.get(urn), ids.get(other)]),
  );
  return (a, b) => pairs.some((pair) => pair.includes(a) && pair.includes(b) && a !== b);
}

function byKey(state: State): Map<string, Resource> {
  return new Map(
    (state.resources ?? []).map((resource) => [`${resource.urn} ${String(resource["delete"] === true)}`, resource]),
  );
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const unimportant = ["created", "modified", "sourcePosition", "stackTrace", "__provider", "provider_"];

/** A state without what differs from run to run. */
function normalState(state: State): State {
  const text = JSON.stringify(state, (key, value: unknown) => (unimportant.includes(key) ? undefined : value));
  const { resources, pending_operations } = JSON.parse(text.replace(uuid, "<uuid>")) as State;
  return { ...(resources && { resources }), ...(pending_operations && { pending_operations }) };
}

function compareOutcome(outcome: Outcome, recorded: RecordedStep, told: string): void {
  if (recorded.preview) comparePreview(JSON.parse(outcome.stdout) as Preview, recorded.preview, told);
  if (recorded.output !== undefined) assert.deepEqual(JSON.parse(outcome.stdout), recorded.output, told);
  const text = outcome.stdout + outcome.stderr;
  if (recorded.text !== undefined) assert.deepEqual(normalText(text), normalText(recorded.text), told);
  if (recorded.errors) assert.deepEqual(errorLines(text), errorLines(recorded.errors.join("\n")), told);
}

function comparePreview(preview: Preview, recorded: Preview, told: string): void {
  const essence = ({ steps }: Preview): string[] =>
    steps.map(({ op, urn, replaceReasons = [] }) => `${op} ${urn} ${replaceReasons.join(",")}`);
  assert.deepEqual(essence(preview).sort(), essence(recorded).sort(), told);
  const deletions = (lines: string[]): string[] => lines.filter((line) => line.startsWith("delete"));
  assert.deepEqual(deletions(essence(preview)), deletions(essence(recorded)), told);
  assert.deepEqual(preview.changeSummary, recorded.changeSummary, told);
}

/** The lines of a text without times, places and the stand-in's own line; the order of lines is not compared. */
function normalText(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => !line.startsWith("@ ") && !line.includes("not by the Pulumi CLI"))
    .map((line) => line.replace(uuid, "<uuid>").replace(/\d+(\.\d+)?s\b/g, "<time>"))
    .map((line) =>
      line.replace(/file:\/\/\S*\/state\//, "file://<dir>/state/").replace(/created by .*/, "created by <who>"),
    )
    .map((line) => line.trimEnd())
    .sort();
}

function errorLines(text: string): string[] {
  return normalText(text)
    .filter((line) => line.includes("error:"))
    .map((line) => line.trim())
    .sort();
}
