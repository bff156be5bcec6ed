import assert from "node:assert/strict";
import { eachAtOnce } from "../../../provider/core/atOnce.js";

describe("work that is done by several at once", () => {
  it("is all done, by as many as are allowed", async () => {
    const done: number[] = [];
    let open = 0;
    let peak = 0;
    await eachAtOnce(Array.from({ length: 20 }).keys(), 3, async (item) => {
      open += 1;
      peak = Math.max(peak, open);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      done.push(item);
    });
    assert.equal(peak, 3);
    assert.deepEqual(
      done.sort((a, b) => a - b),
      [...Array.from({ length: 20 }).keys()],
    );
    await eachAtOnce([], 3, () => Promise.reject(new Error("there is nothing to do")));
  });

  it("begins nothing else after a failure, and ends what was begun before it tells", async () => {
    const begun: number[] = [];
    let ended = 0;
    const work = eachAtOnce(Array.from({ length: 20 }).keys(), 2, async (item) => {
      begun.push(item);
      await new Promise((resolve) => setImmediate(resolve));
      if (item === 4) throw new Error("the fifth");
      await new Promise((resolve) => setImmediate(resolve));
      ended += 1;
    });
    await assert.rejects(work, /the fifth/);
    assert.ok(begun.length <= 7);
    assert.equal(ended, begun.length - 1);
  });
});
