import assert from "node:assert/strict";
import { findEngine } from "../engine/index.js";
import { startPostgres, type PostgresServer } from "../postgres/server.js";
import { PulumiContestant } from "./columns/pulumi.js";
import type { Phase } from "./contestant.js";
import { countingProxy, type CountingProxy } from "./proxy.js";
import { NOTHING, type Counts } from "./wire.js";
import { changed, workload } from "./workload.js";

/*
 * The same as counts.test.ts through the engine, where resources arrive as it hands them over. What then goes together
 * depends on what arrives while a round trip is under way, so some counts have bounds: never less than if all that can
 * be under way went together, never more than if each went alone.
 */

const PARALLEL = 16;

/** Settings of the session, and one look at the catalogue. */
const START = { connections: 1, roundTrips: 2, statements: 6, reads: 1, refused: 0, commands: { SET: 3, SELECT: 3 } };

/** Holds the number of something to its bounds. */
function within(value: number | undefined, least: number, most: number, what: string): void {
  assert.ok(value !== undefined && value >= least && value <= most, `${what}: ${value}, not ${least} to ${most}`);
}

describe(`what goes over the wire, ${PARALLEL} at a time`, function () {
  this.timeout(600_000);
  let server: PostgresServer;
  let proxy: CountingProxy;
  let program: PulumiContestant;

  beforeEach(async () => {
    server = await startPostgres({ version: 18 });
    proxy = await countingProxy(server);
    const { user, password } = server;
    const address = { host: proxy.host, port: proxy.port, user, password };
    program = await PulumiContestant.open({ engine: findEngine(), address }, "granular", "roster", {});
  });
  afterEach(async () => {
    await program.close();
    await proxy.close();
    await server.stop();
  });

  async function sent(phase: Phase): Promise<Counts> {
    await program.act(phase, "--parallel", String(PARALLEL));
    return proxy.take();
  }

  it("one resource a thing: 200 users, 20 groups, 500 memberships", async () => {
    const [users, groups, memberships] = [200, 20, 500];
    const given = workload({ users, groups, memberships });
    const most = users + groups + memberships;
    const least = Math.ceil(most / PARALLEL);
    program.declare(given);

    const { commands: created, ...create } = await sent("create");
    assert.deepEqual([create.connections, create.reads, create.refused], [1, 1, 0]);
    assert.deepEqual([created["SET"], created["SELECT"], created["CREATE ROLE"]], [3, 3, users + groups]);
    within(created["GRANT ROLE"], groups, memberships, "GRANT");
    within(create.roundTrips - START.roundTrips, least, most, "round trips of the create");

    assert.deepEqual(await sent("preview"), NOTHING);
    assert.deepEqual(await sent("refresh"), START);

    program.declare(changed(given));
    const { commands: moved, ...change } = await sent("change");
    // Each is in a group of its own, so none shares a statement with another.
    assert.deepEqual(moved, { SET: 3, SELECT: 3, "GRANT ROLE": 5, "REVOKE ROLE": 5 });
    assert.deepEqual([change.connections, change.reads, change.refused], [1, 1, 0]);

    const { commands: gone, ...destroy } = await sent("destroy");
    assert.deepEqual([destroy.connections, destroy.reads, destroy.refused], [1, 1, 0]);
    assert.deepEqual([gone["SET"], gone["SELECT"]], [3, 3]);
    // Those who go at the same time share a statement.
    within(gone["DROP ROLE"], 1, users + groups, "DROP");
    within(gone["REVOKE ROLE"], groups, memberships, "REVOKE");
    within(destroy.roundTrips - START.roundTrips, least, most, "round trips of the destroy");
  });

  it("1,000 memberships come without an error", async () => {
    program.declare(workload({ users: 200, groups: 10, memberships: 1000 }));
    const { refused, reads } = await sent("create");
    assert.deepEqual({ refused, reads }, { refused: 0, reads: 1 });
    const [row] = await server.query<{ count: string }>("SELECT count(*) FROM pg_auth_members WHERE roleid >= 16384");
    assert.equal(row?.count, "1000");
  });
});
