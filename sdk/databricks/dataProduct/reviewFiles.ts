import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import type { DocumentProblem } from "../../core/documents.js";

/*
 * Reviews of pull requests, in files with what GitHub's and GitLab's interfaces answer. Fields that are not used are
 * let be, as both add new ones.
 */

/** A list, or the pages of one: `gh api --paginate --slurp` puts pages into a list. */
const pages = <T extends z.ZodType>(of: T): z.ZodType<z.output<T>[]> =>
  z.array(z.union([of, z.array(of)])).transform((given) => given.flat() as z.output<T>[]);

const githubUser = z.looseObject({ login: z.string() }).nullable();

/**
 * `pull_request`: GET /repos/{owner}/{repo}/pulls/{number}; `reviews`: GET .../reviews; `files`: GET .../files.
 * https://docs.github.com/en/rest/pulls/reviews, https://docs.github.com/en/rest/pulls/pulls
 */
const github = z.looseObject({
  pull_request: z.looseObject({
    html_url: z.string(),
    user: githubUser,
    head: z.looseObject({ sha: z.string() }),
    merge_commit_sha: z.string().nullish(),
  }),
  reviews: pages(
    z.looseObject({
      user: githubUser,
      state: z.string(),
      html_url: z.string().optional(),
      submitted_at: z.string().nullish(),
      commit_id: z.string().nullish(),
    }),
  ),
  files: pages(z.looseObject({ filename: z.string(), sha: z.string().nullish() })).optional(),
});

const gitlabUser = z.looseObject({ username: z.string() });

/**
 * `merge_request`: GET /projects/:id/merge_requests/:iid; `approvals`: GET .../approvals; `versions`: GET .../versions;
 * `diffs`: GET .../diffs.
 * https://docs.gitlab.com/api/merge_requests, https://docs.gitlab.com/api/merge_request_approvals
 */
const gitlab = z.looseObject({
  merge_request: z.looseObject({
    web_url: z.string(),
    author: gitlabUser,
    sha: z.string().nullish(),
    merge_commit_sha: z.string().nullish(),
    squash_commit_sha: z.string().nullish(),
  }),
  approvals: z.looseObject({
    approved_by: z.array(z.looseObject({ user: gitlabUser, approved_at: z.string().nullish() })),
  }),
  versions: pages(z.looseObject({ head_commit_sha: z.string(), created_at: z.string() })).optional(),
  diffs: pages(z.looseObject({ new_path: z.string() })).optional(),
});

/** A review that approves, wherever it comes from. */
export interface Review {
  /** The host. */
  readonly host: "github" | "gitlab";
  /** Who approved, by the host's name of them. */
  readonly login: string;
  /** Who opened the pull request. */
  readonly opener: string | undefined;
  /** When. ISO 8601. */
  readonly at: string;
  /** Where it can be seen. */
  readonly url: string;
  /** Commits that hold what was approved. */
  readonly commits: readonly string[];
  /** The files of the request, from the root of the repository on; undefined where the export does not tell. */
  readonly files: ReadonlySet<string> | undefined;
  /** What was approved, where the host tells it: the ids of blobs, by file. */
  readonly blobs: ReadonlyMap<string, string>;
}

/** A file with exported reviews. */
export interface ReviewFile {
  /** The file. */
  readonly file: string;
  /** The reviews in it that approve and were not taken back. */
  readonly reviews: readonly Review[];
}

/** The files of a folder, or one file, as they were read. */
export interface ReadReviews {
  /** Those that could be read. */
  readonly files: readonly ReviewFile[];
  /** What is wrong with the others. */
  readonly problems: readonly DocumentProblem[];
}

/** Reads exported reviews: a file, or the `.json` files of a folder. A folder that is not there holds none. */
export function readReviewFiles(
  name: string,
  textOf = (file: string): string => readFileSync(file, "utf8"),
): ReadReviews {
  const files: ReviewFile[] = [];
  const problems: DocumentProblem[] = [];
  for (const file of jsonFiles(name)) {
    try {
      files.push({ file, reviews: reviewsIn(JSON.parse(textOf(file))) });
    } catch (error) {
      problems.push({ file, line: 1, column: 1, message: `is no exported review: ${told(error)}` });
    }
  }
  return { files, problems };
}

function jsonFiles(name: string): string[] {
  const found = statSync(name, { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (!found.isDirectory()) return [name];
  return readdirSync(name)
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => path.join(name, file));
}

function told(error: unknown): string {
  if (!(error instanceof z.ZodError)) return (error as Error).message;
  const [issue] = error.issues;
  return `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""} (docs/data-products.md shows how to export one)`;
}

function reviewsIn(data: unknown): Review[] {
  if (typeof data === "object" && data !== null && "merge_request" in data) return gitlabReviews(gitlab.parse(data));
  return githubReviews(github.parse(data));
}

/** The last word of each: an approval that was dismissed, or after which changes were asked for, is none. */
function githubReviews({ pull_request: pull, reviews, files }: z.output<typeof github>): Review[] {
  const last = new Map<string, (typeof reviews)[number]>();
  for (const review of reviews) {
    if (review.user !== null && /^(APPROVED|CHANGES_REQUESTED|DISMISSED)$/.test(review.state))
      last.set(review.user.login, review);
  }
  return [...last].flatMap(([login, { state, submitted_at: at, commit_id: commit, html_url: url }]): Review[] => {
    if (state !== "APPROVED" || at === null || at === undefined || commit === null || commit === undefined) return [];
    const isOfHead = commit === pull.head.sha;
    const listed = files?.flatMap(({ filename, sha }) => (typeof sha === "string" ? [[filename, sha] as const] : []));
    return [
      {
        host: "github",
        login,
        opener: pull.user?.login,
        at,
        url: url ?? pull.html_url,
        commits: [commit],
        files: files === undefined ? undefined : new Set(files.map(({ filename }) => filename)),
        blobs: new Map(isOfHead ? listed : []),
      },
    ];
  });
}

/** GitLab tells of no commit: what was approved is the version that was the last one then, and what was merged of that. */
function gitlabReviews({ merge_request: request, approvals, versions = [], diffs }: z.output<typeof gitlab>): Review[] {
  const files = diffs === undefined ? undefined : new Set(diffs.map(({ new_path: name }) => name));
  return approvals.approved_by.flatMap(({ user, approved_at: at }): Review[] => {
    if (at === null || at === undefined) return [];
    const [version] = versions
      .filter(({ created_at: created }) => Date.parse(created) <= Date.parse(at))
      .sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at));
    const isLast = versions.every(({ created_at: created }) => Date.parse(created) <= Date.parse(at));
    const merged =
      isLast && versions.length > 0 ? [request.squash_commit_sha, request.merge_commit_sha, request.sha] : [];
    const commits = [version?.head_commit_sha, ...merged].filter((each) => typeof each === "string");
    const { web_url: url, author } = request;
    return [
      { host: "gitlab", login: user.username, opener: author.username, at, url, commits, files, blobs: new Map() },
    ];
  });
}
