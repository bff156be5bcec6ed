import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import path from "node:path";
import { problemLines } from "../../../../sdk/core/place.js";
import { FORM, PRODUCT } from "./folder.js";
import { PEOPLE, TestRepository } from "./repository.js";

const FILE = "products/customer-360/requests/john.yaml";
const SIGNED = `${PRODUCT}policy:\n  evidence: signed_commit\n  allowed_signers: allowed_signers\n`;

describe("evidence of Git", () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = new TestRepository();
  });
  afterEach(() => {
    repository.remove();
  });

  const problems = (): string[] =>
    problemLines(repository.evaluate().problems).map((each) => each.replaceAll(/[0-9a-f]{12}/g, "<hash>"));
  const first = (): string => problems()[0] ?? "none";

  it("is the approver's own commit, for each of both", () => {
    const { consumers, problems: none } = repository.approved().evaluate();
    assert.deepEqual(none, []);
    const [john] = consumers;
    assert.equal(john?.status, "active");
    assert.equal(john.evidence, "commit");
    assert.deepEqual(
      john.approvals.map(({ role, approver, person, at }) => [role, approver, person, at]),
      [
        ["manager", "jane.manager@company.com", "jane.manager@company.com", "2027-01-09T00:00:00Z"],
        ["data_owner", "data-team@company.com", "dana.owner@company.com", "2027-01-10T00:00:00Z"],
      ],
    );
    assert.equal(john.expires, "2028-01-10T00:00:00Z");
    assert.equal(john.requestedOn, "2027-01-08T00:00:00Z");
  });

  it("is no name that the requester wrote", () => {
    repository.write("requests/john.yaml", FORM).commit("Approve myself", { as: PEOPLE.john });
    assert.deepEqual(problems(), [
      `${FILE}:21:3: the approval of jane.manager@company.com as manager was written by john.doe@company.com (commit <hash>). A name in the file is no approval: the approver has to commit this line themselves, or to approve the pull request with it`,
      `${FILE}:22:3: the approval of data-team@company.com as data owner was written by john.doe@company.com (commit <hash>). A name in the file is no approval: the approver has to commit this line themselves, or to approve the pull request with it`,
    ]);
    assert.deepEqual(
      repository.evaluate().consumers.map(({ status, evidence }) => [status, evidence]),
      [["rejected", "none"]],
    );
  });

  it("ends when what was approved changes, and not when only its form does", () => {
    repository.approved();
    repository
      .write("requests/john.yaml", `# by hand\n${FORM.replaceAll("\n  ", "\n    ")}`)
      .commit("Tidy", { as: PEOPLE.john });
    assert.equal(first(), "none");
    repository
      .write("requests/john.yaml", FORM.replace("duration_days: 365", "duration_days: 364"))
      .commit("More", { as: PEOPLE.john });
    assert.match(first(), /does not count any more: john.doe@company.com changed the request after it/);
  });

  it("does not come back when a revocation is taken out", () => {
    repository.approved();
    repository
      .write("requests/john.yaml", `${FORM}revocation: { reason: Has left the team }\n`)
      .commit("Revoke", { as: PEOPLE.jane, on: "2027-01-20" });
    const [revoked] = repository.evaluate().consumers;
    assert.equal(revoked?.status, "revoked");
    assert.equal(revoked.reason, "taken back by jane.manager@company.com on 2027-01-20: Has left the team");
    assert.deepEqual([revoked.evidence, revoked.grantedFrom], ["commit", "2027-01-10T00:00:00Z"]);
    repository.write("requests/john.yaml", FORM).commit("Undo", { as: PEOPLE.john, on: "2027-01-21" });
    assert.match(first(), /does not count any more: the access was taken back \(commit <hash>\)/);
  });

  it("does not come back with a merge that drops a revocation", () => {
    repository.approved().git(["branch", "old"]);
    repository
      .write("requests/john.yaml", `${FORM}revocation: { reason: Has left }\n`)
      .commit("Revoke", { as: PEOPLE.jane });
    repository.git(["checkout", "-q", "old"]);
    repository.write("notes.txt", "x").commit("Else", { as: PEOPLE.john });
    repository.git(["merge", "-q", "-s", "ours", "-m", "Merge", "main"]);
    assert.match(first(), /does not count any more: the access was taken back/);
  });

  it("survives merges, and renames that change nothing else", () => {
    repository.git(["checkout", "-q", "-b", "ask"]);
    repository.approved().git(["checkout", "-q", "main"]);
    repository.write("notes.txt", "x").commit("Meanwhile", { as: PEOPLE.dana });
    repository.git(["merge", "-q", "--no-ff", "-m", "Merge", "ask"]);
    repository.git(["mv", "products/customer-360/requests/john.yaml", "products/customer-360/requests/john-doe.yaml"]);
    repository.commit("Rename", { as: PEOPLE.john });
    assert.deepEqual(problems(), []);
    assert.deepEqual(
      repository.evaluate().consumers.map(({ requestId, status }) => [requestId, status]),
      [["john-doe", "active"]],
    );
  });

  it("is lost in a squash merge and in a rebase by somebody else, and the message says what to do", () => {
    repository.write("requests/john.yaml", FORM).commit("Squashed (#1)", { as: PEOPLE.john, by: "noreply@github.com" });
    assert.match(first(), /was written by john.*a squash merge puts the commits of all: merge with a merge commit/);
    repository.approved("other", (as) => ({ as, by: PEOPLE.john }));
    assert.ok(
      problems().some((line) =>
        line.includes(
          "is in the name of jane.manager@company.com, and john.doe@company.com made the commit (<hash>), as a rebase does",
        ),
      ),
    );
  });

  it("is nobody's own, also where the file names the team that they are in", () => {
    const own = FORM.replaceAll("john.doe", "dana.owner");
    const asked = own.replace("  data_owner: data-team@company.com\n", "");
    const team = PRODUCT.replace("[dana.owner@company.com]", "[dana.owner@company.com, deng.owner@company.com]");
    repository.write("product.yaml", team).write("requests/john.yaml", asked);
    repository.commit("Ask, and approve", { as: PEOPLE.jane });
    repository.write("requests/john.yaml", own).commit("Approve", { as: PEOPLE.dana });
    assert.match(
      first(),
      /:22:3: the approval of data-team@company.com as data owner is dana.owner@company.com's own, who asks for the access/,
    );
  });

  it("is nothing that is not committed", () => {
    repository.approved().write("requests/john.yaml", FORM.replace("365", "300"));
    assert.match(first(), /is not committed as it stands/);
    repository.write("requests/mary.yaml", FORM.replace("john.doe", "mary.major"));
    assert.ok(problems().some((line) => line.includes("mary.yaml:21:3") && line.includes("is in no commit")));
  });

  it("takes a deleted file as a revocation, with who and why from the commit", () => {
    repository.approved().git(["rm", "-q", FILE]);
    repository.commit("John has left the company", { as: PEOPLE.dana, on: "2027-01-25" });
    const [john] = repository.evaluate().consumers;
    assert.equal(john?.status, "revoked");
    assert.equal(
      john.reason,
      "the file was deleted by dana.owner@company.com on 2027-01-25: John has left the company",
    );
    assert.equal(john.consumerId, "john.doe@company.com");
  });

  it("does not take a file that cannot be read for a deleted one", () => {
    repository.approved().write("requests/john.yaml", FORM.replace("email:", "mail:"));
    const { consumers, problems: wrong } = repository.evaluate();
    assert.deepEqual([consumers, wrong.length], [[], 2]);
  });

  it("refuses a shallow clone, and a folder in no repository, and says what to do", () => {
    repository.approved();
    repository.git(["clone", "-q", "--depth", "1", `file://${repository.root}`, "shallow"]);
    const [shallow] = repository.evaluate({ in: "shallow/products/customer-360" }).problems;
    assert.match(shallow?.message ?? "", /^is in a shallow clone.*fetch-depth: 0/);
    rmSync(path.join(repository.root, ".git"), { recursive: true });
    assert.match(
      first(),
      /product.yaml:1:1: is in no Git repository: approvals are proved by the history of the files/,
    );
  });

  it("is signed where the signature is the approver's, which the policy can want", () => {
    repository.write("product.yaml", SIGNED);
    repository
      .write("allowed_signers", repository.allowed(PEOPLE.jane) + repository.allowed(PEOPLE.dana))
      .commit("Policy", { as: PEOPLE.dana });
    repository.approved("john", (as) => ({ as, signedBy: as }));
    assert.deepEqual(problems(), []);
    assert.equal(repository.evaluate().consumers[0]?.evidence, "signed_commit");
  });

  it("is not signed by a key that nobody knows, by another's, or not at all", () => {
    repository.write("product.yaml", SIGNED);
    repository
      .write("allowed_signers", repository.allowed(PEOPLE.jane) + repository.allowed(PEOPLE.dana))
      .commit("Policy", { as: PEOPLE.dana });
    repository.approved("john", (as) => ({ as, ...(as === PEOPLE.jane ? { signedBy: PEOPLE.john } : {}) }));
    const [manager = "", owner = ""] = problems();
    assert.match(
      manager,
      /proved by a commit alone \(commit <hash>\), and it is signed with SHA256:\S+, which is no key of the allowed signers/,
    );
    assert.match(
      owner,
      /proved by a commit alone \(commit <hash>\), and it is not signed \(commit <hash>\). customer-360 wants a signed commit/,
    );
  });

  it("is not signed by another approver, nor by who rebased and signed what somebody else wrote", () => {
    repository.write("product.yaml", SIGNED);
    repository
      .write("allowed_signers", repository.allowed(PEOPLE.jane) + repository.allowed(PEOPLE.dana))
      .commit("Policy", { as: PEOPLE.dana });
    repository.approved("john", (as) => ({ as, signedBy: PEOPLE.dana }));
    assert.deepEqual(problems().length, 1);
    assert.match(first(), /proved by a commit alone \(commit <hash>\), and it is signed by dana.owner@company.com/);
    repository.write("requests/john.yaml", FORM.replace("365", "300"));
    repository.commit("Approve", { as: PEOPLE.john, by: PEOPLE.jane, signedBy: PEOPLE.jane });
    assert.match(first(), /does not count any more: john.doe@company.com changed the request after it/);
  });
});
