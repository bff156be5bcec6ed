import assert from "node:assert/strict";
import { RosterError } from "../../../provider/core/errors.js";
import type { Host, Properties, Resource } from "../../../provider/core/resource.js";
import { Aviary, aviaryResources, create, failure, newHost, runsOf } from "./aviary.js";

describe("delete", () => {
  let aviary: Aviary;
  let other: Aviary;
  let nest: Resource;
  let flock: Resource;
  let host: Host;
  beforeEach(() => {
    [aviary, other] = [new Aviary(), new Aviary()];
    ({ nest, flock } = aviaryResources({ one: aviary, two: other }));
    host = newHost();
  });

  const ours = (): Promise<Properties> => create(host, nest, { name: "oak", size: 3 }).then(({ outs }) => outs);
  const adopted = (args: Properties = {}): Promise<Properties> => {
    aviary.live.nests.set("oak", { size: 3 });
    return create(host, nest, { name: "oak", size: 3, existing: "adopt", ...args }).then(({ outs }) => outs);
  };

  for (const [what, props, left] of [
    ["drops what was made here", ours, undefined],
    ["disables what was adopted", adopted, { size: 1 }],
    ["drops what was adopted where the program says so", () => adopted({ onRemove: "drop" }), undefined],
    [
      "disables what was made here where the program says so",
      async () => ({ ...(await ours()), onRemove: "disable" }),
      { size: 1 },
    ],
    ["keeps what the program says", async () => ({ ...(await ours()), onRemove: "keep" }), { size: 3 }],
  ] as const) {
    it(what, async () => {
      const props_ = await props();
      await nest.delete(newHost(), "oak", props_);
      assert.deepEqual(aviary.live.nests.get("oak")?.size, left?.size);
    });
  }

  it("says what stays, why, and what was done to it: Pulumi says that it is deleted", async () => {
    const told: string[] = [];
    const run = (): Host => newHost({ tell: (text) => void told.push(text) });
    await nest.delete(run(), "oak", await adopted());
    await nest.delete(run(), "oak", { ...(await adopted()), onRemove: "keep" });
    await nest.delete(run(), "oak", { ...(await adopted()), onRemove: "drop" });
    await nest.delete(run(), "oak", { name: "gone", adopted: true });
    assert.deepEqual(told, [
      'aviary.Nest "oak" on connection aviary: it stays, as it was there before this stack; what was done: alter oak {"size":1}',
      'aviary.Nest "oak": it stays as it is, as its onRemove is "keep"',
    ]);
  });

  it("does not even look where it keeps: also with a system that is out of reach or has no settings", async () => {
    aviary.down = new RosterError("out of reach");
    await nest.delete(newHost({ environment: {} }), "oak", { name: "oak", onRemove: "keep" });
    assert.equal(aviary.reads, 0);
  });

  it("does nothing for what is gone, whoever took it and whenever", async () => {
    const props = await ours();
    aviary.live.nests.clear();
    await nest.delete(newHost(), "oak", props);
    assert.equal(runsOf(aviary).includes("fell oak"), false);
  });

  it("does not fail where somebody else takes the thing at the same moment", async () => {
    const props = await ours();
    aviary.before = () => {
      aviary.live.nests.clear();
      throw new RosterError("there is no nest oak");
    };
    await nest.delete(newHost(), "oak", props);
  });

  it("fails where the system refuses, with what was tried", async () => {
    const props = await ours();
    aviary.before = () => {
      throw new RosterError("in use", { tried: "fell oak" });
    };
    const error = await failure(nest.delete(newHost(), "oak", props));
    assert.match(error.message, /^aviary\.Nest "oak" on connection aviary: in use\n +tried: +fell oak/);
  });

  it("names the connection once where that is what failed", async () => {
    const props = await ours();
    aviary.before = () => {
      throw new RosterError("connection aviary refuses the token");
    };
    const error = await failure(nest.delete(newHost(), "oak", props));
    assert.equal(error.message, 'aviary.Nest "oak": connection aviary refuses the token');
  });

  it("says where to set what is not to be found any more", async () => {
    const props = await ours();
    const error = await failure(nest.delete(newHost({ environment: {} }), "oak", props));
    assert.match(error.message, /the connection has no host/);
  });

  it("leaves what this run gave under another resource's name", async () => {
    const props = await ours();
    host = newHost();
    await create(host, nest, { name: "oak", size: 3, existing: "adopt" });
    await nest.delete(host, "oak", props);
    assert.ok(aviary.live.nests.has("oak"));
  });

  it("leaves it also where the two call the same system by two names", async () => {
    const props = await ours();
    host = newHost({ environment: { AVIARYHOST: "one", ROSTER_SECOND_HOST: "one" } });
    await create(host, nest, { name: "oak", size: 3, existing: "adopt", connection: "second" });
    await nest.delete(host, "oak", props);
    assert.ok(aviary.live.nests.has("oak"));
  });

  it("leaves it also where two addresses lead to the same system", async () => {
    ({ nest } = aviaryResources({ one: aviary, alias: aviary }));
    aviary.live.identity = "north";
    const props = await ours();
    host = newHost({ environment: { AVIARYHOST: "one", ROSTER_SECOND_HOST: "alias" } });
    await create(host, nest, { name: "oak", size: 3, existing: "adopt", connection: "second" });
    await nest.delete(host, "oak", props);
    assert.ok(aviary.live.nests.has("oak"));
  });

  it("takes it where the other system does not say which one it is, or cannot be reached", async () => {
    for (const down of [undefined, new RosterError("out of reach")]) {
      aviary.live.identity = "north";
      const props = await ours();
      host = newHost({ environment: { AVIARYHOST: "one", ROSTER_SECOND_HOST: "two" } });
      await create(host, nest, { name: "oak", size: 3, existing: "adopt", connection: "second" });
      other.down = down;
      await nest.delete(host, "oak", props);
      assert.equal(aviary.live.nests.has("oak"), false);
    }
  });

  it("takes it where the same name was given on another system", async () => {
    const props = await ours();
    host = newHost({ environment: { AVIARYHOST: "one", ROSTER_SECOND_HOST: "two" } });
    await create(host, nest, { name: "oak", size: 3, connection: "second" });
    await nest.delete(host, "oak", props);
    assert.deepEqual([aviary.live.nests.has("oak"), other.live.nests.has("oak")], [false, true]);
  });

  it("leaves what an unchanged resource of the program has", async () => {
    const props = await ours();
    host = newHost();
    const { inputs } = await nest.check(host, { name: "oak", size: 3 }, { name: "oak", size: 3 });
    await nest.diff(host, "oak", props, inputs);
    await nest.delete(host, "oak", props);
    assert.ok(aviary.live.nests.has("oak"));
  });

  it("takes what a destroy that runs the program has only checked, and what a refresh before it has compared", async () => {
    const props = await ours();
    for (const refreshes of [false, true]) {
      aviary.live.nests.set("oak", { size: 3 });
      host = newHost();
      if (refreshes) await nest.diff(host, "oak", props, { name: "oak", size: 3 });
      await nest.check(host, { name: "oak", size: 3 }, { name: "oak", size: 3 });
      await nest.delete(host, "oak", props);
      assert.equal(aviary.live.nests.has("oak"), false, `with a refresh before: ${String(refreshes)}`);
    }
  });

  it("takes of a list what the run did not give", async () => {
    aviary.live.nests.set("oak", { size: 1 });
    const { outs } = await create(host, flock, { nest: "oak", birds: "jay\nowl\n" });
    host = newHost();
    await create(host, flock, { nest: "oak", birds: "jay\nowl\n" });
    await flock.delete(host, "oak", { ...outs, birds: "jay\nowl\nwren\n" });
    assert.deepEqual([...(aviary.live.birds.get("oak") ?? [])], ["jay", "owl"]);
    await flock.delete(newHost(), "oak", outs);
    assert.deepEqual([...(aviary.live.birds.get("oak") ?? [])], []);
  });
});
