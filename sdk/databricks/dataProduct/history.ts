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
import { followed, goneFiles } from "./historyFiles.js";
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

/** A file that is gone, with the commit that took it away (none where that is not committed) and what it said last. */
export interface GoneRequest {
  /** The file, relative to the product's folder. */
  readonly file: string;
  /** The commit. */
  readonly commit: Commit | undefined;
  /** What it said. */
  readonly request: AccessRequest;
}

/**
 * The history of a product's requests, read with few calls of Git, however many they are. Files are named from the
 * product's folder on.
 */
export class History {
  /** Files that are gone. */
  readonly deleted: readonly GoneRequest[];
  /** What the files hold in the last commit, by path from the root on: ids of blobs. */
  private readonly head: ReadonlyMap<string, string>;
  /** All changes, the latest first, by path from the root on. */
  private readonly byPath = new Map<string, Change[]>();
  /** What blobs hold. */
  private readonly texts: ReadonlyMap<string, string>;
  /** The commits of all changes, by hash. */
  private readonly commits: ReadonlyMap<string, Commit>;
  /** What texts say, as far as they were parsed. */
  private readonly parsed: Map<string, AccessRequest | undefined>;
  /** Introductions that were looked for, by part and file. */
  private readonly introduced = new Map<string, Introduction | undefined>();

  /**
   * Reads the history.
   *
   * @param repository The repository of the product's folder.
   * @param present The requests that are there.
   */
  constructor(
    private readonly repository: Repository,
    present: readonly PresentFile[],
  ) {
    const changes = changesIn(repository, REQUESTS);
    for (const change of changes) this.byPath.set(change.path, [...(this.byPath.get(change.path) ?? []), change]);
    this.head = committedFiles(repository, REQUESTS);
    const blobs = changes.flatMap(({ blob, before }) => [blob, ...before]).filter((each) => each !== undefined);
    this.texts = readObjects(repository, new Set([...this.head.values(), ...blobs]));
    this.commits = readCommits(repository, new Set(changes.map(({ commit }) => commit)));
    this.parsed = new Map(present.map(({ text, request }) => [text, request]));
    const gone = goneFiles(changes, this.head, new Set(present.map(({ file }) => repository.prefix + file)));
    this.deleted = gone.flatMap(({ path, change, blob }) => {
      const request = this.requestOf(blob);
      const commit = change === undefined ? undefined : this.commitOf(change);
      return request === undefined ? [] : [{ file: path.slice(repository.prefix.length), commit, request }];
    });
  }

  /** What a file holds in the last commit, where that is a request. */
  committed(file: string): AccessRequest | undefined {
    return this.requestOf(this.head.get(this.repository.prefix + file));
  }

  /** The change that brought a part of the request as it is now into the file. */
  introduction(file: string, part: Part): Introduction | undefined {
    const key = `${part} ${file}`;
    if (!this.introduced.has(key)) this.introduced.set(key, this.findIntroduction(file, part));
    return this.introduced.get(key);
  }

  /** The latest earlier commit after which the file had a part, whatever else it said. */
  earlier(file: string, part: Part): Commit | undefined {
    const entry = JSON.stringify(partEntry(this.committed(file), part));
    const has = (blob: string | undefined): boolean => JSON.stringify(partEntry(this.requestOf(blob), part)) === entry;
    return this.commitOf(this.changesOf(file).find(({ blob, before }) => has(blob) && !before.some(has)));
  }

  /** The commit that brought the file. */
  first(file: string): Commit | undefined {
    return this.commitOf(
      this.changesOf(file).findLast(
        ({ blob, before }) => blob !== undefined && before.every((each) => each === undefined),
      ),
    );
  }

  /** The latest commit that took something back which the request as it is now does not say. */
  unrevoked(file: string): Commit | undefined {
    const request = this.committed(file);
    if (request === undefined) return undefined;
    return this.commitOf(
      this.changesOf(file).find(
        ({ blob, before }) => this.tookMore(blob, request) && !before.some((each) => this.tookMore(each, request)),
      ),
    );
  }

  /** What a text holds, where it is a request. */
  requestIn(text: string): AccessRequest | undefined {
    if (!this.parsed.has(text)) this.parsed.set(text, requestOf(text));
    return this.parsed.get(text);
  }

  /** Goes back from today to the change that made the file say what it does in a part. */
  private findIntroduction(file: string, part: Part): Introduction | undefined {
    const request = this.committed(file);
    const wanted = request === undefined ? undefined : partText(request, part);
    if (request === undefined || wanted === undefined) return undefined;
    const word = wordOf(request, part);
    const has = (blob: string | undefined): boolean => this.says(blob, word, (then) => partText(then, part) === wanted);
    let unrevoked: Commit | undefined;
    for (const change of this.changesOf(file)) {
      const isNew = change.before.length >= change.parents && !change.before.some(has);
      if (has(change.blob) && isNew) return { change, commit: this.commitOf(change), unrevoked };
      if ([change.blob, ...change.before].some((blob) => this.tookMore(blob, request))) {
        unrevoked ??= this.commitOf(change);
      }
    }
    return undefined;
  }

  /** Whether a version of a file took back what the request as it is now does not. */
  private tookMore(blob: string | undefined, now: AccessRequest): boolean {
    return this.says(blob, "revocation", (then) => takesMore(then, now));
  }

  /** Whether a version of a file says something, for which a word has to be in it. */
  private says(blob: string | undefined, word: string, test: (then: AccessRequest) => boolean): boolean {
    if (blob === undefined || cannotSay(this.texts.get(blob) ?? "", word)) return false;
    const then = this.requestOf(blob);
    return then !== undefined && test(then);
  }

  /** What a blob says, where it is a request. */
  private requestOf(blob: string | undefined): AccessRequest | undefined {
    return blob === undefined ? undefined : this.requestIn(this.texts.get(blob) ?? "");
  }

  /** The changes of a file, the latest first. */
  private changesOf(file: string): Change[] {
    return followed(this.byPath, this.repository.prefix + file);
  }

  /** The commit of a change. */
  private commitOf(change: Change): Commit;
  /** The commit of a change, if there is one. */
  private commitOf(change: Change | undefined): Commit | undefined;
  /** Both of them. */
  private commitOf(change: Change | undefined): Commit | undefined {
    return change === undefined ? undefined : (this.commits.get(change.commit) ?? NO_COMMIT);
  }
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
 * Whether a text cannot say something of which a word is known, so that it need not be parsed: a word stands in YAML as
 * it is, unless it is escaped.
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

/** A permission as it is compared with another spelling of itself. */
function folded(permission: string): string {
  return permission.trim().replace(/\s+/g, " ").toLowerCase();
}
