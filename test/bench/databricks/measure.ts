import type { databricks } from "pulumi-roster";
import { Workspace } from "../../e2e/workspace.js";
import type { Declaration } from "../../e2e/declare.js";
import type { Engine } from "../../engine/index.js";
import { startDatabricks, type DatabricksSandbox } from "../../sandbox/databricks/index.js";
import { PHASES, PHASE_TITLES, type Phase } from "../contestant.js";
import { bytes, seconds, table } from "../table.js";
import type { Target } from "../targets.js";

/** A large data product. */
const TABLES = 20;
const CONSUMERS = 2000;
/** Principals in a page of the sandbox. */
const PAGE = 150;
const PAGES = Math.ceil(CONSUMERS / PAGE);

/** What each phase is to send: who asks, once; one read of each table, in pages; one change of each that differs. */
const EXPECTED: Readonly<Record<Phase, Requests>> = {
  create: { reads: TABLES, changes: TABLES, others: 1 },
  preview: { reads: 0, changes: 0, others: 0 },
  refresh: { reads: TABLES * PAGES, changes: 0, others: 1 },
  change: { reads: TABLES * PAGES, changes: TABLES, others: 1 },
  destroy: { reads: TABLES * PAGES, changes: TABLES, others: 1 },
};

/** Requests of a phase. */
interface Requests {
  readonly reads: number;
  readonly changes: number;
  readonly others: number;
}

/** What a phase took. */
export interface GrantsPhase {
  readonly seconds: number;
  readonly requests: Requests;
  /** The state after it. */
  readonly stateBytes: number;
}

/** What was measured of the whole. */
export type GrantsReading = Readonly<Record<Phase, GrantsPhase>>;

/** Brings a data product's grants from nothing to nothing with one `databricks.Access`, on a sandbox. */
export async function measureDatabricks(engine: Engine, report: (text: string) => void): Promise<GrantsReading> {
  const sandbox = await startDatabricks();
  const tables = Array.from({ length: TABLES }, (_, index) => `table main.product.t${index}`);
  const people = Array.from({ length: CONSUMERS * 1.01 }, (_, index) => `consumer${index}@example.com`);
  sandbox.metastore.create(...tables);
  sandbox.metastore.addPrincipal(...people);
  const workspace = await Workspace.create(engine, { DATABRICKS_HOST: sandbox.url, DATABRICKS_TOKEN: sandbox.token });
  const first = program(tables, people.slice(0, CONSUMERS));
  const second = program(tables, people.slice(people.length - CONSUMERS));
  const work: Readonly<Record<Phase, () => Promise<unknown>>> = {
    create: () => workspace.up(first),
    preview: () => workspace.run(["preview", "--expect-no-changes"]),
    refresh: () => workspace.expectNoChanges(),
    change: async () => {
      await workspace.run(["config", "set", "roster:maxRemovals", "100"]);
      return workspace.up(second);
    },
    destroy: () => workspace.destroy(),
  };
  try {
    const reading: Partial<Record<Phase, GrantsPhase>> = {};
    for (const phase of PHASES) {
      sandbox.reset();
      const begun = performance.now();
      await work[phase]();
      const passed = (performance.now() - begun) / 1000;
      reading[phase] = { seconds: passed, requests: counted(sandbox), stateBytes: workspace.stateText().length };
      report(`grants of ${CONSUMERS} consumers on ${TABLES} tables, ${phase}: ${seconds(passed)} s`);
    }
    return reading as GrantsReading;
  } finally {
    await workspace.remove();
    await sandbox.close();
  }
}

function program(tables: readonly string[], people: readonly string[]): Declaration[] {
  const args: databricks.AccessArgs = { grants: Object.fromEntries(tables.map((each) => [each, { SELECT: people }])) };
  return [{ type: "databricks.Access", name: "product", args, options: {} }];
}

function counted({ calls }: DatabricksSandbox): Requests {
  const of = (method: string): number =>
    calls.filter((call) => call.method === method && call.path.includes("/permissions/")).length;
  const [reads, changes] = [of("GET"), of("PATCH")];
  return { reads, changes, others: calls.length - reads - changes };
}

function requestsText({ reads, changes, others }: Requests): string {
  return `GET ${reads}, PATCH ${changes}, others ${others}`;
}

/** Everything that was measured as a table. */
export function databricksTable(reading: GrantsReading): string {
  return table(
    [
      `databricks.Access, ${CONSUMERS.toLocaleString("en")} consumers x ${TABLES} tables`,
      "seconds",
      "requests",
      "state",
    ],
    PHASES.map((phase) => {
      const { seconds: passed, requests, stateBytes } = reading[phase];
      return [PHASE_TITLES[phase], seconds(passed), requestsText(requests), bytes(stateBytes)];
    }),
  );
}

/** One read, and at most one change, of each table. */
export function databricksTargets(reading: GrantsReading): Target[] {
  return PHASES.map((phase): Target => {
    const [reached, wanted] = [requestsText(reading[phase].requests), requestsText(EXPECTED[phase])];
    return { what: `Databricks, ${PHASE_TITLES[phase]}: requests`, reached, wanted, met: reached === wanted };
  });
}
