import assert from "node:assert/strict";
import { problemLines } from "../../../../sdk/core/place.js";
import type { Consumer } from "../../../../sdk/databricks/dataProduct/consumer.js";
import { grantsOf } from "../../../../sdk/databricks/dataProduct/grants.js";
import { FORM, Folder, PRODUCT, trusting } from "./folder.js";

const AT = "requests/john.yaml";
const METRICS = "table main.customer_360.customer_metrics";

describe("the rules of a data product", () => {
  let folder: Folder;
  beforeEach(() => {
    folder = new Folder();
  });
  afterEach(() => {
    folder.remove();
  });

  const problems = (text: string, now = "2027-02-01"): string[] =>
    problemLines(folder.request("john", text).evaluate(now).problems);
  const consumer = (text: string, now = "2027-02-01"): Consumer => {
    const [first] = folder.request("john", text).evaluate(now).consumers;
    assert.ok(first);
    return first;
  };
  const product = (more: string): void => void folder.write("product.yaml", PRODUCT + more);

  describe("compliance", () => {
    it("wants each confirmation that the product requires, and the data's sensitivity acknowledged", () => {
      assert.deepEqual(
        problems(
          FORM.replace("training_completed: true", "training_completed: false")
            .replace("  nda_signed: true\n", "")
            .replace("acknowledged: true\n\napp", "acknowledged: false\n\napp"),
        ),
        [
          `${AT}:18:3: has to be true: the data of customer-360 is confidential`,
          `${AT}:24:1: the signed NDA is missing, and customer-360 requires it`,
          `${AT}:25:3: the training is missing, and customer-360 requires it`,
        ],
      );
      product("required_compliance: [policy_acknowledged]\n");
      assert.deepEqual(problems(FORM.replace("training_completed: true", "training_completed: false")), []);
    });

    it("refuses a training that had lapsed when it was approved, or that is to come, or has no day", () => {
      product("policy: { training_valid_days: 365 }\n");
      const trained = (day: string): string[] =>
        problems(FORM.replace("training_completed: true", `training_completed: ${day}`));
      assert.deepEqual(trained("2026-01-09"), [
        `${AT}:25:3: the training of 2026-01-09 counts for 365 days, which were over on 2027-01-09: it has lapsed and has to be done again`,
      ]);
      assert.deepEqual(trained("2027-03-01"), [
        `${AT}:25:3: the training is of 2027-03-01, which is to come: give the day on which it was done`,
      ]);
      assert.deepEqual(trained("true"), [`${AT}:25:3: has to be the day of the training, as it counts for 365 days`]);
    });

    it("ends access with the training, which is no mistake but an end", () => {
      product("policy: { training_valid_days: 365 }\n");
      const text = FORM.replace("training_completed: true", "training_completed: 2026-03-01");
      assert.deepEqual([consumer(text).status, consumer(text).expires], ["expiring", "2027-03-01T00:00:00Z"]);
      const lapsed = consumer(text, "2027-03-01");
      assert.deepEqual(
        [lapsed.status, lapsed.reason],
        ["expired", "ended on 2027-03-01: the training of 2026-03-01 counts for 365 days"],
      );
      assert.match(
        problemLines(folder.evaluate("2027-03-01").notices)[0] ?? "",
        /^requests\/john.yaml:3:1: the access of john.doe@company.com ended/,
      );
    });
  });

  describe("dates", () => {
    it("that are over end the access, whatever else is wrong with the request by then", () => {
      const text = FORM.replace("duration_days: 365", "expires: 2027-01-31").replace(
        "on customers table",
        "on gone table",
      );
      assert.deepEqual(
        [problems(text), consumer(text).status, consumer(text).reason],
        [[], "expired", "ended on 2027-01-31: the request says so"],
      );
    });

    it("that are to come are refused for what is done, and waited for where access begins", () => {
      assert.deepEqual(
        problems(
          FORM.replace(
            "manager: jane.manager@company.com",
            "manager: { by: jane.manager@company.com, on: 2027-03-01 }",
          ),
        ),
        [
          `${AT}:21:3: the approval of jane.manager@company.com as manager is of 2027-03-01, which is to come: nobody can have approved yet`,
        ],
      );
      assert.deepEqual(problems(`requested_date: 2027-03-01\n${FORM}`), [
        `${AT}:1:1: is 2027-03-01, which is to come: give the day on which it was asked for, or take it out`,
      ]);
      const later = consumer(FORM.replace("duration_days: 365", "duration_days: 30\n  starts: 2027-03-01"));
      assert.deepEqual(
        [later.status, later.reason, later.expires],
        ["pending", "begins on 2027-03-01: the first run from then on grants it", "2027-03-31T00:00:00Z"],
      );
      assert.deepEqual(grantsOf([later]), []);
    });

    it("of the file and of the evidence agree", () => {
      assert.deepEqual(
        problems(
          FORM.replace(
            "manager: jane.manager@company.com",
            "manager: { by: jane.manager@company.com, on: 2026-01-10 }",
          ),
        ),
        [
          `${AT}:21:3: the approval of jane.manager@company.com as manager is dated 2026-01-10, and commit 0123456789ab is of 2027-01-10: take out "on", or give the day on which it was approved`,
        ],
      );
    });

    it("last no longer than the product allows", () => {
      assert.deepEqual(problems(FORM.replace("365", "366")), [
        `${AT}:17:3: is 366 days, and customer-360 gives access for 365 at most; ask again before they are over`,
      ]);
      assert.deepEqual(problems(FORM.replace("duration_days: 365", "expires: 2028-01-11")), [
        `${AT}:17:3: is 366 days, and customer-360 gives access for 365 at most (2028-01-10); ask again before they are over`,
      ]);
      assert.deepEqual(problems(FORM.replace("duration_days: 365", "expires: 2028-01-10")), []);
    });
  });

  it("let approvers narrow what is asked for, and end it sooner", () => {
    const condition =
      "{ by: data-team@company.com, conditions: { permissions: [SELECT on customer_metrics table], duration_days: 30, note: No exports. } }";
    const narrowed = consumer(
      FORM.replace("data_owner: data-team@company.com", `data_owner: ${condition}`),
      "2027-01-15",
    );
    assert.deepEqual(narrowed.permissions, [{ privilege: "SELECT", securable: METRICS }]);
    assert.equal(narrowed.requested.length, 2);
    assert.deepEqual(
      [narrowed.status, narrowed.expires, narrowed.approvals[1]?.note],
      ["expiring", "2027-02-09T00:00:00Z", "No exports."],
    );
  });

  it("take back all, some, or all on a day to come, with who and why", () => {
    const revoked = consumer(
      `${FORM}revocation: { reason: Has left, revoked_by: Jane.Manager@company.com, revoked_on: 2027-01-20 }\n`,
    );
    assert.deepEqual(
      [revoked.status, revoked.reason],
      ["revoked", "taken back by jane.manager@company.com on 2027-01-20: Has left"],
    );
    assert.deepEqual(revoked.withdrawal, {
      reason: "Has left",
      by: "jane.manager@company.com",
      at: "2027-01-20T00:00:00Z",
      commit: undefined,
    });
    const some = consumer(`${FORM}revocation: { reason: Not used, permissions: [select on the Customers table] }\n`);
    assert.deepEqual([some.status, some.permissions], ["active", [{ privilege: "SELECT", securable: METRICS }]]);
    const later = consumer(`${FORM}revocation: { reason: Moves teams, revoked_on: 2027-02-20 }\n`);
    assert.deepEqual([later.status, later.expires], ["expiring", "2027-02-20T00:00:00Z"]);
    const rejected = consumer(
      `${FORM}rejection: { reason: Use the aggregates, rejected_by: dana.owner@company.com }\n`,
    );
    assert.deepEqual(
      [rejected.status, rejected.reason],
      ["rejected", "turned down by dana.owner@company.com: Use the aggregates"],
    );
    assert.deepEqual(problems(`${FORM}revocation: { revoked_by: jane.manager@company.com }\n`), [
      `${AT}:28:1: reason is missing: why the access is taken back`,
    ]);
  });

  it("know groups and service principals, whose requests nobody writes and approves", () => {
    const group = consumer(FORM.replace("  email:", "  group: marketing-analysts\n  email:"));
    assert.deepEqual(
      [group.consumerId, group.type, group.requester],
      ["marketing-analysts", "group", "john.doe@company.com"],
    );
    const app = FORM.replace("  email:", "  service_principal: 3f0c2b9a-6f0e-4b6e-9a51-0c2f4f1d7e11\n  email:");
    const filed = { by: "jane.manager@company.com", at: "2027-01-09T00:00:00Z", commit: "0" };
    const found = folder.request("john", app).evaluate("2027-02-01", { ...trusting(), filed: () => filed });
    assert.match(
      problemLines(found.problems)[0] ?? "",
      /john.yaml:22:3: jane.manager@company.com approves their own request/,
    );
  });

  it("name who may approve, by business unit too", () => {
    assert.deepEqual(problems(FORM.replace("data_owner: data-team", "data_owner: jane.manager")), [
      `${AT}:22:3: jane.manager@company.com may not approve as data owner of customer-360: these may: data-team@company.com`,
      `${AT}:22:3: jane.manager@company.com approved as manager and as data owner: these have to be two people`,
    ]);
    folder.write(
      "product.yaml",
      PRODUCT.replace("[jane.manager@company.com]", "[{ email: jane.manager@company.com, business_units: [Finance] }]"),
    );
    assert.deepEqual(problems(FORM), [
      `${AT}:21:3: jane.manager@company.com may not approve as manager of customer-360: nobody may, by its product.yaml`,
    ]);
  });

  it("hold renewals to the consumer, and to one line", () => {
    const renewal = (renews: string, form = FORM): string[] => problems(`renews: ${renews}\n${form}`);
    folder.request("old", FORM.replace("duration_days: 365", "expires: 2027-01-20"));
    assert.deepEqual(renewal("old"), []);
    assert.deepEqual(renewal("older"), [
      `${AT}:1:1: there is no request "older": name one by its request_id, or its file's name without the ending`,
    ]);
    assert.deepEqual(renewal("old", FORM.replace("john.doe", "mary")), [
      `${AT}:1:1: "old" is a request of john.doe@company.com, and this one is of mary@company.com: a renewal is for the same consumer`,
    ]);
    assert.match(renewal("john")[0] ?? "", /requests cannot renew each other/);
    folder.request("other", `renews: old\n${FORM}`);
    assert.match(renewal("old").join("\n"), /other.yaml:1:1: "old" is renewed by "john" already/);
  });

  it("leave out a single request, with a warning, where the policy says reject", () => {
    product("policy: { violations: reject }\n");
    folder.request("mary", FORM.replace("john.doe", "mary"));
    const {
      problems: none,
      notices,
      consumers,
    } = folder.request("john", FORM.replace("365", "366")).evaluate("2027-02-01");
    assert.deepEqual(none, []);
    assert.deepEqual(
      consumers.map(({ status }) => status),
      ["rejected", "active"],
    );
    assert.match(problemLines(notices)[0] ?? "", /john.yaml:17:3: is 366 days/);
  });

  it("name every mistake of every file at once, with the place", () => {
    const wrong = FORM.replace("email: john.doe@company.com", "e_mail: john").replace(
      "duration_days: 365",
      "duration_days: a year",
    );
    folder.write(
      "product.yaml",
      PRODUCT.replace("allowed_permissions: [SELECT]", "allowed_permissions: [SELEKT, SELECT on orders table]"),
    );
    assert.deepEqual(problems(wrong), [
      `product.yaml:8:23: there is no privilege "SELEKT"; is SELECT meant?`,
      `product.yaml:8:31: "SELECT on orders table": there is no table "orders" in customer-360: it has main.customer_360.customers, main.customer_360.customer_metrics`,
      `${AT}:3:1: email is missing: the e-mail address of who asks`,
      `${AT}:5:3: "e_mail" is not known in a consumer: did you mean email? it can have name, email, group, service_principal, business_unit, role`,
      `${AT}:17:3: duration_days must be a whole number of days, 1 or more`,
    ]);
  });
});
