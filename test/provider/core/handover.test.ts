import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { LineFile, linesOf, makeHandoverFolder, shardOf, type Handover } from "../../../provider/core/handover.js";
import { RosterError } from "../../../provider/core/errors.js";

async function read(handover: Handover): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(handover)) lines.push(line);
  return lines;
}

describe("records that a program hands over", () => {
  const folder = makeHandoverFolder();

  it("arrive sorted, whatever they hold, in a file that only its owner reads and that is named by its digest", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: "binary" }).map((text) => JSON.stringify(text.toWellFormed()))),
        async (lines) => {
          const file = new LineFile(folder);
          for (const line of lines) file.add(line);
          const handover = file.finish();
          assert.deepEqual(await read(handover), [...lines].sort());
          assert.equal(handover.count, lines.length);
          assert.equal(
            path.basename(handover.path),
            createHash("sha256").update(readFileSync(handover.path)).digest("hex"),
          );
          assert.equal(statSync(handover.path).mode & 0o777, 0o600);
        },
      ),
      { numRuns: 50 },
    );
    assert.equal(statSync(folder).mode & 0o777, 0o700);
  });

  it("are cut off nowhere, also where a line is longer than what is read at once", async () => {
    const lines = Array.from({ length: 300 }, (_, index) => `${String(index + 100)}${"ü€𝒳".repeat(700)}`);
    const file = new LineFile(folder);
    for (const line of lines) file.add(line);
    assert.deepEqual(await read(file.finish()), lines);
  });

  it("are refused where the file is another one, and where it is gone", async () => {
    const file = new LineFile(folder);
    file.add("ana");
    const handover = file.finish();
    writeFileSync(handover.path, "ana\nmallory\n");
    await assert.rejects(
      read(handover),
      (error) => error instanceof RosterError && error.message.includes("not what the program wrote"),
    );
    await assert.rejects(
      read({ ...handover, path: `${handover.path}x` }),
      (error) => error instanceof RosterError && /cannot be read[\s\S]*run the whole command again/.test(error.message),
    );
  });

  it("go when the program ends, and those of a program that was killed when the next one begins", () => {
    const script = (end: string): string =>
      `const f = require(${JSON.stringify(path.resolve(__dirname, "../../../provider/core/handover.js"))}).makeHandoverFolder(); console.log(f); ${end}`;
    const run = (end: string): string =>
      spawnSync(process.execPath, ["-e", script(end)], { encoding: "utf8" }).stdout.trim();
    assert.ok(!existsSync(run("")));
    assert.ok(!existsSync(run("process.exit(3)")));
    const left = run('process.kill(process.pid, "SIGKILL")');
    assert.deepEqual(readdirSync(left), []);
    run("");
    assert.ok(!existsSync(left));
    assert.ok(existsSync(folder), "of a program that still runs");
  });

  it("are in the same shard everywhere and always", () => {
    assert.deepEqual(
      ["ana@example.com", "rui@example.com", "team:data"].map((key) => shardOf(key, 64)),
      [55, 44, 57],
    );
  });
});
