import assert from "node:assert/strict";
import fc from "fast-check";
import {
  canonicalJson,
  decodeLines,
  decodeNames,
  encodeLines,
  encodeNames,
  plainNames,
  type Entry,
} from "../../../provider/core/lines.js";
import { awkwardText } from "./texts.js";

/** Any text of JavaScript, also with halves of surrogate pairs. */
const anyText = fc.oneof(
  awkwardText(),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes)),
);
const name = anyText.filter((text) => text !== "");
const values = fc.oneof(fc.boolean(), fc.integer(), anyText);
const entry: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({ name }),
  fc.record({ name, attributes: fc.dictionary(anyText, values, { maxKeys: 3 }) }),
);
const entries = fc.uniqueArray(entry, { selector: (one) => one.name });

/** What an entry says, as a text. */
function meaning({ name: of, attributes = {} }: Entry): string {
  return canonicalJson([of, attributes]);
}

function byName(a: Entry, b: Entry): number {
  return a.name < b.name ? -1 : 1;
}

describe("lines", () => {
  it("reads back what it wrote, sorted by name", () => {
    fc.assert(
      fc.property(entries, (given) =>
        assert.deepEqual(decodeLines(encodeLines(given)).map(meaning), [...given].sort(byName).map(meaning)),
      ),
    );
  });

  it("writes the same text for the same entries in any order, and again after reading it", () => {
    fc.assert(
      fc.property(entries, (given) => {
        const text = encodeLines(given);
        assert.equal(encodeLines([...given].reverse()), text);
        assert.equal(encodeLines([...given, ...given]), text);
        assert.equal(encodeLines(decodeLines(text)), text);
      }),
    );
  });

  it("tells a text of bare names that is written as it would be from every other", () => {
    const lineOf = fc.oneof(
      fc.constantFrom("", "ana", "Ana", "rui", '"ana"', "a\tb", "a\u0001", "ção", "\ud800"),
      name,
    );
    const text = fc.array(lineOf, { maxLength: 4 }).map((lines) => lines.map((line) => `${line}\n`).join(""));
    fc.assert(
      fc.property(fc.oneof(text, entries.map(encodeLines)), (given) => {
        const names = plainNames(given);
        if (names !== undefined) assert.deepEqual([encodeNames(names), decodeNames(given)], [given, names]);
      }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[\w.@-]+$/), { minLength: 1 }), (given) => {
        assert.deepEqual(plainNames(encodeNames(given)), [...given].sort());
      }),
    );
  });

  it("is one line an entry, each ended, without control characters but the tab before attributes", () => {
    fc.assert(
      fc.property(entries, (given) => {
        const text = encodeLines(given);
        const lines = text.split("\n");
        assert.equal(lines.pop(), "");
        assert.equal(lines.length, given.length);
        for (const line of lines) assert.doesNotMatch(line.replace("\t{", "{"), /\p{Cc}/u);
        assert.ok(text.isWellFormed());
      }),
    );
  });

  it("gives two lists the same text only where they say the same", () => {
    const say = (list: readonly Entry[]): string => canonicalJson(list.map(meaning).sort());
    fc.assert(
      fc.property(entries, entries, (a, b) => assert.equal(encodeLines(a) === encodeLines(b), say(a) === say(b))),
    );
  });

  // Users' state holds these texts: a change that breaks one of them breaks stacks.
  for (const [what, given, text] of [
    ["no entry", [], ""],
    ["names, sorted", [{ name: "rui" }, { name: "ana" }], "ana\nrui\n"],
    [
      "the order of UTF-16 code units",
      [{ name: "\uff5e" }, { name: "ana" }, { name: "🦆" }, { name: "Zoe" }],
      "Zoe\nana\n🦆\n\uff5e\n",
    ],
    ["spaces and quotes within a name as they are", [{ name: ' a "b" \\ ' }], ' a "b" \\ \n'],
    ["a quotation mark in front", [{ name: '"a"' }], '"\\"a\\""\n'],
    ["a newline, a tab", [{ name: "a\nb\tc" }], '"a\\nb\\tc"\n'],
    ["control characters", [{ name: "\u0001\u001b[31m\u007f\u009b" }], '"\\u0001\\u001b[31m\\u007f\\u009b"\n'],
    ["half of a surrogate pair", [{ name: "a\ud83e" }], '"a\\ud83e"\n'],
    [
      "attributes, keys sorted",
      [{ name: "rui", attributes: { until: "2027-01-31T00:00:00Z", admin: true } }],
      'rui\t{"admin":true,"until":"2027-01-31T00:00:00Z"}\n',
    ],
    [
      "attributes that say nothing",
      [
        { name: "ana", attributes: {} },
        { name: "rui", attributes: { until: undefined } },
      ],
      "ana\nrui\n",
    ],
  ] as const) {
    it(`is frozen: ${what}`, () => {
      assert.equal(encodeLines(given), text);
      assert.deepEqual(decodeLines(text).map(meaning), [...given].sort(byName).map(meaning));
    });
  }

  it("reads names that another writer quoted without need", () => {
    assert.deepEqual(decodeNames('"ana"\n"\\u0072ui"\t{"admin":true}\n'), ["ana", "rui"]);
  });

  for (const [what, text, expected] of [
    ["a text without its last newline", "ana", /last line .* does not end with a newline/],
    ["an empty line", "ana\n\nrui\n", /line 2 .*empty/],
    ["an empty quoted name", '""\n', /line 1 .*empty/],
    ["attributes without a name", '\t{"admin":true}\n', /line 1 .*empty/],
    ["an open quotation mark", 'ana\n"rui\n', /line 2/],
    ["words after a quoted name", '"ana" b\n', /line 1/],
    ["attributes that are no JSON", "ana\tadmin\n", /line 1/],
    ["attributes that are no object", "ana\t[1]\n", /line 1 .*object/],
    ["attributes that are null", "ana\tnull\n", /line 1 .*object/],
  ] as const) {
    it(`refuses ${what}, and says which line`, () => {
      assert.throws(
        () => decodeLines(text),
        (error) => error instanceof RangeError && expected.test(error.message),
      );
    });
  }

  it("either refuses a text with a RangeError or reads it", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        try {
          for (const one of decodeLines(text)) assert.notEqual(one.name, "");
        } catch (error) {
          assert.ok(error instanceof RangeError);
        }
      }),
    );
  });

  it("refuses an empty name, and one name with two meanings", () => {
    assert.throws(() => encodeNames(["ana", ""]), RangeError);
    const twice = [{ name: "ana" }, { name: "ana", attributes: { admin: true } }];
    assert.throws(() => encodeLines(twice), /"ana" stands twice/);
    assert.equal(encodeNames(["ana", "ana"]), "ana\n");
  });
});

describe("canonicalJson", () => {
  it("gives equal values equal texts, whatever the order of their keys", () => {
    const shuffled = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffled);
      if (typeof value !== "object" || value === null) return value;
      const reversed = Object.entries(value).reverse();
      return Object.fromEntries(reversed.map(([key, inner]) => [key, shuffled(inner)]));
    };
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        assert.equal(canonicalJson(shuffled(value)), canonicalJson(value));
        assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
