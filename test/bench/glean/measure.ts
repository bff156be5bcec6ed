import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { Sandbox, type Engine } from "../../engine/index.js";
import { watchMemory } from "../memory.js";
import { PROJECT, makeProject } from "../project.js";
import { bytes, seconds, table } from "../table.js";
import type { Target } from "../targets.js";

const STACK = "dev";
const MOST_MEMORY = 300e6;
const MOST_STATE = 100;

/** What one command on a directory took. */
export interface DirectoryStep {
  readonly what: string;
  readonly seconds: number;
  readonly requests: number;
  /** Bytes of memory of the provider's process, at its peak. */
  readonly memory: number | undefined;
  /** Bytes of the state after it. */
  readonly state: number;
}

/** What a directory of a size took in a mode. */
export interface DirectoryRun {
  readonly people: number;
  readonly mode: "individual" | "bulk";
  readonly steps: readonly DirectoryStep[];
}

/** First sync, nothing to do, and one in a hundred changed, in each mode. */
export async function measureDirectory(
  engine: Engine,
  people: number,
  report: (text: string) => void,
): Promise<DirectoryRun[]> {
  const runs: DirectoryRun[] = [];
  for (const mode of ["individual", "bulk"] as const) runs.push(await measure(engine, { people, mode }, report));
  return runs;
}

async function measure(
  engine: Engine,
  { people, mode }: Pick<DirectoryRun, "people" | "mode">,
  report: (text: string) => void,
): Promise<DirectoryRun> {
  const server = fork(path.join(__dirname, "serve.js"));
  const [env] = (await once(server, "message")) as [Record<string, string>];
  const folder = await makeProject("directory", "roster");
  const settings = { ...env, ROSTER_GLEAN_REQUESTS_PER_SECOND: "0", MAX_USERS: undefined, NO_COLOR: "1" };
  const sandbox = new Sandbox({ engine, cwd: folder, stack: STACK, env: settings });
  const steps: DirectoryStep[] = [];
  try {
    await sandbox.open();
    const step = async (what: string, edition: number, command: readonly string[]): Promise<void> => {
      writeFileSync(path.join(folder, "directory.json"), JSON.stringify({ count: people, edition, mode }));
      const watch = watchMemory(folder);
      const started = performance.now();
      await sandbox.run([...command]);
      const passed = (performance.now() - started) / 1000;
      const memory = watch.end();
      const { requests, people: there } = await asked(server);
      if (there !== people) throw new Error(`${what}, ${mode}: ${String(there)} people are there`);
      steps.push({ what, seconds: passed, requests, memory, state: stateBytes(sandbox) });
      report(`${String(people)} people, ${mode}, ${what}: ${seconds(passed)} s, ${bytes(memory)}`);
    };
    const up = ["up", "--yes", "--skip-preview"];
    await step("first sync", 0, up);
    await step("preview, nothing to do", 0, ["preview", "--expect-no-changes"]);
    await step("up, nothing to do", 0, up);
    await step("1 % changed", 1, up);
  } finally {
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
    server.disconnect();
  }
  return { people, mode, steps };
}

async function asked(server: ChildProcess): Promise<{ requests: number; people: number }> {
  const answer = once(server, "message") as Promise<[{ requests: number; people: number }]>;
  server.send("count");
  return (await answer)[0];
}

function stateBytes(sandbox: Sandbox): number {
  const file = path.join(sandbox.folder, "state", ".pulumi", "stacks", PROJECT, `${STACK}.json`);
  return existsSync(file) ? statSync(file).size : 0;
}

/** Everything that was measured as a table. */
export function directoryTable(runs: readonly DirectoryRun[]): string {
  return table(
    ["people in Glean, to the sandbox", "seconds", "requests", "peak memory of the provider", "state", "a person"],
    runs.flatMap(({ people, mode, steps }) =>
      steps.map(({ what, seconds: passed, requests, memory, state }) => [
        `${people.toLocaleString("en")}, ${mode}: ${what}`,
        seconds(passed),
        String(requests),
        bytes(memory),
        bytes(state),
        `${(state / people).toFixed(0)} B`,
      ]),
    ),
  );
}

/** Only who changed is sent, memory is flat, and state small. */
export function directoryTargets(runs: readonly DirectoryRun[]): Target[] {
  return runs.flatMap(({ people, mode, steps }): Target[] => {
    const peak = Math.max(...steps.map(({ memory = NaN }) => memory));
    const state = Math.max(...steps.map((step) => step.state)) / people;
    const requests = steps.map((step) => step.requests);
    const pages = Math.ceil(people / 250);
    const wanted = mode === "bulk" ? [pages, 0, 0, pages] : [people, 0, 0, Math.ceil(people / 100)];
    const of = `Glean, ${people.toLocaleString("en")} people, ${mode}`;
    return [
      {
        what: `${of}: requests`,
        reached: requests.join(", "),
        wanted: wanted.join(", "),
        met: requests.join() === wanted.join(),
      },
      {
        what: `${of}: peak memory of the provider`,
        reached: bytes(peak),
        wanted: `less than ${bytes(MOST_MEMORY)}`,
        met: peak < MOST_MEMORY,
      },
      {
        what: `${of}: state`,
        reached: `${state.toFixed(0)} B a person`,
        wanted: `at most ${String(MOST_STATE)} B`,
        met: state <= MOST_STATE,
      },
    ];
  });
}
