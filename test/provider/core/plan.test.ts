import assert from "node:assert/strict";
import { PLAN } from "../../../provider/core/arguments.js";
import { RosterError } from "../../../provider/core/errors.js";
import type { CheckFailure, Properties, Resource } from "../../../provider/core/resource.js";
import { UNKNOWN } from "../../../provider/core/unknown.js";
import { Aviary, aviaryResources, create, failure, newHost, runsOf, update } from "./aviary.js";

describe("plan", () => {
  let aviary: Aviary;
  let nest: Resource;
  let flock: Resource;
  let host: ReturnType<typeof newHost>;
  beforeEach(() => {
    aviary = new Aviary();
    ({ nest, flock } = aviaryResources({ one: aviary }));
    host = newHost();
  });

  /** What `pulumi preview` asks of a resource. */
  async function preview(
    resource: Resource,
    olds: Properties,
    args: Properties,
  ): Promise<{ plan: unknown; failures: CheckFailure[]; inputs: Properties }> {
    const { inputs, failures } = await resource.check(host, olds, { ...args, __dryRun: true });
    const { [PLAN]: plan, ...rest } = inputs;
    return { plan, failures, inputs: rest };
  }

  async function planOf(resource: Resource, olds: Properties, args: Properties): Promise<unknown> {
    const { plan, failures } = await preview(resource, olds, args);
    assert.deepEqual(failures, []);
    return plan;
  }

  const warnings = (): string[] => host.warn.args.map(([text]) => text);

  describe("in a preview", () => {
    it("is what the update then runs, in order, without secrets", async () => {
      const args = { name: "oak", size: 3, token: "a-secret-token" };
      const plan = await planOf(nest, {}, args);
      assert.deepEqual(plan, ['build oak {"size":3} token $TOKEN']);
      assert.deepEqual(aviary.runs, []);
      host = newHost();
      const { outs } = await create(host, nest, args);
      assert.deepEqual(runsOf(aviary), plan);

      aviary.runs.length = 0;
      host = newHost();
      const news = { name: "elm", size: 4, remark: "moved" };
      const change = await planOf(nest, outs, news);
      host = newHost();
      await update(host, nest, outs, news);
      assert.deepEqual(runsOf(aviary), change);
    });

    it("takes out the word that it is a preview, and leaves the inputs of an update", async () => {
      const args = { name: "oak", size: 1, remark: "x" };
      const { inputs } = await preview(nest, {}, args);
      assert.deepEqual(inputs, (await nest.check(newHost(), {}, args)).inputs);
      assert.deepEqual(inputs, { name: "oak", remark: "x" });
    });

    it("is not there for what is unchanged, and asks no system then", async () => {
      const { outs } = await create(newHost(), nest, { name: "oak", size: 3 });
      aviary.reads = 0;
      assert.equal(await planOf(nest, { name: "oak", size: 3 }, { name: "oak", size: 3 }), undefined);
      assert.equal(aviary.reads, 0);
      assert.ok(outs);
    });

    it("is not there where the update has nothing to run", async () => {
      await create(newHost(), nest, { name: "oak", size: 3 });
      const args = { name: "oak", size: 3, connection: { name: "aviary", token: "t0ken" } };
      assert.equal(await planOf(nest, { name: "oak", size: 3 }, args), undefined);
    });

    it("shows the same drift twice where it is repaired twice", async () => {
      const args = { name: "oak", size: 3 };
      await create(newHost(), nest, args);
      const plans: unknown[] = [];
      for (let round = 0; round < 2; round += 1) {
        aviary.live.nests.set("oak", { size: 8 });
        const seen = await nest.read(newHost(), "oak", args);
        host = newHost();
        plans.push(await planOf(nest, seen.inputs ?? {}, args));
        await update(newHost(), nest, seen.props, args);
        assert.equal(aviary.live.nests.get("oak")?.size, 3);
      }
      assert.deepEqual(plans, [['alter oak {"size":3}'], ['alter oak {"size":3}']]);
    });

    it("shows how drift is repaired that no argument can say", async () => {
      aviary.live.nests.set("oak", { size: 5 });
      // The arguments are the same, and what drifted is none of them: a group that was given a login, for instance.
      const drifted = { name: "oak", size: 3, colour: "painted by hand" };
      assert.deepEqual(await planOf(nest, drifted, { name: "oak", size: 3 }), ['alter oak {"size":3}']);
    });

    it("adds nothing in an update", async () => {
      const { inputs } = await nest.check(host, {}, { name: "oak" });
      assert.deepEqual(inputs, { name: "oak" });
      const refreshed = await nest.check(host, { name: "oak", plan: ["old"] }, { name: "oak", __dryRun: false });
      assert.deepEqual(refreshed.inputs, { name: "oak" });
    });
  });

  describe("of several resources", () => {
    it("sees what the others of the preview will do", async () => {
      assert.deepEqual(await planOf(nest, {}, { name: "oak" }), ['build oak {"size":1}']);
      assert.deepEqual(await planOf(flock, {}, { nest: "oak", birds: "owl\n" }), ["seat owl in oak"]);
      assert.deepEqual(warnings(), []);
      assert.equal(aviary.live.nests.size, 0);
    });

    it("warns of what is missing, shows it in the plan, and plans the rest", async () => {
      aviary.live.nests.set("oak", { size: 1 });
      const plan = await planOf(flock, {}, { nest: "oak", birds: "ghost-1\nowl\n" });
      assert.deepEqual(plan, ["seat owl in oak", "# cannot be done: there is no bird ghost-1"]);
      assert.deepEqual(warnings(), ['aviary.Flock "oak": there is no bird ghost-1. Catch ghost-1 first.']);
    });

    it("refuses in the preview already what nothing in the run can help", async () => {
      aviary.live.nests.set("oak", { size: 1 });
      const { failures } = await preview(flock, {}, { nest: "oak", birds: "ghost-unicorn\nowl\n" });
      const reason = "there is no bird ghost-unicorn. Catch ghost-unicorn first.";
      assert.deepEqual(failures, [{ property: "", reason }]);
      assert.deepEqual(warnings(), []);
    });

    it("reads the system once", async () => {
      for (const name of ["a", "b", "c"]) await planOf(nest, {}, { name });
      assert.equal(aviary.reads, 1);
    });

    it("stops what removes too much, before anything is done", async () => {
      aviary.live.nests.set("oak", { size: 1 });
      aviary.live.birds.set("oak", new Set(Array.from({ length: 30 }, (_, index) => `bird-${String(index)}`)));
      const error = await failure(preview(flock, {}, { nest: "oak", birds: "" }));
      assert.match(error.message, /would remove 30 of 30 birds of oak/);
      host = newHost({ options: { maxRemovals: 30, offline: false } });
      assert.equal(((await planOf(flock, {}, { nest: "oak", birds: "" })) as string[]).length, 30);
    });
  });

  describe("of what exists already", () => {
    beforeEach(() => aviary.live.nests.set("oak", { size: 2 }));

    it("is refused, with the property and the remedy", async () => {
      const { failures, plan } = await preview(nest, {}, { name: "oak" });
      assert.equal(plan, undefined);
      assert.equal(failures[0]?.property, "name");
      assert.match(failures[0].reason, /exists already on connection aviary.*existing: "adopt".*aliases/);
    });

    it("says that it adopts, and what it changes", async () => {
      const args = { name: "oak", existing: "adopt", size: 3 };
      assert.deepEqual(await planOf(nest, {}, args), ["# adopts what exists already", 'alter oak {"size":3}']);
      host = newHost();
      assert.deepEqual(await planOf(nest, {}, { ...args, size: 2 }), ["# adopts what exists already"]);
    });

    it("goes on with what a create that was cut off has left", async () => {
      const plan = await planOf(nest, {}, { name: "oak", size: 2 });
      assert.deepEqual(plan, ["# exists already, exactly as declared: taken for one made here"]);
    });

    it("does not refuse a replacement, which is checked once more as if it were new", async () => {
      await preview(nest, { name: "oak", size: 2, remark: "a" }, { name: "oak", size: 2, remark: "b" });
      const { failures } = await preview(nest, {}, { name: "oak", size: 2, remark: "b" });
      assert.deepEqual(failures, []);
    });
  });

  describe("with values that are not known yet", () => {
    it("names them, and plans the rest as it was", async () => {
      aviary.live.nests.set("oak", { size: 3, remark: "old" });
      const olds = { name: "oak", size: 3, remark: "old" };
      assert.deepEqual(await planOf(nest, olds, { name: "oak", size: 4, remark: UNKNOWN }), [
        "# remark: not known before the update",
        'alter oak {"size":4,"remark":"old"}',
      ]);
    });

    it("shows no word of Pulumi's text for them, in lists and within values neither", async () => {
      for (const args of [
        { name: "oak", remark: UNKNOWN },
        { name: "oak", size: UNKNOWN },
        { name: "oak", tags: UNKNOWN },
        { name: "oak", tags: ["a", UNKNOWN] },
        { name: "oak", token: UNKNOWN, tokenVersion: "1" },
      ]) {
        host = newHost();
        const plan = await planOf(nest, {}, args);
        assert.ok(Array.isArray(plan) && plan.length > 0, JSON.stringify(args));
        assert.doesNotMatch(plan.join("\n"), new RegExp(UNKNOWN));
        assert.match(plan.join("\n"), /not known before the update/);
      }
    });

    it("keeps them in the inputs", async () => {
      const { inputs } = await preview(nest, {}, { name: "oak", tags: UNKNOWN, remark: UNKNOWN });
      assert.deepEqual(inputs, { name: "oak", tags: UNKNOWN, remark: UNKNOWN });
    });

    it("refuses all the same what is certainly wrong", async () => {
      const { failures } = await preview(nest, {}, { name: UNKNOWN, size: 0 });
      assert.deepEqual(failures, [{ property: "size", reason: "must be 1 or more" }]);
    });

    it("does not call wrong what may turn out right", async () => {
      const { failures } = await preview(nest, {}, { name: "oak", size: 100, remark: UNKNOWN });
      assert.deepEqual(failures, []);
      assert.equal((await preview(nest, {}, { name: "oak", size: 100 })).failures.length, 1);
    });

    it("plans nothing for a thing without a name", async () => {
      assert.equal(await planOf(nest, {}, { name: UNKNOWN, size: 3 }), undefined);
    });

    it("plans nothing, and says why, where a whole list is not known", async () => {
      aviary.live.nests.set("oak", { size: 1 });
      aviary.live.birds.set("oak", new Set(["owl"]));
      assert.deepEqual(await planOf(flock, {}, { nest: "oak", birds: UNKNOWN }), [
        "# birds: not known before the update",
      ]);
    });
  });

  describe("without the system", () => {
    it("goes on where the system cannot be reached, says so in the plan and warns once", async () => {
      aviary.down = new RosterError("nothing answers at one", { remedy: "Check the host." });
      const note = "# not compared with the live system: nothing answers at one";
      assert.deepEqual(await planOf(nest, {}, { name: "oak" }), [note, 'build oak {"size":1}']);
      const olds = { name: "elm", size: 3, remark: "x" };
      assert.deepEqual(await planOf(nest, olds, { ...olds, size: 4 }), [note, 'alter elm {"size":4,"remark":"x"}']);
      assert.equal(warnings().length, 1);
      assert.match(warnings()[0] ?? "", /from state alone[^]*nothing answers at one[^]*Check the host/);
    });

    it("refuses nothing as existing, as it cannot know", async () => {
      aviary.live.nests.set("oak", { size: 2 });
      aviary.down = new RosterError("down");
      assert.deepEqual((await preview(nest, {}, { name: "oak" })).failures, []);
    });

    it("asks nobody with roster:offline, and says so", async () => {
      aviary.live.nests.set("oak", { size: 2 });
      host = newHost({ options: { maxRemovals: undefined, offline: true } });
      const plan = await planOf(nest, {}, { name: "oak" });
      assert.deepEqual(plan, [
        "# roster:offline is set: planned from state alone, not compared with the live system",
        'build oak {"size":1}',
      ]);
      const list = await planOf(flock, { nest: "oak", birds: "jay\nowl\n" }, { nest: "oak", birds: "jay\nwren\n" });
      assert.deepEqual((list as string[]).slice(1), ["unseat owl in oak", "seat wren in oak"]);
      assert.deepEqual([aviary.reads, warnings()], [0, []]);
    });

    it("plans from state where the address is not known yet, and says which setting", async () => {
      host = newHost({ environment: {} });
      const connection = { name: "new", host: UNKNOWN };
      assert.deepEqual(await planOf(nest, {}, { name: "oak", connection }), [
        "# the host of connection new is not known yet: not compared with the live system",
        'build oak {"size":1}',
      ]);
    });

    it("plans from state where nothing of the connection is known yet", async () => {
      host = newHost({ environment: {} });
      for (const connection of [UNKNOWN, { name: UNKNOWN, host: "one" }]) {
        const plan = await planOf(nest, {}, { name: "oak", connection });
        assert.match((plan as string[])[0] ?? "", /^# the connection is not known yet: not compared/);
        assert.doesNotMatch(JSON.stringify(plan), new RegExp(UNKNOWN));
      }
    });

    it("fails where a setting is missing, which no update could do without either", async () => {
      host = newHost({ environment: {} });
      const error = await failure(preview(nest, {}, { name: "oak" }));
      assert.match(error.message, /^aviary\.Nest "oak": the connection has no host/);
    });

    it("fails where the config is not what it should be", async () => {
      host = newHost({ connections: "no JSON" });
      assert.match((await failure(preview(nest, {}, { name: "oak" }))).message, /roster:connections is not an object/);
    });
  });
});
