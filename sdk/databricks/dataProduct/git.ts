import { execFileSync } from "node:child_process";

/** A commit, read of the object itself: nothing that somebody writes into a message can look like a field of it. */
export interface Commit {
  /** Its whole hash. */
  readonly hash: string;
  /** The address of its author. */
  readonly author: string;
  /** When the author wrote it. ISO 8601 in UTC. */
  readonly at: string;
  /** The address of its committer: another than the author's after a rebase, and after a merge on a host. */
  readonly committer: string;
  /** Whether it has a signature, good or bad. */
  readonly signed: boolean;
  /** What its author says of it. */
  readonly message: string;
}

/** A file in a commit that changed it. */
export interface Change {
  /** The commit. */
  readonly commit: string;
  /** The file, from the root of the repository on. */
  readonly path: string;
  /** What it holds from then on; undefined where it is deleted. */
  readonly blob: string | undefined;
  /** What it held before, by parent: undefined where it was not there. A parent with the same content is not in it. */
  readonly before: readonly (string | undefined)[];
  /** How many parents the commit has. */
  readonly parents: number;
  /** The file's name before, where it was renamed as it was. */
  readonly renamedFrom: string | undefined;
}

/** What is needed of Git where a folder is. */
export interface Repository {
  /** The way from the root to the folder, with `/` at its end; empty for the root. */
  readonly prefix: string;
  /** Whether the history is cut off. */
  readonly isShallow: boolean;
  /** The address of who works here, as Git would write it into a commit. */
  readonly user: string | undefined;
  /** Runs Git in the folder. Throws what Git says. */
  readonly run: (args: readonly string[], input?: string) => Buffer;
}

/** Variables that would lead Git to another repository, or to another history: replaced objects and grafts are no evidence. */
const MISLEADING = [
  "GIT_DIR",
  "GIT_WORK_TREE",
  "GIT_INDEX_FILE",
  "GIT_PREFIX",
  "GIT_OBJECT_DIRECTORY",
  "GIT_NAMESPACE",
];

/** Opens the repository that a folder is in. Throws an error in words where there is none. */
export function openRepository(folder: string): Repository {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    LC_ALL: "C",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_GRAFT_FILE: "/dev/null",
  };
  for (const name of MISLEADING) Reflect.deleteProperty(env, name);
  const run = (args: readonly string[], input = ""): Buffer => {
    try {
      return execFileSync("git", args, {
        cwd: folder,
        env,
        input,
        maxBuffer: 2 ** 30,
        stdio: ["pipe", "pipe", "pipe"],
      });
    } catch (error) {
      throw new Error(gitError(error as NodeJS.ErrnoException & { stderr?: Buffer }), { cause: error });
    }
  };
  // The prefix comes last: it may hold anything but a NUL.
  const [shallow = "", ...prefix] = run(["rev-parse", "--is-shallow-repository", "--show-prefix"])
    .toString()
    .split("\n");
  return { prefix: prefix.join("\n").replace(/\n$/, ""), isShallow: shallow === "true", user: userOf(run), run };
}

function gitError({ code, stderr, message }: NodeJS.ErrnoException & { readonly stderr?: Buffer }): string {
  if (code === "ENOENT") return "Git is not installed here, or the folder does not exist";
  const said = stderr?.toString().trim() ?? message;
  if (said.includes("not a git repository")) return "is in no Git repository";
  if (said.includes("dubious ownership")) {
    return "is in a Git repository of another user, which Git refuses to read: run as that user, or see git help config for safe.directory";
  }
  return `Git says: ${said}`;
}

function userOf(run: Repository["run"]): string | undefined {
  try {
    const email = run(["config", "user.email"]).toString().trim().toLowerCase();
    return email === "" ? undefined : email;
  } catch {
    return undefined;
  }
}

/** The files of a folder in the last commit, with what they hold: by path from the root on. Empty where nothing is committed. */
export function committedFiles({ run }: Repository, folder: string): Map<string, string> {
  if (!hasCommits(run)) return new Map();
  const listed = run(["ls-tree", "-r", "-z", "--full-name", "HEAD", "--", folder]).toString().split("\0");
  return new Map(
    listed.flatMap((line): [string, string][] => {
      const [, blob, file] = /^\d+ blob ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
      return blob === undefined || file === undefined ? [] : [[file, blob]];
    }),
  );
}

function hasCommits(run: Repository["run"]): boolean {
  try {
    return run(["rev-parse", "--verify", "--quiet", "HEAD"]).length > 0;
  } catch {
    return false;
  }
}

