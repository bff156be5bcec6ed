/**
 * Whether two values as they travel are the same: keys of objects in any order, and a key without a value as good as
 * none. The same as comparing their canonical JSON, without writing it: lists are long texts.
 *
 * @example
 * isSame({ a: 1, b: undefined }, { a: 1 }) // true
 */
export function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (!isObject(one) || !isObject(other) || Array.isArray(one) !== Array.isArray(other)) return false;
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((key) => isSame(one[key], other[key]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
