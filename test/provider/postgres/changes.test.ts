import assert from "node:assert/strict";
import fc from "fast-check";
import { copyCatalog } from "../../../provider/postgres/catalog.js";
import { applyAll, applyTo, type Change } from "../../../provider/postgres/changes.js";
import { modelWith, plainRole } from "./models.js";

const NAMES = ["a", "b", "c", "d", "e"];
const name = fc.constantFrom(...NAMES);

/** Mostly drops, so that several come in a row; what a server would refuse comes too, and does nothing then. */
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 3, arbitrary: name.map((each): Change => ({ kind: "dropRole", names: [each] })) },
  { weight: 1, arbitrary: name.map((each): Change => ({ kind: "createRole", name: each, attributes: {} })) },
  {
    weight: 1,
    arbitrary: fc
      .record({ group: name, members: fc.uniqueArray(name, { minLength: 1 }) })
      .map((some): Change => ({ kind: "grantMembership", ...some })),
  },
);

const memberships = fc.array(fc.tuple(name, name), { maxLength: 12 });

describe("changes that are applied together", () => {
  it("make of a catalog what they make one by one", () => {
    fc.assert(
      fc.property(memberships, fc.array(change, { maxLength: 10 }), (members, changes) => {
        const together = modelWith(...NAMES.map((each) => plainRole(each)));
        for (const [group, member] of members) {
          applyTo(together, { kind: "grantMembership", group, members: [member] });
        }
        const apart = copyCatalog(together);
        applyAll(together, changes);
        for (const each of changes) applyTo(apart, each);
        assert.deepEqual(together, apart);
      }),
      { numRuns: 500 },
    );
  });

  it("leave nobody in a group who is dropped, however many go", () => {
    const everybody = Array.from({ length: 200 }, (_, index) => `user_${String(index)}`);
    const catalog = modelWith(...["few", "many", ...everybody].map((each) => plainRole(each)));
    applyTo(catalog, { kind: "grantMembership", group: "many", members: everybody });
    applyTo(catalog, { kind: "grantMembership", group: "few", members: everybody.slice(0, 2) });
    const leaving = everybody.slice(1, 100);
    applyAll(
      catalog,
      leaving.map((each) => ({ kind: "dropRole", names: [each] })),
    );
    assert.deepEqual([...(catalog.members.get("few")?.keys() ?? [])], ["user_0"]);
    assert.deepEqual([...(catalog.members.get("many")?.keys() ?? [])], ["user_0", ...everybody.slice(100)]);
  });
});
