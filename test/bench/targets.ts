import { PHASES, PHASE_TITLES, type Phase } from "./contestant.js";
import { exponentText, type Growth } from "./growth.js";
import type { Result } from "./measure.js";
import { peakMemory, type Row } from "./report.js";
import { spread, type Spread } from "./statistics.js";
import { bytes, table } from "./table.js";
import { NAMES_IN_A_STATEMENT } from "../../provider/postgres/quote.js";
import { differences, changed, workload, type Size } from "./workload.js";

/** Something to reach, and what was reached. */
export interface Target {
  readonly what: string;
  readonly reached: string;
  readonly wanted: string;
  readonly met: boolean;
}

/** Connecting makes one round trip of settings, and the first look another. */
const ROUND_TRIPS_BEFORE_WORK = 2;
const MOST_MEMORY = 512e6;
const STEEPEST = 1.05;

/** The targets that can be told from a comparison: those whose columns took part. */
export function comparisonTargets(rows: readonly Row[], size: Size): Target[] {
  const of = (name: string): readonly Result[] | undefined => rows.find((row) => row.name === name)?.results;
  const [floor, granular, bulkFloor, bulk, limit] = [
    of("floor"),
    of("granular"),
    of("bulk-floor"),
    of("bulk"),
    of("limit"),
  ];
  return [
    ...(floor && granular ? timesFloor(granular, floor) : []),
    ...(bulk && bulkFloor && limit ? PHASES.map((phase) => overLimit({ bulk, bulkFloor, limit }, phase)) : []),
    ...(granular ? [reads("granular", granular), memory("granular", granular)] : []),
    ...(bulk ? [reads("bulk", bulk), memory("bulk", bulk), ...statements(bulk, size)] : []),
  ];
}

/** Ratios of what was measured one after the other, so that what else the machine does touches both. */
function timesFloor(granular: readonly Result[], floor: readonly Result[]): Target[] {
  const most: Partial<Record<Phase, number>> = { create: 1.15, preview: 1.15, refresh: 1.3 };
  return PHASES.flatMap((phase) => {
    const wanted = most[phase];
    if (wanted === undefined) return [];
    const ratios = spread(granular.map((result, run) => time(result, phase) / time(floor[run], phase)));
    const processor = spread(granular.map((result, run) => busy(result, phase) / busy(floor[run], phase)));
    return [
      {
        what: `granular, ${PHASE_TITLES[phase]}: times the floor`,
        reached: told(ratios, processor),
        wanted: `at most ${wanted}`,
        met: ratios.median <= wanted,
      },
    ];
  });
}

function overLimit(
  { bulk, bulkFloor, limit }: Readonly<Record<"bulk" | "bulkFloor" | "limit", readonly Result[]>>,
  phase: Phase,
): Target {
  const over = spread(bulk.map((result, run) => time(result, phase) - time(bulkFloor[run], phase)));
  const processor = spread(bulk.map((result, run) => busy(result, phase) - busy(bulkFloor[run], phase)));
  const allowed = spread(limit.map((result) => 2 * time(result, phase)));
  return {
    what: `bulk, ${PHASE_TITLES[phase]}: seconds over the floor`,
    reached: told(over, processor),
    wanted: `at most ${allowed.median.toFixed(2)}, twice the limit`,
    met: over.median <= allowed.median,
  };
}

function time(result: Result | undefined, phase: Phase): number {
  return result?.phases[phase].seconds ?? NaN;
}

function busy(result: Result | undefined, phase: Phase): number {
  return result?.phases[phase].processor ?? NaN;
}

/** The median with its range, and beside it the same of processor time, which other work on the machine touches less. */
function told({ median, min, max }: Spread, processor: Spread): string {
  const text = `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`;
  return Number.isNaN(processor.median) ? text : `${text}, processor time ${processor.median.toFixed(2)}`;
}

function reads(name: string, results: readonly Result[]): Target {
  const most = Math.max(...results.flatMap(({ phases }) => PHASES.map((phase) => phases[phase].counts.reads)));
  return {
    what: `${name}: catalogue reads of a command`,
    reached: String(most),
    wanted: "at most 1, whatever the size",
    met: most <= 1,
  };
}

function memory(name: string, results: readonly Result[]): Target {
  const peak = peakMemory(results);
  return {
    what: `${name}: peak memory of the provider`,
    reached: peak === undefined ? "not measured here" : bytes(peak),
    wanted: `less than ${bytes(MOST_MEMORY)}`,
    met: peak !== undefined && peak < MOST_MEMORY,
  };
}

/** At most two statements for each group that changes and 500 names, and roles in round trips of a hundred or more. */
function statements(bulk: readonly Result[], size: Size): Target[] {
  const given = workload(size);
  const names = (count: number): number => Math.ceil(count / NAMES_IN_A_STATEMENT);
  const create = Object.values(given.groups).reduce((total, members) => total + 2 * names(members.length), 0);
  const change = differences(given, changed(given)).reduce(
    (total, { leave, come }) => total + 2 * names(Math.max(leave.length, come.length)),
    0,
  );
  const made = (phase: Phase): number =>
    Math.max(
      ...bulk.map(({ phases }) => {
        const { commands } = phases[phase].counts;
        return (commands["GRANT ROLE"] ?? 0) + (commands["REVOKE ROLE"] ?? 0);
      }),
    );
  const few = (phase: Phase, most: number): Target => ({
    what: `bulk, ${PHASE_TITLES[phase]}: statements for memberships`,
    reached: String(made(phase)),
    wanted: `at most ${most}: two for each changed group and ${NAMES_IN_A_STATEMENT} names`,
    met: made(phase) <= most,
  });
  const roles = size.users + size.groups;
  const each = Math.min(
    ...bulk.map(({ phases }) => roles / Math.max(1, phases.create.counts.roundTrips - ROUND_TRIPS_BEFORE_WORK)),
  );
  const batches: Target = {
    what: "bulk, create: roles in a round trip",
    reached: each.toFixed(0),
    wanted: "at least 100",
    met: each >= 100,
  };
  return [few("create", create), few("change", change), ...(roles >= 100 ? [batches] : [])];
}

/** Growth is to be in proportion: of the processor time where it is measured, as other work touches it less. */
export function growthTargets({ exponents, processorExponents }: Growth): Target[] {
  return Object.entries(exponents).map(([phase, value]) => {
    const processor = processorExponents[phase];
    return {
      what: `bulk, ${PHASE_TITLES[phase as Phase]}: exponent of growth`,
      reached: `${exponentText(value)}${processor === undefined ? "" : `, processor time ${exponentText(processor)}`}`,
      wanted: `at most ${STEEPEST}`,
      met: (processor ?? value) <= STEEPEST,
    };
  });
}

/** Every target with what was reached. */
export function targetTable(targets: readonly Target[]): string {
  return table(
    ["to reach", "reached", "wanted", ""],
    targets.map(({ what, reached, wanted, met }) => [what, reached, wanted, met ? "met" : "NOT MET"]),
  );
}
