import assert from "node:assert/strict";
import sinon from "sinon";
import { remembered } from "../../../provider/core/remembered.js";

describe("remembered", () => {
  it("works out each text once, whoever asks, and gives all of them the same", () => {
    const make = sinon.spy((text: string) => ({ text }));
    const known = remembered(make);
    const [first, , again] = [known("a"), known("b"), known(["a"].join())];
    assert.equal(first, again);
    assert.deepEqual(make.args, [["a"], ["b"]]);
  });

  it("keeps also that there is nothing", () => {
    const make = sinon.spy((text: string): string | undefined => (text === "a" ? undefined : text));
    const known = remembered(make, 10);
    for (let time = 1; time <= 20; time += 1) assert.deepEqual([known("a"), known("b")], [undefined, "b"]);
    assert.equal(make.callCount, 2);
  });

  it("tries again what failed", () => {
    const make = sinon.stub().onFirstCall().throws(new Error("no")).returns("yes");
    const known = remembered<unknown>(make);
    assert.throws(() => known("a"), /no/);
    assert.equal(known("a"), "yes");
  });

  it("forgets before it holds more characters than it may, and never begins to hold a text that is longer", () => {
    const make = sinon.spy((text: string) => ({ text }));
    const known = remembered(make, 10);
    for (const text of ["four", "six...", "new", "four", "much too long"]) known(text);
    assert.equal(make.callCount, 5);
    known("much too long");
    assert.equal(make.callCount, 6);
  });
});
