import { parse } from "yaml";
import {
  changesIn,
  committedFiles,
  readCommits,
  readObjects,
  type Change,
  type Commit,
  type Repository,
} from "./git.js";
import { REQUESTS } from "./readProduct.js";
import { approvedPart, requestFile, type AccessRequest, type ApproverRole } from "./request.js";

/** Who first wrote what a request's file now says in one part, and what stands in the way of it. */
export interface Introduction {
  /** The change. */
  readonly change: Change;
  /** Its commit. */
  readonly commit: Commit;
  /** A later revocation that is not in the file any more. */
  readonly unrevoked: Commit | undefined;
}

/** The history of the files of a product's requests. */
export interface History {
  /** What a file holds in the last commit, where that is a request. */
  committed(file: string): AccessRequest | undefined;
  /** The change that brought a part of the request as it is now into the file. */
  introduction(file: string, part: Part): Introduction | undefined;
  /** The latest earlier change after which the file had a part, whatever else it said. */
  earlier(file: string, part: Part): Commit | undefined;
  /** The change that brought the file. */
  first(file: string): Commit | undefined;
  /** The latest commit that took something back which the request as it is now does not say. */
  unrevoked(file: string): Commit | undefined;
  /** What a text holds, where it is a request. */
  requestIn(text: string): AccessRequest | undefined;
  /** Files that are gone, with the change that took them away and what they said last. */
  readonly deleted: readonly {
    readonly file: string;
    readonly commit: Commit | undefined;
    readonly request: AccessRequest;
  }[];
}

/** A part of a request that somebody writes: an approval, with all that it approves; the end of the request. */
export type Part = ApproverRole | "revocation" | "rejection";

/** What a part says, as a text to compare. An approval is of what was asked for, so that is in it. Undefined where there is none. */
export function partText(request: AccessRequest, part: Part): string | undefined {
  const value = part === "revocation" || part === "rejection" ? request[part] : request.approvals[part];
  if (value === undefined) return undefined;
  return JSON.stringify(part === "revocation" || part === "rejection" ? value : [value, approvedPart(request)]);
}

/** A request as its file is now. */
export interface PresentFile {
  /** The file, relative to the product's folder. */
  readonly file: string;
  /** What it holds. */
  readonly text: string;
  /** What that says. */
  readonly request: AccessRequest;
}

/**
 * Reads the history of a product's requests with few calls of Git, however many they are.
 *
 * @param repository The repository of the product's folder.
 * @param present The requests that are there, with what their files hold; files are relative to the product's folder.
 */
