import assert from "node:assert/strict";
import fc from "fast-check";
import { parse, stringify } from "yaml";
import { setInText } from "../../../sdk/core/editDocument.js";

describe("setInText", () => {
  const TEXT = `# The request
name:   "John"   # as in the directory

approvals:
    # who has to approve
    manager: jane@example.com   # his manager

compliance: {nda: true,  policy: true}
notes: |
  first

  second
# the end
`;

  it("changes the one value and no other character", () => {
    assert.equal(
      setInText(TEXT, ["approvals", "manager"], "ana@example.com"),
      TEXT.replace("jane@example.com ", "ana@example.com "),
    );
    assert.equal(
      setInText(TEXT, ["approvals", "data_owner"], { by: "dana@example.com", on: "2027-01-10" }),
      TEXT.replace(
        "# his manager\n",
        "# his manager\n    data_owner:\n      by: dana@example.com\n      on: 2027-01-10\n",
      ),
    );
    assert.equal(
      setInText(TEXT, ["revocation"], { reason: "left: the company # truly" }),
      TEXT.replace("# the end\n", `revocation:\n  reason: "left: the company # truly"\n# the end\n`),
    );
    assert.equal(setInText(TEXT, ["notes"], "short"), TEXT.replace("|\n  first\n\n  second", "short"));
    assert.equal(
      setInText(TEXT, ["compliance", "training"], false),
      TEXT.replace("{nda: true,  policy: true}", "{ nda: true, policy: true, training: false }"),
    );
  });

  it("makes what is above a value where it is missing or empty", () => {
    assert.equal(setInText("a: 1\n", ["b", "c", "d"], ["x"]), "a: 1\nb:\n  c:\n    d:\n      - x\n");
    assert.equal(setInText("a:\nb: 2\n", ["a", "c"], "x"), "a:\n  c: x\nb: 2\n");
    assert.equal(setInText("a: 1", ["b"], "x"), "a: 1\nb: x\n");
    assert.equal(setInText("a: {}\n", ["a", "c"], "x"), "a: { c: x }\n");
    assert.equal(setInText("a:\n  - 1\nb: 2\n", ["a", "c"], "x"), "a:\n  c: x\nb: 2\n");
  });

  it("keeps the line ends and the indentation of a file, and writes JSON as JSON", () => {
    assert.equal(setInText("a: 1\r\nb: 2\r\n", ["c"], { d: 1 }), "a: 1\r\nb: 2\r\nc:\r\n  d: 1\r\n");
    assert.equal(setInText('{\n\t"a": 1\n}\n', ["b"], "x"), '{\n\t"a": 1,\n\t"b": "x"\n}\n');
  });

  it("keeps white space and line breaks at the end of what it writes", () => {
    for (const value of ["left\n", "\n", "two\nlines\n\n", "left\u00a0", "\u2000", "\u2028", "\r", "\n\u3000"]) {
      for (const text of ["a: []\n", "a: {}\n", "b: 1\n", "b: 1", "b: 1\r\n", "a:\n  a: x\n  # a remark\n\nb: 1\n"]) {
        assert.deepEqual((parse(setInText(text, ["a", "a"], value)) as { a: unknown }).a, { a: value });
      }
    }
  });

  it("refuses a text that it cannot read, or that is no map", () => {
    assert.throws(() => setInText("a: [", ["b"], 1));
    assert.throws(() => setInText("- a\n", ["b"], 1), /no map/);
  });

  it("for any map and value changes exactly what it is told to", () => {
    const key = fc.stringMatching(/^[a-z]{1,4}$/);
    const scalar = fc.oneof(fc.string({ unit: "grapheme" }), fc.boolean(), fc.integer(), fc.constant(null));
    const data = fc.dictionary(
      key,
      fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.dictionary(key, scalar, { noNullPrototype: true })),
      {
        minKeys: 1,
        noNullPrototype: true,
      },
    );
    fc.assert(
      fc.property(data, fc.tuple(key, key), scalar, (map, path, value) => {
        const text = stringify(map);
        const edited = setInText(text, path, value);
        const [first, second] = path;
        const below = map[first];
        const whole = typeof below === "object" && below !== null && !Array.isArray(below) ? below : {};
        assert.deepEqual(parse(edited), { ...map, [first]: { ...whole, [second]: value } });
      }),
    );
  });
});
