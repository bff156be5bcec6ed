import assert from "node:assert/strict";
import fc from "fast-check";
import { faultAt, jsonFault } from "../../../provider/core/jsonFault.js";

describe("jsonFault", () => {
  for (const [text, said] of [
    ["", "line 1, column 1: it ends there"],
    ["<html>\nsorry</html>", 'line 1, column 1: "<html>"'],
    ['{\n  "version": 1,\n}', 'line 3, column 1: "}"'],
    ['{"version": 1, "stack": "d', 'line 1, column 25: "\\"d"'],
    ['{"a": [1, 2', "line 1, column 12: it ends there"],
    ['{"a": [1 2]}', 'line 1, column 10: "2]}"'],
    ['{"a": 1}\n<<<<<<< main', 'line 2, column 1: "<<<<<<< main"'],
    ["{'a': 1}", "line 1, column 2: \"'a': 1}\""],
  ] as const) {
    it(`says where ${JSON.stringify(text)} stops being JSON`, () => {
      assert.equal(jsonFault(text), said);
    });
  }

  it("finds a mistake where JSON.parse finds one, and none where it finds none", () => {
    const edited = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.nat(2),
        fc.constantFrom("", ",", "]", "}", "{", "[", ":", '"', "1", "-", "\\", "t"),
      )
      .map(([json, place, cut, put]) => {
        const at = place % (json.length + 1);
        return json.slice(0, at) + put + json.slice(at + cut);
      });
    fc.assert(
      fc.property(edited, (text) => {
        assert.equal(faultAt(text) === undefined, isJson(text));
      }),
      { numRuns: 1000 },
    );
  });

  it("is through with lists in lists, however deep", () => {
    assert.equal(faultAt("[".repeat(100_000)), 100_000);
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
