import { loadavg } from "node:os";
import type { Engine } from "../engine/index.js";
import { startPostgres, type PostgresServer } from "../postgres/server.js";
import { PHASES, type Column, type Phase } from "./contestant.js";
import { processorTime } from "./processor.js";
import { countingProxy } from "./proxy.js";
import { changed, workload, type Size, type Workload } from "./workload.js";
import type { Counts } from "./wire.js";

/** What was measured of one phase in one run. */
export interface Measurement {
  readonly seconds: number;
  /** Processor time of all processes and the server together, but of a client in this process; in seconds. */
  readonly processor: number | undefined;
  readonly counts: Counts;
  /** Peak of memory of the provider's process, in bytes. */
  readonly memory: number | undefined;
}

/** What was measured of one column in one run. */
export interface Result {
  readonly phases: Readonly<Record<Phase, Measurement>>;
  /** Bytes of the state when everything was made. */
  readonly stateBytes: number | undefined;
  /** How busy the machine was when the run began: processes that want a processor, over a minute. */
  readonly load: number;
}

/** What is to be measured. */
export interface Comparison<Entry> {
  readonly engine: Engine;
  readonly entries: readonly Entry[];
  readonly runs: number;
  /** When it has to be done, by `performance.now()`: no further run is begun that would not be. */
  readonly deadline: number;
  /** Says what is going on. */
  readonly report: (text: string) => void;
}

/** A column with what it is to do. */
export interface Entry {
  readonly title: string;
  readonly column: Column;
  readonly size: Size;
}

/**
 * Measures in turns (A B C, C B A, A B C), each time on a server of its own, so that none has to bear what others left,
 * and what was at work just before is not always the same for one of them.
 * @returns the results of each entry, in the order of the runs: what has the same place was measured together
 */
export async function compare<E extends Entry>(comparison: Comparison<E>): Promise<Map<E, Result[]>> {
  const { engine, entries, runs, deadline, report } = comparison;
  const results = new Map<E, Result[]>(entries.map((entry) => [entry, []]));
  let longest = 0;
  for (let run = 1; run <= runs; run += 1) {
    const started = performance.now();
    if (run > 1 && started + longest > deadline) {
      report(`${run - 1} of ${runs} runs were made, as the time is up`);
      break;
    }
    for (const entry of run % 2 === 1 ? entries : [...entries].reverse()) {
      // Later runs are begun only if there is time for all of them, so that what is compared was measured as often.
      if (run === 1 && performance.now() > deadline) {
        report(`${entry.title} is left out, as the time is up`);
        continue;
      }
      const result = await measure(engine, entry);
      results.get(entry)?.push(result);
      const times = PHASES.map((phase) => `${phase} ${result.phases[phase].seconds.toFixed(2)} s`);
      report(`run ${run} of ${runs}, ${entry.title}: ${times.join(", ")}`);
    }
    longest = Math.max(longest, performance.now() - started);
  }
  return results;
}

/** What has to be closed when the bench is interrupted. */
const open = new Set<() => Promise<void>>();

/** Ends and removes what a measurement that is going on has started. */
export async function closeAll(): Promise<void> {
  await Promise.allSettled([...open].map((close) => close()));
}

/** One column from nothing to nothing. */
export async function measure(engine: Engine, { column, size, title }: Entry): Promise<Result> {
  const given = workload(size);
  const after = changed(given);
  const load = loadavg()[0] ?? 0;
  const server = await startPostgres({ version: 18 });
  const proxy = await countingProxy(server);
  const { user, password } = server;
  const contestant = await column.open({ engine, address: { host: proxy.host, port: proxy.port, user, password } });
  const close = async (): Promise<void> => {
    open.delete(close);
    await contestant.close();
    await proxy.close();
    await server.stop();
  };
  open.add(close);
  const measured: Partial<Record<Phase, Measurement>> = {};
  let stateBytes: number | undefined;
  try {
    for (const phase of PHASES) {
      if (phase === "create") await contestant.declare(given);
      if (phase === "change") await contestant.declare(after);
      proxy.take();
      const before = processorTime(server.pid);
      const started = performance.now();
      await contestant.act(phase);
      const seconds = (performance.now() - started) / 1000;
      const processor = processorTime(server.pid);
      measured[phase] = {
        seconds,
        processor: before === undefined || processor === undefined ? undefined : processor - before,
        counts: proxy.take(),
        memory: contestant.peakMemory(),
      };
      if (phase === "create") stateBytes = contestant.stateBytes();
      const wanted = phase === "destroy" ? NOTHING : phase === "change" ? after : given;
      if (column.real) await prove(server, wanted, `${title}: ${phase}`);
    }
  } finally {
    await close();
  }
  return { phases: measured as Record<Phase, Measurement>, stateBytes, load };
}

const NOTHING: Workload = { users: [], groups: {} };

/** Throws unless the server holds exactly the workload: work that was not done costs no time. */
async function prove(server: PostgresServer, { users, groups }: Workload, what: string): Promise<void> {
  const rows = await server.query<{ kind: string; name: string }>(
    `SELECT 'user' AS kind, rolname AS name FROM pg_roles WHERE rolcanlogin AND oid >= 16384
     UNION ALL SELECT 'group', rolname FROM pg_roles WHERE NOT rolcanlogin AND oid >= 16384
     UNION ALL SELECT 'member', g.rolname || '/' || u.rolname FROM pg_auth_members m
               JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles u ON u.oid = m.member WHERE g.oid >= 16384`,
  );
  const found = new Set(rows.map(({ kind, name }) => `${kind} ${name}`));
  const wanted = [
    ...users.map((name) => `user ${name}`),
    ...Object.keys(groups).map((name) => `group ${name}`),
    ...Object.entries(groups).flatMap(([group, members]) => members.map((member) => `member ${group}/${member}`)),
  ];
  const missing = wanted.filter((each) => !found.has(each));
  const surplus = found.size - (wanted.length - missing.length);
  if (missing.length === 0 && surplus === 0) return;
  throw new Error(`${what} left ${missing.length} things undone and ${surplus} that ought not to be there`);
}
