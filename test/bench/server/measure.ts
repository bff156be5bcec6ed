import type { Engine } from "../../engine/index.js";
import { startPostgres, type PostgresServer } from "../../postgres/server.js";
import { PulumiContestant } from "../columns/pulumi.js";
import type { Address, Phase } from "../contestant.js";
import { countingProxy } from "../proxy.js";
import { bytes, seconds, table } from "../table.js";
import type { Target } from "../targets.js";
import type { Counts } from "../wire.js";
import { dropBarely, makeBarely, readBarely } from "./limit.js";
import { SCHEMA, describeServer, serverWorkload, type ServerSize, type ServerWorkload } from "./workload.js";

/*
 * A whole server in one `postgres.Access`, beside what the engine alone takes for the same program and a bare client
 * for the same statements.
 */

/** What is measured, in this order. */
const STEPS = ["create", "preview", "refresh", "again", "destroy"] as const;
type Step = (typeof STEPS)[number];

const TITLES: Readonly<Record<Step, string>> = {
  create: "create",
  preview: "preview, nothing to do",
  refresh: "preview --refresh",
  again: "up --refresh, nothing to do",
  destroy: "destroy",
};

/** Tables that each database has by the time of the second run. */
const TABLES = 5;

/** Queries of a look at a database, and of one at what all of them share. */
const QUERIES = 3;

/** What a step took. */
export interface StepTaken {
  readonly seconds: number;
  readonly counts: Counts;
  readonly memory: number | undefined;
}

/** What was measured of one of those who take part. */
export interface ServerResult {
  readonly title: string;
  readonly size: ServerSize;
  readonly steps: Readonly<Record<Step, StepTaken>>;
  readonly stateBytes: number | undefined;
}

/** One who takes part. */
interface Competitor {
  readonly act: (step: Step) => Promise<void>;
  readonly memory: () => number | undefined;
  readonly stateBytes: () => number | undefined;
  readonly close: () => Promise<void>;
}

type Open = (engine: Engine, address: Address, workload: ServerWorkload) => Promise<Competitor>;

const COMPETITORS: readonly { readonly title: string; readonly real: boolean; readonly open: Open }[] = [
  { title: "engine floor", real: false, open: pulumi("floor") },
  { title: "Roster, one Access", real: true, open: pulumi("roster") },
  { title: "limit: bare pg client", real: true, open: bare },
];

/** Measures everyone from nothing to nothing, each on a server of its own. */
export async function measureServer(
  engine: Engine,
  size: ServerSize,
  report: (text: string) => void,
): Promise<ServerResult[]> {
  const results: ServerResult[] = [];
  for (const competitor of COMPETITORS) {
    const result = await measured(engine, size, competitor);
    results.push(result);
    const times = STEPS.map((step) => `${step} ${seconds(result.steps[step].seconds)} s`);
    report(`${competitor.title}: ${times.join(", ")}`);
  }
  return results;
}

async function measured(
  engine: Engine,
  size: ServerSize,
  { title, real, open }: (typeof COMPETITORS)[number],
): Promise<ServerResult> {
  const workload = serverWorkload(size);
  const server = await startPostgres({ version: 18 });
  const proxy = await countingProxy(server);
  const { user, password } = server;
  const competitor = await open(engine, { host: proxy.host, port: proxy.port, user, password }, workload);
  const steps: Partial<Record<Step, StepTaken>> = {};
  let stateBytes: number | undefined;
  try {
    for (const step of STEPS) {
      proxy.take();
      const begun = performance.now();
      await competitor.act(step);
      const passed = (performance.now() - begun) / 1000;
      steps[step] = { seconds: passed, counts: proxy.take(), memory: competitor.memory() };
      if (step === "create") {
        stateBytes = competitor.stateBytes();
        if (real) await use(server, workload);
      }
      if (real) await prove(server, step === "destroy" ? { users: [], databases: [] } : workload, `${title}: ${step}`);
    }
  } finally {
    await competitor.close();
    await proxy.close();
    await server.stop();
  }
  return { title, size, steps: steps as Record<Step, StepTaken>, stateBytes };
}

const COMMANDS: Readonly<Record<Step, readonly [Phase, ...string[]]>> = {
  create: ["create"],
  preview: ["preview"],
  refresh: ["refresh"],
  again: ["change", "--refresh"],
  destroy: ["destroy"],
};

function pulumi(handlers: "floor" | "roster"): Open {
  return async (engine, address, workload) => {
    const program = await PulumiContestant.open({ engine, address }, "server", handlers);
    program.declare(workload);
    return {
      act: (step) => program.act(...COMMANDS[step]),
      memory: () => program.peakMemory(),
      stateBytes: () => program.stateBytes(),
      close: () => program.close(),
    };
  };
}

