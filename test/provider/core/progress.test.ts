import assert from "node:assert/strict";
import { duration, makeProgress, progressReport } from "../../../provider/core/progress.js";

describe("progress", () => {
  const lines: string[] = [];
  let now = 0;
  const begin = (total?: number): ReturnType<typeof makeProgress> => {
    now = 0;
    lines.length = 0;
    return makeProgress({ what: "reading: users", total, tell: (text) => lines.push(text), now: () => now });
  };

  it("says nothing of work that is soon done", () => {
    const progress = begin(1000);
    for (; now < 4_900; now += 100) progress.add(20);
    assert.deepEqual(lines, []);
  });

  it("tells counts, rate and time left", () => {
    const progress = begin(100_000);
    now = 8_000;
    progress.add(12_000);
    assert.deepEqual(lines, ["reading: users: 12,000 of 100,000, 1,500 a second, 59 s left"]);
  });

  it("tells no time left after the first of many, which waited for all to begin", () => {
    const progress = begin(2500);
    now = 17_000;
    progress.add(1);
    now = 28_000;
    progress.add(799);
    assert.deepEqual(lines, [
      "reading: users: 1 of 2,500, 0.1 a second",
      "reading: users: 800 of 2,500, 29 a second, 60 s left",
    ]);
  });

  it("tells no time left where it is not known how much there is", () => {
    const progress = begin();
    now = 10_000;
    progress.add(5);
    assert.deepEqual(lines, ["reading: users: 5, 0.5 a second"]);
    now = 30_000;
    progress.expect(20);
    progress.add(5);
    assert.deepEqual(lines.slice(1), ["reading: users: 10 of 20, 0.3 a second, 30 s left"]);
  });

  it("is told ever more rarely: an hour of work in less than a hundred lines", () => {
    const progress = begin(108_000);
    for (; now <= 3_600_000; now += 1000) progress.add(30);
    assert.ok(lines.length > 30 && lines.length < 100, String(lines.length));
  });

  it("never claims that more is done than there is", () => {
    const { text, secondsLeft } = progressReport({ what: "x", done: 12, total: 10, seconds: 1 });
    assert.deepEqual([text, secondsLeft], ["x: 12 of 12, 12 a second, 0 s left", 0]);
  });

  it("says durations as people do", () => {
    assert.deepEqual([45, 89, 90, 600, 3540, 3900].map(duration), [
      "45 s",
      "89 s",
      "2 min",
      "10 min",
      "59 min",
      "1 h 5 min",
    ]);
  });
});
