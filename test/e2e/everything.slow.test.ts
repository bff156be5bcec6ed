import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import path from "node:path";
import type { DriftReport } from "../../sdk/roster/driftReport.js";
import { Sandbox } from "../engine/index.js";
import { REPOSITORY } from "../repository.js";
import { Company } from "../sandbox/company/company.js";
import { CHANGES, STRAYS } from "../sandbox/company/mischief.js";
import { onEachEngine } from "./scene.js";

const CLI = path.join(REPOSITORY, "dist", "sdk", "roster", "cli.js");

onEachEngine("drift over all systems of examples/everything", (engine) => {
  it("finds, names and repairs a change by hand in each, names what nobody manages, and tells of a system that is down", async () => {
    const company = await Company.start();
    const cwd = path.join(REPOSITORY, "examples", "everything");
    const sandbox = new Sandbox({ engine, cwd, stack: `drift-${engine.kind}`, env: company.environment() });
    const drift = (...words: readonly string[]): Promise<{ code: number | null; report: DriftReport }> =>
      roster(["drift", "--json", "-C", cwd, ...words], {
        ...sandbox.environment(),
        ROSTER_PULUMI: JSON.stringify([engine.command, ...engine.args]),
      });
    try {
      await sandbox.open();
      await sandbox.run(["up", "--yes", "--skip-preview"]);
      const before = await drift();
      assert.deepEqual([before.code, before.report.outcome], [0, "none"], JSON.stringify(before.report, null, 1));

      for (const { does } of [...CHANGES, ...STRAYS]) await does(company);
      const found = await drift("--unmanaged");
      assert.equal(found.code, 2);
      assert.deepEqual(found.report.problems, []);
      const changes = JSON.stringify(found.report.systems.map((each) => each.changes));
      for (const { about, where } of CHANGES) assert.ok(changes.includes(about), `${where}: ${about} in ${changes}`);
      const kinds = new Set(found.report.systems.flatMap((each) => each.changes.map(({ kind }) => kind)));
      assert.deepEqual([...kinds], ["changed"]);
      const things = JSON.stringify(found.report.systems.map((each) => each.unmanaged));
      for (const { about, where } of STRAYS) assert.ok(things.includes(about), `${where}: ${about} in ${things}`);

      assert.ok(things.includes("DROP GROUP shadow;") && !things.includes("sys:"), things);
      assert.ok(!things.includes("debug:all"), "what an environment as a whole holds too much is drift");

      const repaired = await drift("--repair");
      assert.deepEqual([repaired.code, repaired.report.outcome], [0, "none"], JSON.stringify(repaired.report, null, 1));
      assert.ok(repaired.report.repaired.length >= CHANGES.length, JSON.stringify(repaired.report.repaired));

      await company.orders.query("GRANT engineers TO ana");
      await company.lake.close();
      const half = await drift();
      const outcomes = half.report.systems.map(({ system, outcome }) => [system, outcome]);
      assert.deepEqual(
        [half.code, outcomes],
        [
          2,
          [
            ["databricks", "unknown"],
            ["postgres", "drift"],
          ],
        ],
      );
    } finally {
      await sandbox.close();
      await company.stop();
    }
  });
});

function roster(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; report: DriftReport }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CLI, ...words], { env });
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => (output[name] += text));
    }
    child.on("error", reject);
    child.on("close", (code) => {
      try {
        resolve({ code, report: JSON.parse(output.stdout) as DriftReport });
      } catch {
        reject(new Error(`roster ${words.join(" ")} ended with ${String(code)}:\n${output.stdout}\n${output.stderr}`));
      }
    });
  });
}
