import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import sinon from "sinon";
import { runError } from "../../../sdk/core/runError.js";
import { REPOSITORY } from "../../repository.js";

describe("runError", () => {
  it("is what Pulumi tells without more, also when the program's text has been gone through", () => {
    sinon.stub(process, "env").value({});
    const error = runError("a sentence");
    sinon.restore();
    assert.equal(pulumi.RunError.isInstance(error), true);
    // Pulumi shows the stack, or else the message (cmd/run/index.js).
    assert.deepEqual([error.stack, error.message], ["", "a sentence"]);
  });

  it("has its stack where somebody looks for a mistake of ours", () => {
    sinon.stub(process, "env").value({ ROSTER_DEBUG: "1" });
    const error = runError("a sentence");
    sinon.restore();
    assert.match(error.stack ?? "", /runError\.test/);
  });

  it("makes all errors by which programs end", () => {
    const files = readdirSync(path.join(REPOSITORY, "sdk"), { recursive: true, encoding: "utf8" });
    const sources = files.filter((name) => name.endsWith(".ts"));
    const others = sources.filter((name) =>
      readFileSync(path.join(REPOSITORY, "sdk", name), "utf8").includes("new pulumi.RunError"),
    );
    assert.deepEqual(others, [path.join("core", "runError.ts")]);
  });
});
