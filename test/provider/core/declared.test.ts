import assert from "node:assert/strict";
import { INSTANCE } from "../../../provider/core/arguments.js";
import { RosterError } from "../../../provider/core/errors.js";
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

describe("what two resources of a program declare otherwise", () => {
  let aviary: Aviary;
  let flock: Resource;
  let perch: Resource;
  let host: Host;
  beforeEach(() => {
    aviary = new Aviary();
    aviary.live.identity = "north";
    ({ flock, perch } = aviaryResources({ one: aviary, two: new Aviary() }));
    host = newHost({ environment: { AVIARYHOST: "one", ROSTER_SECOND_HOST: "one", ROSTER_OTHER_HOST: "two" } });
  });

  const check = async (
    instance: string,
    resource: Resource,
    args: Properties,
    olds: Properties = {},
  ): Promise<readonly string[]> => {
    const { failures } = await resource.check(host, olds, { ...args, [INSTANCE]: instance });
    return failures.map(({ property, reason }) => `${property}: ${reason}`);
  };
  const LIST = { nest: "oak", birds: "jay\n" };
  const OWL = { nest: "oak", bird: "owl" };
  const seated = async (bird: string, args: Properties = {}): Promise<readonly string[]> => {
    assert.deepEqual(await check("p:1", flock, { ...LIST, ...args }), []);
    return check("p:2", perch, { nest: "oak", bird });
  };

  it("is refused in either order: with the other one, what both say, and what to do", async () => {
    assert.deepEqual(await seated("owl"), [
      'nest: owl in oak is declared otherwise by the aviary.Flock "oak" (out there, in here), and each would undo the ' +
        "other's work in every run. Let it sit, or fly.",
    ]);
    assert.deepEqual(await check("q:1", perch, OWL), []);
    assert.deepEqual(await check("q:2", flock, LIST), [
      'nest: owl in oak is declared otherwise by the aviary.Perch "oak", "owl" (in there, out here), and each would ' +
        "undo the other's work in every run. Let it sit, or fly.",
    ]);
  });

  it("is told once, with a count of the others", async () => {
    for (const [nth, bird] of ["owl", "tit", "jay", "emu"].entries())
      await check(`p:${String(nth)}`, perch, { nest: "oak", bird });
    const [reason = "", ...more] = await check("p:9", flock, LIST);
    assert.match(reason, /^nest: owl in oak is .* \(in there, out here\) \(and 2 more\), and each would/);
    assert.deepEqual(more, []);
  });

  it("is not refused where both say the same, of other things, or of another system", async () => {
    assert.deepEqual(await seated("jay"), []);
    assert.deepEqual(await check("p:3", perch, { nest: "elm", bird: "owl" }), []);
    assert.deepEqual(await check("p:4", perch, { ...OWL, connection: "other" }), []);
    assert.equal((await check("p:5", perch, { ...OWL, connection: "second" })).length, 1);
  });

  it("is not refused where it is not known yet", async () => {
    assert.deepEqual(await seated("owl", { birds: UNKNOWN }), []);
    assert.deepEqual(await check("p:3", perch, { nest: "oak", bird: UNKNOWN }), []);
    await check("p:4", flock, { nest: "elm", birds: "" });
    assert.deepEqual(
      await check("p:5", perch, { nest: "elm", bird: "owl", connection: { name: "x", host: UNKNOWN } }),
      [],
    );
  });

  it("counts for one run of the program only: what moves from one to the other is no contradiction", async () => {
    await check("p:1", flock, LIST);
    assert.deepEqual(await check("q:1", perch, OWL), []);
    assert.deepEqual(await check("q:2", flock, { ...LIST, birds: "jay\nowl\n" }, LIST), []);
    assert.deepEqual(await check("r:1", flock, LIST, { ...LIST, birds: "jay\nowl\n" }), []);
  });

  it("is no contradiction of a resource with itself, which Pulumi checks twice where it is replaced", async () => {
    await check("p:1", perch, OWL, { nest: "elm", bird: "owl" });
    assert.deepEqual(await check("p:1", perch, OWL), []);
    assert.deepEqual(await check("p:1", flock, LIST), []);
    const [reason = ""] = await check("p:2", flock, { ...LIST, birds: "" });
    assert.match(reason, /^nest: the flock "oak" is declared by/);
    await check("q:1", perch, OWL, { nest: "elm", bird: "owl" });
    await check("q:1", perch, OWL);
    assert.match((await check("q:2", flock, LIST))[0] ?? "", /\(in there, out here\), and each/);
  });

  it("looks at the live system only for what depends on it", async () => {
    assert.equal((await seated("phoenix")).length, 1);
    assert.deepEqual(await check("p:3", perch, { nest: "oak", bird: "jay" }), []);
    assert.equal(aviary.reads, 0);
    assert.equal((await check("p:4", perch, OWL)).length, 1);
    assert.equal(aviary.reads, 1);
  });

  it("is none where the live system says so, and where nothing is known of that", async () => {
    assert.deepEqual(await seated("north"), []);
    host = newHost();
    aviary.down = new RosterError("down", { code: "ECONNREFUSED" });
    assert.deepEqual(await seated("owl"), []);
    assert.equal((await check("p:3", perch, { nest: "oak", bird: "phoenix" })).length, 1);
  });
});
