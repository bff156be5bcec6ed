import * as assert from "node:assert/strict";
import { Fixture } from "./fixture";
import { findEngine } from "./index";

describe("the engine's command line", function () {
  this.timeout(120_000);
  let fixture: Fixture;
  before(async () => {
    fixture = await Fixture.open('new Item("a", { name: "a" });');
  });
  after(() => fixture.close());

  const refused = async (args: string[], exitCode: number, message: RegExp): Promise<void> => {
    assert.match(await fixture.run(args, { expectExit: exitCode }), message);
  };

  it("says that it is not the CLI", async () => {
    assert.equal(await fixture.run(["version"]), "v3.260.0-roster-stand-in\n");
    assert.equal(findEngine("stand-in").version, "v3.260.0-roster-stand-in");
    assert.match(await fixture.run(["preview"]), /not by the Pulumi CLI/);
  });

  it("keeps its own line out of JSON", async () => {
    const digest = await fixture.sandbox.json<{ changeSummary: object }>(["preview", "--json"]);
    assert.deepEqual(digest.changeSummary, { create: 2 });
  });

  it("refuses by name what it does not know", async () => {
    await refused(["preview", "--replace", "x"], 1, /unknown flag: --replace/);
    await refused(["watch"], 1, /unknown command "watch"/);
    await refused(["stack", "graph"], 1, /unknown command "graph"/);
  });

  it("wants a confirmation for what changes things", async () => {
    for (const command of [["up"], ["destroy"], ["refresh"], ["cancel"], ["stack", "rm"]]) {
      await refused(command, 2, /--yes/);
    }
  });

  it("tells a stack that is not there from other failures", async () => {
    await refused(["preview", "--stack", "nowhere"], 6, /no stack named 'nowhere' found/);
    await refused(["config", "get", "nothing"], 1, /configuration key 'nothing' not found for stack 'dev'/);
    await refused(["stack", "output", "nothing"], 1, /does not have output property 'nothing'/);
  });

  it("fails on an unexpected change, and not without one", async () => {
    await refused(["preview", "--expect-no-changes"], 7, /no changes were expected for preview/);
    await refused(["up", "--yes", "--skip-preview", "--expect-no-changes"], 7, /no changes were expected for update/);
    await fixture.run(["preview", "--expect-no-changes"]);
  });

  it("shows an error of the program and removes nothing", async () => {
    fixture.program('throw new Error("no luck");');
    await refused(["up", "--yes", "--skip-preview"], 1, /no luck/);
    const { deployment } = await fixture.sandbox.json<{ deployment: { resources: object[] } }>(["stack", "export"]);
    assert.equal(deployment.resources.length, 3);
    fixture.program('new Item("a", { name: "a" });');
  });

  it("refuses a wrong passphrase", async () => {
    const env = { PULUMI_CONFIG_PASSPHRASE: "wrong" };
    assert.match(await fixture.run(["preview"], { env, expectExit: 1 }), /incorrect passphrase/);
    const none = { PULUMI_CONFIG_PASSPHRASE: undefined };
    assert.match(await fixture.run(["preview"], { env: none, expectExit: 1 }), /PULUMI_CONFIG_PASSPHRASE/);
  });

  it("refuses resource options that it does not know", async () => {
    fixture.program('new Item("a", { name: "a" }, { replaceOnChanges: ["name"] });');
    await refused(["preview"], 1, /does not know the resource option "replaceOnChanges"/);
    fixture.program('new pulumi.CustomResource("aws:s3:Bucket", "b", {});');
    await refused(["preview"], 1, /knows dynamic resources .* only, not aws:s3:Bucket/);
  });

  it("lists, selects and removes stacks", async () => {
    await fixture.run(["stack", "init", "other"]);
    const names = async (): Promise<string[]> =>
      (await fixture.sandbox.json<{ name: string }[]>(["stack", "ls", "--json"])).map(({ name }) => name);
    assert.deepEqual(await names(), ["dev", "other"]);
    await refused(["stack", "rm", "dev", "--yes"], 1, /still has resources/);
    await fixture.run(["stack", "rm", "other", "--yes"]);
    assert.deepEqual(await names(), ["dev"]);
  });

  it("remembers a login and a selected stack", async () => {
    const env = { PULUMI_BACKEND_URL: undefined, PULUMI_STACK: undefined };
    await fixture.run(["login", fixture.sandbox.environment()["PULUMI_BACKEND_URL"] ?? ""], { env });
    await fixture.run(["stack", "select", "dev"], { env });
    await fixture.run(["stack", "export"], { env });
  });

  it("sets, shows and removes configuration, also inside objects", async () => {
    await fixture.run(["config", "set", "plain", "3"]);
    await fixture.run(["config", "set", "--path", "deep.list[0].port", "3"]);
    await fixture.run(["config", "set", "--path", "deep.on", "true"]);
    await fixture.run(["config", "set", "--secret", "--path", "deep.key", "hush"]);
    const shown = await fixture.sandbox.json<Record<string, object>>(["config", "--json", "--show-secrets"]);
    const deep = { key: "hush", list: [{ port: 3 }], on: true };
    assert.deepEqual(shown["fixture:plain"], { value: "3", secret: false });
    assert.deepEqual(shown["fixture:deep"], { value: JSON.stringify(deep), objectValue: deep, secret: true });
    assert.deepEqual(await fixture.sandbox.json(["config", "--json"]), {
      "fixture:deep": { secret: true },
      "fixture:plain": { value: "3", secret: false },
    });
    assert.equal(await fixture.run(["config", "get", "--path", "deep.list[0].port"]), "3\n");
    assert.ok(!fixture.read("Pulumi.dev.yaml").includes("hush"));
    await fixture.run(["config", "rm", "--path", "deep.list[0]"]);
    assert.equal(await fixture.run(["config", "get", "--path", "deep.list"]), "[]\n");
    await fixture.run(["config", "rm", "deep"]);
    await refused(["config", "get", "deep"], 1, /not found/);
  });
});
