import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { secretArguments } from "../../../sdk/core/secretArguments.js";

describe("which arguments of a resource are secret", () => {
  it("is told by where they are, at any depth", async () => {
    const args = {
      name: pulumi.output("ana"),
      comment: pulumi.secret("hidden"),
      settings: { "app.key": pulumi.secret("hidden"), work_mem: "4MB" },
      whole: pulumi.secret({ key: "hidden" }),
      list: ["open", pulumi.secret("hidden")],
      later: Promise.resolve(pulumi.secret("hidden")),
    };
    assert.deepEqual(await secretArguments(args), [
      ["comment"],
      ["settings", "app.key"],
      ["whole"],
      ["list", "1"],
      ["later"],
    ]);
  });

  it("is not said where nothing is, and takes no time where nothing can be", async () => {
    assert.equal(
      secretArguments({ name: "ana", login: true, settings: { work_mem: "4MB" }, comment: undefined }),
      undefined,
    );
    assert.equal(await secretArguments({ name: pulumi.output("ana") }), undefined);
  });

  it("is not said of passwords and connections, which are secret by themselves", () => {
    const password = pulumi.secret("hidden");
    assert.equal(secretArguments({ password, passwords: { ana: password }, connection: { password } }), undefined);
  });
});
