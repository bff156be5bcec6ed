import * as assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { REPOSITORY } from "../repository";
import { describeUnless } from "../skip";
import { findEngine, type Engine } from "./index";
import { Replay, type Recording, type Scenario } from "./replay";

const shared = path.resolve(REPOSITORY, "../shared/engine-conformance");
const missing = existsSync(shared) ? undefined : "the recordings are not there (../shared/engine-conformance)";

function engines(): Engine[] {
  const found = findEngine("stand-in");
  try {
    return [found, findEngine("pulumi")];
  } catch {
    return [found];
  }
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(path.join(shared, name), "utf8"));
}

async function replay(engine: Engine, scenario: Scenario): Promise<void> {
  const recording = read(`recorded/${scenario.name}.json`) as Recording;
  const running = new Replay(engine, shared, scenario);
  try {
    await running.open();
    for (const [index, step] of scenario.steps.entries()) {
      const recorded = recording.steps[index];
      assert.ok(recorded, `step ${String(index)} was recorded`);
      await running.step(step, recorded, `step ${String(index)}, pulumi ${step.command.join(" ")}`);
    }
  } finally {
    await running.close();
  }
}

describeUnless(missing, "the engine does what the recorded Pulumi CLI did", function () {
  this.timeout(600_000);
  // A command waits for its processes most of the time, so two scenarios are under way while one is waited for.
  const underWay = new Map<string, Promise<void>>();
  const scenarios = engines().flatMap((engine) =>
    (read("scenarios.json") as Scenario[]).map((scenario) => ({ engine, scenario })),
  );
  const start = (index: number): Promise<void> => {
    const { engine, scenario } = scenarios[index] ?? {};
    if (engine === undefined || scenario === undefined) return Promise.resolve();
    const name = `${scenario.name} ${engine.kind}`;
    const running = underWay.get(name) ?? replay(engine, scenario);
    running.catch(() => undefined);
    underWay.set(name, running);
    return running;
  };
  for (const [index, { engine, scenario }] of scenarios.entries()) {
    it(`${scenario.name}, on ${engine.version}`, async () => {
      void start(index + 1).catch(() => undefined);
      await start(index);
    });
  }
});
