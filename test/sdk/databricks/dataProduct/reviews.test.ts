import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { problemLines } from "../../../../sdk/core/place.js";
import { FORM, PRODUCT } from "./folder.js";
import { PEOPLE, TestRepository } from "./repository.js";

const FILE = "products/customer-360/requests/john.yaml";
const PEOPLE_OF_HOSTS = `people:
  jane.manager@company.com: { github: [jane-m], gitlab: [jane.m] }
  dana.owner@company.com: { github: [Dana-O], gitlab: [dana.o] }
policy: { evidence: review }
`;

/** What GET /repos/{owner}/{repo}/pulls/{number}, .../reviews and .../files answer, as far as it matters and a little more. */
function github(head: string, blob: string, reviews: readonly object[], opener = "john-d"): object {
  return {
    pull_request: {
      number: 7,
      state: "closed",
      html_url: "https://github.com/c/r/pull/7",
      user: { login: opener, id: 1 },
      head: { ref: "ask", sha: head },
      merge_commit_sha: null,
    },
    reviews: [reviews],
    files: [[{ sha: blob, filename: FILE, status: "added", additions: 28, patch: "@@" }]],
  };
}

const review = (login: string, commit: string, state = "APPROVED", at = "2027-01-11T10:00:00Z"): object => ({
  id: 80,
  user: { login, id: 2, type: "User" },
  body: "Fine.",
  state,
  html_url: `https://github.com/c/r/pull/7#pullrequestreview-${login}`,
  submitted_at: at,
  commit_id: commit,
  author_association: "MEMBER",
});

