import type { Engine } from "../engine/index.js";
import { PHASE_TITLES, type Column, type Phase } from "./contestant.js";
import { compare, type Entry, type Result } from "./measure.js";
import { exponent } from "./statistics.js";
import { seconds, table } from "./table.js";
import { describeSize, type Size } from "./workload.js";

/** The smallest size: large enough that what grows can be told from what every command costs. */
const BASE: Size = { users: 1250, groups: 62, memberships: 6200 };
const FACTORS = [1, 2, 4, 8];
const EMPTY: Size = { users: 0, groups: 0, memberships: 0 };

/** The phases whose growth is looked at. A change of one in a hundred is mostly what every command costs. */
export const GROWING: readonly Phase[] = ["create", "preview", "refresh", "destroy"];

/** How the time of a column grows with the size of the workload. */
export interface Growth {
  readonly sizes: readonly { readonly size: Size; readonly results: readonly Result[] }[];
  /** The same with nothing to manage at all. */
  readonly empty: readonly Result[];
  /** Of the time over that of nothing at all, by phase. */
  readonly exponents: Readonly<Record<string, number>>;
  /** Of the processor time over that of nothing at all, by phase; empty where it is not measured. */
  readonly processorExponents: Readonly<Record<string, number>>;
}

/** Measures a column at 1, 2, 4 and 8 times a size, and with nothing at all. */
export async function measureGrowth(
  engine: Engine,
  column: Column,
  about: { readonly runs: number; readonly deadline: number; readonly report: (text: string) => void },
): Promise<Growth> {
  const entries = [0, ...FACTORS].map((factor): Entry => {
    const size = factor === 0 ? EMPTY : times(BASE, factor);
    return { title: `${column.title}, ${describeSize(size)}`, column, size };
  });
  // Thrown away: the first commands of all find nothing in the machine's caches, and would be taken for the cost of
  // nothing at all, which is subtracted from the rest.
  await compare({ engine, entries: entries.slice(0, 1), ...about, runs: 1 });
  const results = await compare({ engine, entries, ...about });
  const [empty = [], ...measured] = entries.map((entry) => results.get(entry) ?? []);
  const grown = FACTORS.map((size, index) => ({ size, results: measured[index] ?? [] }));
  const exponentsOf = (least: Least): Record<string, number> =>
    Object.fromEntries(
      GROWING.map((phase) => {
        const points = grown.map((at) => ({ size: at.size, cost: least(at.results, phase) - least(empty, phase) }));
        return [phase, exponent(points)];
      }),
    );
  return {
    sizes: grown.map(({ size, results: all }) => ({ size: times(BASE, size), results: all })),
    empty,
    exponents: exponentsOf(leastTime),
    processorExponents: Number.isFinite(leastProcessor(empty, "create")) ? exponentsOf(leastProcessor) : {},
  };
}

type Least = (results: readonly Result[], phase: Phase) => number;

/** The least of all runs, as whatever else the machine does only adds to the time. */
const leastTime: Least = (results, phase) => Math.min(...results.map(({ phases }) => phases[phase].seconds));
const leastProcessor: Least = (results, phase) =>
  Math.min(...results.map(({ phases }) => phases[phase].processor ?? Infinity));

function times({ users, groups, memberships }: Size, factor: number): Size {
  return { users: users * factor, groups: groups * factor, memberships: memberships * factor };
}

/** Growth as tables: the least of each phase. */
export function growthTable(growth: Growth): string {
  const clock = oneTable("seconds, the least of all runs", growth, leastTime, growth.exponents);
  if (Object.keys(growth.processorExponents).length === 0) return clock;
  const title = "processor time, seconds, the least of all runs";
  return `${clock}\n\n${oneTable(title, growth, leastProcessor, growth.processorExponents)}`;
}

function oneTable(
  heading: string,
  { sizes, empty }: Growth,
  least: Least,
  exponents: Readonly<Record<string, number>>,
): string {
  const cells = (results: readonly Result[]): string[] => GROWING.map((phase) => seconds(least(results, phase)));
  return table(
    [heading, ...GROWING.map((phase) => PHASE_TITLES[phase])],
    [
      ["nothing at all", ...cells(empty)],
      ...sizes.map(({ size, results }) => [describeSize(size), ...cells(results)]),
      ["exponent, without the first line", ...GROWING.map((phase) => exponentText(exponents[phase] ?? NaN))],
    ],
  );
}

/** There is none where the smallest size took no longer than nothing at all: other work on the machine hides it. */
export function exponentText(value: number): string {
  return Number.isFinite(value) ? value.toFixed(2) : "not to be told";
}
