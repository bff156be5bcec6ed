import * as assert from "node:assert/strict";
import { Fixture, type FixtureCall } from "./fixture";
import { parseUrn } from "./urn";

/** How many calls of some methods were under way at the same time, at most. */
function mostAtOnce(calls: FixtureCall[], methods: string[]): number {
  let now = 0;
  let most = 0;
  for (const { method, at } of calls) {
    if (!methods.includes(method)) continue;
    now += at === "start" ? 1 : -1;
    most = Math.max(most, now);
  }
  return most;
}

describe("a run of the engine", function () {
  this.timeout(300_000);
  let fixture: Fixture;
  const open = async (program: string): Promise<void> => {
    fixture = await Fixture.open(program);
  };
  afterEach(() => fixture.close());

  it("creates side by side, and checks and compares one after the other", async () => {
    await open("for (let i = 0; i < 12; i++) new Item(`i${i}`, { name: `i${i}`, wait: 300 });");
    await fixture.up({ flags: ["--parallel", "4"] });
    assert.equal(mostAtOnce(fixture.calls(), ["create"]), 4);
    assert.equal(mostAtOnce(fixture.calls(), ["check", "diff"]), 1);
    await fixture.run(["preview", "--expect-no-changes"]);
    assert.equal(mostAtOnce(fixture.calls(), ["check", "diff"]), 1);
  });

  it("shows what a provider prints and what a program logs, and keeps JSON clean of both", async () => {
    await open(`
      const a = new Item("a", { name: "a", say: "hello from the provider" });
      console.log("hello from the program");
      a.made.apply((made) => pulumi.log.warn("made " + made, a));
    `);
    const text = await fixture.up();
    assert.match(text, /Diagnostics:\n[\s\S]*pulumi:pulumi:Stack \(fixture-dev\):\n[\s\S]*hello from the provider/);
    assert.match(text, /hello from the program/);
    assert.match(text, /fixture:Item \(a\):\n {4}warning: made by nobody/);
    const { stdout } = await fixture.sandbox.run(["preview", "--json"]);
    const { diagnostics } = JSON.parse(stdout) as {
      diagnostics: { message: string; severity: string; urn?: string }[];
    };
    assert.ok(diagnostics.some(({ message, severity }) => severity === "info" && message.includes("from the program")));
    assert.ok(diagnostics.some(({ severity, urn }) => severity === "warning" && parseUrn(urn ?? "").name === "a"));
  });

  it("goes on after a failure only if told to, and skips what needs what failed", async () => {
    await open(`
      const bad = new Item("bad", { name: "bad", fail: "no luck" });
      new Item("needs", { name: "needs" }, { dependsOn: [bad] });
      // Comes only when the failure is a second old.
      const failed = () => /"create","at":"end"/.test(require("fs").readFileSync("calls.jsonl", "utf8"));
      const on = new Promise((resolve) => {
        const timer = setInterval(() => {
          if (!require("fs").existsSync("calls.jsonl") || !failed()) return;
          clearInterval(timer);
          setTimeout(() => resolve("x"), 1000);
        }, 50);
      });
      new Item("late", { name: "late", on });
    `);
    assert.match(await fixture.up({ expectExit: 1 }), /error: no luck/);
    assert.deepEqual(await fixture.items(), []);
    await fixture.up({ expectExit: 1, flags: ["--continue-on-error"] });
    assert.deepEqual(await fixture.items(), ["late"]);
  });

  it("lets what runs end at the first interrupt, starts nothing more, and leaves no lock", async () => {
    await open(`
      const slow = new Item("slow", { name: "slow", wait: 3000 });
      new Item("next", { name: "next", on: slow.made });
    `);
    const running = fixture.sandbox.start(["up", "--yes", "--skip-preview"]);
    await fixture.started("create");
    // As a terminal does: everybody gets it.
    running.kill("SIGINT", "group");
    const { exitCode, stdout } = await running.outcome;
    assert.equal(exitCode, 1, stdout);
    assert.match(stdout, /error: update canceled/);
    assert.deepEqual(await fixture.items(), ["slow"]);
    assert.deepEqual(await fixture.pending(), []);
    assert.deepEqual(fixture.locks(), []);
    await fixture.up();
    assert.deepEqual(await fixture.items(), ["slow", "next"]);
  });

  it("leaves a usable state and the lock when it is killed, and no process behind", async () => {
    await open(`
      const quick = new Item("quick", { name: "quick" });
      new Item("slow", { name: "slow", wait: 60000, on: quick.made });
    `);
    const running = fixture.sandbox.start(["up", "--yes", "--skip-preview"]);
    await fixture.started("create", 2);
    running.kill("SIGKILL");
    await running.outcome;
    assert.deepEqual(await fixture.pending(), [["slow", "creating"]]);
    assert.deepEqual(await fixture.items(), ["quick"]);
    assert.equal(fixture.locks().length, 1);
    assert.match(await fixture.up({ expectExit: 1 }), /currently locked by 1 lock/);
    await fixture.run(["cancel", "--yes"]);
    fixture.program('new Item("quick", { name: "quick" });');
    assert.match(await fixture.up(), /warning: Attempting to deploy or update resources with 1 pending operations/);
    await fixture.run(["refresh", "--yes", "--skip-preview", "--clear-pending-creates"]);
    assert.deepEqual(await fixture.pending(), []);
  });

  it("shows no secret in a preview, however it is asked", async () => {
    await open('new Item("a", { name: "a", token: pulumi.secret("s3cret"), list: ["x", pulumi.secret("s3cret")] });');
    for (const flags of [[], ["--diff"], ["--json"], ["--diff", "--show-full-output"]]) {
      assert.ok(!(await fixture.run(["preview", ...flags])).includes("s3cret"), flags.join(" "));
    }
  });
});
