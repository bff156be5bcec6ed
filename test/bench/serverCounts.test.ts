import assert from "node:assert/strict";
import { encodeNames } from "../../provider/core/lines.js";
import type { DynamicProvider } from "../../provider/core/dispatch.js";
import { startPostgres, type PostgresServer } from "../postgres/server.js";
import { newProcess } from "./newProcess.js";
import { countingProxy, type CountingProxy } from "./proxy.js";
import { GRANTS, SCHEMA, serverWorkload, type ServerSize } from "./server/workload.js";
import { NOTHING, type Counts } from "./wire.js";

/*
 * What a whole server in one Access sends, to the statement: it grows with databases, and not with users or grants as
 * long as 500 names go into a statement.
 */

type Properties = Record<string, unknown>;

/** What each connection starts with. */
const SETTINGS = 3;
/** A look at the inside of a database, and one at what all of them share. */
const QUERIES = 3;

/** A run that looks at each of these databases, and does nothing. */
function looking(databases: number): Counts {
  const connections = databases + 1;
  return {
    connections,
    roundTrips: 2 * connections,
    statements: (SETTINGS + QUERIES) * connections,
    reads: connections,
    refused: 0,
    commands: { SET: SETTINGS * connections, SELECT: QUERIES * connections },
  };
}

describe("what goes over the wire for a whole server in one Access", () => {
  let server: PostgresServer;
  let proxy: CountingProxy;
  beforeEach(async () => {
    server = await startPostgres({ version: 18 });
    proxy = await countingProxy(server);
  });
  afterEach(async () => {
    await proxy.close();
    await server.stop();
  });

  const access = (): DynamicProvider => newProcess()("postgres.Access");

  function declared(size: ServerSize): Properties {
    const { users, databases } = serverWorkload(size);
    const names = encodeNames(users);
    const grants = Object.fromEntries(GRANTS.map((grant) => [JSON.stringify(grant), names]));
    const { user, password } = server;
    return {
      name: "counts",
      users: names,
      databases: encodeNames(databases),
      schemas: Object.fromEntries(databases.map((database) => [database, encodeNames([SCHEMA])])),
      grants: Object.fromEntries(databases.map((database) => [database, grants])),
      connection: { name: "counts", host: proxy.host, port: String(proxy.port), user, password, sslmode: "disable" },
    };
  }

  async function check(of: DynamicProvider, olds: Properties, news: Properties): Promise<Properties> {
    const { inputs, failures } = (await of.check(olds, news)) as { inputs: Properties; failures: unknown[] };
    assert.deepEqual(failures, []);
    return inputs;
  }

  for (const size of [
    { users: 5, databases: 2 },
    { users: 60, databases: 3 },
  ]) {
    const { users, databases } = size;
    it(`${String(users)} users in ${String(databases)} databases: a second run looks, and does nothing`, async () => {
      const creating = access();
      const inputs = await check(creating, {}, declared(size));
      const { outs } = (await creating.create(inputs)) as { outs: Properties };
      const { commands } = proxy.take();
      assert.deepEqual(
        [commands["CREATE ROLE"], commands["CREATE DATABASE"], commands["CREATE SCHEMA"]],
        [users, databases, databases],
      );
      // In each database one for itself, one for its schema, and one for what will be made of each kind.
      assert.deepEqual([commands["GRANT"], commands["ALTER DEFAULT PRIVILEGES"]], [2 * databases, 2 * databases]);

      const previewing = access();
      const again = await check(previewing, inputs, { ...declared(size), __dryRun: true });
      assert.equal(again["plan"], undefined);
      const { changes } = (await previewing.diff("counts", outs, again)) as { changes: boolean };
      assert.equal(changes, false);
      assert.deepEqual(proxy.take(), NOTHING);

      await access().read("counts", outs);
      assert.deepEqual(proxy.take(), looking(databases));

      // Updated all the same, it finds nothing to do.
      const updating = access();
      await updating.update("counts", outs, await check(updating, inputs, declared(size)));
      assert.deepEqual(proxy.take(), looking(databases));
    });
  }
});
