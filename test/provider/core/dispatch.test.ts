import assert from "node:assert/strict";
import sinon from "sinon";
import type * as Dispatch from "../../../provider/core/dispatch.js";
import { RosterError } from "../../../provider/core/errors.js";
import type { Host, Resource } from "../../../provider/core/resource.js";

type Fake = Record<Exclude<keyof Resource, "token" | "later" | "manages">, sinon.SinonStub> & { token: string };

function fakeResource(): Fake {
  return {
    token: "birds.Bird",
    identify: sinon.stub().returns({ resource: "birds.Bird", connection: "birds", id: "owl" }),
    check: sinon.stub().resolves({ inputs: {}, failures: [] }),
    diff: sinon.stub().resolves({ changes: false, replaces: [], deleteBeforeReplace: true }),
    create: sinon.stub().resolves({ id: "owl", outs: {} }),
    read: sinon.stub().resolves({ id: "owl", props: {} }),
    update: sinon.stub().resolves({ outs: {} }),
    delete: sinon.stub().resolves(),
  };
}

function config(values: Readonly<Record<string, string>> = {}): Dispatch.ConfigureRequest {
  return { config: { get: (key) => values[key] } };
}

/** The module as a new provider process has it: it keeps what all resources of a run share. */
function freshModule(): typeof Dispatch {
  const file = require.resolve("../../../provider/core/dispatch.js");
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the cache is an object by file
  delete require.cache[file];
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() would give the module that was loaded before
  return require(file) as typeof Dispatch;
}

