import assert from "node:assert/strict";
import { isLoopback } from "../../../provider/core/loopback.js";

describe("isLoopback", () => {
  it("knows this machine, and nothing that only looks like it", () => {
    for (const host of ["localhost", "::1", "[::1]", "127.0.0.1", "127.8.8.8"]) assert.ok(isLoopback(host), host);
    for (const host of ["127.0.0.1.evil.example", "127.0.0", "0.0.0.0", "localhost.", "evil-localhost"])
      assert.ok(!isLoopback(host), host);
  });
});
