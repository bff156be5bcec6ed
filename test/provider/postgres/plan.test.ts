import assert from "node:assert/strict";
import fc from "fast-check";
import { Client } from "pg";
import { POSTGRES_VERSIONS, startPostgres, type PostgresServer } from "../../postgres/server.js";
import { Historian } from "./history.js";
import { readLive, type Live } from "./live.js";
import { histories, programOf, verifier, wanted, type Flavour, type Wanted } from "./sequences.js";
import { Stack, type Outcome, type Program } from "./stack.js";
import { Wire } from "./faultyWire.js";

const RUNS = Number(process.env["ROSTER_SEQUENCES"] ?? 25);
const SEED = Number(process.env["ROSTER_SEED"] ?? 20260601);

/** The statements of a plan in the order in which the run goes through its resources, passwords in place. */
function script(program: Program, { plans }: Outcome, { users }: Wanted): string[] {
  return Object.keys(program)
    .flatMap((name) => plans[name] ?? [])
    .filter((line) => !line.startsWith("--"))
    .map((line) =>
      line.replace(/:'(\w+)_password'/, (_, name: string) => `'${verifier(name, users[name]?.passwordVersion ?? 0)}'`),
    );
}

/** Roles by name, without what differs from one making to the next. */
function comparable({ roles, rows }: Live): unknown {
  return { roles: [...roles.values()].sort((a, b) => (a.name < b.name ? -1 : 1)), rows };
}

for (const version of POSTGRES_VERSIONS) {
  describe(`the plan of a preview on PostgreSQL ${String(version)}`, () => {
    let server: PostgresServer;
    before(async () => {
      server = await startPostgres({ version });
    });
    after(() => server.stop());

    for (const place of ["bulk", "own"] as const) {
      it(`run by hand does what the update does: ${place === "bulk" ? "an Access" : "resources of their own"}`, async function () {
        this.timeout(0);
        const flavour: Flavour = { place, superuser: true, options: version >= 16 };
        const { host, port, user, password } = server;
        const historian = new Historian(server, flavour, server);
        const hand = new Client({ host, port, user, password, database: "postgres" });
        await Promise.all([historian.open(), hand.connect()]);
        const wire = new Wire();
        let compared = 0;
        const property = fc.asyncProperty(histories(flavour), wanted(flavour, true), async ({ steps, last }, next) => {
          await historian.reset();
          const stack = new Stack(server, server, wire);
          await stack.up(programOf(last));
          for (const step of steps) if (step.kind === "hand") await historian.byHand(step.sql);
          await stack.refresh();
          const program = programOf(next);
          const preview = await stack.preview(program);
          // A delete calls no provider in a preview: what leaves as a resource of its own is in no plan.
          const leaves = Object.values(preview.ops).some((op) => op === "delete" || op === "replace");
          if (leaves || preview.errors.length > 0 || preview.warnings.length > 0) return;
          await hand.query("BEGIN");
          for (const statement of script(program, preview, next)) await hand.query(statement);
          const byHand = comparable(await readLive(hand));
          await hand.query("ROLLBACK");
          await stack.succeed(program);
          assert.deepEqual(comparable(await readLive(hand)), byHand);
          compared += 1;
        });
        try {
          await fc.assert(property, { numRuns: RUNS, seed: SEED });
          assert.ok(compared > RUNS / 20, `only ${String(compared)} of ${String(RUNS)} could be compared`);
        } finally {
          await Promise.all([historian.close(), hand.end()]);
        }
      });
    }
  });
}
