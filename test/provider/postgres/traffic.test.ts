import assert from "node:assert/strict";
import sinon from "sinon";
import { watchTraffic } from "../../../provider/postgres/traffic.js";

describe("who goes after all others", () => {
  let clock: sinon.SinonFakeTimers;
  beforeEach(() => {
    clock = sinon.useFakeTimers();
  });
  afterEach(() => {
    clock.restore();
  });

  const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const isInTheWay = (error: unknown): boolean => error instanceof Error && error.message === "held";

  it("waits for what is under way and for what still comes, and tries again", async () => {
    const traffic = watchTraffic(100);
    const held = new Set(["one", "two"]);
    const looks = sinon.spy(() => (held.size === 0 ? Promise.resolve("dropped") : Promise.reject(new Error("held"))));
    const take = (name: string, ms: number): Promise<unknown> =>
      traffic.through(async () => {
        await after(ms);
        held.delete(name);
      });
    const outcome = traffic.last(looks, isInTheWay);
    void take("one", 1000);
    setTimeout(() => void take("two", 350), 1080);
    await clock.runAllAsync();
    assert.equal(await outcome, "dropped");
    assert.equal(looks.callCount, 2);
  });

  it("tries again only where something went through, and not for another error", async () => {
    const traffic = watchTraffic(100);
    const held = sinon.stub().rejects(new Error("held"));
    const outcome = assert.rejects(traffic.last(held, isInTheWay), /held/);
    void traffic.through(() => after(500).then(() => Promise.reject(new Error("refused")))).catch(() => undefined);
    await clock.runAllAsync();
    await outcome;
    assert.equal(held.callCount, 1);
    const broken = sinon.stub().rejects(new Error("broken"));
    await assert.rejects(traffic.last(broken, isInTheWay), /broken/);
    assert.equal(broken.callCount, 1);
  });

  it("ends, whatever is left, when nothing comes any more", async () => {
    const traffic = watchTraffic(100);
    const held = sinon.stub().rejects(new Error("held"));
    const outcomes = [1, 2, 3].map(() => assert.rejects(traffic.last(held, isInTheWay), /held/));
    await traffic.through(() => Promise.resolve());
    await clock.runAllAsync();
    await Promise.all(outcomes);
    assert.equal(held.callCount, 6);
  });
});
