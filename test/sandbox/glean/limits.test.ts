import assert from "node:assert/strict";
import { Counter, DOCUMENTED } from "./limits.js";

describe("the limits of the sandbox of Glean", () => {
  it("count for each token in a second, for all in a second, and for all in a minute", () => {
    let now = 0;
    const counter = new Counter(DOCUMENTED, () => now);
    const ask = (token: string, times: number): number =>
      Array.from({ length: times }, () => counter.isTooMany(token)).filter(Boolean).length;
    assert.equal(ask("a", 31), 1);
    assert.equal(ask("b", 30), 0);
    assert.equal(ask("c", 30), 0);
    assert.equal(ask("d", 30), 21, "one address has asked 91 times before");
    now = 999;
    assert.equal(ask("b", 1), 1, "the window slides");
    now = 2000;
    assert.equal(ask("b", 30), 0);
    for (let second = 3; second < 60; second += 1) {
      now = second * 1000;
      for (const token of ["a", "b", "c"]) ask(token, 30);
    }
    now = 60_000;
    assert.ok(ask("a", 30) === 0, "fewer than 8,000 in a minute");
  });
});