function bare(_engine: Engine, address: Address, workload: ServerWorkload): Promise<Competitor> {
  const act = (step: Step): Promise<void> => {
    if (step === "create") return makeBarely(address, workload);
    return step === "destroy" ? dropBarely(address, workload) : readBarely(address, workload);
  };
  const nothing = (): undefined => undefined;
  return Promise.resolve({ act, memory: nothing, stateBytes: nothing, close: () => Promise.resolve() });
}

/** Somebody makes tables, which everybody can then read. */
async function use(server: PostgresServer, { databases }: ServerWorkload): Promise<void> {
  const sql = Array.from({ length: TABLES }, (_, index) => `CREATE TABLE ${SCHEMA}.t${index} (id serial);`).join("\n");
  for (const database of databases) await server.query(sql, { database });
}

/** Throws unless the server is as it is to be: work that was not done costs no time. */
async function prove(server: PostgresServer, { users, databases }: ServerWorkload, what: string): Promise<void> {
  const roles = await server.query("SELECT FROM pg_roles WHERE rolname ~ '^user_'");
  const made = await server.query("SELECT FROM pg_database WHERE datname ~ '^company_'");
  if (roles.length !== users.length || made.length !== databases.length)
    throw new Error(`${what} left ${roles.length} users and ${made.length} databases`);
  for (const database of databases) {
    const rows = await server.query<{ what: string; count: string }>(
      `SELECT a.what, count(*) FROM (
           SELECT 'database' AS what, datacl AS acl, 'CONNECT' AS privilege FROM pg_database WHERE datname = current_database()
           UNION ALL SELECT 'schema', nspacl, 'USAGE' FROM pg_namespace WHERE nspname = '${SCHEMA}'
           UNION ALL SELECT relname, relacl, CASE relkind WHEN 'r' THEN 'SELECT' ELSE 'USAGE' END FROM pg_class
             WHERE relnamespace = '${SCHEMA}'::regnamespace AND relkind IN ('r', 'S')
         ) a CROSS JOIN aclexplode(a.acl) x
        WHERE x.privilege_type = a.privilege AND x.grantee::regrole::text ~ '^user_' GROUP BY 1`,
      { database },
    );
    const right = rows.every(({ count }) => Number(count) === users.length);
    // The database, its schema, and tables with a sequence each.
    if (!right || rows.length !== 2 + 2 * TABLES)
      throw new Error(`${what} left ${database} with ${JSON.stringify(rows)}`);
  }
}

/** Everything that was measured as a table. */
export function serverTable(results: readonly ServerResult[]): string {
  const cell = ({ steps }: ServerResult, step: Step): string => {
    const { seconds: passed, counts } = steps[step];
    return `${seconds(passed)} s, ${counts.statements} in ${counts.roundTrips}`;
  };
  const heading = results[0] === undefined ? "" : describeServer(results[0].size);
  return table(
    [`${heading}: seconds, statements in round trips`, ...STEPS.map((step) => TITLES[step]), "state", "memory"],
    results.map((result) => [
      result.title,
      ...STEPS.map((step) => cell(result, step)),
      bytes(result.stateBytes),
      bytes(peakOf(result)),
    ]),
  );
}

function peakOf({ steps }: ServerResult): number | undefined {
  const peaks = STEPS.map((step) => steps[step].memory ?? 0);
  return peaks.every((peak) => peak === 0) ? undefined : Math.max(...peaks);
}

const MOST_MEMORY = 512e6;

/** What a second run sends, and what Roster takes over the floor. */
export function serverTargets(results: readonly ServerResult[]): Target[] {
  const [floor, roster, limit] = COMPETITORS.map(({ title }) => results.find((result) => result.title === title));
  if (floor === undefined || roster === undefined || limit === undefined) return [];
  const { size } = roster;
  const most = QUERIES * (size.databases + 1);
  const again = (["refresh", "again"] as const).map((step): Target => {
    const { commands, refused } = roster.steps[step].counts;
    const { SET: _settings, SELECT: looked = 0, ...rest } = commands;
    const others = Object.values(rest).reduce((total, count) => total + count, refused);
    return {
      what: `a whole server, ${TITLES[step]}: queries of the catalogue, and other statements`,
      reached: `${looked}, ${others}`,
      wanted: `at most ${most}, ${QUERIES} a database and as many for what they share; 0`,
      met: looked <= most && others === 0,
    };
  });
  const over = STEPS.map((step): Target => {
    const [took, allowed] = [roster.steps[step].seconds - floor.steps[step].seconds, 2 * limit.steps[step].seconds];
    return {
      what: `a whole server, ${TITLES[step]}: seconds over the floor`,
      reached: seconds(took),
      wanted: `at most ${seconds(allowed)}, twice the limit`,
      met: took <= allowed,
    };
  });
  const peak = peakOf(roster);
  return [
    ...again,
    ...over,
    {
      what: "a whole server: peak memory of the provider",
      reached: peak === undefined ? "not measured here" : bytes(peak),
      wanted: `less than ${bytes(MOST_MEMORY)}`,
      met: peak !== undefined && peak < MOST_MEMORY,
    },
  ];
}
