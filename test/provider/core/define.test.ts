import assert from "node:assert/strict";
import { ADOPTED, DRY_RUN, PROVIDER } from "../../../provider/core/arguments.js";
import { CONNECTION_LOST, RosterError } from "../../../provider/core/errors.js";
import type { Host, Properties, Resource } from "../../../provider/core/resource.js";
import { UNKNOWN } from "../../../provider/core/unknown.js";
import { Aviary, TEXT, aviaryResources, create, failure, newHost, runsOf, update } from "./aviary.js";

describe("defineResource", () => {
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

  describe("create", () => {
    it("makes the thing, and gives what is now true under its natural key", async () => {
      const { id, outs } = await create(host, nest, { name: "a/b", size: 3, remark: "high" });
      assert.equal(id, "a%2Fb");
      assert.deepEqual(outs, { name: "a/b", size: 3, remark: "high", count: "1" });
      assert.deepEqual(runsOf(aviary), ['build a/b {"size":3,"remark":"high"}']);
    });

    it("refuses a thing that is there already, with the remedy", async () => {
      aviary.live.nests.set("oak", { size: 2 });
      const error = await failure(create(host, nest, { name: "oak" }));
      assert.match(error.message, /^aviary\.Nest "oak" on connection aviary: it exists already/);
      assert.match(error.message, /existing: "adopt"/);
      assert.match(error.message, /aliases/);
      assert.equal(error.id, undefined);
      assert.deepEqual(aviary.runs, []);
    });

    it("adopts it where the program says so, changes it, and remembers that it was there", async () => {
      aviary.live.nests.set("oak", { size: 2 });
      const { outs } = await create(host, nest, { name: "oak", existing: "adopt", size: 3 });
      assert.equal(outs[ADOPTED], true);
      assert.deepEqual(aviary.live.nests.get("oak"), { size: 3, remark: undefined });
    });

    it("does not call adopted what was not there", async () => {
      const { outs } = await create(host, nest, { name: "oak", existing: "adopt" });
      assert.equal(ADOPTED in outs, false);
    });

    it("finishes a create that was cut off: what is as declared and holds nothing is ours", async () => {
      aviary.live.nests.set("oak", { size: 3, remark: undefined });
      const { outs } = await create(host, nest, { name: "oak", size: 3, token: "secret-1" });
      assert.equal(ADOPTED in outs, false);
      assert.equal(aviary.tokens.get("oak"), "hash:secret-1");
    });

    it("does not take for ours what holds something", async () => {
      aviary.live.nests.set("oak", { size: 1, remark: undefined });
      aviary.live.birds.set("oak", new Set(["owl"]));
      assert.match((await failure(create(host, nest, { name: "oak" }))).message, /exists already/);
    });

    it("lets a replacement find its own thing: the second check, which sees no state, refuses nothing", async () => {
      const { outs } = await create(host, nest, { name: "oak", size: 2 });
      host = newHost();
      await nest.check(host, outs, { name: "oak", size: 2, remark: "new" });
      const again = await create(host, nest, { name: "oak", size: 2, remark: "new" });
      assert.equal(again.outs["remark"], "new");
    });

    it("adopts a relation that is there, and changes nothing", async () => {
      aviary.live.nests.set("oak", { size: 1 });
      aviary.live.birds.set("oak", new Set(["owl"]));
      const { outs } = await create(host, flock, { nest: "oak", birds: "owl\n" });
      assert.deepEqual([outs, aviary.runs], [{ nest: "oak", birds: "owl\n" }, []]);
    });
  });

  describe("partial success", () => {
    beforeEach(() => aviary.live.nests.set("oak", { size: 1 }));

    it("does the rest, and carries the id, what is now true, the provider's text and a reason for each failure", async () => {
      aviary.before = ([change]) => {
        if (change?.kind === "seat" && change.bird === "emu") throw new RosterError("an emu does not sit");
      };
      const error = await failure(create(host, flock, { nest: "oak", birds: "emu\nghost-1\nowl\n" }));
      assert.equal(error.id, "oak");
      assert.deepEqual(error.properties, { nest: "oak", birds: "owl\n", ...TEXT });
      assert.deepEqual(error.reasons, [
        'aviary.Flock "oak": an emu does not sit',
        'aviary.Flock "oak": there is no bird ghost-1\n  what to do: Catch ghost-1 first.',
      ]);
      assert.match(error.message, /"oak" on connection aviary: 2 things could not be done/);
      assert.match(error.message, /emu does not sit[^]*no bird ghost-1/);
    });

    it("does only what is left the next time", async () => {
      const error = await failure(create(host, flock, { nest: "oak", birds: "ghost-1\nowl\n" }));
      aviary.runs.length = 0;
      const { [PROVIDER]: _text, ...outs } = error.properties ?? {};
      assert.deepEqual(await flock.diff(host, "oak", outs, { nest: "oak", birds: "ghost-1\nowl\n" }), {
        changes: true,
        replaces: [],
        deleteBeforeReplace: true,
      });
      assert.deepEqual(await update(host, flock, outs, { nest: "oak", birds: "jay\nowl\n" }), {
        nest: "oak",
        birds: "jay\nowl\n",
      });
      assert.deepEqual(runsOf(aviary), ["seat jay in oak"]);
    });

    it("carries nothing where nothing was done", async () => {
      const error = await failure(create(host, flock, { nest: "oak", birds: "ghost-1\n" }));
      assert.deepEqual([error.id, error.properties, error.reasons], [undefined, undefined, undefined]);
      assert.match(error.message, /no bird ghost-1/);
    });

    it("does not say that a token was set where the change that sets it failed", async () => {
      const { outs } = await create(host, nest, { name: "elm", token: "first-token", tokenVersion: "1" });
      aviary.before = () => {
        // Somebody else changes the nest, so that it is not as it was, and ours is refused.
        aviary.live.nests.set("elm", { size: 7, remark: undefined });
        throw new RosterError("no");
      };
      const news = { name: "elm", token: "second-token", tokenVersion: "2" };
      const error = await failure(update(host, nest, outs, news));
      aviary.before = () => undefined;
      const stored = error.properties ?? outs;
      assert.equal((await nest.diff(host, "elm", stored, news)).changes, true);
      await update(host, nest, stored, news);
      assert.equal(aviary.tokens.get("elm"), "hash:second-token");
    });

    it("does not carry more than an answer of gRPC holds: what is too large is left to the next look", async () => {
      const birds = Array.from({ length: 5000 }, (_, index) => `bird-${String(index)}\n`).sort();
      const error = await failure(create(host, flock, { nest: "oak", birds: `${birds.join("")}ghost-1\n` }));
      assert.deepEqual([error.id, error.properties, error.reasons], [undefined, undefined, undefined]);
      assert.match(error.message, /no bird ghost-1/);
      aviary.runs.length = 0;
      const { outs } = await create(host, flock, { nest: "oak", birds: `${birds.join("")}owl\n` });
      assert.deepEqual([outs["birds"], runsOf(aviary)], [`${birds.join("")}owl\n`, ["seat owl in oak"]]);
    });

    it("does not carry more reasons than an answer of gRPC holds", async () => {
      const ghosts = Array.from({ length: 2000 }, (_, index) => `ghost-${String(index)}\n`).sort();
      const error = await failure(create(host, flock, { nest: "oak", birds: `${ghosts.join("")}owl\n` }));
      assert.equal(error.id, "oak");
      assert.ok(JSON.stringify(error.reasons).length < 16_000);
      assert.match(error.reasons?.at(-1) ?? "", /and \d+ more/);
    });
  });

  describe("a failed run", () => {
    const mightBe = (code?: string): RosterError => new RosterError("refused", { code });

    it("looks afresh, once: what is no longer wanted is no failure", async () => {
      aviary.before = () => {
        aviary.live.nests.set("oak", { size: 3, remark: undefined });
        throw mightBe();
      };
      const { outs } = await create(host, nest, { name: "oak", size: 3 });
      assert.deepEqual([outs["size"], aviary.reads, aviary.runs.length], [3, 2, 1]);
    });

    it("does what is wanted otherwise now", async () => {
      const { outs } = await create(host, nest, { name: "oak", size: 3 });
      [aviary.reads, aviary.runs.length] = [0, 0];
      aviary.before = ([change]) => {
        if (change?.kind !== "alter") return;
        aviary.live.nests.clear();
        throw mightBe();
      };
      assert.equal((await update(host, nest, outs, { name: "oak", size: 4 }))["size"], 4);
      assert.deepEqual(runsOf(aviary), ['alter oak {"size":4}', 'build oak {"size":4}']);
      assert.equal(aviary.reads, 1);
    });

    it("adopts nothing unasked that somebody else made in between", async () => {
      aviary.before = () => {
        aviary.live.nests.set("oak", { size: 9, remark: undefined });
        throw mightBe();
      };
      const error = await failure(create(host, nest, { name: "oak", size: 3 }));
      assert.match(error.message, /refused/);
      assert.equal(aviary.live.nests.get("oak")?.size, 9);
    });

    it("is not run again where nothing else is asked for", async () => {
      aviary.before = () => {
        throw mightBe();
      };
      const error = await failure(create(host, nest, { name: "oak" }));
      assert.match(error.message, /refused/);
      assert.deepEqual([aviary.reads, aviary.runs.length, error.id], [2, 1, undefined]);
    });

    it("is run once more where the connection broke, and then fails", async () => {
      let times = 0;
      aviary.before = () => {
        times += 1;
        throw mightBe(CONNECTION_LOST);
      };
      await failure(create(host, nest, { name: "oak" }));
      assert.equal(times, 2);
      times = 0;
      aviary.before = () => {
        times += 1;
        if (times === 1) throw mightBe(CONNECTION_LOST);
      };
      assert.equal((await create(host, nest, { name: "elm" })).id, "elm");
    });

    it("is not repeated where the broken connection had done it", async () => {
      aviary.before = () => {
        aviary.live.nests.set("oak", { size: 1, remark: undefined });
        throw mightBe(CONNECTION_LOST);
      };
      assert.equal((await create(host, nest, { name: "oak" })).id, "oak");
      assert.equal(aviary.runs.length, 1);
    });

    it("leaves no secret in the state of which nobody knows whether it was set", async () => {
      const { outs } = await create(host, nest, { name: "oak", token: "first-token", tokenVersion: "1" });
      aviary.before = () => {
        aviary.tokens.set("oak", "hash:second-token");
        throw mightBe(CONNECTION_LOST);
      };
      const { properties } = await failure(
        update(host, nest, outs, { name: "oak", token: "second-token", tokenVersion: "2" }),
      );
      assert.deepEqual([properties?.["token"], properties?.["name"]], [undefined, "oak"]);
      aviary.before = () => undefined;
      await update(newHost(), nest, properties ?? {}, { name: "oak", token: "first-token", tokenVersion: "1" });
      assert.equal(aviary.tokens.get("oak"), "hash:first-token");
    });

    it("tells what failed first where the system is out of reach afterwards", async () => {
      aviary.before = () => {
        aviary.down = new RosterError("now it is out of reach");
        throw mightBe();
      };
      assert.match((await failure(create(host, nest, { name: "oak" }))).message, /"oak" on connection aviary: refused/);
    });
  });

  describe("read", () => {
    it("gives inputs and outputs as they are live", async () => {
      const { id, outs } = await create(host, nest, { name: "oak", size: 3, remark: "high", token: "t0ken" });
      aviary.live.nests.set("oak", { size: 5, remark: "by hand" });
      host = newHost();
      const inputs = { name: "oak", size: 5, remark: "by hand", token: "hash:t0ken" };
      assert.deepEqual(await nest.read(host, id, outs), { id, props: { ...inputs, count: "1" }, inputs });
    });

    it("keeps that a thing was adopted", async () => {
      aviary.live.nests.set("oak", { size: 2 });
      const { id, outs } = await create(host, nest, { name: "oak", existing: "adopt" });
      const read = await nest.read(host, id, outs);
      assert.deepEqual([read.props[ADOPTED], read.inputs?.[ADOPTED]], [true, undefined]);
    });

    it("gives an empty id for what is gone", async () => {
      const { id, outs } = await create(host, nest, { name: "oak" });
      aviary.live.nests.clear();
      assert.deepEqual(await nest.read(newHost(), id, outs), { id: "", props: {} });
    });

    it("fails where the system is out of reach, and does not call things gone", async () => {
      const { id, outs } = await create(host, nest, { name: "oak" });
      aviary.down = new RosterError("out of reach");
      assert.match((await failure(nest.read(newHost(), id, outs))).message, /^aviary\.Nest "oak" .*out of reach/);
    });
  });

  describe("state of other versions", () => {
    it("is read with properties that today's arguments do not have", async () => {
      const { id, outs } = await create(host, nest, { name: "oak", size: 3 });
      const old = { ...outs, colour: "brown", plan: ["from a version that kept it"] };
      assert.deepEqual((await nest.read(host, id, old)).inputs, { name: "oak", size: 3 });
      const news = { name: "oak", size: 3 };
      assert.deepEqual(await update(host, nest, old, news), { ...news, count: "1" });
      await nest.delete(host, id, { ...old, name: "oak" });
    });

    it("is read without properties that were not there yet", async () => {
      aviary.live.nests.set("oak", { size: 3 });
      assert.deepEqual((await nest.read(host, "oak", { name: "oak" })).inputs, { name: "oak", size: 3 });
      assert.deepEqual(await update(host, nest, { name: "oak" }, { name: "oak", size: 4 }), {
        name: "oak",
        size: 4,
        count: "1",
      });
    });
  });

  describe("diff", () => {
    const same = { changes: false, replaces: [], deleteBeforeReplace: true };

    it("sees no difference in the order of keys, in the plan, in outputs and in the provider's text", async () => {
      const olds = { name: "oak", connection: { name: "b", host: "h" }, adopted: true, count: 3, [PROVIDER]: "old" };
      const news = { connection: { host: "h", name: "b" }, name: "oak", plan: ["build"], [PROVIDER]: "new" };
      assert.deepEqual(await nest.diff(host, "oak", olds, news), same);
    });

    it("sees what is new, what is gone and what changed", async () => {
      const olds = { name: "oak", size: 3 };
      for (const news of [{ name: "oak" }, { name: "oak", size: 4 }, { name: "oak", size: 3, remark: "x" }])
        assert.deepEqual(await nest.diff(host, "oak", olds, news), { ...same, changes: true });
    });

    it("takes a changed secret alone for no change, but sees one that is new or gone", async () => {
      const diff = async (a: Properties, b: Properties): Promise<boolean> =>
        (await nest.diff(host, "oak", { name: "oak", ...a }, { name: "oak", ...b })).changes;
      assert.equal(await diff({ token: "a" }, { token: "b" }), false);
      assert.equal(await diff({ token: "a" }, {}), true);
      assert.equal(await diff({}, { token: "b" }), true);
      assert.equal(await diff({ token: "a", tokenVersion: "1" }, { token: "b", tokenVersion: "2" }), true);
    });

    it("replaces for another key, unless the thing can be renamed", async () => {
      const renamed = await nest.diff(host, "oak", { name: "oak" }, { name: "elm" });
      assert.deepEqual(renamed, { ...same, changes: true });
      const moved = await flock.diff(host, "oak", { nest: "oak", birds: "" }, { nest: "elm", birds: "" });
      assert.deepEqual(moved, { changes: true, replaces: ["nest"], deleteBeforeReplace: false });
    });

    it("replaces for another connection, and updates for other settings of the same", async () => {
      const diff = (a: unknown, b: unknown): ReturnType<Resource["diff"]> =>
        nest.diff(host, "oak", { name: "oak", connection: a }, { name: "oak", connection: b });
      assert.deepEqual((await diff(undefined, "b")).replaces, ["connection"]);
      assert.deepEqual((await diff({ name: "b", host: "x" }, "c")).replaces, ["connection"]);
      for (const [a, b] of [
        [undefined, { name: "aviary", token: "t" }],
        ["b", { name: "b", host: "x" }],
        [
          { name: "b", token: "t1" },
          { name: "b", token: "t2" },
        ],
      ])
        assert.deepEqual(await diff(a, b), { ...same, changes: true });
    });

    it("takes what is not known yet for a change", async () => {
      const diff = await nest.diff(host, "oak", { name: "oak", remark: "x" }, { name: "oak", remark: UNKNOWN });
      assert.deepEqual(diff, { ...same, changes: true });
    });
  });

  describe("update", () => {
    it("renames in place, keeps the id and that the thing was adopted", async () => {
      aviary.live.nests.set("oak", { size: 2 });
      const { outs } = await create(host, nest, { name: "oak", existing: "adopt", size: 2 });
      const renamed = await update(host, nest, outs, { name: "elm", existing: "adopt", size: 2 });
      assert.deepEqual([renamed["name"], renamed[ADOPTED]], ["elm", true]);
      assert.deepEqual(runsOf(aviary), ["rename oak to elm"]);
    });

    it("does not take over, by a rename, what a stranger made under the new name", async () => {
      const { outs } = await create(host, nest, { name: "oak", size: 2 });
      aviary.live.nests.delete("oak");
      aviary.live.nests.set("elm", { size: 9 });
      aviary.live.birds.set("elm", new Set(["owl"]));
      host = newHost();
      const args = { name: "elm", size: 2 };
      const planned = await nest.check(host, outs, { ...args, [DRY_RUN]: true });
      assert.match(planned.failures[0]?.reason ?? "", /^it exists already on connection aviary/);
      const error = await failure(update(host, nest, outs, args));
      assert.match(error.message, /^aviary\.Nest "elm" on connection aviary: it exists already/);
      assert.deepEqual(aviary.live.nests.get("elm"), { size: 9 });
      await update(newHost(), nest, outs, { ...args, existing: "adopt" });
      assert.equal(aviary.live.nests.get("elm")?.size, 2);
    });

    for (const [what, size] of [
      ["with the old arguments", 2],
      ["with the new ones", 3],
    ] as const) {
      it(`finishes a rename that was cut off ${what}, also of what holds something`, async () => {
        const { outs } = await create(host, nest, { name: "oak", size: 2 });
        aviary.live.nests.delete("oak");
        aviary.live.nests.set("elm", { size, remark: undefined });
        aviary.live.birds.set("elm", new Set(["owl"]));
        await update(newHost(), nest, outs, { name: "elm", size: 3 });
        assert.equal(aviary.live.nests.get("elm")?.size, 3);
      });
    }

    it("runs nothing for rotated settings of the connection, and keeps the new ones", async () => {
      const connection = { name: "aviary", token: "old-token" };
      const { outs } = await create(host, nest, { name: "oak", connection });
      aviary.runs.length = 0;
      const rotated = await update(host, nest, outs, {
        name: "oak",
        connection: { ...connection, token: "new-token" },
      });
      assert.deepEqual(rotated["connection"], { name: "aviary", token: "new-token" });
      assert.deepEqual(aviary.runs, []);
    });

    it("sets a secret anew only for a new version", async () => {
      const { outs } = await create(host, nest, { name: "oak", token: "first-token", tokenVersion: "1" });
      const same = await update(host, nest, outs, { name: "oak", token: "second-token", tokenVersion: "1" });
      assert.equal(aviary.tokens.get("oak"), "hash:first-token");
      await update(host, nest, same, { name: "oak", token: "third-token", tokenVersion: "2" });
      assert.equal(aviary.tokens.get("oak"), "hash:third-token");
    });
  });

  describe("check of what will be changed", () => {
    const ahead = (): Resource => aviaryResources({ one: aviary }, { looksAhead: true }).nest;
    const readsAfterCheck = async (resource: Resource, olds: Properties, news: Properties): Promise<number> => {
      aviary.reads = 0;
      await resource.check(host, olds, news);
      await new Promise(setImmediate);
      return aviary.reads;
    };

    it("begins the look where that is one short moment, and the update does not look again", async () => {
      const { outs } = await create(host, ahead(), { name: "oak" });
      host = newHost();
      assert.equal(await readsAfterCheck(ahead(), outs, { name: "oak", size: 2 }), 1);
      await update(host, ahead(), outs, { name: "oak", size: 2 });
      assert.equal(aviary.reads, 1);
    });

    it("begins none for what stays as it is, and where a look takes long", async () => {
      const { outs } = await create(host, ahead(), { name: "oak", token: "first" });
      host = newHost();
      assert.equal(await readsAfterCheck(ahead(), outs, { name: "oak", token: "another" }), 0);
      assert.equal(await readsAfterCheck(nest, outs, { name: "oak", size: 2 }), 0);
    });

    it("leaves it to the update to tell that the system is out of reach", async () => {
      const { outs } = await create(host, ahead(), { name: "oak" });
      host = newHost();
      aviary.down = new RosterError("the aviary is closed");
      const news = { name: "oak", size: 2 };
      const { failures } = await ahead().check(host, outs, news);
      assert.deepEqual(failures, []);
      assert.match((await failure(update(host, ahead(), outs, news))).message, /the aviary is closed/);
    });
  });

  describe("messages", () => {
    it("name the resource, the connection, and where a setting can be given", async () => {
      host = newHost({ connections: '{"aviary":{"hots":"x"}}' });
      const error = await failure(create(host, nest, { name: "oak" }));
      assert.match(
        error.message,
        /^aviary\.Nest "oak": Pulumi config roster:connections\.aviary has a setting .* hots/,
      );
    });

    it("say of what nobody expected that it was not expected", async () => {
      aviary.before = () => {
        throw new TypeError("x is not a function");
      };
      assert.match(
        (await failure(create(host, nest, { name: "oak" }))).message,
        /did not expect[^]*x is not a function/,
      );
    });
  });
});
