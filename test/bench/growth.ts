import type { Engine } from "../engine/index.js";
import { PHASES, PHASE_TITLES, type Column, type Phase } from "./contestant.js";
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
  /** The least that each phase took with nothing to manage at all, in seconds. */
  readonly empty: Readonly<Record<string, number>>;
  /** Of the time over that of nothing at all, by phase. */
  readonly exponents: Readonly<Record<string, number>>;
}

interface GrowthEntry extends Entry {
  readonly factor: number;
}

/** Measures a column at 1, 2, 4 and 8 times a size, and with nothing at all. */
export async function measureGrowth(
  engine: Engine,
  column: Column,
  about: { readonly runs: number; readonly deadline: number; readonly report: (text: string) => void },
): Promise<Growth> {
  const entries = [0, ...FACTORS].map((factor): GrowthEntry => {
    const size = factor === 0 ? EMPTY : times(BASE, factor);
    return { title: `${column.title}, ${describeSize(size)}`, column, size, factor };
  });
  const results = await compare({ engine, entries, ...about });
  const sizes = entries.filter(({ factor }) => factor > 0);
  const least = (entry: GrowthEntry | undefined, phase: Phase): number =>
    // Whatever else the machine does only adds to the time.
    Math.min(...((entry && results.get(entry)) ?? []).map(({ phases }) => phases[phase].seconds));
  const empty = Object.fromEntries(GROWING.map((phase) => [phase, least(entries[0], phase)]));
  const exponents = GROWING.map((phase): [string, number] => [
    phase,
    exponent(sizes.map((entry) => ({ size: entry.factor, cost: least(entry, phase) - (empty[phase] ?? 0) }))),
  ]);
  return {
    sizes: sizes.map((entry) => ({ size: entry.size, results: results.get(entry) ?? [] })),
    empty,
    exponents: Object.fromEntries(exponents),
  };
}

function times({ users, groups, memberships }: Size, factor: number): Size {
  return { users: users * factor, groups: groups * factor, memberships: memberships * factor };
}

/** Growth as a table: the least time of each phase. */
export function growthTable({ sizes, empty, exponents }: Growth): string {
  const phases = PHASES.filter((phase) => GROWING.includes(phase));
  return table(
    ["seconds, the least of all runs", ...phases.map((phase) => PHASE_TITLES[phase])],
    [
      ["nothing at all", ...phases.map((phase) => seconds(empty[phase] ?? NaN))],
      ...sizes.map(({ size, results }) => [
        describeSize(size),
        ...phases.map((phase) => seconds(Math.min(...results.map((result) => result.phases[phase].seconds)))),
      ]),
      ["exponent, without the first line", ...phases.map((phase) => (exponents[phase] ?? NaN).toFixed(2))],
    ],
  );
}
