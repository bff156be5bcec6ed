import type { Finding } from "./evidence.js";
import { shortHash, type Commit } from "./git.js";
import type { History, Introduction } from "./history.js";
import type { People } from "./people.js";
import type { ApprovalEntry, ApproverRole } from "./request.js";
import type { Signature } from "./signatures.js";

/** What commits are judged by. */
export interface CommitJudging {
  /** The history of the requests. */
  readonly history: History;
  /** Who is who. */
  readonly people: People;
  /** Whose signature each commit has. */
  readonly signatures: ReadonlyMap<string, Signature>;
  /** Who asks for the access: of a team that approves, those do not count. */
  readonly asking: readonly string[];
}

/** Who commits in the name of others: the hosts, when somebody merges or edits on their pages. */
const HOSTS: ReadonlySet<string> = new Set(["noreply@github.com", "noreply@gitlab.com"]);

/**
 * What the commit proves that brought an approval into the file. It counts where the approver wrote it, and nobody else
 * put it into the history in their name; with their signature it is proved. What a signature alone says is not enough:
 * who rebases the commits of others signs them too.
 */
export function commitFinding(file: string, role: ApproverRole, entry: ApprovalEntry, judging: CommitJudging): Finding {
  const { history, people, signatures } = judging;
  const introduction = history.introduction(file, role);
  if (introduction === undefined) return { evidence: undefined, reason: "is in no commit" };
  const { commit } = introduction;
  const behind = people.behind(entry.by);
  const person = people.person(commit.author);
  const refused = refusedCommit(file, role, entry, introduction, judging);
  if (refused !== undefined) return { evidence: undefined, reason: refused };
  const reference = `commit ${shortHash(commit.hash)}`;
  const signature = signatures.get(commit.hash) ?? { reason: `is not signed (${reference})` };
  const isSigned = "person" in signature && behind.includes(signature.person);
  const evidence = { level: isSigned ? "signed_commit" : "commit", person, at: commit.at, reference } as const;
  return { evidence, reason: "person" in signature ? `is signed by ${signature.person}` : signature.reason };
}

function refusedCommit(
  file: string,
  role: ApproverRole,
  entry: ApprovalEntry,
  { commit, unrevoked }: Introduction,
  { history, people, asking }: CommitJudging,
): string | undefined {
  const behind = people.behind(entry.by);
  const [author, committer] = [people.person(commit.author), people.person(commit.committer)];
  if (unrevoked !== undefined) {
    return `does not count any more: the access was taken back (commit ${shortHash(unrevoked.hash)}), and the revocation is not in the file now`;
  }
  if (!behind.includes(author)) {
    const earlier = history.earlier(file, role);
    const isStale =
      earlier !== undefined && earlier.hash !== commit.hash && behind.includes(people.person(earlier.author));
    if (isStale)
      return `does not count any more: ${author} changed the request after it (commit ${shortHash(commit.hash)})`;
    return `was written by ${author} (commit ${shortHash(commit.hash)})${squashed(commit)}`;
  }
  if (asking.includes(author)) return `is ${author}'s own, who asks for the access (commit ${shortHash(commit.hash)})`;
  if (behind.includes(committer) || HOSTS.has(commit.committer)) return undefined;
  return (
    `is in the name of ${author}, and ${committer} made the commit (${shortHash(commit.hash)}), as a rebase does: ` +
    "merge the branch with a merge commit, which keeps the approver's own"
  );
}

function squashed({ committer }: Commit): string {
  return HOSTS.has(committer)
    ? ", in whose name a squash merge puts the commits of all: merge with a merge commit"
    : "";
}
