import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeNames } from "../../../provider/core/lines.js";
import { contradictoryGrants, type GrantList } from "../../../provider/postgres/contradictoryGrants.js";

type Target = Partial<GrantList["target"]>;

function list(target: Target, grantees = ["ana"], database = "app"): GrantList {
  const whole = { on: "table", schema: "sales", privileges: ["SELECT"], ...target };
  return { database, future: false, target: whole, text: encodeNames(grantees) };
}

const exact = true;

describe("contradictoryGrants", () => {
  for (const [what, one, other] of [
    ["an exact list and one that gives more", { exact }, { privileges: ["INSERT"] }],
    ["two exact lists", { exact, objects: ["a", "b"] }, { exact, objects: ["b"], privileges: ["SELECT", "INSERT"] }],
    ["an exact list of some objects, and one of all", { exact, objects: ["a"] }, { privileges: ["INSERT"] }],
    ["an exact list without the grant option, and one with it", { exact }, { grantOption: true }],
    ["a list with the grant option, and one without", { grantOption: true, privileges: ["ALL"] }, {}],
    ["lists of the same column", { exact, columns: ["x"] }, { columns: ["x", "y"], privileges: ["UPDATE"] }],
  ] as const) {
    it(`refuses ${what}`, () => {
      const [refused, ...more] = contradictoryGrants([list(one), list(other)]);
      assert.deepEqual(more, []);
      assert.match(
        refused ?? "",
        /^"ana": two lists about the same tables in schema "sales" of database "app" would undo/,
      );
    });
  }

  for (const [what, one, other] of [
    ["lists that add up", list({}), list({ privileges: ["INSERT"] })],
    [
      "an exact list that has all that another gives",
      list({ exact, privileges: ["ALL"] }),
      list({ privileges: ["INSERT"] }),
    ],
    ["other objects", list({ exact, objects: ["a"] }), list({ objects: ["b"], privileges: ["INSERT"] })],
    ["other columns", list({ exact, columns: ["x"] }), list({ columns: ["y"], privileges: ["UPDATE"] })],
    ["a table and its columns", list({ exact }), list({ columns: ["y"], privileges: ["UPDATE"] })],
    ["another schema", list({ exact }), list({ schema: "other", privileges: ["INSERT"] })],
    ["another kind", list({ exact }), list({ on: "sequence", privileges: ["USAGE"] })],
    ["another database", list({ exact }), list({ privileges: ["INSERT"] }, ["ana"], "other")],
    ["another owner", list({ exact, owner: "a" }), list({ exact, owner: "b", privileges: ["INSERT"] })],
    ["nobody in both", list({ exact }), list({ privileges: ["INSERT"] }, ["rui"])],
    ["the grant option for another privilege", list({ privileges: ["INSERT"], grantOption: true }), list({})],
  ] as const) {
    it(`takes ${what}`, () => {
      assert.deepEqual(contradictoryGrants([one, other]), []);
    });
  }

  it("names who is meant, and what the two lists say", () => {
    const [reason] = contradictoryGrants([
      list({ exact }, ["ana", "mei", "rui", "zoe"]),
      list({ privileges: ["INSERT"], grantOption: true }, ["ana", "mei", "rui", "zoe", "other"]),
    ]);
    assert.match(reason ?? "", /^"ana", "mei", "rui" and 1 more: .*, \(SELECT, exact\) and \(INSERT, grant option\);/);
  });

  it("finds the same whichever list comes first", () => {
    const target = fc.record({
      privileges: fc.subarray(["SELECT", "INSERT", "ALL"], { minLength: 1 }),
      objects: fc.constantFrom(undefined, ["a"], ["b"], ["a", "b"]),
      grantOption: fc.boolean(),
      exact: fc.boolean(),
    });
    fc.assert(
      fc.property(target, target, (one, other) => {
        const found = [
          [list(one), list(other)],
          [list(other), list(one)],
        ].map((lists) => contradictoryGrants(lists).length);
        assert.equal(found[0], found[1]);
      }),
    );
  });
});
