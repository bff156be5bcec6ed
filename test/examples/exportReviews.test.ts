import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { readReviewFiles } from "../../sdk/databricks/dataProduct/reviewFiles.js";
import { REPOSITORY } from "../repository.js";
import { TestRepository } from "../sdk/databricks/dataProduct/repository.js";
import { describeUnless } from "../skip.js";

const MISSING = spawnSync("jq", ["--version"]).status === 0 ? undefined : "there is no jq";
const HEAD = "a".repeat(40);

/** What `gh api` answers, page by page, as GitHub's interface does. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  "repos/c/r/pulls/7": {
    number: 7,
    html_url: "https://github.com/c/r/pull/7",
    user: { login: "john-d" },
    head: { sha: HEAD },
  },
  "repos/c/r/pulls/7/reviews": [
    [{ user: { login: "jane-m" }, state: "CHANGES_REQUESTED", submitted_at: "2027-01-10T10:00:00Z", commit_id: HEAD }],
    [{ user: { login: "jane-m" }, state: "APPROVED", submitted_at: "2027-01-11T10:00:00Z", commit_id: HEAD }],
  ],
  "repos/c/r/pulls/7/files": [[{ filename: "products/customer-360/requests/john.yaml", sha: "b".repeat(40) }]],
};

/** Stands for GitHub's command line. */
const GH = `#!/usr/bin/env bash
for word in "$@"; do case "$word" in
  repos/*/commits/*/pulls) echo 7; exit ;;
  repos/*) cat "$ANSWERS/$(echo "$word" | tr / _).json"; exit ;;
esac; done
exit 1
`;

describeUnless(MISSING, "the example's export of reviews", () => {
  it("writes what counts as reviews, each pull request once, whatever the number of its commits", () => {
    const repository = new TestRepository();
    try {
      repository.approved();
      const tools = path.join(repository.root, "tools");
      mkdirSync(tools);
      writeFileSync(path.join(tools, "gh"), GH);
      chmodSync(path.join(tools, "gh"), 0o755);
      for (const [name, answer] of Object.entries(ANSWERS)) {
        writeFileSync(path.join(tools, `${name.replaceAll("/", "_")}.json`), JSON.stringify(answer));
      }
      execFileSync(path.join(REPOSITORY, "examples/data-product/github/export-reviews.sh"), ["reviews"], {
        cwd: repository.root,
        env: {
          PATH: `${tools}:${process.env["PATH"] ?? ""}`,
          HOME: repository.root,
          GITHUB_REPOSITORY: "c/r",
          ANSWERS: tools,
        },
        stdio: "pipe",
      });
      const { files, problems } = readReviewFiles(path.join(repository.root, "reviews"));
      assert.deepEqual(problems, []);
      assert.deepEqual(
        files.map(({ file, reviews }) => [path.basename(file), reviews.map(({ login, at }) => [login, at])]),
        [["7.json", [["jane-m", "2027-01-11T10:00:00Z"]]]],
      );
    } finally {
      repository.remove();
    }
  });
});
