import assert from "node:assert/strict";
import type { Channel } from "../../../../provider/databricks/ledger/notices.js";
import { problemLines } from "../../../../sdk/core/place.js";
import { channelsOf } from "../../../../sdk/databricks/dataProduct/notifications.js";
import { readProduct } from "../../../../sdk/databricks/dataProduct/readProduct.js";
import { Folder, PRODUCT } from "./folder.js";

const LEDGER = "ledger: { catalog: main }\n";

describe("notifications in product.yaml", () => {
  let folder: Folder;
  beforeEach(() => {
    folder = new Folder();
  });
  afterEach(() => {
    folder.remove();
  });

  function read(notifications: string, before = LEDGER): { channels: Channel[]; problems: string } {
    folder.write("product.yaml", `${PRODUCT}${before}notifications: ${notifications}\n`);
    const found = readProduct(folder.path);
    if ("product" in found) return { channels: channelsOf(found.product.notifications), problems: "" };
    return { channels: [], problems: problemLines(found.problems).join("\n") };
  }

  it("are channels by the names of their connections, with what each is told of", () => {
    const { channels, problems } = read(
      "[{ webhook: alerts }, { mail: company, to: [Audit@Company.com], events: [revoked, review_due] }]",
    );
    assert.equal(problems, "");
    assert.deepEqual(channels, [
      { kind: "webhook", name: "alerts" },
      { kind: "mail", name: "company", to: ["audit@company.com"], events: ["revoked", "review_due"] },
    ]);
  });

  it("are none where nobody says so", () => {
    folder.write("product.yaml", PRODUCT);
    const found = readProduct(folder.path);
    assert.deepEqual("product" in found && found.product.notifications, []);
  });

  for (const [what, text, said] of [
    ["a channel that is neither", "[{ to: [a@b.example] }]", /must be there, or mail, and not both/],
    ["a channel that is both", "[{ webhook: alerts, mail: company }]", /must be there, or mail, and not both/],
    ["addresses for a webhook", "[{ webhook: alerts, to: [a@b.example] }]", /is for mail/],
    ["the same channel twice", "[{ webhook: alerts }, { webhook: alerts }]", /names alerts once more/],
    ["a secret address instead of a name", '[{ webhook: "https://hooks.example/T0/B0/secret" }]', /is a secret/],
    ["an event that there is not", "[{ webhook: alerts, events: [granted] }]", /must be one of approved, revoked/],
    ["no event at all", "[{ webhook: alerts, events: [] }]", /must have one at least/],
    ["what is no address", "[{ mail: company, to: [nobody] }]", /e-mail address/],
    ["a key that there is not", "[{ webhook: alerts, channel: x }]", /channel/],
  ] as const) {
    it(`refuse ${what}, with its place`, () => {
      const { problems } = read(text);
      assert.match(problems, said);
      assert.match(problems, /product\.yaml:11:\d+/);
      assert.doesNotMatch(problems, /T0\/B0/);
    });
  }

  it("want a ledger, in which the messages wait", () => {
    assert.match(read("[{ webhook: alerts }]", "").problems, /product\.yaml:10:\d+: [^]*ledger/);
  });
});
