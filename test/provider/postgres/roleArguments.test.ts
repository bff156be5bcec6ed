import assert from "node:assert/strict";
import { blankCatalog } from "../../../provider/postgres/catalog.js";
import { applyTo } from "../../../provider/postgres/changes.js";
import { findLoop } from "../../../provider/postgres/memberships.js";
import { refusedName } from "../../../provider/postgres/names.js";
import { validUntil } from "../../../provider/postgres/roleArguments.js";

describe("arguments of roles", () => {
  for (const day of ["2027-06-31", "2027-02-29", "2027-02-30T10:00:00Z", "2027-13-01", "soon"]) {
    it(`refuse the end ${day}, which would last longer than it says or is no day`, () => {
      assert.equal(validUntil().safeParse(day).success, false);
    });
  }

  it("take the last day of February in a leap year, and write ends in UTC", () => {
    assert.equal(validUntil().parse("2028-02-29"), "2028-02-29T00:00:00Z");
    assert.equal(validUntil().parse("2027-01-31T18:00:00+02:00"), "2027-01-31T16:00:00Z");
    assert.equal(validUntil().parse("infinity"), undefined);
  });

  it("count a name's length in bytes", () => {
    assert.equal(refusedName("é".repeat(31)), undefined);
    assert.match(refusedName("é".repeat(32)) ?? "", /64 bytes long.*63/);
  });

  it("find a circle through a group that was granted in between", () => {
    const catalog = blankCatalog();
    for (const name of ["a", "b", "c"]) applyTo(catalog, { kind: "createRole", name, attributes: {} });
    applyTo(catalog, { kind: "grantMembership", group: "a", members: ["b"] });
    applyTo(catalog, { kind: "grantMembership", group: "b", members: ["c"] });
    const membersOf = (group: string): Iterable<string> => catalog.members.get(group)?.keys() ?? [];
    assert.deepEqual(findLoop("c", "a", membersOf), ["c", "b", "a"]);
    assert.equal(findLoop("a", "c", membersOf), undefined);
  });
});
