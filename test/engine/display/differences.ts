import { equalValues, isObject, isSecret, signatureKey, unwrap, type Properties, type Value } from "../values";

/** How one value became another. */
export type Difference =
  | { kind: "same"; value: Value }
  | { kind: "add"; value: Value }
  | { kind: "delete"; value: Value }
  | { kind: "update"; old: Value; new: Value }
  | { kind: "list"; elements: Difference[] }
  | { kind: "object"; members: Map<string, Difference> };

/** Properties that are the engine's own business. */
export function isInternal(name: string): boolean {
  return name.startsWith("__");
}

function isPlainObject(value: Value): value is Properties {
  return isObject(value) && !(signatureKey in value);
}

/** Compares two values part by part. */
export function differenceOf(old: Value, next: Value): Difference {
  if (isSecret(old) && isSecret(next)) {
    return equalValues(unwrap(old), unwrap(next)) ? { kind: "same", value: next } : { kind: "update", old, new: next };
  }
  if (equalValues(old, next)) return { kind: "same", value: next };
  if (Array.isArray(old) && Array.isArray(next)) return { kind: "list", elements: listDifference(old, next) };
  if (isPlainObject(old) && isPlainObject(next)) return { kind: "object", members: memberDifferences(old, next) };
  return { kind: "update", old, new: next };
}

function listDifference(old: Value[], next: Value[]): Difference[] {
  return Array.from({ length: Math.max(old.length, next.length) }, (_, index) =>
    partDifference(old[index], next[index]),
  );
}

/** Compares two sets of properties, by name and in the order of the names. */
export function memberDifferences(old: Properties, next: Properties): Map<string, Difference> {
  const names = [...new Set([...Object.keys(old), ...Object.keys(next)])].filter((name) => !isInternal(name)).sort();
  return new Map(names.map((name) => [name, partDifference(old[name], next[name])]));
}

function partDifference(old: Value | undefined, next: Value | undefined): Difference {
  // A null says nothing: it is as good as not there.
  if (old === undefined || old === null) {
    return next === undefined || next === null ? { kind: "same", value: null } : { kind: "add", value: next };
  }
  return next === undefined || next === null ? { kind: "delete", value: old } : differenceOf(old, next);
}
