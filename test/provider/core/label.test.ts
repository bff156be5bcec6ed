import assert from "node:assert/strict";
import { NO_DELTA, doing, sideBySide } from "../../../provider/core/delta.js";
import { labelOf } from "../../../provider/core/label.js";
import type { Delta } from "../../../provider/core/resource.js";

describe("labelOf", () => {
  const key = ["aviary", "bird"] as never;

  it("goes from the part to the whole, without parts that are left out", () => {
    const args = { aviary: "north", bird: "owl" } as never;
    assert.equal(labelOf({ key, token: "aviary.Seat" }, args), 'aviary.Seat "owl" in "north"');
    assert.equal(labelOf({ key, token: "aviary.Seat" }, { bird: "owl" }), 'aviary.Seat "owl"');
  });

  it("is what the resource says, where it says something", () => {
    assert.equal(labelOf({ key, token: "aviary.Seat", describe: () => "of the owl" }, {}), "aviary.Seat of the owl");
  });
});

describe("sideBySide", () => {
  const step = (name: string, next?: Delta<string[], string>): Delta<string[], string> => ({
    ...doing(name),
    ...(next === undefined ? {} : { next: () => next }),
  });

  it("puts deltas together stage by stage, each with its own stages after it", () => {
    const both = sideBySide([step("a1", step("a2", step("a3"))), NO_DELTA, step("b1", step("b2"))]);
    const stages: unknown[] = [];
    for (let delta: Delta<string[], string> | undefined = both; delta; delta = delta.next?.([]))
      stages.push(delta.units);
    assert.deepEqual(stages, [[["a1"], ["b1"]], [["a2"], ["b2"]], [["a3"]]]);
  });

  it("tells all problems, and is nothing where nothing is to be done", () => {
    const problem = { message: "no" };
    assert.deepEqual(sideBySide([{ units: [[]], problems: [problem] }, NO_DELTA]), { units: [], problems: [problem] });
  });
});
