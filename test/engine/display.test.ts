import * as assert from "node:assert/strict";
import { lineDifference } from "./display/lines";
import { PropertyPrinter, truncate } from "./display/properties";
import { summaryText } from "./display/summary";
import { makeSecret, unknownValue, type Properties } from "./values";

function differenceText(old: Properties, next: Properties): string {
  const out: string[] = [];
  const printer = new PropertyPrinter(out, { indent: 1, op: "update", marked: true }, { truncate: true });
  printer.difference(old, next, { sames: false });
  return out.join("");
}

function objectText(properties: Properties, cut = true): string {
  const out: string[] = [];
  new PropertyPrinter(out, { indent: 1, op: "create", marked: false }, { truncate: cut }).object(properties);
  return out.join("");
}

const list = (...names: string[]): string => names.map((name) => `${name}\n`).join("");
const letters = "a b c d e f g h i j k l m n o p".split(" ");

describe("the engine's display", () => {
  it("shows a text of lines as what came and what went, and folds the rest", () => {
    const old = list(...letters.filter((letter) => letter !== "h"));
    const next = list(...letters.filter((letter) => letter !== "p"));
    assert.equal(
      differenceText({ members: old }, { members: next }),
      [
        "  ~ members: ",
        "        ...",
        "        f",
        "        g",
        "      + h",
        "        i",
        "        j",
        "        ...",
        "        n",
        "        o",
        "      - p",
        "",
      ].join("\n"),
    );
  });

  it("folds nothing that is short", () => {
    const marks = (old: string, next: string): string =>
      lineDifference(old, next)
        .map(({ mark, text }) => mark + text)
        .join("|");
    assert.equal(marks(list("a", "b", "c"), list("a", "b", "c", "d")), " a| b| c|+d");
    assert.equal(marks("", list("a")), "+a");
    assert.equal(marks(list("a", "b"), list("b")), "-a| b");
  });

  it("shows values that changed, came and went", () => {
    assert.equal(
      differenceText(
        { name: "a", size: 1, gone: true, same: 1 },
        { name: "b", size: unknownValue, more: ["x"], same: 1 },
      ),
      '  - gone: true\n  + more: [\n        [0]: "x"\n    ]\n  ~ name: "a" => "b"\n  ~ size: 1 => [unknown]\n'.replace(
        "        [0]",
        "  +     [0]",
      ),
    );
  });

  it("shows lists and objects by their parts", () => {
    assert.equal(
      differenceText({ deep: { list: ["a", "b"], on: true } }, { deep: { list: ["a", "c", "d"], on: true } }),
      [
        "  ~ deep: {",
        "      ~ list: [",
        '            [0]: "a"',
        '          ~ [1]: "b" => "c"',
        '          + [2]: "d"',
        "        ]",
        "    }",
        "",
      ].join("\n"),
    );
  });

  it("never shows a secret", () => {
    const text =
      differenceText({ token: makeSecret("old") }, { token: makeSecret("new") }) + objectText({ t: makeSecret("x") });
    assert.equal(text, "  ~ token: [secret] => [secret]\n    t: [secret]\n");
    assert.equal(differenceText({ token: makeSecret("same") }, { token: makeSecret("same") }), "");
  });

  it("leaves out what is the engine's own", () => {
    assert.equal(objectText({ __provider: "code", name: "a" }), '    name      : "a"\n');
    assert.equal(differenceText({ __provider: "code" }, { __provider: "other" }), "");
  });

  it("cuts long lines and many lines, unless told not to", () => {
    const long = "x".repeat(151);
    assert.equal(truncate(long), `${"x".repeat(150)}...`);
    assert.equal(truncate("a\nb\nc\nd"), "a\nb\nc\n...");
    assert.equal(truncate("a\nb\nc"), "a\nb\nc");
    assert.ok(objectText({ plan: [long] }).includes(`[0]: "${"x".repeat(150)}..."`));
    assert.ok(objectText({ plan: [long] }, false).includes(`[0]: "${long}"`));
  });

  it("compares JSON in texts by what it holds", () => {
    assert.equal(
      differenceText({ policy: '{"a":1,"b":2}' }, { policy: '{ "a": 1, "b": 3 }' }),
      "  ~ policy: (json) {\n        a: 1\n      ~ b: 2 => 3\n    }\n",
    );
  });

  it("counts what was done", () => {
    const counted = { isPreview: true, errored: 0, seconds: 1 };
    assert.equal(summaryText({ create: 2, same: 2 }, counted), "Resources:\n    + 2 to create\n    2 unchanged\n");
    assert.equal(
      summaryText({ update: 1, delete: 1 }, { isPreview: false, errored: 1, seconds: 61.2 }),
      "Resources:\n    ~ 1 updated\n    - 1 deleted\n    2 changes\n    1 errored\n\nDuration: 1m2s\n",
    );
  });
});
