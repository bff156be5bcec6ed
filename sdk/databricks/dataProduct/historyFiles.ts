import type { Change } from "./git.js";

/*
 * Files through their history: under earlier names, and those that are gone.
 */

/** The changes of a file, the latest first, under its earlier names too. */
export function followed(byPath: ReadonlyMap<string, readonly Change[]>, path: string): Change[] {
  const changes: Change[] = [];
  const seen = new Set<string>();
  let at: string | undefined = path;
  let since: string | undefined;
  while (at !== undefined && !seen.has(at)) {
    seen.add(at);
    const of: readonly Change[] = byPath.get(at) ?? [];
    const from = since === undefined ? 0 : of.findIndex(({ commit }) => commit === since) + 1;
    const renamed: number = of.findIndex(
      (change, index) => index >= from && change.renamedFrom !== undefined && change.blob !== undefined,
    );
    changes.push(...of.slice(from, renamed < 0 ? undefined : renamed + 1));
    [since, at] = renamed < 0 ? [undefined, undefined] : [of[renamed]?.commit, of[renamed]?.renamedFrom];
  }
  return changes;
}

/** A file that was there once. */
export interface Gone {
  /** The file, from the root of the repository on. */
  readonly path: string;
  /** The change that took it away; undefined where that is not committed. */
  readonly change: Change | undefined;
  /** What it held last. */
  readonly blob: string;
}

/** Files that were there once, by their last deletion, and those that are deleted here and not committed yet. */
export function goneFiles(
  changes: readonly Change[],
  head: ReadonlyMap<string, string>,
  present: ReadonlySet<string>,
): Gone[] {
  const gone = new Map<string, Gone>();
  for (const [path, blob] of head) {
    if (!present.has(path) && isRequestFile(path)) gone.set(path, { path, change: undefined, blob });
  }
  const seen = new Set<string>();
  for (const change of changes) {
    const { path, before, renamedFrom } = change;
    if (seen.has(path) || head.has(path) || present.has(path) || !isRequestFile(path)) continue;
    seen.add(path);
    const blob =
      change.blob === undefined && renamedFrom === undefined ? before.find((each) => each !== undefined) : undefined;
    if (blob !== undefined) gone.set(path, { path, change, blob });
  }
  return [...gone.values()];
}

function isRequestFile(path: string): boolean {
  return /(^|\/)requests\/[^/.][^/]*\.(ya?ml|json)$/.test(path);
}
