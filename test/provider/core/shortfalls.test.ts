import assert from "node:assert/strict";
import { RosterError } from "../../../provider/core/errors.js";
import { statusCode } from "../../../provider/core/httpErrors.js";
import { ListMoved } from "../../../provider/core/pages.js";
import { Shortfalls } from "../../../provider/core/shortfalls.js";

const answered = (status: number): RosterError =>
  new RosterError("connection birds failed", { said: `${String(status)}: no`, code: statusCode(status) });

describe("shortfalls", () => {
  it("say of each list why it is not whole", () => {
    const shortfalls = new Shortfalls();
    assert.deepEqual(shortfalls.reasons, []);
    shortfalls.add("only wrens were asked for");
    shortfalls.failed("the list of wrens", answered(500));
    shortfalls.failed("the list of owls", new ListMoved());
    assert.deepEqual(shortfalls.reasons, [
      "only wrens were asked for",
      "the list of wrens could not be read to the end: connection birds failed (500: no)",
      "the list of owls could not be read to the end: it changed while it was read",
    ]);
  });

  it("end the reading after three failures, and count what was not asked for; a list that moves is none", () => {
    const shortfalls = new Shortfalls();
    for (let moved = 0; moved < 5; moved += 1) shortfalls.failed("a list", new ListMoved());
    for (const more of [true, true, true, false, false]) {
      assert.equal(shortfalls.goOn(), more);
      if (more) shortfalls.failed("a list", answered(502));
    }
    assert.equal(shortfalls.reasons.at(-1), "2 more lists were not asked for after that");
  });

  it("are not for whoever may not read, nor for defects", () => {
    const shortfalls = new Shortfalls();
    for (const error of [answered(401), answered(403), new TypeError("x is undefined")]) {
      assert.throws(() => shortfalls.failed("a list", error), error);
    }
    assert.deepEqual(shortfalls.reasons, []);
  });
});
