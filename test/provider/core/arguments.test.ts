import assert from "node:assert/strict";
import * as z from "zod";
import { leaveOut, parseArguments, storedArguments, type ParsedArguments } from "../../../provider/core/arguments.js";
import { UNKNOWN } from "../../../provider/core/unknown.js";

const definition = {
  token: "birds.Bird",
  schema: z.strictObject({
    name: z.string(),
    size: z.int().transform(leaveOut<number>(1)).optional(),
    token: z.string().min(8, "is too short").optional(),
    list: z
      .string()
      .regex(/^[a-z\n]*$/, "holds capitals")
      .optional(),
    colours: z.array(z.string()).optional(),
    nest: z.strictObject({ size: z.number() }).optional(),
  }),
  incomparable: ["token" as const],
  validate: (args: { name?: string | undefined; list?: string | undefined }, pending: ReadonlySet<string>) =>
    args.name === "emu" && args.list === undefined && !pending.has("list")
      ? [{ property: "list", reason: "an emu needs one" }]
      : [],
};

function parse(given: Record<string, unknown>): ParsedArguments<Record<string, unknown>> {
  return parseArguments(definition, given);
}

describe("parseArguments", () => {
  it("gives the canonical form, without what equals a default and what the wire adds", () => {
    const given = { name: "owl", size: 1, list: undefined, __dryRun: true, __provider: "text", plan: ["x"] };
    assert.deepEqual(parse(given), { args: { name: "owl" }, failures: [] });
  });

  for (const [what, given, failures] of [
    ["a missing argument", {}, [["name", "is required"]]],
    ["a wrong one", { name: 5 }, [["name", /must be text/]]],
    [
      "several",
      { name: 5, size: "x" },
      [
        ["name", /must be text/],
        ["size", /number/],
      ],
    ],
    [
      "one that does not exist",
      { name: "owl", sise: 2 },
      [["", /there is no argument "sise": did you mean size\? a birds\.Bird can have name, size/]],
    ],
    ["one within another", { name: "owl", nest: { size: "x" } }, [["", /^nest: size: .*number/]]],
    [
      "a key within another that does not exist, and one that is missing",
      { name: "owl", nest: { sise: 2 } },
      [
        ["", "nest: size: is required"],
        ["", 'nest: "sise" is not known in it: did you mean size? it can have size'],
      ],
    ],
    ["one in a list", { name: "owl", colours: ["red", 5] }, [["", /^colours: 1: must be text/]]],
    ["two that contradict", { name: "emu" }, [["list", "an emu needs one"]]],
  ] as const) {
    it(`names ${what}`, () => {
      const found = parse(given).failures;
      assert.equal(found.length, failures.length);
      found.forEach((failure, index) => {
        const [property, reason] = failures[index] ?? ["", ""];
        assert.equal(failure.property, property);
        if (typeof reason === "string") assert.equal(failure.reason, reason);
        else assert.match(failure.reason, reason);
      });
    });
  }

  it("names in the reason what Pulumi would print in full: long texts and lists", () => {
    for (const list of ["A\nB\n", "A".repeat(101)])
      assert.deepEqual(parse({ name: "owl", list }).failures, [{ property: "", reason: "list: holds capitals" }]);
    assert.deepEqual(parse({ name: "owl", list: "A" }).failures, [{ property: "list", reason: "holds capitals" }]);
  });

  it("names in the reason what Pulumi must not print: secrets", () => {
    for (const token of ["short", 1234567])
      assert.match(JSON.stringify(parse({ name: "owl", token }).failures), /^\[\{"property":"","reason":"token: /);
    assert.doesNotMatch(JSON.stringify(parse({ name: "owl", token: 1234567 }).failures), /1234567/);
  });

  it("lets pass what is not known yet, and still names the rest", () => {
    for (const given of [
      { name: UNKNOWN },
      { name: "owl", colours: UNKNOWN },
      { name: "owl", colours: ["a", UNKNOWN] },
    ])
      assert.deepEqual(parse(given), { args: given, failures: [] });
    assert.deepEqual(parse({ name: "emu", list: UNKNOWN }).failures, []);
    assert.equal(parse({ name: UNKNOWN, size: "x" }).failures[0]?.property, "size");
    assert.equal(parse({ name: "owl", sise: UNKNOWN }).failures.length, 1);
  });
});

describe("storedArguments", () => {
  it("takes the arguments from state, also of a version that stored more or less", () => {
    assert.deepEqual(storedArguments(definition, { name: "owl", adopted: true, was: "x", size: undefined }), {
      name: "owl",
    });
    assert.deepEqual(storedArguments(definition, {}), {});
  });
});
