import assert from "node:assert/strict";
import fc from "fast-check";
import { areUsualNames, refusedExistingName, refusedName, refusedRoleName } from "../../../provider/postgres/names.js";
import { awkwardText } from "../core/texts.js";

/** Names that servers take, those that they refuse, and those in between. */
const name = fc.oneof(
  fc.constantFrom("ana", "ana.b@c-d", "publican", "nonesuch", "page", "", "public", "none", "pg_monitor", "pg_", "ção"),
  fc.integer({ min: 60, max: 70 }).map((length) => "a".repeat(length)),
  awkwardText().map((text) => text.replaceAll("\n", "")),
);

function linesOf(names: readonly string[]): string {
  return [...new Set(names)]
    .sort()
    .map((each) => `${each}\n`)
    .join("");
}

describe("names of a list", () => {
  it("are usual only where no check of a single one refuses any of them", () => {
    fc.assert(
      fc.property(fc.array(name), (names) => {
        if (!areUsualNames(linesOf(names))) return;
        for (const each of names) {
          for (const refused of [refusedName, refusedRoleName, refusedExistingName])
            assert.equal(refused(each), undefined);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("are usual where they are like those that people give", () => {
    const names = ["ana", "ana.b@example.org", "publican", "svc-1", "x".repeat(63)];
    assert.equal(areUsualNames(linesOf(names)), true);
  });

  it("are not looked through where there is more than names in the list, or it is not canonical", () => {
    for (const lines of ["", 'ana\t{"admin":true}\n', '"ana"\n', "rui\nana\n", "ana"])
      assert.equal(areUsualNames(lines), false);
  });
});
