import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

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

  for (const words of [["nonsense"], ["sync", "--nonsense"], ["sync", "--log-level", "loud"]]) {
    it(`refuses what it does not know: ${words.join(" ")}`, async () => {
      const { code, stderr } = await roster(words);
      assert.equal(code, 64);
      assert.match(stderr, /error: .*\n\(roster --help shows what there is\)/);
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

  it("sync says how to get a pulumi where there is none", async () => {
    const ended = await roster(["sync"], { ROSTER_PULUMI: path.join(folder, "none") });
    assert.equal(ended.code, 1);
    assert.match(String(records(ended).at(-1)?.["msg"]), /install the Pulumi CLI .* ROSTER_PULUMI/);
  });

  it("logs as much as LOG_LEVEL says, as lines for people where it is told to", async () => {
    const quiet = await roster(["sync"], { ...fake(DONE), LOG_LEVEL: "ERROR" });
    assert.equal(quiet.stdout, "");
    assert.equal(quiet.code, 0);
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
