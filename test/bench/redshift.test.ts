import assert from "node:assert/strict";
import { measureRedshift, redshiftTargets } from "./redshift.js";

/* The bench's rows of Redshift at a size that takes seconds: what is sent is the same at every size, but for its number. */

describe("what goes over the wire to Amazon Redshift", function () {
  this.timeout(120_000);

  it("is a statement for each group and change, in few round trips, after one look", async () => {
    const rows = await measureRedshift({ users: 200, groups: 20, memberships: 500 });
    assert.deepEqual(
      redshiftTargets(rows).filter(({ met }) => !met),
      [],
    );
    // A destroy also asks what the groups hold.
    assert.deepEqual(
      rows.map(({ command, counts: { connections, roundTrips, refused, commands } }) => [
        command,
        { connections, roundTrips, refused, looks: commands["SELECT"] },
      ]),
      [
        ["create", { connections: 1, roundTrips: 4, refused: 0, looks: 20 }],
        ["refresh", { connections: 1, roundTrips: 2, refused: 0, looks: 20 }],
        ["change", { connections: 1, roundTrips: 3, refused: 0, looks: 20 }],
        ["destroy", { connections: 1, roundTrips: 5, refused: 0, looks: 30 }],
      ],
    );
  });
});
