import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import path from "node:path";
import { KEYCLOAK_HOME } from "../../contract/keycloak/real.js";
import { Sandbox, type Engine } from "../../engine/index.js";
import { watchMemory } from "../memory.js";
import { makeProject } from "../project.js";
import { bytes, seconds, table } from "../table.js";
import type { Target } from "../targets.js";
import type { Ask, Served } from "./serve.js";

const FEW = 2500;
const MANY = 20_000;
/** The files of examples/keycloak-glean give the job 1 GiB; this leaves enough for the CLI. */
const MOST_MEMORY = 700e6;

/** Why no real Keycloak is measured here; undefined where one is. */
export const NO_KEYCLOAK =
  KEYCLOAK_HOME === undefined ? "KEYCLOAK_HOME names none (npm run fetch:keycloak gets one)" : undefined;

/** What one run of the job took. */
export interface PeopleStep {
  readonly what: string;
  readonly seconds: number;
  /** Requests to Keycloak and to Glean. */
  readonly keycloak: number;
  readonly glean: number;
  /** Bytes of memory, at its peak: of the program, which reads the realm, and of the provider, which sends. */
  readonly program: number | undefined;
  readonly provider: number | undefined;
}

/** What the job took from a realm of a size. */
export interface PeopleRun {
  readonly people: number;
  readonly real: boolean;
  /** Who is in Glean then: not all have an address, and some are disabled. */
  readonly sent: number;
  readonly changed: number;
  readonly steps: readonly PeopleStep[];
}

/** The job from Keycloak to Glean: the first run, nothing to do, and one in a hundred changed. */
export async function measurePeople(engine: Engine, report: (text: string) => void): Promise<PeopleRun[]> {
  const runs = [await measure(engine, MANY, false, report)];
  if (NO_KEYCLOAK === undefined) runs.unshift(await measure(engine, FEW, true, report));
  return runs;
}

async function measure(
  engine: Engine,
  people: number,
  real: boolean,
  report: (text: string) => void,
): Promise<PeopleRun> {
  const server = fork(path.join(__dirname, "serve.js"), [String(people), real ? "real" : "sandbox"]);
  const [env] = (await once(server, "message")) as [Record<string, string>];
  const folder = await makeProject("people", "roster");
  const settings = { ...env, ROSTER_GLEAN_REQUESTS_PER_SECOND: "0", MAX_USERS: undefined, NO_COLOR: "1" };
  const sandbox = new Sandbox({ engine, cwd: folder, stack: "dev", env: settings });
  const steps: PeopleStep[] = [];
  try {
    await sandbox.open();
    const step = async (what: string): Promise<Served> => {
      const program = watchMemory(folder, "program");
      const provider = watchMemory(folder, "provider");
      const started = performance.now();
      await sandbox.run(["up", "--yes", "--skip-preview"]);
      const passed = (performance.now() - started) / 1000;
      const memory = { program: program.end(), provider: provider.end() };
      const served = await tell(server, "count");
      steps.push({ what, seconds: passed, keycloak: served.keycloak, glean: served.glean, ...memory });
      report(`${describe(people, real)}, ${what}: ${seconds(passed)} s, ${bytes(memory.program)}`);
      return served;
    };
    const { people: sent } = await step("first run");
    await step("nothing to do");
    const { changed } = await tell(server, "change");
    await step("1 % changed");
    return { people, real, sent, changed, steps };
  } finally {
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
    server.disconnect();
  }
}

async function tell(server: ChildProcess, ask: Ask): Promise<Served> {
  const answer = once(server, "message") as Promise<[Served]>;
  server.send(ask);
  return (await answer)[0];
}

function describe(people: number, real: boolean): string {
  return `${people.toLocaleString("en")} people of ${real ? "a real Keycloak" : "the sandbox"}`;
}

/** Everything that was measured as a table. */
export function peopleTable(runs: readonly PeopleRun[]): string {
  return table(
    ["from Keycloak to Glean", "seconds", "requests to Keycloak", "to Glean", "peak memory: program", "provider"],
    runs.flatMap(({ people, real, steps }) =>
      steps.map(({ what, seconds: passed, keycloak, glean, program, provider }) => [
        `${describe(people, real)}: ${what}`,
        seconds(passed),
        String(keycloak),
        String(glean),
        bytes(program),
        bytes(provider),
      ]),
    ),
  );
}

/** Only who changed is sent, and the job fits into what its platforms give it. */
export function peopleTargets(runs: readonly PeopleRun[]): Target[] {
  return runs.flatMap(({ people, real, sent, changed, steps }): Target[] => {
    const requests = steps.map(({ glean }) => glean).join(", ");
    const wanted = [sent, 0, changed].join(", ");
    const peak = Math.max(...steps.map(({ program = NaN, provider = NaN }) => program + provider));
    const of = `Keycloak to Glean, ${describe(people, real)}`;
    return [
      { what: `${of}: requests to Glean`, reached: requests, wanted, met: requests === wanted },
      {
        what: `${of}: peak memory of both processes`,
        reached: bytes(peak),
        wanted: `less than ${bytes(MOST_MEMORY)}`,
        met: peak < MOST_MEMORY,
      },
    ];
  });
}
