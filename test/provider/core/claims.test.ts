import assert from "node:assert/strict";
import type { Properties, Resource } from "../../../provider/core/resource.js";
import { UNKNOWN } from "../../../provider/core/unknown.js";
import { Aviary, TEXT, aviaryResources, newHost, runsOf } from "./aviary.js";

/** How Pulumi calls what moves from one resource to another within a run, in every order in which it may. */
describe("what moves between resources", () => {
  let aviary: Aviary;
  let flock: Resource;
  let host: ReturnType<typeof newHost>;
  beforeEach(() => {
    aviary = new Aviary();
    ({ flock } = aviaryResources({ one: aviary, alias: aviary, two: new Aviary() }));
    host = newHost({ environment: { AVIARYHOST: "one", ROSTER_ALIAS_HOST: "alias", ROSTER_OTHER_HOST: "two" } });
    aviary.live.identity = "north";
    aviary.live.nests.set("oak", { size: 3 });
    aviary.live.birds.set("oak", new Set(["jay", "owl"]));
  });

  const BOTH = { nest: "oak", birds: "jay\nowl\n" };
  const OWL = { nest: "oak", birds: "owl\n" };
  const JAY = { nest: "oak", birds: "jay\n" };

  const check = (news: Properties, olds: Properties = {}): ReturnType<Resource["check"]> =>
    flock.check(host, olds, news);
  const preview = async (news: Properties, olds: Properties = {}): Promise<readonly string[]> =>
    (await check({ ...news, __dryRun: true }, olds)).failures.map(({ reason }) => reason);
  /** The one that loses owls: an update of what it had. */
  const lose = async (): Promise<void> => {
    const { inputs } = await check(JAY, BOTH);
    await flock.diff(host, "oak", BOTH, inputs);
    await flock.update(host, "oak", BOTH, { ...inputs, ...TEXT });
  };

  describe("in an update", () => {
    it("stays where its new resource was checked before the old one's turn", async () => {
      await check(OWL);
      await lose();
      assert.deepEqual(runsOf(aviary), []);
    });

    it("stays where its new resource is checked while the old one is at work", async () => {
      const { inputs } = await check(JAY, BOTH);
      await flock.diff(host, "oak", BOTH, inputs);
      const work = flock.update(host, "oak", BOTH, { ...inputs, ...TEXT });
      await check(OWL);
      await work;
      assert.deepEqual(runsOf(aviary), []);
    });

    it("stays where the new resource calls the same system by another address", async () => {
      await check({ ...OWL, connection: "alias" });
      await lose();
      assert.deepEqual(runsOf(aviary), []);
    });

    it("goes where the new resource is of another system, or was refused", async () => {
      await check({ ...OWL, connection: "other" });
      assert.equal((await check({ ...OWL, wings: 2 })).failures.length, 1);
      await lose();
      assert.deepEqual(runsOf(aviary), ["unseat owl in oak"]);
    });

    it("goes where nobody has asked for it yet; who comes later is told, and gets it made anew", async () => {
      await lose();
      const { inputs, failures } = await check(OWL);
      assert.deepEqual(failures, []);
      assert.deepEqual(
        host.warn.args.map(([text]) => text),
        [
          'aviary.Flock "oak": the bird "oak:owl" was taken away by aviary.Flock "oak" earlier in this run, with all that it had',
        ],
      );
      await flock.create(host, inputs);
      assert.deepEqual(runsOf(aviary), ["unseat owl in oak", "seat owl in oak"]);
    });

    it("is deleted by nobody where an old resource goes in the middle of the run", async () => {
      // One that must go before its replacement is made.
      const { inputs } = await check(JAY, OWL);
      await check(OWL);
      await flock.diff(host, "oak", OWL, inputs);
      await flock.delete(host, "oak", OWL);
      assert.deepEqual(runsOf(aviary), []);
    });
  });

  it("is deleted by a destroy that runs the program, which checks what it will never make", async () => {
    await check(OWL);
    await flock.delete(host, "oak", OWL);
    assert.deepEqual(runsOf(aviary), ["unseat owl in oak"]);
  });

  it("is deleted by a destroy after a refresh, which compares what it has not checked", async () => {
    await flock.diff(host, "oak", OWL, OWL);
    await check(OWL);
    await flock.delete(host, "oak", OWL);
    assert.deepEqual(runsOf(aviary), ["unseat owl in oak"]);
  });

  describe("in a preview", () => {
    it("is not planned to go where its new resource comes first", async () => {
      assert.deepEqual(await preview(OWL), []);
      const { inputs } = await check({ ...JAY, __dryRun: true }, BOTH);
      assert.equal(inputs["plan"], undefined);
    });

    for (const [what, at, olds] of [
      ["a new resource", {}, {}],
      ["one that is unchanged", {}, OWL],
      ["one at another address of the same system", { connection: "alias" }, {}],
    ] as const) {
      it(`is refused where the old resource comes before ${what}`, async () => {
        assert.deepEqual(await preview(JAY, BOTH), []);
        const [reason, ...more] = await preview({ ...OWL, ...at }, { ...olds });
        assert.match(
          reason ?? "",
          /^the bird "oak:owl" is taken away by aviary\.Flock "oak", which comes before this resource in the run: it would go with all that it has, and be made anew without\. Let aviary\.Flock "oak" wait for this resource \(dependsOn\)\. Where it cannot wait, let it leave alone/,
        );
        assert.deepEqual(more, []);
      });
    }

    it("is not refused on another system, nor where the connection is not known yet", async () => {
      assert.deepEqual(await preview(JAY, BOTH), []);
      assert.deepEqual(await preview({ ...OWL, connection: "other" }), []);
      assert.deepEqual(await preview({ ...OWL, connection: { name: "new", host: UNKNOWN } }), []);
    });

    it("is not refused where nothing of it was there to be lost", async () => {
      aviary.live.birds.set("oak", new Set(["jay"]));
      assert.deepEqual(await preview(JAY, BOTH), []);
      assert.deepEqual(await preview(OWL), []);
    });
  });
});
