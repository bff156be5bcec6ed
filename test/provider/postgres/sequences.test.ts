import fc from "fast-check";
import { startPostgres, type PostgresServer } from "../../postgres/server.js";
import { Historian } from "./history.js";
import { histories, type Flavour } from "./sequences.js";

/*
 * ROSTER_SEQUENCES sets how many histories each suite plays, ROSTER_SEED which; what fails prints its seed and its
 * path, which fast-check takes back.
 */
const RUNS = Number(process.env["ROSTER_SEQUENCES"] ?? 20);
const SEED = Number(process.env["ROSTER_SEED"] ?? 20260601);

const ACCOUNT = { user: "roster_admin", password: "one for the test" };

describe("after any history of programs, changes by hand and failures", () => {
  for (const version of [18, 14] as const) {
    describe(`PostgreSQL ${String(version)}`, () => {
      let server: PostgresServer;
      before(async () => {
        server = await startPostgres({ version });
        await server.query(`CREATE ROLE ${ACCOUNT.user} LOGIN CREATEROLE PASSWORD '${ACCOUNT.password}'`);
      });
      after(() => server.stop());

      for (const place of ["bulk", "own", "mixed"] as const) {
        for (const superuser of [true, false]) {
          const how = { bulk: "one Access", own: "resources of their own", mixed: "an Access and others" }[place];
          it(`${how}, as ${superuser ? "superuser" : "a CREATEROLE account"}: live is as declared`, async function () {
            this.timeout(0);
            const flavour: Flavour = { place, superuser, options: version >= 16 };
            const historian = new Historian(server, flavour, superuser ? server : ACCOUNT);
            await historian.open();
            try {
              await fc.assert(
                fc.asyncProperty(histories(flavour), (history) => historian.play(history)),
                { numRuns: RUNS, seed: SEED, interruptAfterTimeLimit: 3_600_000 },
              );
            } finally {
              await historian.close();
            }
          });
        }
      }
    });
  }
});
