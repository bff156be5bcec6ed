import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalJson } from "../../../provider/core/lines.js";
import { isSame } from "../../../provider/core/same.js";

/** Small, so that two of them are often the same. */
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom("", "a", 0, 1, true, false, null),
    fc.array(tie("value"), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom("a", "b"), fc.oneof(tie("value"), fc.constant(undefined)), { maxKeys: 2 }),
  ),
}));

describe("isSame", () => {
  it("tells the same as the canonical JSON of both, whatever they are", () => {
    let same = 0;
    fc.assert(
      fc.property(value, value, (one, other) => {
        const expected = canonicalJson(one) === canonicalJson(other);
        if (expected) same += 1;
        assert.equal(isSame(one, other), expected);
        assert.equal(isSame(one, structuredClone(one)), true);
      }),
      { numRuns: 2000 },
    );
    assert.ok(same > 20, "hardly any two were the same");
  });

  it("takes a key without a value for none, and keys in any order", () => {
    assert.ok(isSame({ a: 1, b: undefined, c: "x" }, { c: "x", a: 1 }));
    assert.ok(!isSame({ a: undefined }, { a: null }));
    assert.ok(!isSame(["a"], { 0: "a" }));
  });
});
