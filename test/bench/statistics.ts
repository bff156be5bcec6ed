/** What several measurements of one thing come to. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
  readonly all: readonly number[];
}

/** The smallest, the middle and the largest. Throws a RangeError for no values. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) throw new RangeError("there is nothing to sum up");
  return { min, median: (at(sorted, sorted.length / 2 - 0.5) + at(sorted, sorted.length / 2)) / 2, max, all: values };
}

function at(sorted: readonly number[], place: number): number {
  return sorted[Math.floor(place)] ?? NaN;
}

/**
 * The exponent of growth: the slope of a straight line through the logarithms, by least squares. 1 is in proportion,
 * 2 quadratic.
 */
export function exponent(points: readonly { readonly size: number; readonly cost: number }[]): number {
  const logs = points.map(({ size, cost }) => ({ x: Math.log(size), y: Math.log(cost) }));
  const mean = (of: (point: { x: number; y: number }) => number): number =>
    logs.reduce((total, point) => total + of(point), 0) / logs.length;
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
  const rise = logs.reduce((total, point) => total + (point.x - x) * (point.y - y), 0);
  const run = logs.reduce((total, point) => total + (point.x - x) ** 2, 0);
  return rise / run;
}