describe("dispatch", () => {
  let resource: Fake;
  let provider: Dispatch.DynamicProvider;
  let dispatch: typeof Dispatch;
  beforeEach(() => {
    dispatch = freshModule();
    resource = fakeResource();
    provider = dispatch.makeProvider(() => Promise.resolve(resource as unknown as Resource));
  });

  const hostOf = (stub: sinon.SinonStub): Host => stub.firstCall.args[0] as Host;

  /** Every method that Pulumi calls, with arguments. */
  const calls = (): Promise<unknown>[] => [
    provider.check({}, {}),
    provider.diff("owl", {}, {}),
    provider.create({}),
    provider.read("owl", {}),
    provider.update("owl", {}, {}),
    provider.delete("owl", {}),
  ];

  it("lets calls that come before configure wait for it", async () => {
    const early = Promise.all(calls());
    await new Promise(setImmediate);
    for (const stub of [
      resource.check,
      resource.diff,
      resource.create,
      resource.read,
      resource.update,
      resource.delete,
    ])
      assert.equal(stub.callCount, 0);
    await provider.configure(config({ "roster:maxRemovals": "7" }));
    await early;
    assert.equal(hostOf(resource.create).options.maxRemovals, 7);
    assert.equal(hostOf(resource.delete), hostOf(resource.check));
  });

  it("prints what it warns of as a warning where no engine listens, as in a program's own process", async () => {
    const [warn, log] = [sinon.stub(console, "warn"), sinon.stub(console, "log")];
    try {
      await provider.configure(config());
      await provider.create({});
      hostOf(resource.create).warn("careful");
      hostOf(resource.create).tell("well");
      assert.deepEqual([warn.args, log.args], [[["warning: careful"]], [["well"]]]);
    } finally {
      warn.restore();
      log.restore();
    }
  });

  it("fails every call, earlier and later ones, where configure failed: Pulumi forgets that it did", async () => {
    const early = calls();
    await provider.configure(config({ "roster:maxRemovals": "many" }));
    for (const call of [...early, ...calls()])
      await assert.rejects(call, { message: /roster:maxRemovals is "many", which is not a whole number/ });
    assert.equal(resource.create.callCount, 0);
  });

  it("tells in every call that a resource cannot be loaded", async () => {
    provider = dispatch.makeProvider(() => Promise.reject(new RosterError("there is no resource birds.Emu")));
    await provider.configure(config());
    for (const call of calls()) await assert.rejects(call, { message: /birds\.Emu/ });
  });

  describe("of an error that Pulumi's provider process prints before the engine shows it", () => {
    let printed: sinon.SinonStub;
    beforeEach(async () => {
      printed = sinon.stub(console, "error");
      await provider.configure(config());
    });
    afterEach(() => {
      sinon.restore();
      delete process.env["ROSTER_DEBUG"];
    });

    /** What Pulumi's process does with it (cmd/dynamic-provider/index.js). */
    const serve = async (call: () => Promise<unknown>): Promise<void> => {
      try {
        await call();
      } catch (error) {
        console.error(`${String(error)}: ${String((error as Error).stack)}`);
      }
    };
    const failing = (error: Error): Promise<void>[] => {
      for (const method of [resource.check, resource.diff, resource.read, resource.delete]) method.rejects(error);
      return [
        serve(() => provider.check({}, {})),
        serve(() => provider.diff("owl", {}, {})),
        serve(() => provider.read("owl", {})),
        serve(() => provider.delete("owl", {})),
      ];
    };

    it("leaves it to the engine, side by side too, and lets through all else", async () => {
      const served = failing(new RosterError("it failed", { remedy: "do not" }));
      console.error("before");
      await Promise.all(served);
      console.error("it failed");
      await new Promise(setImmediate);
      assert.equal(console.error, printed, "nothing is left in the way");
      assert.deepEqual(printed.args, [["before"], ["it failed"]]);
    });

    it("lets it be printed with its stack where somebody wants that, and where it is none of ours", async () => {
      process.env["ROSTER_DEBUG"] = "1";
      await Promise.all(failing(new RosterError("it failed")));
      assert.equal(printed.callCount, 4);
      assert.match(String(printed.args[0]), /^it failed: [^]*it failed\n +at .*dispatch\.test/);
      delete process.env["ROSTER_DEBUG"];
      await Promise.all(failing(new TypeError("a defect")));
      assert.equal(printed.callCount, 8);
    });
  });

  it("gives all resources of a process one host", async () => {
    const other = fakeResource();
    const second = dispatch.makeProvider(() => Promise.resolve(other as unknown as Resource));
    await provider.configure(config({ "roster:connections": "{}" }));
    await second.configure(config({ "roster:connections": "{}" }));
    await Promise.all([provider.create({}), second.create({})]);
    assert.equal(hostOf(resource.create), hostOf(other.create));
    assert.equal(hostOf(resource.create).connections, "{}");
  });

  for (const [key, text, expected] of [
    ["roster:maxRemovals", undefined, { maxRemovals: undefined, offline: false }],
    ["roster:maxRemovals", "", { maxRemovals: undefined, offline: false }],
    ["roster:maxRemovals", "0", { maxRemovals: 0, offline: false }],
    ["roster:offline", "true", { maxRemovals: undefined, offline: true }],
    ["roster:offline", "false", { maxRemovals: undefined, offline: false }],
    ["roster:maxRemovals", "-1", /maxRemovals is "-1", which is not a whole number/],
    ["roster:maxRemovals", "2.5", /maxRemovals is "2\.5"/],
    ["roster:maxRemovals", " ", /maxRemovals is " "/],
    ["roster:offline", "yes", /offline is "yes"; it can be true or false/],
  ] as const) {
    it(`reads ${key} = ${JSON.stringify(text)}`, async () => {
      await provider.configure(config(text === undefined ? {} : { [key]: text }));
      if (expected instanceof RegExp) {
        await assert.rejects(provider.create({}), { message: expected });
      } else {
        await provider.create({});
        assert.deepEqual(hostOf(resource.create).options, expected);
      }
    });
  }

  it("keeps the provider's text from the resource, except in what it creates: an error carries it", async () => {
    await provider.configure(config());
    const props = { name: "owl", __provider: "text" };
    await provider.check(props, props);
    await provider.diff("owl", props, props);
    await provider.create(props);
    await provider.read("owl", props);
    await provider.update("owl", props, props);
    await provider.delete("owl", props);
    const bare = { name: "owl" };
    assert.deepEqual(resource.check.firstCall.args.slice(1), [bare, bare]);
    assert.deepEqual(resource.diff.firstCall.args.slice(1), ["owl", bare, bare]);
    assert.deepEqual(resource.create.firstCall.args.slice(1), [props]);
    assert.deepEqual(resource.read.firstCall.args.slice(1), ["owl", bare]);
    assert.deepEqual(resource.update.firstCall.args.slice(1), ["owl", bare, props]);
    assert.deepEqual(resource.delete.firstCall.args.slice(1), ["owl", bare]);
  });

  it("lets no output through that Pulumi's wire cannot carry", async () => {
    const outs = { a: undefined, b: 5n, c: new Date("2027-01-31T00:00:00Z"), d: [{ e: undefined }] };
    resource.create.resolves({ id: "owl", outs });
    resource.update.resolves({ outs });
    await provider.configure(config());
    const fit = { b: "5", c: "2027-01-31T00:00:00.000Z", d: [{}] };
    assert.deepEqual(await provider.create({}), { id: "owl", outs: fit });
    assert.deepEqual(await provider.update("owl", {}, {}), { outs: fit });
  });

  it("passes errors on as they are, with what they carry", async () => {
    const error = Object.assign(new RosterError("half done"), { id: "owl", properties: {}, reasons: [] });
    resource.create.rejects(error);
    await provider.configure(config());
    await assert.rejects(provider.create({}), (thrown) => thrown === error);
  });

  describe("the clock", () => {
    afterEach(() => {
      delete process.env["ROSTER_NOW"];
    });

    const now = async (): Promise<Date> => {
      await provider.configure(config());
      await provider.create({});
      return hostOf(resource.create).now();
    };

    it("can be set, for tests and for a look ahead", async () => {
      process.env["ROSTER_NOW"] = "2027-01-31";
      assert.equal((await now()).toISOString(), "2027-01-31T00:00:00.000Z");
    });

    it("goes otherwise", async () => {
      process.env["ROSTER_NOW"] = "";
      const [before, is] = [Date.now(), (await now()).getTime()];
      assert.ok(before <= is && is <= Date.now());
    });

    it("refuses what is no time, and names the variable", async () => {
      process.env["ROSTER_NOW"] = "soon";
      await assert.rejects(now, { message: /ROSTER_NOW is "soon", which is no time/ });
    });
  });
});
