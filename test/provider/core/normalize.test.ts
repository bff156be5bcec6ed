import assert from "node:assert/strict";
import { createRequire } from "node:module";
import fc from "fast-check";
import { normalize } from "../../../provider/core/normalize.js";
import { UNKNOWN, hasUnknown } from "../../../provider/core/unknown.js";

interface Struct {
  fromJavaScript(value: Record<string, unknown>): { toJavaScript(): unknown };
}

/** What Pulumi's provider process makes of a resource's outputs. */
const { Struct: struct } = createRequire(__filename)("google-protobuf/google/protobuf/struct_pb.js") as {
  Struct: Struct;
};

const scalar = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  fc.bigInt(),
  fc.date({ noInvalidDate: true }),
);
// google-protobuf loses this one key.
const key = fc.string().filter((text) => text !== "__proto__");
const outputs = fc.dictionary(
  key,
  fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: "small" }, scalar, fc.array(tie("value")), fc.dictionary(key, tie("value"))),
  })).value,
);

describe("normalize", () => {
  it("makes everything fit for Pulumi's wire, and changes nothing when done again", () => {
    fc.assert(
      fc.property(outputs, (given) => {
        const fit = normalize(given);
        assert.deepEqual(struct.fromJavaScript(fit).toJavaScript(), fit);
        assert.deepEqual(normalize(fit), fit);
      }),
    );
  });

  it("leaves out what is undefined, but keeps the places of a list", () => {
    assert.deepEqual(normalize({ a: undefined, b: [1, undefined, { c: undefined }] }), { b: [1, null, {}] });
  });

  it("writes dates and large numbers as text", () => {
    const date = new Date("2027-01-31T18:00:00.5Z");
    assert.deepEqual(normalize({ date, big: [2n ** 64n] }), {
      date: "2027-01-31T18:00:00.500Z",
      big: ["18446744073709551616"],
    });
  });

  it("writes a date that is none as nothing, rather than fail after the work is done", () => {
    assert.deepEqual(normalize({ date: new Date(NaN), dates: [new Date(NaN)] }), { dates: [null] });
  });
});

describe("hasUnknown", () => {
  it("is Pulumi's own text", () => {
    const pulumi = createRequire(__filename)("@pulumi/pulumi/runtime/rpc") as { unknownValue: string };
    assert.equal(UNKNOWN, pulumi.unknownValue);
  });

  it("finds it at any depth, and nowhere else", () => {
    for (const value of [UNKNOWN, [UNKNOWN], { a: { b: [1, { c: UNKNOWN }] } }]) assert.ok(hasUnknown(value));
    for (const value of [undefined, null, "", 0, [], {}, `about ${UNKNOWN}`, { [UNKNOWN]: 1 }])
      assert.ok(!hasUnknown(value));
  });
});
