import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { findDrift, targetsOf, type DriftOptions } from "../../../sdk/roster/drift.js";
import type { DriftReport } from "../../../sdk/roster/driftReport.js";
import { textOf } from "../../../sdk/roster/driftText.js";
import type { PreviewStep } from "../../../sdk/roster/preview.js";

const urn = (system: string, name: string): string =>
  `urn:pulumi:dev::p::pulumi-nodejs:dynamic/${system}:User::${name}`;

describe("findDrift", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "roster-drift-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Runs it with a Pulumi that answers as a script says; what it was asked is in the file `asked`. */
  const run = (script: string, more: Partial<DriftOptions> = {}): Promise<DriftReport> => {
    const file = path.join(folder, "pulumi.cjs");
    writeFileSync(
      file,
      `const words = process.argv.slice(2);
      require("node:fs").appendFileSync(${JSON.stringify(path.join(folder, "asked"))}, words.join(" ") + "\\n");
      const urn = (system, name) => "urn:pulumi:dev::p::pulumi-nodejs:dynamic/" + system + ":User::" + name;
      const load = (system) => \`...("pulumi-roster/provider")("\${system}.User")\`;
      const step = (system, name) => ({ op: "update", urn: urn(system, name),
        oldState: { inputs: { __provider: load(system), name, createdb: true } },
        newState: { inputs: { __provider: load(system), name, plan: ["ALTER"] } } });
      const error = (system, name) => ({ urn: urn(system, name), severity: "error", message: "error: Preview failed: nothing answers" });
      const say = (what, code = 0) => { console.log(JSON.stringify(what)); process.exit(code); };
      ${script}`,
    );
    const pulumi = { command: process.execPath, args: [file] };
    return findDrift({ cwd: folder, stack: "prod", pulumi, repair: undefined, progress: () => undefined, ...more });
  };
  const asked = (): string[] => readFileSync(path.join(folder, "asked"), "utf8").trim().split("\n");

  it("tells the truth of the others where a system is down", async () => {
    const report = await run(`
      if (!words.includes(urn("glean", "ana"))) say({ diagnostics: [error("glean", "ana"), error("heimdall", "x")] }, 1);
      say({ steps: [step("postgres", "mei")] });`);
    assert.deepEqual(
      report.systems.map(({ system, outcome }) => [system, outcome]),
      [
        ["glean", "unknown"],
        ["heimdall", "unknown"],
        ["postgres", "drift"],
      ],
    );
    assert.equal(report.outcome, "drift");
    assert.deepEqual(report.systems[0]?.problems, ["nothing answers"]);
    assert.match(asked()[1] ?? "", new RegExp(`--exclude ${urn("glean", "ana")} --exclude ${urn("heimdall", "x")}`));
  });

  it("could not tell where nothing was found and something was not seen, or no preview could begin", async () => {
    const half = await run(
      `if (!words.includes("--exclude")) say({ diagnostics: [error("glean", "ana")] }, 1); say({});`,
    );
    assert.deepEqual([half.outcome, half.problems], ["unknown", []]);
    const none = await run(`console.error("error: the disk is full"); process.exit(6);`);
    assert.deepEqual([none.outcome, none.problems, none.systems], ["unknown", ["the disk is full"], []]);
  });

  it("says once that there is no such stack, and what to do", async () => {
    const problem =
      "the stack prod cannot be read\n  answer:     no stack named 'prod' found\n" +
      "  what to do: pulumi stack ls shows the stacks of this project; name one of them with --stack.";
    const found = { systems: [], others: [], problems: [problem], notes: ["a note"] };
    const report = await run(`console.error("error: no stack named 'prod' found"); process.exit(6);`, {
      unmanaged: () => Promise.resolve(found),
    });
    assert.deepEqual([report.outcome, report.problems], ["unknown", [problem]]);
    assert.equal(textOf(report), `could not tell:\n  ${problem.replaceAll("\n", "\n  ")}\n\nnote: a note\n`);
  });

  it("does not go on for ever where what fails cannot be left out", async () => {
    const report = await run(`say({ diagnostics: [error("glean", "new")] }, 1);`);
    assert.deepEqual([report.outcome, asked().length], ["unknown", 2]);
  });

  it("repairs what drifted in the systems that are named, and tells what is left", async () => {
    const report = await run(
      `const fs = require("node:fs");
      if (words[0] === "up") { fs.writeFileSync("repaired", ""); process.exit(0); }
      say({ steps: [step("heimdall", "x"), ...(fs.existsSync("repaired") ? [] : [step("postgres", "mei")])] });`,
      { repair: ["postgres"] },
    );
    assert.deepEqual(
      report.repaired.map(({ name }) => name),
      ["mei"],
    );
    assert.deepEqual(
      report.systems.map(({ system, outcome }) => [system, outcome]),
      [
        ["heimdall", "drift"],
        ["postgres", "none"],
      ],
    );
    const up = asked().find((words) => words.startsWith("up")) ?? "";
    assert.match(up, /^up --yes --skip-preview --refresh /);
    assert.ok(up.includes(`--target ${urn("postgres", "mei")}`) && !up.includes("heimdall"), up);
  });

  it("says why a repair failed", async () => {
    const report = await run(
      `if (words[0] === "up") { console.log("  error: refused"); process.exit(1); } say({ steps: [step("postgres", "mei")] });`,
      { repair: [] },
    );
    assert.deepEqual(
      [report.outcome, report.repaired, report.problems],
      ["drift", [], ["the repair failed\n  error: refused"]],
    );
  });

  it("tells what no stack manages beside the drift", async () => {
    const thing = { connection: "postgres", kind: "login", name: "eve", text: "the login eve" };
    const systems = [{ system: "postgres", things: [thing], problems: [] }];
    const report = await run("say({})", {
      unmanaged: () => Promise.resolve({ systems, others: ["other"], problems: [], notes: ["a note"] }),
    });
    assert.deepEqual([report.outcome, report.stacks, report.notes], ["drift", ["prod", "other"], ["a note"]]);
    assert.deepEqual(report.systems[0]?.unmanaged, [thing]);
  });
});

describe("targetsOf", () => {
  const step = (system: string, name: string, more: Partial<PreviewStep> = {}): PreviewStep => ({
    ...{ urn: name, token: `${system}.User`, system, name, op: "update", id: name },
    ...{ stored: {}, live: {}, wanted: {}, plan: [], needs: [] },
    ...more,
  });

  it("takes what has drifted, and what that needs in other systems, and nothing that no update has made", () => {
    const steps = [
      step("postgres", "a", { needs: ["b", "same"] }),
      step("glean", "b", { needs: ["c"] }),
      step("glean", "c"),
      step("glean", "d"),
      step("postgres", "new", { stored: undefined }),
    ];
    assert.deepEqual(targetsOf(steps, ["postgres"]), ["a", "b", "c"]);
    assert.deepEqual(targetsOf(steps, []), ["a", "b", "c", "d"]);
    assert.deepEqual(targetsOf(steps, ["heimdall"]), []);
  });
});
