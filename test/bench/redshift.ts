import { encodeNames } from "../../provider/core/lines.js";
import type { DynamicProvider } from "../../provider/core/dispatch.js";
import type { PostgresServer } from "../postgres/server.js";
import { startRedshift } from "../sandbox/redshift/index.js";
import { newProcess } from "./newProcess.js";
import { countingProxy } from "./proxy.js";
import { table } from "./table.js";
import type { Target } from "./targets.js";
import type { Counts } from "./wire.js";
import { changed, describeSize, workload, type Size, type Workload } from "./workload.js";

/*
 * What goes over the wire to Redshift for groups and memberships, to the statement. The gate in front of PostgreSQL
 * stands for it, whose times say nothing about a cluster.
 */

/** What one command sent. */
export interface RedshiftRow {
  readonly size: Size;
  readonly command: string;
  readonly counts: Counts;
  /** The statements that there are to be, besides those that look. */
  readonly expected: Readonly<Record<string, number>>;
}

type Properties = Record<string, unknown>;

/** A life of groups and their members, each step as a command of its own. */
export async function measureRedshift(size: Size): Promise<RedshiftRow[]> {
  const gate = await startRedshift();
  const proxy = await countingProxy(gate);
  try {
    const given = workload(size);
    const groups = Object.keys(given.groups).length;
    const differing = changes(given);
    const { user, password } = gate;
    const connection = {
      ...{ name: "bench", dialect: "redshift", host: proxy.host, port: String(proxy.port) },
      ...{ user, password, database: "postgres", sslmode: "disable" },
    };
    await madeBehind(gate.behind, given.users);
    const access = (): DynamicProvider => newProcess()("postgres.Access");
    const inputsFor = async (of: DynamicProvider, olds: Properties, wanted: Workload): Promise<Properties> => {
      const members = Object.entries(wanted.groups).map(([name, list]): [string, string] => [name, encodeNames(list)]);
      const names = encodeNames(Object.keys(wanted.groups));
      const news = { name: "bench", groups: names, members: Object.fromEntries(members), connection };
      return ((await of.check(olds, news)) as { inputs: Properties }).inputs;
    };

    const creating = access();
    const inputs = await inputsFor(creating, {}, given);
    const { outs } = (await creating.create(inputs)) as { outs: Properties };
    const rows: RedshiftRow[] = [
      { size, command: "create", counts: proxy.take(), expected: { "CREATE GROUP": groups, "ALTER GROUP": groups } },
    ];
    await access().read("bench", outs);
    rows.push({ size, command: "refresh", counts: proxy.take(), expected: {} });
    const changing = access();
    const news = await inputsFor(changing, inputs, changed(given));
    const { outs: after } = (await changing.update("bench", outs, news)) as { outs: Properties };
    rows.push({ size, command: "change", counts: proxy.take(), expected: { "ALTER GROUP": differing } });
    await access().delete("bench", after);
    rows.push({
      size,
      command: "destroy",
      counts: proxy.take(),
      expected: { "ALTER GROUP": groups, "DROP GROUP": groups },
    });
    return rows;
  } finally {
    await proxy.close();
    await gate.stop();
  }
}

/** Users that are there before anything is counted: behind the gate, which would look at each of 10,000 statements. */
async function madeBehind(behind: PostgresServer, users: readonly string[]): Promise<void> {
  const names = `ARRAY['${users.join("', '")}']`;
  await behind.query(
    `DO $$DECLARE name text; BEGIN FOREACH name IN ARRAY ${names} LOOP EXECUTE format('CREATE ROLE %I LOGIN', name); END LOOP; END$$`,
  );
}

/** A statement for each group that loses somebody, and one for each that gets somebody. */
function changes(given: Workload): number {
  const after = changed(given);
  return Object.entries(given.groups).reduce((count, [group, before]) => {
    const now = new Set(after.groups[group]);
    const was = new Set(before);
    return count + Number(before.some((name) => !now.has(name))) + Number([...now].some((name) => !was.has(name)));
  }, 0);
}

/** Statements that change something, by command. */
function written({ commands }: Counts): Record<string, number> {
  return Object.fromEntries(Object.entries(commands).filter(([command]) => command.endsWith(" GROUP")));
}

function told(commands: Readonly<Record<string, number>>): string {
  const texts = Object.entries(commands).map(([command, count]) => `${command} ${String(count)}`);
  return texts.length === 0 ? "none" : texts.sort().join(", ");
}

/** Everything that was counted as a table. */
export function redshiftTable(rows: readonly RedshiftRow[]): string {
  return table(
    ["groups and memberships", "", "round trips", "statements", "of them for the work"],
    rows.map(({ size, command, counts }) => [
      describeSize(size),
      command,
      String(counts.roundTrips),
      String(counts.statements),
      told(written(counts)),
    ]),
  );
}

/** The statements to the number, and none that was refused. */
export function redshiftTargets(rows: readonly RedshiftRow[]): Target[] {
  return rows.map(({ size, command, counts, expected }) => ({
    what: `Redshift, ${describeSize(size)}, ${command}: statements`,
    reached: `${told(written(counts))}; ${String(counts.refused)} refused`,
    wanted: told(expected),
    met: told(written(counts)) === told(expected) && counts.refused === 0,
  }));
}
