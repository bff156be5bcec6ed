import * as assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import * as path from "node:path";
import { Fixture, type FixtureCall } from "./fixture";

interface Exported {
  deployment: {
    resources?: { urn: string; id?: string; outputs?: Record<string, unknown>; initErrors?: string[] }[];
    pending_operations?: { resource: { urn: string }; type: string }[];
  };
}

const nameOf = (urn: string): string => urn.split("::")[3] ?? "";

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
  this.timeout(180_000);
  let fixture: Fixture;
  const open = async (program: string): Promise<void> => {
    fixture = await Fixture.open(program);
  };
  afterEach(() => fixture.close());
  const exported = async (): Promise<Exported["deployment"]> =>
    (await fixture.sandbox.json<Exported>(["stack", "export"])).deployment;
  const items = async (): Promise<string[]> =>
    ((await exported()).resources ?? [])
      .filter(({ urn }) => urn.includes("fixture:Item"))
      .map(({ urn }) => nameOf(urn));
  const locks = (): string[] =>
    readdirSync(path.join(fixture.sandbox.folder, "state/.pulumi/locks/organization/fixture/dev"));

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
    assert.ok(diagnostics.some(({ severity, urn }) => severity === "warning" && nameOf(urn ?? "") === "a"));
  });

  it("keeps what a creation did not finish, with reasons or without any", async () => {
    await open('new Item("a", { name: "a", partial: process.env.REASONS ? ["because"] : [] });');
    const env = { REASONS: "yes" };
    assert.match(await fixture.up({ expectExit: 1, env }), /1 error occurred:\n\s+\* because/);
    const [, , item] = (await exported()).resources ?? [];
    assert.deepEqual(item?.initErrors, ["because"]);
    // An update takes it up, even though the inputs are what they were.
    assert.match(await fixture.up({ env }), /~ 1 updated/);
    assert.match(await fixture.up({ env, flags: ["--expect-no-changes"] }), /unchanged/);
  });

  it("goes on after a failure only if told to, and skips what needs what failed", async () => {
    await open(`
      const bad = new Item("bad", { name: "bad", fail: "no luck" });
      new Item("needs", { name: "needs" }, { dependsOn: [bad] });
      new Item("late", { name: "late", on: new Promise((resolve) => setTimeout(() => resolve("x"), 1500)) });
    `);
    assert.match(await fixture.up({ expectExit: 1 }), /error: no luck/);
    assert.deepEqual(await items(), []);
    await fixture.up({ expectExit: 1, flags: ["--continue-on-error"] });
    assert.deepEqual(await items(), ["late"]);
  });

  it("lets what runs end at the first interrupt, starts nothing more, and leaves no lock", async () => {
    await open(`
      const slow = new Item("slow", { name: "slow", wait: 3000 });
      new Item("next", { name: "next", on: slow.made });
    `);
    const running = fixture.sandbox.start(["up", "--yes", "--skip-preview"]);
    await started("create");
    // As a terminal does: everybody gets it.
    running.kill("SIGINT", "group");
    const { exitCode, stdout } = await running.outcome;
    assert.equal(exitCode, 1, stdout);
    assert.match(stdout, /error: update canceled/);
    assert.deepEqual(await items(), ["slow"]);
    assert.equal((await exported()).pending_operations, undefined);
    assert.deepEqual(locks(), []);
    await fixture.up();
    assert.deepEqual(await items(), ["slow", "next"]);
  });

  it("ends at once at the second interrupt, and the state says what was under way", async () => {
    await open('new Item("slow", { name: "slow", wait: 60000 });');
    const running = fixture.sandbox.start(["up", "--yes", "--skip-preview"]);
    await started("create");
    running.kill("SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 300));
    running.kill("SIGINT");
    assert.equal((await running.outcome).exitCode, 1);
    const pending = (await exported()).pending_operations ?? [];
    assert.deepEqual(
      pending.map(({ resource, type }) => [nameOf(resource.urn), type]),
      [["slow", "creating"]],
    );
  });

  it("leaves a usable state and the lock when it is killed, and no process behind", async () => {
    await open('new Item("quick", { name: "quick" }); new Item("slow", { name: "slow", wait: 60000 });');
    const running = fixture.sandbox.start(["up", "--yes", "--skip-preview"]);
    await started("create", 2);
    running.kill("SIGKILL");
    await running.outcome;
    const pending = (await exported()).pending_operations ?? [];
    assert.deepEqual(
      pending.map(({ resource, type }) => [nameOf(resource.urn), type]),
      [["slow", "creating"]],
    );
    assert.deepEqual(await items(), ["quick"]);
    assert.equal(locks().length, 1);
    assert.match(await fixture.up({ expectExit: 1 }), /currently locked by 1 lock/);
    await fixture.run(["cancel", "--yes"]);
    fixture.program('new Item("quick", { name: "quick" });');
    assert.match(await fixture.up(), /warning: Attempting to deploy or update resources with 1 pending operations/);
    await fixture.run(["refresh", "--yes", "--skip-preview", "--clear-pending-creates"]);
    assert.equal((await exported()).pending_operations, undefined);
  });

  it("refreshes and destroys with the configuration of the last update, or with today's if the program runs", async () => {
    await open('new Item("a", { name: "a" });');
    await fixture.run(["config", "set", "account", "first"]);
    await fixture.up();
    await fixture.run(["config", "set", "--secret", "account", "second"]);
    const used = async (args: string[]): Promise<string[]> => {
      fixture.write("accounts", "");
      await fixture.run([...args, "--yes", "--skip-preview"]);
      return fixture.read("accounts").trim().split("\n");
    };
    assert.deepEqual(await used(["refresh"]), ["first"]);
    assert.deepEqual(await used(["refresh", "--run-program"]), ["second"]);
    assert.deepEqual(await used(["refresh"]), ["second"], "a refresh with the program keeps the configuration");
    await fixture.run(["config", "set", "--secret", "account", "third"]);
    assert.deepEqual(await used(["destroy", "--run-program"]), ["third"]);
    assert.deepEqual((await exported()).resources, undefined);
  });

  it("notices in a refresh what is gone, and forgets what pointed to it", async () => {
    await open('const a = new Item("a", { name: "a" }); new Item("b", { name: "b", on: a.made });');
    await fixture.up();
    fixture.write("gone-a", "");
    await fixture.run(["preview", "--refresh", "--expect-no-changes"], { expectExit: 7 });
    assert.match(await fixture.run(["refresh", "--yes", "--skip-preview"]), /- 1 deleted/);
    assert.deepEqual(await items(), ["b"]);
    await fixture.run(["stack", "import"], { stdin: await fixture.run(["stack", "export"]) });
    assert.match(await fixture.run(["preview"]), /\+ 1 to create/);
  });

  it("moves a stack with its secrets to another passphrase", async () => {
    await open('exports.out = new Item("a", { name: "a", token: pulumi.secret("s3cret") }).token;');
    await fixture.up();
    const text = await fixture.run(["stack", "export"]);
    assert.ok(!text.includes("s3cret"));
    const inClear = await fixture.run(["stack", "export", "--show-secrets"]);
    assert.ok(inClear.includes("s3cret"));
    await fixture.run(["stack", "import"], { stdin: inClear });
    assert.ok(!(await fixture.run(["stack", "export"])).includes("s3cret"));
    assert.deepEqual(await fixture.sandbox.json(["stack", "output", "--json"]), { out: "[secret]" });
    assert.deepEqual(await fixture.sandbox.json(["stack", "output", "--json", "--show-secrets"]), { out: "s3cret" });
    await fixture.run(["preview", "--expect-no-changes"]);
  });

  it("shows no secret in a preview, however it is asked", async () => {
    await open('new Item("a", { name: "a", token: pulumi.secret("s3cret"), list: ["x", pulumi.secret("s3cret")] });');
    for (const flags of [[], ["--diff"], ["--json"], ["--diff", "--show-full-output"]]) {
      assert.ok(!(await fixture.run(["preview", ...flags])).includes("s3cret"), flags.join(" "));
    }
  });

  it("deletes nothing that goes with something else, and keeps what is to be kept", async () => {
    await open(`
      const owner = new Item("owner", { name: "owner" });
      new Item("part", { name: "part" }, { deletedWith: owner });
      new Item("kept", { name: "kept" }, { retainOnDelete: true });
    `);
    await fixture.up();
    await fixture.run(["destroy", "--yes", "--skip-preview"]);
    const deleted = fixture.calls().filter(({ method, at }) => method === "delete" && at === "start");
    assert.deepEqual(
      deleted.map(({ args }) => args[0]),
      ["owner"],
    );
    assert.deepEqual(await items(), []);
  });

  it("carries a failure of many megabytes, with what was done and in words", async () => {
    await open(`
      const text = "member\\n".repeat(200000);
      new Item("half", { name: "half", text, partial: ["half done"] });
      new Item("none", { name: "none", fail: "no luck ".repeat(20000) + "at all" });
    `);
    const text = await fixture.up({ expectExit: 1, flags: ["--continue-on-error"] });
    assert.match(text, /\* half done/);
    assert.match(text, /no luck at all/);
    const half = ((await exported()).resources ?? []).find(({ id }) => id === "half");
    assert.equal((half?.outputs?.["text"] as string).length, "member\n".length * 200000);
  });

  it("carries a resource of many megabytes", async () => {
    await open(
      'new Item("big", { name: "big", text: Array.from({ length: 300000 }, (_, i) => `member-number-${i}\\n`).join("") });',
    );
    await fixture.up();
    await fixture.run(["preview", "--refresh", "--expect-no-changes"]);
  });

  /** Waits for a call of the provider. */
  async function started(method: string, count = 1): Promise<void> {
    const seen = (): number => fixture.calls().filter((call) => call.method === method && call.at === "start").length;
    while (seen() < count) await new Promise((resolve) => setTimeout(resolve, 50));
  }
});
