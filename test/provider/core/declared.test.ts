import assert from "node:assert/strict";
import { INSTANCE } from "../../../provider/core/arguments.js";
import type { CheckFailure, Host, Properties, Resource } from "../../../provider/core/resource.js";
import { UNKNOWN } from "../../../provider/core/unknown.js";
import { Aviary, aviaryResources, newHost } from "./aviary.js";

describe("what two resources of a program declare", () => {
  let nest: Resource;
  let flock: Resource;
  let host: Host;
  beforeEach(() => {
    ({ nest, flock } = aviaryResources({ one: new Aviary(), two: new Aviary() }));
    host = newHost({ environment: { AVIARYHOST: "one", ROSTER_SECOND_HOST: "one", ROSTER_OTHER_HOST: "two" } });
  });

  const check = async (
    instance: string,
    args: Properties,
    resource: Resource = nest,
    olds: Properties = {},
  ): Promise<readonly CheckFailure[]> => (await resource.check(host, olds, { ...args, [INSTANCE]: instance })).failures;

  it("is refused where both declare one thing, whatever they call the connection", async () => {
    assert.deepEqual(await check("p:1", { name: "oak" }), []);
    for (const connection of [undefined, "second"]) {
      const [failure, ...more] = await check("p:2", { name: "oak", connection });
      assert.deepEqual([failure?.property, more], ["name", []]);
      assert.match(
        failure?.reason ?? "",
        /^the nest "oak" is declared by the aviary\.Nest "oak" too, and each would undo/,
      );
    }
  });

  it("says on which connection the other is, where that is not the usual one", async () => {
    await check("p:1", { name: "oak", connection: "second" });
    const [failure] = await check("p:2", { name: "oak" });
    assert.match(failure?.reason ?? "", /by the aviary\.Nest "oak" of connection second too/);
  });

  it("is not refused on another system, of another kind, or where the address is not known yet", async () => {
    await check("p:1", { name: "oak" });
    assert.deepEqual(await check("p:2", { name: "oak", connection: "other" }), []);
    assert.deepEqual(await check("p:3", { nest: "oak", birds: "" }, flock), []);
    const unknown = { name: "third", host: UNKNOWN };
    assert.deepEqual(await check("p:4", { name: "elm", connection: unknown }), []);
    assert.deepEqual(await check("p:5", { name: "elm", connection: { ...unknown, name: "fourth" } }), []);
  });

  it("is not the replacement of a resource, for which Pulumi checks it twice", async () => {
    await check("p:1", { name: "oak" }, nest, { name: "oak", size: 2 });
    assert.deepEqual(await check("p:1", { name: "oak" }), []);
  });

  it("counts for one run of the program only", async () => {
    await check("p:1", { name: "oak" });
    assert.deepEqual(await check("q:2", { name: "oak" }), []);
    assert.equal((await check("q:3", { name: "oak" })).length, 1);
  });

  it("leaves no trace in what is stored", async () => {
    const { inputs } = await nest.check(host, {}, { name: "oak", [INSTANCE]: "p:1" });
    assert.deepEqual(inputs, { name: "oak" });
  });
});
