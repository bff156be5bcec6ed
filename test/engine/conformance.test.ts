import * as assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { findEngine, type Engine } from "./index";
import { Replay, type Recording, type Scenario } from "./replay";

const shared = path.resolve(__dirname, "../../../../shared/engine-conformance");

function engines(): Engine[] {
  const found = findEngine("stand-in");
  try {
    return [found, findEngine("pulumi")];
  } catch {
    return [found];
  }
}

describe("the engine does what the recorded Pulumi CLI did", function () {
  this.timeout(300_000);
  if (!existsSync(shared)) {
    it("is skipped: the recordings are not there (../shared/engine-conformance)", function () {
      this.skip();
    });
    return;
  }
  const read = <T>(name: string): T => JSON.parse(readFileSync(path.join(shared, name), "utf8")) as T;
  for (const engine of engines()) {
    for (const scenario of read<Scenario[]>("scenarios.json")) {
      it(`${scenario.name}, on ${engine.version}`, async () => {
        const recording = read<Recording>(`recorded/${scenario.name}.json`);
        const replay = new Replay(engine, shared, scenario);
        try {
          await replay.open();
          for (const [index, step] of scenario.steps.entries()) {
            const recorded = recording.steps[index];
            assert.ok(recorded, `step ${index} was recorded`);
            await replay.step(step, recorded, `step ${index}, pulumi ${step.command.join(" ")}`);
          }
        } finally {
          await replay.close();
        }
      });
    }
  }
});
