import assert from "node:assert/strict";
import { connectionFor, sessionFor } from "../../../provider/core/sessions.js";
import { testHost } from "../host.js";
import { Aviary, aviarySystem } from "./aviary.js";

describe("sessions", () => {
  const system = aviarySystem({ here: new Aviary() });

  it("look for the settings of a connection once in a run, however many resources ask", () => {
    let looks = 0;
    const variables: Record<string, string> = { AVIARYHOST: "here", ROSTER_OTHER_HOST: "there" };
    const environment = new Proxy(variables, {
      get: (target, name: string) => {
        looks += 1;
        return target[name];
      },
    });
    const host = testHost({ environment, warn: () => undefined });
    const hosts = (): unknown[] =>
      [undefined, "other", { name: "other", host: "elsewhere" }].map(
        (arg) => connectionFor(host, system, arg).settings["host"]?.value,
      );
    assert.deepEqual(hosts(), ["here", "there", "there"]);
    const before = looks;
    assert.deepEqual(hosts(), ["here", "there", "there"]);
    assert.equal(looks, before);
  });

  it("are one for connections of one name and equal settings, wherever these stand, and each run's own", () => {
    const host = testHost({ environment: { AVIARYHOST: "here" }, warn: () => undefined });
    const one = sessionFor(host, system, { name: "other", host: "there" });
    assert.equal(sessionFor(host, system, { host: "there", name: "other" }), one);
    assert.notEqual(sessionFor(host, system, undefined), one);
    assert.notEqual(sessionFor(host, system, { name: "other", host: "elsewhere" }), one);
    const next = testHost({ environment: { AVIARYHOST: "here" }, warn: () => undefined });
    assert.notEqual(sessionFor(next, system, { name: "other", host: "there" }), one);
  });
});
