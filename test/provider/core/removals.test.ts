import assert from "node:assert/strict";
import fc from "fast-check";
import { RosterError } from "../../../provider/core/errors.js";
import { guardRemovals, removalLimit } from "../../../provider/core/removals.js";

describe("removals", () => {
  for (const [size, limit] of [
    [0, 10],
    [10, 10],
    [50, 10],
    [54, 10],
    [55, 11],
    [1000, 200],
  ] as const) {
    it(`takes at most ${String(limit)} of ${String(size)}`, () => {
      assert.equal(removalLimit(size, undefined), limit);
    });
  }

  it("does what the run says instead, also where that is nothing", () => {
    assert.equal(removalLimit(1000, 0), 0);
    assert.equal(removalLimit(5, 3), 3);
  });

  it("lets a run remove up to the limit and stops it above", () => {
    const limits = fc.option(fc.nat(300), { nil: undefined });
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(300), limits, (size, count, maxRemovals) => {
        const removed = Array.from({ length: count }, (_, index) => `name-${String(index)}`);
        const guard = (): void => {
          guardRemovals("members", removed, size, maxRemovals);
        };
        if (count <= removalLimit(size, maxRemovals)) guard();
        else assert.throws(guard, RosterError);
      }),
    );
  });

  it("says how many, of what, who, and how to allow it for a run", () => {
    const removed = Array.from({ length: 12 }, (_, index) => `name-${String(index)}`);
    const guard = (): void => {
      guardRemovals('members of "g"', removed, 20, undefined);
    };
    assert.throws(guard, { message: /remove 12 of 20 members of "g", more than the 10 .*"name-9" and 2 more/s });
    assert.throws(guard, { message: /pulumi config set roster:maxRemovals 12.*pulumi config rm roster:maxRemovals/s });
  });
});