/**
 * Every change of the files in a folder, the latest first, with those on branches that were merged. A merge is one
 * where it differs from a parent.
 */
export function changesIn({ run }: Repository, folder: string): Change[] {
  if (!hasCommits(run)) return [];
  const how = ["--topo-order", "--full-history", "-m", "--raw", "--no-abbrev", "-M100%", "-l0", "-z"];
  const text = run(["-c", "log.showSignature=false", "log", ...how, "--format=%H %P", "HEAD", "--", folder]).toString();
  return readLog(text.split("\0"));
}

/** A change against one parent, before those against all parents are put together. */
interface RawChange {
  readonly commit: string;
  readonly parents: number;
  readonly path: string;
  readonly blob: string | undefined;
  readonly before: string | undefined;
  readonly renamedFrom: string | undefined;
}

function readLog(tokens: readonly string[]): Change[] {
  const found = new Map<string, RawChange[]>();
  let [commit, parents] = ["", 0];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = (tokens[at] ?? "").replace(/^\n+/, "");
    const raw = /^:\d+ \d+ ([0-9a-f]+) ([0-9a-f]+) ([A-Z])\d*$/.exec(token);
    if (raw === null) {
      const [hash = "", ...of] = token.trim().split(" ");
      if (/^[0-9a-f]{40,}$/.test(hash)) [commit, parents] = [hash, of.length];
      continue;
    }
    const [, before = "", blob = "", kind] = raw;
    const first = tokens[(at += 1)] ?? "";
    const path = kind === "R" || kind === "C" ? (tokens[(at += 1)] ?? "") : first;
    const renamedFrom = kind === "R" ? first : undefined;
    const key = `${commit} ${path}`;
    const change = { commit, parents, path, blob: orNothing(blob), before: orNothing(before), renamedFrom };
    found.set(key, [...(found.get(key) ?? []), change]);
    // The other end of a rename: the file is not under its old name any more.
    if (renamedFrom !== undefined)
      found.set(`${commit} ${renamedFrom}`, [{ ...change, path: renamedFrom, blob: undefined }]);
  }
  return [...found.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ ...first, before: [first, ...others].map(({ before }) => before) }],
  );
}

function orNothing(hash: string): string | undefined {
  return /^0+$/.test(hash) ? undefined : hash;
}

/** Reads objects in one go: by what was asked for, what they hold. What is not there is left out. */
export function readObjects({ run }: Repository, names: Iterable<string>): Map<string, string> {
  const asked = [...new Set(names)].filter((name) => !name.includes("\n"));
  const objects = new Map<string, string>();
  if (asked.length === 0) return objects;
  const output = run(["cat-file", "--batch"], `${asked.join("\n")}\n`);
  let at = 0;
  for (const name of asked) {
    const end = output.indexOf("\n", at);
    const header = output.subarray(at, end).toString();
    const size = /^[0-9a-f]+ (?:blob|commit|tree|tag) (\d+)$/.exec(header)?.[1];
    at = end + 1;
    if (size === undefined) continue;
    objects.set(name, output.subarray(at, at + Number(size)).toString());
    at += Number(size) + 1;
  }
  return objects;
}

/** Reads commits, by hash. */
export function readCommits(repository: Repository, hashes: Iterable<string>): Map<string, Commit> {
  const objects = readObjects(repository, hashes);
  return new Map([...objects].map(([hash, text]) => [hash, commitOf(hash, text)]));
}

function commitOf(hash: string, text: string): Commit {
  const split = text.indexOf("\n\n");
  const header = split < 0 ? text : text.slice(0, split);
  const [author, committer] = [signatureLine(header, "author"), signatureLine(header, "committer")];
  return {
    hash,
    author: author.email,
    at: author.at,
    committer: committer.email,
    signed: /^gpgsig(-sha256)? /m.test(header),
    message: split < 0 ? "" : text.slice(split + 2).trim(),
  };
}

function signatureLine(header: string, what: string): { readonly email: string; readonly at: string } {
  const [, email = "", seconds = "0"] = new RegExp(`^${what} .*<([^<>]*)> (\\d+)`, "m").exec(header) ?? [];
  return {
    email: email.trim().toLowerCase(),
    at: new Date(Number(seconds) * 1000).toISOString().replace(".000Z", "Z"),
  };
}

/** The short form of a commit's hash, for messages. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12);
}
