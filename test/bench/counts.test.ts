import assert from "node:assert/strict";
import type { DynamicProvider } from "../../provider/core/dispatch.js";
import { encodeNames } from "../../provider/core/lines.js";
import { newProcess } from "./newProcess.js";
import { startPostgres, type PostgresServer } from "../postgres/server.js";
import { countingProxy, type CountingProxy } from "./proxy.js";
import { NOTHING, sum as both, type Counts } from "./wire.js";
import { changed, workload, type Workload } from "./workload.js";

/*
 * How much goes over the wire, to the statement. Times would say more about the machine; these say what the batches,
 * the one catalogue read and the few statements are worth, and they are the same every time.
 */

/** What a connection starts with: the settings of the session, and one look at the catalogue. */
const START: Counts = {
  connections: 1,
  roundTrips: 2,
  statements: 6,
  reads: 1,
  refused: 0,
  commands: { SET: 3, SELECT: 3 },
};

/** Round trips that carry out statements and look at nothing. */
function doing(roundTrips: number, commands: Readonly<Record<string, number>>): Counts {
  const statements = Object.values(commands).reduce((total, count) => total + count, 0);
  return { connections: 0, roundTrips, statements, reads: 0, refused: 0, commands };
}

type Properties = Record<string, unknown>;

describe("what goes over the wire", () => {
  let server: PostgresServer;
  let proxy: CountingProxy;

  before(async () => {
    server = await startPostgres({ version: 18 });
  });
  after(() => server.stop());
  beforeEach(async () => {
    proxy = await countingProxy(server);
  });
  afterEach(() => proxy.close());

  /** What every resource is given: the server, through the proxy. */
  function connection(): Properties {
    const { user, password } = server;
    return { name: "counts", host: proxy.host, port: String(proxy.port), user, password, sslmode: "disable" };
  }

  async function check(of: DynamicProvider, olds: Properties, news: Properties): Promise<Properties> {
    const { inputs, failures } = (await of.check(olds, news)) as { inputs: Properties; failures: unknown[] };
    assert.deepEqual(failures, []);
    return inputs;
  }

  async function create(of: DynamicProvider, args: Properties): Promise<void> {
    await of.create(await check(of, {}, args));
  }

  describe("one resource for everything", () => {
    const access = (): DynamicProvider => newProcess()("postgres.Access");

    function declared({ users, groups }: Workload): Properties {
      const members = Object.entries(groups).map(([name, list]): [string, string] => [name, encodeNames(list)]);
      return {
        name: "counts",
        users: encodeNames(users),
        groups: encodeNames(Object.keys(groups)),
        members: Object.fromEntries(members),
        connection: connection(),
      };
    }

    /** A life from create to delete, each step as a command of its own, and what each sent. */
    async function life(
      given: Workload,
    ): Promise<Record<"create" | "preview" | "refresh" | "change" | "destroy", Counts>> {
      const creating = access();
      const inputs = await check(creating, {}, declared(given));
      const { outs } = (await creating.create(inputs)) as { outs: Properties };
      const created = proxy.take();

      const previewing = access();
      const again = await check(previewing, inputs, { ...declared(given), __dryRun: true });
      assert.equal(again["plan"], undefined);
      await previewing.diff("counts", outs, again);
      const preview = proxy.take();

      await access().read("counts", outs);
      const refresh = proxy.take();

      const changing = access();
      const news = await check(changing, inputs, declared(changed(given)));
      const { outs: after } = (await changing.update("counts", outs, news)) as { outs: Properties };
      const change = proxy.take();

      await access().delete("counts", after);
      return { create: created, preview, refresh, change, destroy: proxy.take() };
    }

    it("sends each command's work in a few round trips, after one look", async () => {
      const sent = await life(workload({ users: 200, groups: 20, memberships: 500 }));
      assert.deepEqual(sent, {
        create: both(START, doing(2, { "CREATE ROLE": 220, "GRANT ROLE": 20 })),
        preview: NOTHING,
        refresh: START,
        change: both(START, doing(1, { "REVOKE ROLE": 5, "GRANT ROLE": 5 })),
        destroy: both(START, doing(1, { "DROP ROLE": 1 })),
      });
    });

    it("sends 500 roles in a round trip, and 500 names in a statement", async () => {
      const sent = await life(workload({ users: 1200, groups: 2, memberships: 2200 }));
      assert.deepEqual(sent, {
        create: both(START, doing(4, { "CREATE ROLE": 1202, "GRANT ROLE": 6 })),
        preview: NOTHING,
        refresh: START,
        change: both(START, doing(1, { "REVOKE ROLE": 2, "GRANT ROLE": 2 })),
        destroy: both(START, doing(3, { "DROP ROLE": 3 })),
      });
    });
  });

  describe("resources that arrive together", () => {
    const given = workload({ users: 200, groups: 20, memberships: 500 });

    type Act = (of: DynamicProvider, args: Properties) => Promise<unknown>;

    /** Does something with every user and group at once. */
    async function forRoles(process: ReturnType<typeof newProcess>, act: Act): Promise<void> {
      const [user, group] = [process("postgres.User"), process("postgres.Group")];
      await Promise.all([
        ...given.users.map((name) => act(user, { name, connection: connection() })),
        ...Object.keys(given.groups).map((name) => act(group, { name, connection: connection() })),
      ]);
    }

    /** Does something with every membership at once. */
    async function forMemberships(process: ReturnType<typeof newProcess>, act: Act): Promise<void> {
      const membership = process("postgres.GroupMembership");
      await Promise.all(pairsOf(given).map((pair) => act(membership, { ...pair, connection: connection() })));
    }

    it("share one look, few statements and few round trips", async () => {
      const up = newProcess();
      await forRoles(up, create);
      await forMemberships(up, create);
      assert.deepEqual(proxy.take(), both(START, doing(2, { "CREATE ROLE": 220, "GRANT ROLE": 20 })));

      const refresh = newProcess();
      const read: Act = (of, args) => of.read("an id", args);
      await Promise.all([forRoles(refresh, read), forMemberships(refresh, read)]);
      assert.deepEqual(proxy.take(), START);

      const destroy = newProcess();
      const remove: Act = (of, args) => of.delete("an id", args);
      await forMemberships(destroy, remove);
      await forRoles(destroy, remove);
      assert.deepEqual(proxy.take(), both(START, doing(2, { "REVOKE ROLE": 20, "DROP ROLE": 1 })));
    });
  });

  it("two runs at once give 1,000 memberships, 16 at a time, and neither fails for the other's writing", async () => {
    const given = workload({ users: 200, groups: 10, memberships: 1000 });
    const names = [...given.users, ...Object.keys(given.groups)];
    await server.query(names.map((name) => `CREATE ROLE ${name};`).join("\n"));
    const runs = [newProcess(), newProcess()].map((process) => process("postgres.GroupMembership"));
    const waiting = pairsOf(given);
    const worker = async (run: DynamicProvider): Promise<void> => {
      for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop())
        await create(run, { ...pair, connection: connection() });
    };
    await Promise.all(runs.flatMap((run) => Array.from({ length: 16 }, () => worker(run))));
    const [row] = await server.query<{ count: string }>("SELECT count(*) FROM pg_auth_members WHERE roleid >= 16384");
    assert.equal(row?.count, "1000");
    const { connections, reads } = proxy.take();
    assert.deepEqual({ connections, reads }, { connections: 2, reads: 2 });
    await server.query(names.map((name) => `DROP ROLE ${name};`).join("\n"));
  });
});

function pairsOf({ groups }: Workload): { group: string; member: string }[] {
  return Object.entries(groups).flatMap(([group, members]) => members.map((member) => ({ group, member })));
}
