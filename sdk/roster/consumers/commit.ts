import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A file that is to change. */
export interface FileEdit {
  /** The file, relative to where the command runs. */
  readonly file: string;
  /** Its new text; the old one is that of the file, or of the branch. */
  readonly edit: (text: string) => string;
}

/** How a change becomes a commit. */
export interface Committing {
  /** The branch: it is made where it is not there, from what is checked out. */
  readonly branch: string;
  /** The commit's message. */
  readonly message: string;
  /** Whether it has to be signed, as Git's settings say. */
  readonly sign: boolean;
}

/** Changes files here. All texts are made before the first file is written. */
export function editHere(edits: readonly FileEdit[]): void {
  const made = edits.map(({ file, edit }) => [file, edit(readFileSync(file, "utf8"))] as const);
  for (const [file, text] of made) writeFileSync(file, text);
}

/**
 * Commits changes to a branch; gives the commit. Neither the files here nor what is checked out change: a work tree of
 * its own has the branch for as long as it takes, and Git's own settings, hooks and signing hold.
 */
export function commitTo(edits: readonly FileEdit[], { branch, message, sign }: Committing): string {
  const [first] = edits;
  if (first === undefined) throw new Error("there is nothing to commit");
  const top = git(path.dirname(first.file), ["rev-parse", "--show-toplevel"]);
  const names = edits.map(({ file }) => path.relative(realpathSync(top), realpathSync(file)));
  const changed = git(top, ["status", "--porcelain", "--", ...names]);
  if (changed !== "") {
    throw new Error(
      `these files are changed here and not committed, so nothing was done:\n${changed}\n  what to do: commit them, or put them back (git restore), and try again`,
    );
  }
  const options = ["-q", "-m", message, ...(sign ? ["-S"] : [])];
  if (git(top, ["rev-parse", "--abbrev-ref", "HEAD"]) === branch) {
    editHere(edits);
    git(top, ["commit", ...options, "--", ...names]);
    return git(top, ["rev-parse", "HEAD"]);
  }
  const folder = mkdtempSync(path.join(tmpdir(), "roster-commit-"));
  const isThere = git(top, ["branch", "--list", branch]) !== "";
  try {
    git(top, ["worktree", "add", "-q", ...(isThere ? [folder, branch] : ["-b", branch, folder, "HEAD"])]);
    editHere(edits.map(({ edit }, index) => ({ file: path.join(folder, names[index] ?? ""), edit })));
    git(folder, ["add", "--", ...names]);
    git(folder, ["commit", ...options]);
    return git(folder, ["rev-parse", "HEAD"]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    git(top, ["worktree", "prune"]);
  }
}

function git(cwd: string, words: readonly string[]): string {
  try {
    return execFileSync("git", [...words], { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trimEnd();
  } catch (error) {
    const { stderr = "", message } = error as Error & { readonly stderr?: string };
    throw new Error(`git ${words[0] ?? ""} failed: ${stderr.trim() === "" ? message : stderr.trim()}`, {
      cause: error,
    });
  }
}
