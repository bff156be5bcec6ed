import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { REPOSITORY } from "../repository.js";

describe("the package", () => {
  it("loads nothing that reads other systems before somebody does", () => {
    const program = `
      require("pulumi-roster");
      console.log(Object.keys(require.cache).filter((file) => /[\\\\/](axios|p-queue|pg)[\\\\/]|provider[\\\\/](civis|keycloak)/.test(file)).join());`;
    const loaded = execFileSync(process.execPath, ["-e", program], { cwd: REPOSITORY, encoding: "utf8" }).trim();
    assert.equal(loaded, "");
  });
});
