import assert from "node:assert/strict";
import { ORDERS, access, grant, grants, scene, type DatabricksStack } from "./scene.js";
import { previewAfterRuns, refusal } from "../contradictions.js";
import type { Declared } from "../stack.js";

/*
 * Two resources of one program that would undo each other's work in every run. What is refused is held against what
 * happens where it is not: the runs of these tests have no mark of the program's run, and so nothing is refused in them.
 */

type Case = readonly [what: string, one: Declared, other: Declared];

const ANA = "ana@example.com";
const ITEMS = "table main.sales.items";

const UNDOING: readonly Case[] = [
  ["a list without somebody, and a grant", grants({ SELECT: ["rui@example.com"] }), grant(ANA, ["SELECT"])],
  ["a list that says less, and a grant", grants({ SELECT: [ANA] }), grant(ANA, ["MODIFY"])],
  ["a list of some privileges, and all of them", grants({ SELECT: [ANA] }), grant(ANA, ["ALL PRIVILEGES"])],
  ["a list in an Access, and a grant", access({ grants: { [ORDERS]: {} } }), grant(ANA, ["SELECT"])],
  ["a list, and what an Access adds", grants({}), access({ additional: { [ORDERS]: { SELECT: [ANA] } } })],
];

const STANDING: readonly Case[] = [
  ["a list, and a grant that is on it", grants({ SELECT: [ANA] }), grant("ANA@example.com", ["SELECT"])],
  ["all privileges, and one of them", grants({ ALL_PRIVILEGES: [ANA] }), grant(ANA, ["SELECT"])],
  ["a list that ignores somebody", grants({}, { ignore: ["ana@*"] }), grant(ANA, ["SELECT"])],
  ["a list of something else", grants({}), grant(ANA, ["SELECT"], { securable: ITEMS })],
  ["a grant that is over", grants({}), grant(ANA, ["SELECT"], { until: "2026-01-01" })],
  ["two grants", grant(ANA, ["SELECT"]), grant(ANA, ["MODIFY"])],
  [
    "a grant beside what an Access adds",
    access({ additional: { [ORDERS]: { SELECT: [ANA] } } }),
    grant(ANA, ["MODIFY"]),
  ],
  ["the account that runs this", grants({}), grant("runner@example.com", ["SELECT"])],
  ["MANAGE of a group that the account is in", grants({ SELECT: ["admins"] }), grant("admins", ["MANAGE"])],
];

/** Whether a run still has something to do after others that each had their way. */
async function isRestless(stack: DatabricksStack, one: Declared, other: Declared): Promise<boolean> {
  const { plans } = await previewAfterRuns(stack, one, other);
  return Object.keys(plans).length > 0;
}

describe("two resources of a program for Unity Catalog", () => {
  for (const [what, one, other] of UNDOING) {
    it(`are refused in either order where they would undo each other: ${what}`, () =>
      scene(async ({ stack }) => {
        for (const [first, second] of [
          [one, other],
          [other, one],
        ] as const) {
          assert.match(
            await refusal(stack, first, second),
            new RegExp(
              ` for "ana@example\\.com" is declared otherwise by the databricks\\.${first.type} .*each would undo`,
            ),
          );
        }
        assert.equal(await isRestless(stack, one, other), true);
      }));
  }

  for (const [what, one, other] of STANDING) {
    it(`stand side by side: ${what}`, () =>
      scene(
        async ({ stack, metastore }) => {
          metastore.addGroup("admins", ["runner@example.com"]);
          for (const table of [ORDERS, ITEMS]) metastore.grant(table, "admins", "MANAGE");
          assert.deepEqual([await refusal(stack, one, other), await refusal(stack, other, one)], ["", ""]);
          assert.equal(await isRestless(stack, one, other), false);
        },
        { caller: "runner@example.com" },
      ));
  }

  it("say who and what is meant, and what to do", () =>
    scene(async ({ stack }) => {
      assert.equal(
        await refusal(stack, grants({ SELECT: [ANA] }), grant(ANA, ["SELECT", "MODIFY"])),
        `MODIFY on ${ORDERS} for "${ANA}" is declared otherwise by the databricks.Grants "${ORDERS}" (not on the whole ` +
          "list there, given here), and each would undo the other's work in every run. Put it on the list that says " +
          "who has anything there, or the principal among those that this list ignores",
      );
    }));
});
