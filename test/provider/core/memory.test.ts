import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";

const MEMORY = path.resolve(__dirname, "../../../provider/core/memory.js");

describe("keepMemoryFlat", () => {
  it("is understood by this version of Node.js, which would else say so", () => {
    const script = `require(${JSON.stringify(MEMORY)}).keepMemoryFlat()`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" });
    assert.deepEqual([status, stdout, stderr], [0, "", ""]);
    const options = spawnSync(process.execPath, ["--v8-options"], { encoding: "utf8" }).stdout;
    assert.match(options, /--heap-growing-percent/);
  });
});
