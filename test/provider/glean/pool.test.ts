import assert from "node:assert/strict";
import { RosterError } from "../../../provider/core/errors.js";
import { statusCode } from "../../../provider/core/httpErrors.js";
import { doEach, failureOf } from "../../../provider/glean/pool.js";

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

function refuse(status: number): RosterError {
  return new RosterError("refused", { said: String(status), code: statusCode(status), remedy: "Do better." });
}

describe("doing something with each of many", () => {
  it("goes on when some fail, and never does more at once than allowed", async () => {
    let inside = 0;
    let most = 0;
    const failed = await doEach(numbers(200), 7, async (number) => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      if (number % 10 === 0) throw refuse(400);
    });
    assert.equal(most, 7);
    assert.deepEqual(
      failed.map(({ item }) => item).sort((a, b) => a - b),
      numbers(20).map((number) => number * 10),
    );
  });

  it("ends where a refusal concerns all of them", async () => {
    let tried = 0;
    const failed = await doEach(numbers(500), 4, () => {
      tried += 1;
      return Promise.reject(refuse(401));
    });
    assert.ok(tried <= 8, String(tried));
    assert.equal(failed.length, 500, "nobody is forgotten");
    const error = failureOf("none", failed, String, "Again.");
    assert.match(error.message, /were not tried, because all before them failed/);
    assert.match(error.message, /Do better\. Again\./);
  });

  it("ends where nothing succeeds any more, and not where something does now and then", async () => {
    let tried = 0;
    await doEach(numbers(500), 1, () => {
      tried += 1;
      return Promise.reject(refuse(503));
    });
    assert.equal(tried, 25);
    tried = 0;
    await doEach(numbers(500), 1, (number) => {
      tried += 1;
      return number % 20 === 0 ? Promise.resolve() : Promise.reject(refuse(503));
    });
    assert.equal(tried, 500);
  });
});
