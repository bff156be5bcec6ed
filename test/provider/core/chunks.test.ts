import assert from "node:assert/strict";
import { chunks } from "../../../provider/core/chunks.js";

describe("chunks", () => {
  for (const [count, sizes] of [
    [0, []],
    [1, [1]],
    [3, [3]],
    [4, [3, 1]],
    [6, [3, 3]],
  ] as const) {
    it(`are of three for ${String(count)}, with what is left at the end`, () => {
      const items = Array.from({ length: count }, (_, index) => index);
      const made = chunks(items, 3);
      assert.deepEqual(
        made.map(({ length }) => length),
        sizes,
      );
      assert.deepEqual(made.flat(), items);
    });
  }
});
