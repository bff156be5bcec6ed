import assert from "node:assert/strict";
import fc from "fast-check";
import { formatId, matcher } from "../../../provider/core/names.js";
import { awkwardText } from "./texts.js";

const part = awkwardText({ minLength: 1 });
const key = fc.array(part, { minLength: 1, maxLength: 3 });

describe("formatId", () => {
  it("gives different keys different ids, and equal keys equal ones", () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        assert.equal(formatId(a) === formatId(b), JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });

  it("can be read back: nothing is lost", () => {
    const character = (code: string): string => String.fromCharCode(parseInt(code.slice(1), 16));
    const back = (id: string): string[] => id.split("/").map((text) => text.replace(/%[0-9A-F]{2}/g, character));
    fc.assert(fc.property(key, (parts) => assert.deepEqual(back(formatId(parts)), parts)));
  });

  it("holds no control character, whatever the names hold", () => {
    fc.assert(fc.property(key, (parts) => assert.doesNotMatch(formatId(parts), /\p{Cc}/u)));
  });

  for (const [parts, id] of [
    [["ana"], "ana"],
    [["analysts", "ana@example.com"], "analysts/ana@example.com"],
    [["a/b", "c"], "a%2Fb/c"],
    [["a", "b/c"], "a/b%2Fc"],
    [["100%"], "100%25"],
    [["Zoë: Ops. 🦆"], "Zoë: Ops. 🦆"],
    [["tab\tnewline\n"], "tab%09newline%0A"],
    [["\u009b31m"], "%9B31m"],
  ] as const) {
    it(`is frozen: ${JSON.stringify(parts)} is ${id}`, () => {
      assert.equal(formatId(parts), id);
    });
  }

  it("refuses a part that is empty, and no parts", () => {
    for (const parts of [[], [""], ["a", ""]]) assert.throws(() => formatId(parts), RangeError);
  });
});

describe("matcher", () => {
  const matches = (pattern: string, name: string): boolean => matcher([pattern])(name);

  for (const [pattern, yes, no] of [
    ["svc_*", ["svc_", "svc_backup", "svc_a/b.c@d", "svc_a\nb"], ["SVC_backup", "xsvc_", "svc"]],
    ["*@example.com", ["ana@example.com", "@example.com"], ["ana@example.com.evil", "ana@exampleXcom"]],
    ["r?i", ["rui", "r🦆i", "r\ni"], ["ri", "ruui"]],
    ["a\\*b", ["a*b"], ["ab", "axb"]],
    ["a\\\\*", ["a\\", "a\\b"], ["a*", "ab"]],
    ["a\\", ["a\\"], ["a"]],
    ["[ab]{1,2}(c|d)^$+.", ["[ab]{1,2}(c|d)^$+."], ["ac"]],
    ["", [""], ["a"]],
  ] as const) {
    it(`${JSON.stringify(pattern)} matches whole names and nothing else`, () => {
      for (const name of yes) assert.ok(matches(pattern, name), name);
      for (const name of no) assert.ok(!matches(pattern, name), name);
    });
  }

  it("matches nothing without patterns, and what any of them matches", () => {
    assert.equal(matcher([])("ana"), false);
    assert.deepEqual(["ana", "rui", "zoe"].map(matcher(["a*", "z*"])), [true, false, true]);
  });

  it("takes every name literally when it is escaped", () => {
    fc.assert(
      fc.property(awkwardText(), awkwardText(), (name, other) => {
        const test = matcher([name.replace(/[\\*?]/g, "\\$&")]);
        assert.ok(test(name));
        assert.equal(test(other), name === other);
      }),
    );
  });

  it("takes a star for any run of characters", () => {
    const plain = awkwardText().map((text) => text.replace(/[\\*?]/g, ""));
    fc.assert(
      fc.property(plain, awkwardText(), plain, (before, between, after) =>
        assert.ok(matches(`${before}*${after}`, before + between + after)),
      ),
    );
  });
});
