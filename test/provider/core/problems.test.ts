import assert from "node:assert/strict";
import * as z from "zod";
import { inWords, problemsIn } from "../../../provider/core/problems.js";

describe("what a schema says of a mistake", () => {
  const schema = z.strictObject({
    name: z.string(),
    count: z.number().optional(),
    whole: z.int().optional(),
    isOn: z.boolean().optional(),
    onRemove: z.enum(["disable", "drop", "keep"]).optional(),
    kind: z.literal("table").optional(),
    members: z.array(z.string().min(1)).min(1).optional(),
    settings: z.record(z.string(), z.string()).optional(),
    own: z.string("has words of its own").optional(),
  });
  const said = (given: object): string[] =>
    problemsIn(schema.safeParse({ name: "a", ...given }, { error: inWords({ what: "a thing" }) }).error);

  for (const [given, message] of [
    [{ name: undefined }, "name: is required"],
    [{ name: 1 }, "name: must be text"],
    [{ name: null }, "name: must be text"],
    [{ count: "1" }, "count: must be a number"],
    [{ whole: 1.5 }, "whole: must be a whole number"],
    [{ isOn: "yes" }, "isOn: must be true or false"],
    [{ onRemove: "Drop" }, "onRemove: must be disable, drop or keep"],
    [{ kind: "view" }, "kind: must be table"],
    [{ members: "ana" }, "members: must be a list"],
    [{ members: [] }, "members: must not be empty"],
    [{ members: [""] }, "members: 0: must not be empty"],
    [{ settings: [] }, "settings: must be an object with keys"],
    [{ own: 1 }, "own: has words of its own"],
    [
      { nmae: "b" },
      '"nmae" is not known in a thing: did you mean name? it can have name, count, whole, isOn, onRemove, kind, members, settings, own',
    ],
  ] as const) {
    it(`is, of ${JSON.stringify(given)}: ${message.slice(0, 60)}`, () => {
      assert.deepEqual(said(given), [message]);
    });
  }

  it("holds no value, which may be secret", () => {
    assert.doesNotMatch(said({ onRemove: "hunter2", count: "hunter2", members: "hunter2" }).join(), /hunter2/);
  });
});
