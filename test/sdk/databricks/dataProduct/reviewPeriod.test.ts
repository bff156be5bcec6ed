import assert from "node:assert/strict";
import type { ReviewDue } from "../../../../provider/databricks/ledger/reviewNotices.js";
import { readProduct } from "../../../../sdk/databricks/dataProduct/readProduct.js";
import { reviewDue, reviewOf } from "../../../../sdk/databricks/dataProduct/reviewPeriod.js";
import { APPROVED, Folder, PRODUCT } from "./folder.js";

describe("the reviews of a data product", () => {
  for (const [every, day, name] of [
    ["month", "2027-01-01T00:00:00Z", "2027-01"],
    ["month", "2027-12-31T23:59:59.999Z", "2027-12"],
    ["quarter", "2027-03-31T23:59:59.999Z", "2027-Q1"],
    ["quarter", "2027-04-01T00:00:00Z", "2027-Q2"],
    ["quarter", "2027-12-31T00:00:00Z", "2027-Q4"],
    ["half_year", "2027-06-30T23:59:59.999Z", "2027-H1"],
    ["half_year", "2027-07-01T00:00:00Z", "2027-H2"],
    ["year", "2027-12-31T23:59:59.999Z", "2027"],
  ] as const) {
    it(`of each ${every.replace("_", " ")}: ${day} is in ${name}`, () => {
      assert.equal(reviewOf(every, new Date(day)), name);
    });
  }

  describe("are due", () => {
    let folder: Folder;
    beforeEach(() => {
      folder = new Folder(`${PRODUCT}policy: { review_every: quarter }\n`).request("john");
    });
    afterEach(() => {
      folder.remove();
    });

    function dueOn(now: string): ReviewDue | undefined {
      const read = readProduct(folder.path);
      assert.ok("product" in read);
      return reviewDue(read.product, folder.evaluate(now).consumers, new Date(now));
    }

    it("not in the period in which the first access was given", () => {
      assert.ok(APPROVED.startsWith("2027-01"));
      assert.equal(dueOn("2027-03-31T23:59:59Z"), undefined);
    });

    it("from the first moment of the next one, for thirty days, and the data's owner is told", () => {
      const due = { review: "2027-Q2", due: "2027-05-01", to: ["data-team@company.com"] };
      assert.deepEqual(dueOn("2027-04-01T00:00:00Z"), due);
      assert.deepEqual(dueOn("2027-06-30T00:00:00Z"), due, "the same all through it");
    });

    it("only while somebody has access", () => {
      assert.equal(dueOn("2028-04-01T00:00:00Z"), undefined, "it has ended");
    });
  });
});
