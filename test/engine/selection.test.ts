import assert from "node:assert/strict";
import { goesItsWay, selection } from "./selection";
import type { ResourceState } from "./state";

const urn = (name: string): string => `urn:pulumi:dev::p::pulumi-nodejs:dynamic/postgres:User::${name}`;
const base = ["ana", "mei"].map((name) => ({ urn: urn(name) }) as ResourceState);

describe("selection", () => {
  it("takes everything, some resources, or all but some", () => {
    const chosen = (options: object): boolean[] =>
      ["ana", "mei", "new"].map((name) => selection(base, options)(urn(name)));
    assert.deepEqual(chosen({}), [true, true, true]);
    assert.deepEqual(chosen({ target: [urn("ana")] }), [true, false, false]);
    assert.deepEqual(chosen({ exclude: [urn("ana")] }), [false, true, true]);
  });

  it("refuses what is not in the stack, in the words of the CLI, and both flags together", () => {
    for (const options of [{ target: [urn("new")] }, { exclude: [urn("new")] }]) {
      assert.throws(() => selection(base, options), /Target 'urn:.*::new' could not be found in the stack\./);
    }
    assert.throws(() => selection(base, { target: [urn("ana")], exclude: [urn("mei")] }), /only one at a time/);
  });

  it("leaves out neither the stack nor providers, which the others need", () => {
    const none = (): boolean => false;
    assert.equal(goesItsWay("urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev", none), true);
    assert.equal(goesItsWay("urn:pulumi:dev::p::pulumi:providers:pulumi-nodejs::default", none), true);
    assert.equal(goesItsWay(urn("ana"), none), false);
  });
});
