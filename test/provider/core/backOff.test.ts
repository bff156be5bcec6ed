import assert from "node:assert/strict";
import fc from "fast-check";
import { maySendAgain, retryAfter, waitAfter } from "../../../provider/core/backOff.js";

describe("retryAfter", () => {
  const now = Date.parse("2027-01-31T12:00:00Z");
  for (const [header, expected] of [
    [undefined, undefined],
    ["", undefined],
    ["soon", undefined],
    ["0", 0],
    ["120", 120_000],
    ["1.5", 1500],
    ["Sun, 31 Jan 2027 12:00:30 GMT", 30_000],
    ["Sun, 31 Jan 2027 11:00:00 GMT", 0],
  ] as const) {
    it(`reads ${JSON.stringify(header)} as ${String(expected)} milliseconds`, () => {
      assert.equal(retryAfter(header, now), expected);
    });
  }
});

describe("waitAfter", () => {
  it("waits at least what is asked for, longer each time up to a limit, and not all alike", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.option(fc.nat(100_000), { nil: undefined }),
        (attempt, random, asked) => {
          const wait = waitAfter(attempt, asked, () => random);
          const least = asked ?? 0;
          assert.ok(wait >= least + 125 && wait <= least + 20_000);
          assert.ok(waitAfter(attempt + 1, asked, () => random) >= wait);
          assert.notEqual(
            waitAfter(attempt, asked, () => 0.9995),
            waitAfter(attempt, asked, () => 0),
          );
        },
      ),
    );
  });
});

describe("maySendAgain", () => {
  it("sends nothing twice that may have been done, unless that is harmless", () => {
    fc.assert(
      fc.property(fc.option(fc.integer({ min: 300, max: 599 }), { nil: undefined }), (status) => {
        const again = maySendAgain({ status, unsent: false, repeatable: false });
        assert.equal(again, status === 429);
      }),
    );
  });

  for (const [status, again] of [
    [undefined, true],
    [400, false],
    [404, false],
    [409, false],
    [429, true],
    [501, false],
    [503, true],
  ] as const) {
    it(`repeats what is harmless after ${String(status)}: ${String(again)}`, () => {
      assert.equal(maySendAgain({ status, unsent: false, repeatable: true }), again);
    });
  }

  it("sends what has not left", () => {
    assert.equal(maySendAgain({ status: undefined, unsent: true, repeatable: false }), true);
  });
});
