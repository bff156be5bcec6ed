import assert from "node:assert/strict";
import { DRY_RUN, PLAN } from "../../../provider/core/arguments.js";
import { SECRETS, keepingSecrets } from "../../../provider/core/secretArguments.js";
import type { Properties } from "../../../provider/core/resource.js";
import { Aviary, aviaryResources, newHost } from "./aviary.js";

describe("arguments that a program makes secret", () => {
  async function preview(news: Properties, ...secrets: string[][]): Promise<{ plan: unknown; failures: unknown }> {
    const { nest } = aviaryResources({ one: new Aviary(), two: new Aviary() });
    const { inputs, failures } = await keepingSecrets(nest).check(
      newHost(),
      {},
      { ...news, [DRY_RUN]: true, [SECRETS]: secrets },
    );
    assert.ok(!(SECRETS in inputs), "it is no input that a state could hold");
    return { plan: inputs[PLAN], failures };
  }

  it("are in no plan, and the rest of it is", async () => {
    const { plan } = await preview({ name: "oak", size: 3, remark: 'hidden "remark"' }, ["remark"]);
    assert.deepEqual(plan, ['build oak {"size":3,"remark":"[secret]"}']);
  });

  it("leave a plan as it is where there are none", async () => {
    const { plan } = await preview({ name: "oak", size: 3, remark: "open remark" });
    assert.deepEqual(plan, ['build oak {"size":3,"remark":"open remark"}']);
  });

  for (const [what, value] of [
    ["too short to be found in a text", "abc"],
    ["a list", "first line\nsecond line\n"],
  ] as const) {
    it(`hide all of a plan where one is ${what}`, async () => {
      const { plan } = await preview({ name: "oak", remark: value }, ["remark"]);
      assert.deepEqual(plan, ["[secret] 1 line of a plan, not shown, as the program makes remark secret"]);
    });
  }

  it("hide all of a plan where there are very many", async () => {
    const paths = Array.from({ length: 101 }, () => ["remark"]);
    const { plan } = await preview({ name: "oak", remark: "a remark" }, ...paths);
    assert.deepEqual(plan, ["[secret] 1 line of a plan, not shown, as the program makes remark secret"]);
  });

  it("are not printed where they are refused: a failure about a property has Pulumi print its value", async () => {
    const { failures } = await preview({ name: "oak", size: 3, remark: 4711471147 }, ["remark"]);
    assert.deepEqual(failures, [{ property: "", reason: "remark: must be text" }]);
  });

  it("are looked for within what is given too", async () => {
    const { failures } = await preview({ name: "oak", remark: { of: ["very secret"] } }, ["remark", "of", "0"]);
    assert.equal(JSON.stringify(failures).includes("very secret"), false);
  });
});

describe("an argument that there is not", () => {
  it("is named, and its value is not printed: it may be a secret with a name that was misspelt", async () => {
    const { nest } = aviaryResources({ one: new Aviary(), two: new Aviary() });
    const { failures } = await nest.check(newHost(), {}, { name: "oak", tokn: "very secret" });
    assert.deepEqual(
      failures.map(({ property }) => property),
      [""],
    );
    assert.match(failures[0]?.reason ?? "", /^there is no argument "tokn": did you mean token\?/);
  });
});
