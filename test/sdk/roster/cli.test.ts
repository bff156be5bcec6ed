import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { EXIT } from "../../../sdk/roster/exitCodes.js";
import { LEVELS } from "../../../sdk/roster/log.js";
import { syncRecord } from "../../../sdk/roster/records.js";

const CLI = path.resolve(__dirname, "../../../sdk/roster/cli.js");

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe("roster", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "roster-cli-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** A pulumi that does what a script says; its words are in `words`. */
  const fake = (script: string): Record<string, string> => {
    const file = path.join(folder, "pulumi.cjs");
    writeFileSync(file, `const words = process.argv.slice(2).join(" ");\n${script}`);
    return { ROSTER_PULUMI: JSON.stringify([process.execPath, file]) };
  };
  const start = (
    words: readonly string[],
    env: Record<string, string>,
  ): { child: ChildProcess; ended: Promise<Ended> } => {
    const child = spawn(process.execPath, [CLI, ...words], { env: { PATH: process.env["PATH"], ...env } });
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => (output[name] += text));
    }
    const ended = new Promise<Ended>((resolve) => child.on("close", (code) => resolve({ code, ...output })));
    return { child, ended };
  };
  const roster = (words: readonly string[], env: Record<string, string> = {}): Promise<Ended> =>
    start(words, env).ended;
  const records = ({ stdout }: Ended): Record<string, unknown>[] =>
    stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  const DONE = `console.log(words); console.log("\\nResources:\\n    + 2 created\\n    +-1 replaced\\n    3 changes. 40 unchanged\\n\\nDuration: 1s");`;

  it("shows what there is, with examples and exit codes", async () => {
    const { code, stdout } = await roster(["sync", "--help"]);
    assert.equal(code, 0);
    for (const text of ["Examples:", "Exit codes:", "DRY_RUN", "LOG_LEVEL", "75"])
      assert.ok(stdout.includes(text), text);
  });

  it("documents each exit code in its help", async () => {
    const { stdout } = await roster(["sync", "--help"]);
    const told = [...stdout.matchAll(/^ {2}(\d+) +\S/gm)].map(([, code]) => Number(code));
    // A run of a stack finds nothing: it does it.
    const { findings: _none, ...codes } = EXIT;
    assert.deepEqual(told, Object.values(codes));
  });

  for (const [words, help] of [
    [["nonsense"], "roster --help"],
    [["--nonsense"], "roster --help"],
    [["sync", "--nonsense"], "roster sync --help"],
    [["sync", "--log-level", "loud"], "roster sync --help"],
    [["drift", "--limit", "none"], "roster drift --help"],
    [["consumers"], "roster consumers --help"],
    [["consumers", "x", "dance"], "roster consumers --help"],
    [["doctor", "--connection", "nonsense"], "roster doctor --help"],
    [["plan", "x"], "roster plan --help"],
  ] as const) {
    it(`refuses what it does not know, and says whose help tells more: roster ${words.join(" ")}`, async () => {
      const { code, stderr } = await roster(words);
      assert.equal(code, 64);
      assert.match(stderr, new RegExp(`^error: .*\n\\(${help} shows what there is\\)\n$`));
    });
  }

  it("refuses a DRY_RUN that is neither yes nor no, and runs nothing", async () => {
    const ended = await roster(["sync"], { ...fake(DONE), DRY_RUN: "maybe" });
    assert.deepEqual([ended.code, ended.stdout], [64, ""]);
    assert.match(ended.stderr, /the environment variable DRY_RUN is neither true nor false/);
  });

  it("sync runs one update and sums it up", async () => {
    const ended = await roster(["sync", "--stack", "prod"], fake(DONE));
    assert.equal(ended.code, 0);
    const [first, ...rest] = records(ended);
    assert.equal(first?.["msg"], "up --yes --skip-preview --stack prod --non-interactive --color never");
    const { resources, outcome, summary, stack, level, msg } = rest.at(-1) ?? {};
    assert.deepEqual([outcome, summary, stack, level], ["done", true, "prod", "info"]);
    assert.deepEqual(resources, { created: 2, replaced: 1, unchanged: 40 });
    assert.match(String(msg), /^sync: 2 created, 1 replaced, 40 unchanged in [\d.]+ s$/);
  });

  it("sync makes the stack first where it is told to, and stops where it cannot", async () => {
    const ended = await roster(["sync", "-s", "prod", "--create", "--refresh"], fake("console.log(words)"));
    assert.deepEqual(
      records(ended)
        .slice(0, 2)
        .map(({ msg }) => msg),
      [
        "stack select prod --create --non-interactive --color never",
        "up --yes --skip-preview --refresh --stack prod --non-interactive --color never",
      ],
    );
    const failed = await roster(["sync", "-s", "prod", "--create"], fake("console.log(words); process.exit(1)"));
    assert.deepEqual([failed.code, records(failed).length], [1, 2]);
  });

  for (const [what, words, env] of [
    ["--dry-run", ["sync", "--dry-run"], {}],
    ["DRY_RUN", ["sync"], { DRY_RUN: "TRUE" }],
  ] as const) {
    it(`sync only shows what it would do with ${what}`, async () => {
      const ended = await roster(words, { ...fake(DONE), ...env });
      const [first] = records(ended);
      assert.equal(first?.["msg"], "preview --diff --show-full-output --non-interactive --color never");
      assert.deepEqual([records(ended).at(-1)?.["dryRun"], ended.code], [true, 0]);
    });
  }

  it("sync ends with a code of its own where another run holds the stack, whatever the backend says", async () => {
    for (const text of [
      "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end",
      "error: [409] Conflict: Another update is currently in progress.",
    ]) {
      const ended = await roster(["sync"], fake(`console.error(${JSON.stringify(text)}); process.exit(255)`));
      assert.equal(ended.code, 75);
      const { outcome, msg, level } = records(ended).at(-1) ?? {};
      assert.deepEqual([outcome, level], ["locked", "error"]);
      assert.match(String(msg), /nothing done, as another run holds the stack/);
    }
  });

  it("sync fails where Pulumi fails, with its errors as errors and its warnings as warnings", async () => {
    const ended = await roster(
      ["sync"],
      fake(
        `console.log("  error: refused"); console.log("  warning: careful"); console.log("Resources:\\n    + 1 created"); process.exit(255)`,
      ),
    );
    assert.equal(ended.code, 1);
    assert.deepEqual(
      records(ended)
        .slice(0, 2)
        .map(({ level }) => level),
      ["error", "warn"],
    );
    assert.match(
      String(records(ended).at(-1)?.["msg"]),
      /^sync: failed after .* \(Pulumi ended with code 255\); 1 created$/,
    );
  });

  it("sync logs what stands below an error or a warning at its level, for those who log errors only", async () => {
    const text = `Diagnostics:
  glean:Person (ana):
    error: refused
      what to do: Rotate it.
  stack:
    warning: 1 is not sent:
      ana: no address
    no part of it
Resources:`;
    const script = fake(`console.log(${JSON.stringify(text)}); process.exit(255)`);
    const errors = records(await roster(["sync"], { ...script, LOG_LEVEL: "error" }));
    assert.deepEqual(
      errors.slice(0, -1).map(({ msg }) => String(msg).trim()),
      ["error: refused", "what to do: Rotate it."],
    );
    const warnings = records(await roster(["sync"], script)).filter(({ level }) => level === "warn");
    assert.deepEqual(
      warnings.map(({ msg }) => String(msg).trim()),
      ["warning: 1 is not sent:", "ana: no address"],
    );
  });

  it("sync says how to get a pulumi where there is none", async () => {
    const ended = await roster(["sync"], { ROSTER_PULUMI: path.join(folder, "none") });
    assert.equal(ended.code, 1);
    assert.match(String(records(ended).at(-1)?.["msg"]), /install the Pulumi CLI .* ROSTER_PULUMI/);
  });

  /** A pulumi that reports something of each kind and each level, and fails. */
  const TELLS = `const { appendFileSync } = require("node:fs");
    const report = (line) => appendFileSync(process.env.ROSTER_REPORT, JSON.stringify(line) + "\\n");
    const text = "reading: users: 5 of 10, 1.0 a second, 5 s left";
    report({ kind: "progress", what: "reading: users", done: 5, total: 10, perSecond: 1, secondsLeft: 5, text });
    report({ kind: "count", what: "sent to Glean", count: 1200 });
    report({ kind: "count", what: "sent to Glean", count: 34 });
    report({ kind: "fault", fault: "login" });
    if (process.env.LOG_LEVEL === "debug") report({ kind: "note", level: "debug", text: "GET /users: 200" });
    console.log("line"); console.log("  warning: careful"); console.log("  error: refused");
    console.log("Resources:\\n    + 1 created"); process.exitCode = 255;`;

  it("hands on what is reported while Pulumi runs, sums it up, and ends with the code of the fault", async () => {
    const ended = await roster(["sync"], fake(TELLS));
    assert.equal(ended.code, 67);
    const told = records(ended);
    const progress = told.find(({ source }) => source === "progress");
    assert.deepEqual(progress?.["progress"], {
      what: "reading: users",
      done: 5,
      total: 10,
      perSecond: 1,
      secondsLeft: 5,
    });
    const { counts, faults, exitCode, msg } = told.at(-1) ?? {};
    assert.deepEqual([counts, faults, exitCode], [{ "sent to Glean": 1234 }, ["login"], 67]);
    assert.match(String(msg), /token or password was refused; 1,234 sent to Glean, 1 created$/);
    for (const record of told) assert.ok(syncRecord.safeParse(record).success, JSON.stringify(record));
  });

  for (const [spelt, least] of [
    ["DEBUG", "debug"],
    ["INFO", "info"],
    ["", "info"],
    ["Warning", "warn"],
    ["WARN", "warn"],
    ["ERROR", "error"],
    ["CRITICAL", "critical"],
    ["fatal", "critical"],
  ] as const) {
    it(`logs what LOG_LEVEL=${spelt} says, and no less`, async () => {
      const told = records(await roster(["sync"], { ...fake(TELLS), LOG_LEVEL: spelt })).map(({ level }) => level);
      assert.deepEqual([...new Set(told)].sort(), LEVELS.slice(LEVELS.indexOf(least)).toSorted());
    });
  }

  it("writes lines for people where it is told to, progress too", async () => {
    const { stdout } = await roster(["sync", "--no-json"], { ...fake(TELLS), NO_COLOR: "1" });
    for (const line of [/^\[.*\] INFO: reading: users: 5 of 10, /m, /^\[.*\] FATAL: sync: failed/m])
      assert.match(stdout, line);
  });

  it("fails without a code of its own where faults are of several kinds", async () => {
    const two = `${TELLS} report({ kind: "fault", fault: "permission" });`;
    const ended = await roster(["sync"], fake(two));
    assert.deepEqual([ended.code, records(ended).at(-1)?.["faults"]], [1, ["login", "permission"]]);
  });

  it("hands a signal on to Pulumi, and waits until it has given its lock back", async () => {
    const script = `process.on("SIGTERM", () => setTimeout(() => { console.log("gave the lock back"); process.exit(1); }, 100));
      console.log("begun"); setInterval(() => undefined, 1000);`;
    const { child, ended } = start(["sync"], fake(script));
    child.stdout?.on("data", (text: string) => text.includes("begun") && child.kill("SIGTERM"));
    const done = await ended;
    assert.equal(done.code, 1);
    assert.match(done.stdout, /gave the lock back/);
  });
});
