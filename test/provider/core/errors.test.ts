import assert from "node:assert/strict";
import { RosterError, asRosterError, someOf } from "../../../provider/core/errors.js";

describe("RosterError", () => {
  it("says what failed, what was tried, what was answered and what to do, each where it is known", () => {
    const error = new RosterError("it failed", { tried: "DROP ROLE a;", said: "no\nreally", remedy: "do not" });
    assert.equal(
      error.message,
      "it failed\n  tried:      DROP ROLE a;\n  answer:     no\n              really\n  what to do: do not",
    );
    assert.equal(new RosterError("it failed").message, "it failed");
  });

  it("keeps everything when it is told about a resource", () => {
    const cause = new Error("inner");
    const error = new RosterError("it failed", { remedy: "do not", code: "X1", cause });
    Object.assign(error, { id: "ana", properties: { name: "ana" }, reasons: ["it failed"] });
    const told = error.about("birds.Bird");
    assert.match(told.message, /^birds\.Bird: it failed\n.*do not$/s);
    assert.deepEqual([told.id, told.properties, told.reasons], ["ana", { name: "ana" }, ["it failed"]]);
    assert.deepEqual([told.details.code, told.cause], ["X1", cause]);
  });

  it("carries no id where nothing was done", () => {
    assert.equal(new RosterError("it failed").about("birds.Bird").id, undefined);
  });

  it("cuts what no header could carry, and says so", () => {
    const { message } = new RosterError("it failed", { said: "x".repeat(100_000) });
    assert.ok(message.length < 6100);
    assert.match(message, /\(cut, 100\d\d\d characters\)$/);
  });

  it("fits a header whatever its characters: gRPC writes each byte of a character as three", () => {
    for (const character of ["ä", "漢", "🦆"]) {
      const { message } = new RosterError("it failed", { said: character.repeat(10_000) });
      assert.ok(encodeURIComponent(message).length < 8000, character);
      assert.ok(message.isWellFormed());
      assert.match(message, /\(cut, \d+ characters\)$/);
    }
  });
});

describe("asRosterError", () => {
  it("gives one back as it is, and wraps everything else with what it said", () => {
    const known = new RosterError("it failed");
    assert.equal(asRosterError(known), known);
    const cause = new TypeError("x is not a function");
    const wrapped = asRosterError(cause);
    assert.match(wrapped.message, /did not expect[^]*x is not a function[^]*report it/);
    assert.equal(wrapped.cause, cause);
    assert.match(asRosterError("thrown text").message, /thrown text/);
    assert.match(asRosterError(undefined).message, /undefined/);
  });
});

describe("someOf", () => {
  it("lists a few, and counts the others", () => {
    assert.equal(someOf(["a", 'b"']), '"a", "b\\""');
    assert.equal(someOf(["a", "b", "c"], 2), '"a", "b" and 1 more');
    assert.equal(someOf([]), "");
  });
});
