import assert from "node:assert/strict";
import { journey, type Journey } from "./journey.js";
import { LARGE, ORDINARY, readsOf, thingsIn, type EnvironmentSize } from "./workload.js";

/*
 * How many requests each command sends, to the request. The service's own script sends 238 for the ordinary environment
 * from empty, and 58 where there is nothing to do.
 */

/** Whether the service is well, the token taken, and permissions can be checked. */
const HEALTH = 3;
/** Each list once, and nothing more where all of them are empty. */
const EMPTY_LISTS = 4;

describe("requests to Heimdall", () => {
  for (const [title, size, numbers] of [
    ["ordinary", ORDINARY, { things: 150, reads: 24 }],
    ["large", LARGE, { things: 1825, reads: 151 }],
  ] as const) {
    describe(`for an ${title} environment`, () => {
      let sent: Journey;
      before(async () => {
        sent = await journey(size satisfies EnvironmentSize);
      });

      it("from empty: one for each entity and assignment, besides what is read", () => {
        assert.equal(thingsIn(size), numbers.things);
        assert.deepEqual([sent.create.writes, sent.create.reads], [numbers.things, EMPTY_LISTS + HEALTH]);
      });

      it("with nothing to do: the pages, and one for each role and group", () => {
        assert.equal(readsOf(size), numbers.reads);
        assert.deepEqual([sent.nothing.writes, sent.nothing.reads], [0, numbers.reads]);
      });

      it("for a repair: what differs, and what is read by refresh and update", () => {
        // What was made by hand is read too; the refresh and the update are one process here, and two with Pulumi.
        assert.deepEqual([sent.repair.writes, sent.changed], [sent.changed, 8]);
        assert.equal(sent.repair.reads, 2 * (numbers.reads + 1 + (size === LARGE ? 1 : 0)) + HEALTH);
      });
    });
  }
});
