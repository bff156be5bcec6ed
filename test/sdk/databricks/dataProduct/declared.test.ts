import assert from "node:assert/strict";
import { declaredAccess } from "../../../../sdk/databricks/dataProduct/declared.js";
import { grantsOf } from "../../../../sdk/databricks/dataProduct/grants.js";
import { FORM, Folder, PRODUCT } from "./folder.js";

const until = "2028-01-10T00:00:00Z";
const john = "john.doe@company.com";

describe("what a data product gives", () => {
  it("is all of its tables, with nobody where nobody asks, and what one needs to get to them until the last end", () => {
    const grants = [
      { principal: john, privilege: "SELECT", securable: "table main.sales.orders", until: "2027-03-01T00:00:00Z" },
      { principal: "John.Doe@company.com", privilege: "SELECT", securable: "table main.Sales.items", until },
      { principal: "analysts", privilege: "SELECT", securable: "table main.sales.items", until: undefined },
    ];
    const tables = ["main.sales.orders", "main.sales.items", "main.sales.empty"];
    const consumers = [{ name: john, until }, { name: "analysts" }];
    assert.deepEqual(declaredAccess({ tables, schemas: [] }, grants), {
      grants: {
        "table main.sales.orders": { SELECT: [{ name: john, until: "2027-03-01T00:00:00Z" }] },
        "table main.sales.items": { SELECT: [{ name: "John.Doe@company.com", until }, { name: "analysts" }] },
        "table main.sales.empty": {},
      },
      additional: {
        "catalog main": { USE_CATALOG: consumers },
        "schema main.sales": { USE_SCHEMA: consumers },
      },
    });
  });

  it("of a whole schema is its list with USE SCHEMA in it; tables within are given besides what others give", () => {
    const folder = new Folder(PRODUCT.replace(/tables: .*/, "schemas: [main.customer_360]"));
    const form = FORM.replace("on customers table", "on customer_360 schema").replace(
      "on customer_metrics table",
      "on main.customer_360.metrics",
    );
    const { consumers, problems } = folder.request("john", form).evaluate("2027-02-01");
    folder.remove();
    assert.deepEqual(problems, []);
    const who = [{ name: john, until }];
    assert.deepEqual(declaredAccess({ tables: [], schemas: ["main.customer_360"] }, grantsOf(consumers)), {
      grants: { "schema main.customer_360": { SELECT: who, USE_SCHEMA: who } },
      additional: { "catalog main": { USE_CATALOG: who }, "table main.customer_360.metrics": { SELECT: who } },
    });
  });

  it("lasts to the end of the renewal", () => {
    const folder = new Folder();
    folder.request("john", FORM.replace("duration_days: 365", "duration_days: 30"));
    folder.request("john-again", `renews: john\n${FORM.replace("duration_days: 365", "duration_days: 60")}`);
    const { consumers, notices } = folder.evaluate("2027-02-01");
    folder.remove();
    assert.deepEqual(
      grantsOf(consumers).map((each) => each.until),
      ["2027-03-11T00:00:00Z", "2027-03-11T00:00:00Z"],
    );
    assert.deepEqual(notices, [], "what is renewed is not warned about");
  });
});
