import assert from "node:assert/strict";
import { problemLines } from "../../../../sdk/core/place.js";
import { grantsOf } from "../../../../sdk/databricks/dataProduct/grants.js";
import { FORM, Folder, PRODUCT, trusting } from "./folder.js";

describe("the requests of a data product", () => {
  let folder: Folder;
  beforeEach(() => {
    folder = new Folder();
  });
  afterEach(() => {
    folder.remove();
  });

  const problems = (now = "2027-02-01"): string[] => problemLines(folder.evaluate(now).problems);
  const status = (now = "2027-02-01"): string[] => folder.evaluate(now).consumers.map((each) => each.status);

  it("are granted as the document's form asks, from the last approval on", () => {
    const { consumers, problems: none } = folder.request("john").evaluate("2027-02-01");
    assert.deepEqual(none, []);
    assert.equal(consumers[0]?.status, "active");
    assert.equal(
      consumers[0].reason,
      "approved by jane.manager@company.com and dana.owner@company.com until 2028-01-10: the request is for 365 days from 2027-01-10",
    );
    assert.deepEqual(grantsOf(consumers), [
      {
        principal: "john.doe@company.com",
        privilege: "SELECT",
        securable: "table main.customer_360.customers",
        until: "2028-01-10T00:00:00Z",
      },
      {
        principal: "john.doe@company.com",
        privilege: "SELECT",
        securable: "table main.customer_360.customer_metrics",
        until: "2028-01-10T00:00:00Z",
      },
    ]);
  });

  it("expire, and say so before", () => {
    folder.request("john");
    assert.deepEqual(status("2027-12-11T00:00:00Z"), ["expiring"]);
    assert.deepEqual(problemLines(folder.evaluate("2027-12-11T00:00:00Z").notices), [
      "requests/john.yaml:3:1: john.doe@company.com loses access on 2028-01-10, in 30 days (the request is for 365 days from 2027-01-10): ask again with renews: john where it is still needed",
    ]);
    assert.deepEqual(status("2028-01-09T23:59:59Z"), ["expiring"]);
    assert.deepEqual(status("2028-01-10T00:00:00Z"), ["expired"]);
    assert.match(
      problemLines(folder.evaluate("2028-01-10").notices)[0] ?? "",
      /^requests\/john.yaml:3:1: the access of john/,
    );
  });

  it("wait while an approval is missing", () => {
    folder.request("john", FORM.replace("  data_owner: data-team@company.com\n", ""));
    const { consumers, problems: none } = folder.evaluate("2027-02-01");
    assert.deepEqual(
      [none, consumers[0]?.status, consumers[0]?.reason],
      [[], "pending", "waits for the approval of the data owner"],
    );
    assert.deepEqual(grantsOf(consumers), []);
  });

  it("are refused for an unknown table and for more than the product gives, each at its line", () => {
    folder.request(
      "john",
      FORM.replace("on customer_metrics", "on custmers").replace("SELECT on customers", "MODIFY on customers"),
    );
    assert.deepEqual(problems(), [
      "requests/john.yaml:15:7: MODIFY on table main.customer_360.customers is more than customer-360 gives, which is SELECT: ask for less, or have product.yaml changed",
      'requests/john.yaml:16:7: "SELECT on custmers table": there is no table "custmers" in customer-360: it has main.customer_360.customers, main.customer_360.customer_metrics',
    ]);
  });

  it("are refused in the folder of another product", () => {
    folder.request("john", FORM.replace("product_name: customer-360", "product_name: sales"));
    assert.deepEqual(problems(), [
      "requests/john.yaml:2:1: asks for sales, and this is the folder of customer-360: move the file to that product's",
    ]);
  });

  it("are refused where two ask for the same access", () => {
    folder.request("john").request("john-again");
    assert.deepEqual(problems(), [
      "requests/john-again.yaml:3:1: john.doe@company.com asks for SELECT on table main.customer_360.customers in requests/john.yaml:3:1 already: keep one of them, or write renews: john where this one prolongs it",
    ]);
    folder.request("john-again", `renews: john\n${FORM}`);
    assert.deepEqual(problems(), []);
    assert.equal(folder.evaluate("2027-02-01").consumers[0]?.renewedBy, "john-again");
  });

  it("are refused where somebody approves their own, or one person is both", () => {
    folder.request("john", FORM.replace("john.doe@company.com", "jane.manager@company.com"));
    assert.deepEqual(problems(), [
      "requests/john.yaml:21:3: jane.manager@company.com approves their own request, which nobody may: somebody else has to (jane.manager@company.com)",
    ]);
    folder.write("product.yaml", PRODUCT.replace("managers: [", "managers: [dana.owner@company.com, "));
    folder.request("john", FORM.replace("manager: jane.manager", "manager: dana.owner"));
    assert.deepEqual(problems(), [
      "requests/john.yaml:22:3: dana.owner@company.com approved as manager and as data owner: these have to be two people",
    ]);
  });

  it("are refused where an approval is proved less well than the policy wants", () => {
    folder.write("product.yaml", `${PRODUCT}policy: { evidence: signed_commit }\n`).request("john");
    assert.deepEqual(
      problemLines(folder.evaluate("2027-02-01", trusting("commit")).problems)[0],
      "requests/john.yaml:21:3: the approval of jane.manager@company.com as manager is proved by a commit alone (commit 0123456789ab), and it is not signed. customer-360 wants a signed commit: the approver has to write this line in a commit that they sign themselves",
    );
  });
});
