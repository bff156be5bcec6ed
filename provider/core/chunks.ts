/**
 * Items in portions of so many, the last one with what is left.
 *
 * @example
 * chunks(["ana", "mei", "rui"], 2) // [["ana", "mei"], ["rui"]]
 */
export function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
