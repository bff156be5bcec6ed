import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { REPOSITORY } from "./repository.js";

const MOCHA = createRequire(path.join(REPOSITORY, "package.json")).resolve("mocha/bin/mocha.js");

describe("a run with skipped tests", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "roster-test-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Runs mocha on a text, with the reporter that every run here has. */
  async function run(text: string): Promise<{ code: number; output: string; summary: unknown }> {
    const file = path.join(folder, "some.test.js");
    const skip = JSON.stringify(path.join(__dirname, "skip.js"));
    await writeFile(file, `const { skip, describeUnless } = require(${skip});\n${text}`);
    const env = { ...process.env, ROSTER_TEST_SUMMARY: path.join(folder, "summary") };
    const args = [MOCHA, "--no-config", "--reporter", path.join(__dirname, "reporter.js"), file];
    const { code, output } = await new Promise<{ code: number; output: string }>((resolve) => {
      execFile(process.execPath, args, { cwd: folder, env }, (error, stdout, stderr) => {
        resolve({ code: Number(error?.code ?? 0), output: stdout + stderr });
      });
    });
    const [written = ""] = await readdir(path.join(folder, "summary"));
    const summary = JSON.parse(await readFile(path.join(folder, "summary", written), "utf8")) as unknown;
    return { code, output, summary };
  }

  it("prints each reason with what it is for, and passes", async () => {
    const { code, output, summary } = await run(`
      describeUnless("the moon is down", "tides", () => { require("./not-there"); });
      describeUnless(undefined, "rivers", () => { it("flow", () => {}); });
      describe("ponds", () => {
        before(function () { skip(this, "of the frost"); });
        it("ripple", () => {});
        it("reflect", () => {});
      });
      it("a lake", function () { skip(this, "of the frost"); });`);
    assert.equal(code, 0, output);
    assert.match(output, /Skipped, as the moon is down:\n {2}- tides cannot run here\n/);
    assert.match(
      output,
      /Skipped, as of the frost:\n( {2}- a lake\n {2}- ponds \(2 tests\)\n| {2}- ponds \(2 tests\)\n {2}- a lake\n)/,
    );
    assert.deepEqual(summary, { passed: 1, failed: 0, skipped: 4 });
  });

  it("fails where a skipped test says no reason", async () => {
    const { code, output, summary } = await run(`
      it("works", () => {});
      it("is not written yet");`);
    assert.equal(code, 1);
    assert.match(output, /Skipped without a reason, which counts as failed:\n {2}- is not written yet\n/);
    assert.deepEqual(summary, { passed: 1, failed: 1, skipped: 0 });
  });

  it("fails where no test ran, and counts what failed", async () => {
    const empty = await run("");
    assert.equal(empty.code, 1);
    assert.match(empty.output, /No test ran\./);
    assert.deepEqual(empty.summary, { passed: 0, failed: 1, skipped: 0 });
    await rm(path.join(folder, "summary"), { recursive: true });
    const failing = await run('it("fails", () => { throw new Error("x"); }); it("works", () => {});');
    assert.equal(failing.code, 1);
    assert.deepEqual(failing.summary, { passed: 1, failed: 1, skipped: 0 });
  });
});