describe("exported reviews", () => {
  let repository: TestRepository;
  let head: string;
  let blob: string;

  // John writes all of it on a branch, the approvers review the pull request, and GitHub squashes it.
  beforeEach(() => {
    repository = new TestRepository(PRODUCT + PEOPLE_OF_HOSTS);
    repository.git(["checkout", "-q", "-b", "ask"]);
    repository.write("requests/john.yaml", FORM).commit("Ask", { as: PEOPLE.john });
    head = repository.hash();
    blob = repository.hash(`HEAD:${FILE}`);
    repository.git(["checkout", "-q", "main"]);
    repository
      .write("requests/john.yaml", FORM)
      .commit("Ask (#7)", { as: PEOPLE.john, by: "noreply@github.com", on: "2027-01-12" });
  });
  afterEach(() => {
    repository.remove();
  });

  /** As a job does it, in no commit. */
  const exported = (data: object, name = "7.json"): void => {
    mkdirSync(path.join(repository.root, "reviews"), { recursive: true });
    writeFileSync(path.join(repository.root, "reviews", name), JSON.stringify(data));
    writeFileSync(path.join(repository.root, ".git/info/exclude"), "/reviews/\n");
  };
  const committed = (message: string, as: string, signedBy?: string): void => {
    repository.git(["add", "-f", "reviews"]);
    repository.commit(message, { as, ...(signedBy === undefined ? {} : { signedBy }) });
  };
  const problems = (): string[] => problemLines(repository.evaluate({ reviews: "reviews" }).problems);
  const both = (commit = head): object[] => [review("jane-m", commit), review("dana-o", commit)];

  it("of GitHub approve what was reviewed, also when the commits were squashed", () => {
    exported(github(head, blob, both()));
    const { consumers, problems: none } = repository.evaluate({ reviews: "reviews" });
    assert.deepEqual(none, []);
    assert.equal(consumers[0]?.evidence, "review");
    assert.deepEqual(
      consumers[0].approvals.map(({ person, level, at, reference }) => [person, level, at, reference]),
      [
        [
          "jane.manager@company.com",
          "review",
          "2027-01-11T10:00:00Z",
          "review https://github.com/c/r/pull/7#pullrequestreview-jane-m",
        ],
        [
          "dana.owner@company.com",
          "review",
          "2027-01-11T10:00:00Z",
          "review https://github.com/c/r/pull/7#pullrequestreview-dana-o",
        ],
      ],
    );
    // A clone without the branch knows what was approved by the ids of the files.
    repository.git(["branch", "-q", "-D", "ask"]);
    exported(github(head, blob, both()));
    assert.deepEqual(problems(), []);
  });

  it("count for nothing where they were taken back, are of other people, or of who opened it", () => {
    for (const reviews of [
      [...both(), review("jane-m", head, "CHANGES_REQUESTED")],
      [review("jane-m", head, "DISMISSED"), review("dana-o", head)],
      [review("jane-m", head, "COMMENTED"), review("dana-o", head)],
      [review("john-d", head), review("stranger", head), review("dana-o", head)],
    ]) {
      exported(github(head, blob, reviews));
      assert.match(
        problems().join("\n"),
        /^products\/customer-360\/requests\/john.yaml:21:3: the approval of jane.manager@company.com as manager was written by john.doe@company.com .*, and no exported review by jane.manager@company.com approves the request as it stands/,
      );
    }
    exported(github(head, blob, both(), "jane-m"));
    assert.equal(problems().length, 1, "nobody reviews what they opened");
    exported(github(head, blob, [...both(), review("jane-m", head, "COMMENTED")]));
    assert.deepEqual(problems(), [], "a comment takes no approval back");
  });

  it("of an earlier version count for nothing, though their author would like so", () => {
    exported(github(head, blob, both()));
    repository.write("requests/john.yaml", FORM.replace("365", "300")).commit("Change (#8)", { as: PEOPLE.john });
    assert.equal(problems().length, 2);
    const later = repository.hash();
    const changed = repository.hash(`HEAD:${FILE}`);
    exported(github(later, changed, both(head)));
    assert.equal(problems().length, 2, "a review of the commit before is not one of the head");
    exported(github(later, changed, both(later)));
    assert.deepEqual(problems(), []);
  });

  it("do not bring back what was taken back after them", () => {
    exported(github(head, blob, both()));
    repository
      .write("requests/john.yaml", `${FORM}revocation: { reason: Has left }\n`)
      .commit("Revoke", { as: PEOPLE.jane, on: "2027-01-20" });
    repository.write("requests/john.yaml", FORM).commit("Undo", { as: PEOPLE.john, on: "2027-01-21" });
    assert.equal(problems().length, 2);
    exported(
      github(head, blob, [
        review("jane-m", head, "APPROVED", "2027-01-22T00:00:00Z"),
        review("dana-o", head, "APPROVED", "2027-01-22T00:00:00Z"),
      ]),
    );
    assert.deepEqual(problems(), []);
  });

  it("of GitLab approve the version that was the last one then", () => {
    const gitlab = (created: string, versions: readonly object[] = []): object => ({
      merge_request: {
        iid: 7,
        web_url: "https://gitlab.com/c/r/-/merge_requests/7",
        author: { username: "john.d" },
        state: "merged",
        sha: head,
        squash_commit_sha: repository.hash("main"),
        merge_commit_sha: null,
      },
      approvals: {
        approvals_required: 2,
        approved_by: ["jane.m", "dana.o"].map((username) => ({
          user: { id: 1, username },
          approved_at: "2027-01-11T10:00:00.123Z",
        })),
      },
      versions: [{ id: 1, head_commit_sha: head, base_commit_sha: "0", created_at: created }, ...versions],
      diffs: [{ old_path: FILE, new_path: FILE, new_file: true }],
    });
    exported(gitlab("2027-01-11T09:00:00.000Z"));
    assert.deepEqual(problems(), []);
    assert.equal(
      repository.evaluate({ reviews: "reviews" }).consumers[0]?.approvals[0]?.reference,
      "review https://gitlab.com/c/r/-/merge_requests/7",
    );
    exported(gitlab("2027-01-11T11:00:00.000Z"));
    assert.equal(problems().length, 2, "the version is younger than the approval");
  });

  it("in the repository count for nothing, unless whom the policy names has signed them", () => {
    exported(github(head, blob, both()));
    committed("Reviews", PEOPLE.john);
    assert.match(
      problems()[2] ?? "",
      /^reviews\/7.json:1:1: is in the repository \(commit [0-9a-f]{12}\), where whoever proposes a change can write it/,
    );
    const policy =
      "policy: { evidence: review, allowed_signers: allowed_signers, review_exporters: [bot@company.com] }\n";
    repository.write("product.yaml", (PRODUCT + PEOPLE_OF_HOSTS).replace(/policy: .*\n/, policy));
    repository.write("allowed_signers", repository.allowed("bot@company.com")).commit("Policy", { as: PEOPLE.dana });
    exported({ ...github(head, blob, both()), exported_at: "2027-01-13" });
    committed("Reviews", "bot@company.com", "bot@company.com");
    assert.deepEqual(problems(), []);
    exported(github(head, blob, both()), "8.json");
    writeFileSync(path.join(repository.root, "reviews/7.json"), "{}");
    assert.deepEqual(problems(), [], "of a committed file counts what was committed");
  });

  it("that cannot be read say what is missing", () => {
    exported({ reviews: [] });
    assert.match(
      problems().join("\n"),
      /reviews\/7.json:1:1: is no exported review: pull_request: Invalid input.* \(docs\/data-products.md shows how to export one\)/,
    );
  });
});
