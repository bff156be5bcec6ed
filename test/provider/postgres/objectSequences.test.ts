import fc from "fast-check";
import { startPostgres, type PostgresServer } from "../../postgres/server.js";
import { ObjectHistorian } from "./objectHistory.js";
import { objectHistories } from "./objectSequences.js";

/* ROSTER_SEQUENCES and ROSTER_SEED are as in sequences.test.ts. */
const RUNS = Number(process.env["ROSTER_SEQUENCES"] ?? 5);
const SEED = Number(process.env["ROSTER_SEED"] ?? 20261127);

describe("after any history of users, groups, databases and privileges in one Access", () => {
  for (const version of [18, 14] as const) {
    describe(`PostgreSQL ${String(version)}`, () => {
      let server: PostgresServer;
      before(async () => {
        server = await startPostgres({ version });
      });
      after(() => server.stop());

      it("live is as declared, the rest is as it was, and a second preview is empty", async function () {
        this.timeout(0);
        const historian = new ObjectHistorian(server);
        await historian.open();
        try {
          await fc.assert(
            fc.asyncProperty(objectHistories(), (history) => historian.play(history)),
            { numRuns: RUNS, seed: SEED, interruptAfterTimeLimit: 3_600_000 },
          );
        } finally {
          await historian.close();
        }
      });
    });
  }
});
