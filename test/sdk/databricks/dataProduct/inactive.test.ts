import assert from "node:assert/strict";
import type { InactiveConsumer } from "../../../../provider/databricks/ledger/reviewNotices.js";
import { reviewText, type ToReview } from "../../../../sdk/databricks/dataProduct/accessReview.js";
import { inactiveConsumers } from "../../../../sdk/databricks/dataProduct/inactive.js";
import { readProduct } from "../../../../sdk/databricks/dataProduct/readProduct.js";
import { Folder, FORM, PRODUCT } from "./folder.js";

const JANE = "jane.manager@company.com";
const FILE = "reviews/2027-Q2/jane.manager@company.com.yaml";
const JOHN: ToReview = {
  consumer: "john.doe@company.com",
  request: "john",
  permissions: [],
  last_access: "2027-01-12",
  activity: "inactive",
};
const ASKED: InactiveConsumer = {
  review: "2027-Q2",
  due: "2027-05-01",
  consumer: "john.doe@company.com",
  requests: ["john"],
  lastAccess: "2027-01-12",
  reviewers: [{ reviewer: JANE, file: FILE }],
  unanswered: "list",
  to: [JANE, "john.doe@company.com"],
};

describe("the inactive consumers of a data product's reviews", () => {
  let folder: Folder;
  beforeEach(() => {
    folder = new Folder().request("john");
  });
  afterEach(() => {
    folder.remove();
  });

  function review(shown: readonly ToReview[], reviewer = JANE, name = "2027-Q2", edit = (text: string) => text): void {
    const head = { product_name: "customer-360", review: name, reviewer, due: "2027-05-01" };
    folder.write(`reviews/${name}/${reviewer}.yaml`, edit(reviewText(head, shown)));
  }

  function read(now = "2027-04-15T00:00:00Z"): { inactive: readonly InactiveConsumer[]; problems: string[] } {
    const found = readProduct(folder.path);
    assert.ok("product" in found);
    const { inactive, problems } = inactiveConsumers(found, folder.evaluate(now).consumers, new Date(now));
    return { inactive, problems: problems.map(({ message }) => message) };
  }

  it("are those of the reviewers' files, with who decides and where, and who is told", () => {
    review([JOHN]);
    assert.deepEqual(read(), { inactive: [ASKED], problems: [] });
  });

  it("are none where there is no review", () => {
    assert.deepEqual(read(), { inactive: [], problems: [] });
  });

  for (const activity of ["active", "new", "unknown"]) {
    it(`are not those whose use is ${activity}`, () => {
      review([{ ...JOHN, activity }]);
      assert.deepEqual(read().inactive, []);
    });
  }

  for (const decision of ["keep", "revoke", "reduce"]) {
    it(`are not those about whom somebody has decided: ${decision}`, () => {
      review([JOHN], JANE, "2027-Q2", (text) =>
        text
          .replace(/ decision:$/m, ` decision: ${decision}\n    take: [SELECT on customers table]`)
          .replace(/ reason:$/m, " reason: Has left"),
      );
      assert.deepEqual(read(), { inactive: [], problems: [] });
    });
  }

  it("are not those whose access ended meanwhile, or was taken back", () => {
    review([JOHN]);
    folder.request(
      "john",
      `${FORM}\nrevocation:\n  reason: Has left\n  revoked_by: ${JANE}\n  revoked_on: 2027-04-10\n`,
    );
    assert.deepEqual(read("2027-04-09T00:00:00Z").inactive, [ASKED]);
    assert.deepEqual(read("2027-04-10T00:00:00Z").inactive, []);
  });

  it("are not those whose request is another one's by now", () => {
    review([
      { ...JOHN, consumer: "ana@company.com" },
      { ...JOHN, request: "gone" },
    ]);
    assert.deepEqual(read().inactive, []);
  });

  it("are asked about until the day of the review, and not after it", () => {
    review([JOHN]);
    assert.equal(read("2027-04-30T23:59:59Z").inactive.length, 1);
    assert.equal(read("2027-05-01T00:00:00Z").inactive.length, 0);
  });

  it("are one for each review, whoever reviews their requests, and are told what becomes of silence", () => {
    folder.write("product.yaml", `${PRODUCT}policy: { unanswered_review: revoke }\n`);
    const other = FORM.replace("    - SELECT on customers table\n", "");
    folder.request("john", FORM.replace("    - SELECT on customer_metrics table\n", "")).request("more", other);
    review([JOHN]);
    review([{ ...JOHN, request: "more", last_access: "unknown" }], "dana.owner@company.com");
    review([JOHN], JANE, "special");
    const { inactive, problems } = read();
    assert.deepEqual(problems, []);
    assert.deepEqual(
      inactive.map(({ review: name, requests, lastAccess, unanswered, to }) => [
        name,
        requests,
        lastAccess,
        unanswered,
        to,
      ]),
      [
        ["2027-Q2", ["more", "john"], "2027-01-12", "revoke", ["dana.owner@company.com", "john.doe@company.com", JANE]],
        ["special", ["john"], "2027-01-12", "revoke", [JANE, "john.doe@company.com"]],
      ],
    );
  });

  it("are asked through whoever answers for them where they are no people", () => {
    const id = "6a8a7a52-5d2f-4b0e-8c3a-111111111111";
    folder.request("john", FORM.replace("  email:", `  service_principal: ${id}\n  email:`));
    review([{ ...JOHN, consumer: id }]);
    assert.deepEqual(read().inactive[0]?.to, [JANE, "john.doe@company.com"]);
  });

  it("of files that can be read are asked about, and the others named; exported reviews are none of them", () => {
    review([JOHN]);
    folder.write("reviews/2027-Q2/broken.yaml", "product_name: customer-360\n").write("reviews/export.json", "{}");
    const { inactive, problems } = read();
    assert.deepEqual(inactive, [ASKED]);
    assert.match(problems.join("\n"), /is missing: which review/);
  });
});
