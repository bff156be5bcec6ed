import assert from "node:assert/strict";
import fc from "fast-check";
import { parsePermission, permissionText } from "../../../../sdk/databricks/dataProduct/permissions.js";

const PRODUCT = {
  name: "customer-360",
  tables: ["main.customer_360.customers", "main.archive.Customers", "main.customer_360.customer_metrics"],
  schemas: ["main.customer_360"],
};

const read = (text: string): string => {
  const parsed = parsePermission(text, PRODUCT);
  return "reason" in parsed ? parsed.reason : permissionText(parsed);
};

describe("permissions of a request", () => {
  it("are read in words and exactly, whatever the case", () => {
    const metrics = "SELECT on table main.customer_360.customer_metrics";
    for (const text of [
      "SELECT on customer_metrics table",
      "select on the customer_metrics TABLE",
      "SELECT on table customer_metrics",
      "SELECT on customer_metrics",
      "SELECT ON main.customer_360.Customer_Metrics",
      metrics,
      "  SELECT   on   customer_metrics view ",
    ]) {
      assert.equal(read(text), metrics);
    }
    assert.equal(read("use schema on customer_360 schema"), "USE_SCHEMA on schema main.customer_360");
    assert.equal(read("SELECT on main.customer_360.orders"), "SELECT on table main.customer_360.orders");
  });

  it("that are none, unknown or of two minds say what to write", () => {
    assert.equal(read("SELECT customers"), '"SELECT customers" is no permission: write SELECT on customers table');
    assert.match(
      read("SELECT on customers table"),
      /can be table main.customer_360.customers and table main.archive.Customers: write the full name/,
    );
    assert.match(read("SELEC on customer_metrics table"), /there is no privilege "SELEC"; is SELECT meant/);
    assert.match(read("CREATE TABLE on customer_metrics table"), /CREATE_TABLE cannot be given on a table/);
    assert.match(
      read("SELECT on other.customer_360.orders"),
      /there is no table or schema "other.customer_360.orders" in customer-360/,
    );
    assert.match(read("READ VOLUME on raw volume"), /a volume is no part of a data product/);
    assert.match(read("SELECT on main.customer_360.`customers`"), /quotation marks/);
  });

  it("read as what they are written as, and never throw", () => {
    const words = fc.constantFrom(
      "SELECT",
      "MODIFY",
      "on",
      "table",
      "schema",
      "customers",
      "main.archive.Customers",
      "the",
      "customer_360",
      "`",
      ".",
      " ",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(words, { maxLength: 8 }).map((each) => each.join(" ")),
        ),
        (text) => {
          const parsed = parsePermission(text, PRODUCT);
          if ("reason" in parsed) return assert.ok(parsed.reason.length > 0);
          assert.deepEqual(parsePermission(permissionText(parsed), PRODUCT), parsed);
        },
      ),
    );
  });
});
