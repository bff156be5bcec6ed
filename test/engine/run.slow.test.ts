import * as assert from "node:assert/strict";
import { Fixture } from "./fixture";

describe("a run of the engine, in less common ways", function () {
  this.timeout(300_000);
  let fixture: Fixture;
  const open = async (program: string): Promise<void> => {
    fixture = await Fixture.open(program);
  };
  afterEach(() => fixture.close());

  it("keeps what a creation did not finish, with reasons or without any", async () => {
    await open('new Item("a", { name: "a", partial: process.env.REASONS ? ["because"] : [] });');
    const env = { REASONS: "yes" };
    assert.match(await fixture.up({ expectExit: 1, env }), /1 error occurred:\n\s+\* because/);
    const [, , item] = (await fixture.exported()).resources ?? [];
    assert.deepEqual(item?.initErrors, ["because"]);
    // An update takes it up, even though the inputs are what they were.
    assert.match(await fixture.up({ env }), /~ 1 updated/);
    assert.match(await fixture.up({ env, flags: ["--expect-no-changes"] }), /unchanged/);
  });

  it("ends at once at the second interrupt, and the state says what was under way", async () => {
    await open('new Item("slow", { name: "slow", wait: 60000 });');
    const running = fixture.sandbox.start(["up", "--yes", "--skip-preview"]);
    await fixture.started("create");
    running.kill("SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 300));
    running.kill("SIGINT");
    assert.equal((await running.outcome).exitCode, 1);
    assert.deepEqual(await fixture.pending(), [["slow", "creating"]]);
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
    assert.deepEqual((await fixture.exported()).resources, undefined);
  });

  it("notices in a refresh what is gone, and forgets what pointed to it", async () => {
    await open('const a = new Item("a", { name: "a" }); new Item("b", { name: "b", on: a.made });');
    await fixture.up();
    fixture.write("gone-a", "");
    await fixture.run(["preview", "--refresh", "--expect-no-changes"], { expectExit: 7 });
    assert.match(await fixture.run(["refresh", "--yes", "--skip-preview"]), /- 1 deleted/);
    assert.deepEqual(await fixture.items(), ["b"]);
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
    assert.deepEqual(await fixture.items(), []);
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
    const half = ((await fixture.exported()).resources ?? []).find(({ id }) => id === "half");
    assert.equal((half?.outputs?.["text"] as string).length, "member\n".length * 200000);
  });

  it("carries a resource of many megabytes", async () => {
    await open(
      'new Item("big", { name: "big", text: Array.from({ length: 300000 }, (_, i) => `member-number-${i}\\n`).join("") });',
    );
    await fixture.up();
    await fixture.run(["preview", "--refresh", "--expect-no-changes"]);
  });
});
