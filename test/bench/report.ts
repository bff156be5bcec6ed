import { PHASES, PHASE_TITLES, type Phase } from "./contestant.js";
import type { Measurement, Result } from "./measure.js";
import { spread } from "./statistics.js";
import { bytes, range, seconds, table } from "./table.js";

/** The results of a column, under the title that it has in tables. */
export interface Row {
  readonly name: string;
  readonly title: string;
  readonly results: readonly Result[];
}

/** How long everything took. */
export function timeTable(rows: readonly Row[]): string {
  return spreadTable("seconds: minimum / median / maximum", rows, ({ seconds: passed }) => passed);
}

/** How much of the processors everything took; undefined where that is not measured. */
export function processorTable(rows: readonly Row[]): string | undefined {
  const measured = rows.filter(({ results }) => results[0]?.phases.create.processor !== undefined);
  if (measured.length === 0) return undefined;
  return spreadTable("processor time, seconds", measured, ({ processor }) => processor ?? NaN);
}

function spreadTable(heading: string, rows: readonly Row[], value: (measured: Measurement) => number): string {
  const cell = (results: readonly Result[], phase: Phase): string => {
    const { min, median, max } = spread(results.map(({ phases }) => value(phases[phase])));
    return [min, median, max].map(seconds).join(" / ");
  };
  return table(
    [heading, ...PHASES.map((phase) => PHASE_TITLES[phase])],
    rows.map(({ title, results }) => [title, ...PHASES.map((phase) => cell(results, phase))]),
  );
}

/** How much went over the wire, into the state, and into memory. */
export function countTable(rows: readonly Row[]): string {
  const measured = rows.filter(({ name }) => !name.includes("floor"));
  return table(
    ["statements in round trips", ...PHASES.map((phase) => PHASE_TITLES[phase])],
    measured.map(({ title, results }) => [title, ...PHASES.map((phase) => counts(results, phase))]),
  );
}

function counts(results: readonly Result[], phase: Phase): string {
  const of = (key: "statements" | "roundTrips"): string =>
    range(results.map(({ phases }) => phases[phase].counts[key]));
  return `${of("statements")} in ${of("roundTrips")}`;
}

/** What is kept, and what it takes to get there. */
export function sizeTable(rows: readonly Row[]): string {
  const measured = rows.filter(({ results }) => results.some((result) => result.stateBytes !== undefined));
  return table(
    ["size", "state", "peak memory of the provider"],
    measured.map(({ title, results }) => [title, bytes(results[0]?.stateBytes), bytes(peakMemory(results))]),
  );
}

/** The largest peak of all phases and runs. */
export function peakMemory(results: readonly Result[]): number | undefined {
  const peaks = results.flatMap(({ phases }) => PHASES.map((phase) => phases[phase].memory ?? 0));
  return peaks.every((peak) => peak === 0) ? undefined : Math.max(...peaks);
}

/** The same for a program to read. */
export function rowData(results: readonly Result[]): object {
  const phases = PHASES.map((phase) => {
    const measured = results.map((result) => result.phases[phase]);
    return [
      phase,
      {
        seconds: spread(measured.map((each) => each.seconds)),
        processorSeconds: measured.map((each) => each.processor ?? null),
        counts: measured.map((each) => each.counts),
        peakMemoryBytes: measured.map((each) => each.memory ?? null),
      },
    ] as const;
  });
  return {
    phases: Object.fromEntries(phases) as object,
    stateBytes: results.map(({ stateBytes }) => stateBytes ?? null),
    loadAverage: results.map(({ load }) => load),
  };
}