export function readHistory(repository: Repository, present: readonly PresentFile[]): History {
  const { prefix } = repository;
  const changes = changesIn(repository, REQUESTS);
  const byPath = new Map<string, Change[]>();
  for (const change of changes) byPath.set(change.path, [...(byPath.get(change.path) ?? []), change]);
  const head = committedFiles(repository, REQUESTS);
  const gone = goneFiles(changes, head, new Set(present.map(({ file }) => prefix + file)));
  const blobs = new Set([
    ...head.values(),
    ...changes.flatMap(({ blob, before }) => [blob, ...before]).filter((each) => each !== undefined),
  ]);
  const texts = readObjects(repository, blobs);
  const commits = readCommits(repository, new Set(changes.map(({ commit }) => commit)));
  const parsed = new Map<string, AccessRequest | undefined>(present.map(({ text, request }) => [text, request]));

  const introduced = new Map<string, Introduction | undefined>();
  const requestIn = (text: string): AccessRequest | undefined => {
    if (!parsed.has(text)) parsed.set(text, requestOf(text));
    return parsed.get(text);
  };
  const requestBefore = (blob: string | undefined): AccessRequest | undefined =>
    blob === undefined ? undefined : requestIn(texts.get(blob) ?? "");
  const tookMore = (blob: string | undefined, now: AccessRequest): boolean => {
    if (blob === undefined || cannotSay(texts.get(blob) ?? "", "revocation")) return false;
    const then = requestBefore(blob);
    return then !== undefined && takesMore(then, now);
  };
  const changesOf = (file: string): Change[] => followed(byPath, prefix + file);
  const commitOf = ({ commit }: Change): Commit => commits.get(commit) ?? NO_COMMIT;
  const committed = (file: string): AccessRequest | undefined => requestBefore(head.get(prefix + file));

  const introductionOf = (file: string, part: Part): Introduction | undefined => {
    const request = committed(file);
    const wanted = request === undefined ? undefined : partText(request, part);
    if (request === undefined || wanted === undefined) return undefined;
    const word = wordOf(request, part);
    const has = (blob: string | undefined): boolean => {
      if (blob === undefined || cannotSay(texts.get(blob) ?? "", word)) return false;
      const then = requestBefore(blob);
      return then !== undefined && partText(then, part) === wanted;
    };
    let unrevoked: Commit | undefined;
    for (const change of changesOf(file)) {
      const isNew = change.before.length >= change.parents && !change.before.some(has);
      if (has(change.blob) && isNew) return { change, commit: commitOf(change), unrevoked };
      if ([change.blob, ...change.before].some((blob) => tookMore(blob, request))) unrevoked ??= commitOf(change);
    }
    return undefined;
  };

  const history: History = {
    committed,
    introduction(file, part) {
      const key = `${part} ${file}`;
      if (!introduced.has(key)) introduced.set(key, introductionOf(file, part));
      return introduced.get(key);
    },
    earlier(file, part) {
      const entry = JSON.stringify(partEntry(committed(file), part));
      const change = changesOf(file).find(({ blob, before }) => {
        const has = (of: string | undefined): boolean => JSON.stringify(partEntry(requestBefore(of), part)) === entry;
        return has(blob) && !before.some(has);
      });
      return change === undefined ? undefined : commitOf(change);
    },
    first(file) {
      const change = changesOf(file).findLast(
        ({ blob, before }) => blob !== undefined && before.every((each) => each === undefined),
      );
      return change === undefined ? undefined : commitOf(change);
    },
    unrevoked(file) {
      const request = committed(file);
      if (request === undefined) return undefined;
      const change = changesOf(file).find(
        ({ blob, before }) => tookMore(blob, request) && !before.some((each) => tookMore(each, request)),
      );
      return change === undefined ? undefined : commitOf(change);
    },
    requestIn,
    deleted: gone.flatMap(({ path, change, blob }) => {
      const request = requestBefore(blob);
      const commit = change === undefined ? undefined : commitOf(change);
      return request === undefined ? [] : [{ file: path.slice(prefix.length), commit, request }];
    }),
  };
  return history;
}

const NO_COMMIT: Commit = {
  hash: "",
  author: "",
  at: "1970-01-01T00:00:00Z",
  committer: "",
  signed: false,
  message: "",
};

/** What an earlier version of a file said. Places are wanted of today's alone, and looking for them costs most of the time. */
function requestOf(text: string): AccessRequest | undefined {
  try {
    return requestFile.safeParse(parse(text, { uniqueKeys: false, prettyErrors: false, logLevel: "silent" })).data;
  } catch {
    return undefined;
  }
}

/**
 * Whether a text cannot say something of which a word is known, so that it need not be parsed: a word stands in YAML as it
 * is, unless it is escaped.
 */
function cannotSay(text: string, word: string): boolean {
  return !text.includes("\\") && !text.toLowerCase().includes(word);
}

/** A word that a text has to hold to say what a request says in a part. */
function wordOf({ approvals }: AccessRequest, part: Part): string {
  return part === "revocation" || part === "rejection" ? part : (approvals[part]?.by ?? part);
}

function partEntry(request: AccessRequest | undefined, part: Part): unknown {
  if (request === undefined) return undefined;
  return part === "revocation" || part === "rejection" ? request[part] : request.approvals[part];
}

/** The changes of a file, the latest first, under its earlier names too. */
function followed(byPath: ReadonlyMap<string, readonly Change[]>, path: string): Change[] {
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

/** Whether a request as it was took back what the request as it is does not: all, or permissions. */
export function takesMore(then: AccessRequest, now: AccessRequest): boolean {
  const [before, after] = [then.revocation, now.revocation];
  if (before === undefined) return false;
  if (after === undefined) return true;
  if (after.permissions === undefined) return false;
  if (before.permissions === undefined) return true;
  const kept = new Set(after.permissions.map(folded));
  return before.permissions.some((each) => !kept.has(folded(each)));
}

interface Gone {
  readonly path: string;
  readonly change: Change | undefined;
  readonly blob: string;
}

/** Files that were there once, by their last deletion, and those that are deleted here and not committed yet. */
function goneFiles(
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

/** A permission as it is compared with another spelling of itself. */
function folded(permission: string): string {
  return permission.trim().replace(/\s+/g, " ").toLowerCase();
}
