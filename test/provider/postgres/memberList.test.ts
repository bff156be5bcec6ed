import assert from "node:assert/strict";
import fc from "fast-check";
import type { Catalog, Membership } from "../../../provider/postgres/catalog.js";
import { observedList, observedMembers, type MemberList } from "../../../provider/postgres/memberList.js";
import { encodeMembers, type Member } from "../../../provider/postgres/members.js";
import { modelWith, plainRole } from "./models.js";

const NAMES = ["ana", "op", "rui", "zoe"];
const PLAIN: Membership = { grantor: "op", admin: false, inherit: true, set: true };

function serverWith(rows: Readonly<Record<string, readonly Membership[]>>): Catalog {
  const catalog = modelWith(...["analysts", ...NAMES].map((name) => plainRole(name)));
  catalog.members.set("analysts", new Map(Object.entries(rows)));
  return catalog;
}

// Most often as usual, so that lists that are as declared come up.
const row = fc.oneof(
  { weight: 4, arbitrary: fc.constant(PLAIN) },
  {
    weight: 1,
    arbitrary: fc.record({ grantor: fc.constant("op"), admin: fc.boolean(), inherit: fc.boolean(), set: fc.boolean() }),
  },
);
const rows = fc.dictionary(fc.constantFrom(...NAMES), fc.array(row, { minLength: 1, maxLength: 2 }));
const options = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.constantFrom({ admin: true }, { inherit: false }, { set: false }, { until: "2030-01-01T00:00:00Z" }),
  },
);
const declared = fc.dictionary(fc.constantFrom(...NAMES), options).map((of): Member[] =>
  Object.entries(of)
    .map(([name, said]) => ({ name, ...said }))
    .sort((a, b) => (a.name < b.name ? -1 : 1)),
);

describe("observedList", () => {
  it("is what writing every member down would give, also where the text that was declared is taken as it is", () => {
    let taken = 0;
    fc.assert(
      fc.property(rows, declared, fc.boolean(), fc.boolean(), (live, members, incomplete, ignoresZoe) => {
        const kept = members.filter(({ name }) => !ignoresZoe || name !== "zoe");
        const list: MemberList = {
          group: "analysts",
          declared: kept,
          ignored: (name) => ignoresZoe && name === "zoe",
          ...(incomplete ? { incomplete } : {}),
        };
        const catalog = serverWith(live);
        const written = encodeMembers(observedMembers(catalog, list));
        if (written === encodeMembers(kept) && kept.length > 0) taken += 1;
        assert.equal(observedList(catalog, list, encodeMembers(kept)), written);
      }),
      { numRuns: 3000 },
    );
    assert.ok(taken > 30, "hardly any list was as declared");
  });

  it("is empty for a group that is not there", () => {
    const list: MemberList = { group: "nobody", declared: [{ name: "ana" }], ignored: () => false };
    assert.equal(observedList(serverWith({}), list, "ana\n"), "");
  });
});
