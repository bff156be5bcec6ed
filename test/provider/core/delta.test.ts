import assert from "node:assert/strict";
import { applyDelta } from "../../../provider/core/delta.js";
import { RosterError } from "../../../provider/core/errors.js";
import type { Delta } from "../../../provider/core/resource.js";
import type { Session } from "../../../provider/core/system.js";

type Model = null;

/** A stage with so many units, numbered from a number on. */
function stage(count: number, from = 0, next?: (model: Model) => Delta<Model, number>): Delta<Model, number> {
  const units = Array.from({ length: count }, (_, index): [number] => [from + index]);
  return { units, problems: [], ...(next === undefined ? {} : { next }) };
}

describe("the progress of a delta", () => {
  /** What the progress was told, in order: `of 30`, and how many were done after that. */
  async function told(first: Delta<Model, number>, refused: readonly number[] = []): Promise<string[]> {
    const heard: string[] = [];
    const ran = new Set<number>();
    let done = 0;
    const session: Session<Model, number> = {
      description: "a system",
      model: () => Promise.resolve(null),
      forget: () => undefined,
      run: async ([unit = 0]) => {
        await Promise.resolve();
        if (refused.includes(unit)) throw new RosterError("refused");
        ran.add(unit);
      },
    };
    const progress = {
      add: (count: number) => (done += count),
      expect: (count: number) => heard.push(`of ${String(count)}`),
    };
    // As a definition does: what is there is no difference any more.
    const left = (): Delta<Model, number> => ({
      ...first,
      units: first.units.filter((unit) => unit.every((each) => !ran.has(each))),
    });
    await applyDelta(session, left, { progress });
    return [...heard, String(done)];
  }

  it("counts the units of a stage with many", async () => {
    assert.deepEqual(await told(stage(30)), ["of 30", "30"]);
  });

  it("says nothing of a few", async () => {
    assert.deepEqual(await told(stage(19)), ["0"]);
  });

  it("knows how much there is only in the last stage, and counts what came before it", async () => {
    assert.deepEqual(await told(stage(25, 0, () => stage(40, 25))), ["of 65", "65"]);
    assert.deepEqual(await told(stage(25, 0, () => stage(1, 25))), ["25"]);
    assert.deepEqual(await told(stage(1, 0, () => stage(25, 1))), ["of 25", "25"]);
  });

  it("counts what is done, and not what is refused", async () => {
    assert.deepEqual(await told(stage(30), [3, 4]), ["of 30", "28"]);
  });
});
