import assert from "node:assert/strict";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ACCESS_REVIEWS } from "../../../../provider/databricks/ledger/tables.js";
import { statementOf } from "../../../../provider/databricks/objects/sql.js";
import { openSource } from "../../../../provider/databricks/read.js";
import { inactiveConsumers } from "../../../../sdk/databricks/dataProduct/inactive.js";
import { consumersEdit, consumersReview } from "../../../../sdk/roster/consumers/formats.js";
import { loadProduct } from "../../../../sdk/roster/consumers/product.js";
import { FORM } from "../../databricks/dataProduct/folder.js";
import { PEOPLE } from "../../databricks/dataProduct/repository.js";
import { NOW, Scene, formOf, requestOf } from "./scene.js";
import { principalOf } from "../../../sandbox/databricks/usageWorkload.js";

describe("roster consumers approve, revoke and review", function () {
  this.timeout(60_000);
  let scene: Scene;
  beforeEach(async () => {
    scene = await Scene.start({ consumers: 4, statements: 400 });
  });
  afterEach(() => scene.end());

  const asked = FORM.replace(/approvals:\n.*\n.*\n/, "# Approvals come here.\n");
  const as = (who: string): void => {
    scene.repository.git(["config", "user.email", who]);
    scene.repository.git(["config", "user.name", who]);
  };
  const ask = (text = asked): void => {
    scene.repository.write("requests/john.yaml", text).commit("Ask", { as: PEOPLE.john, on: "2026-12-20" });
  };
  const statusOf = async (): Promise<string | undefined> => {
    const { stdout } = await scene.run(["list", "--consumer", "john", "--offline", "--json"]);
    return (JSON.parse(stdout) as { consumers: { status: string }[] }).consumers[0]?.status;
  };

  it("approve shows what was asked for, writes the approval, and by a commit of both access is given", async () => {
    ask();
    as(PEOPLE.jane);
    const first = await scene.run(["--action", "approve", "--consumer", "john.doe@company.com", "--commit", "main"]);
    assert.equal(first.code, 0, first.stderr);
    for (const text of [
      "justification  Need customer data",
      "SELECT on table",
      "Approved as manager by jane",
      "data owner",
    ]) {
      assert.ok(first.stdout.includes(text), text);
    }
    as(PEOPLE.dana);
    const words = [
      "approve",
      "--consumer",
      "john",
      "--until",
      "2027-06-30",
      "--condition",
      "aggregates only",
      "--commit",
      "main",
    ];
    const second = await scene.json(words, consumersEdit);
    assert.deepEqual([second.role, second.still_missing, second.branch], ["data_owner", [], "main"]);
    const text = scene.repository.read("requests/john.yaml");
    assert.ok(text.startsWith(asked.slice(0, asked.indexOf("# Approvals"))), "nothing else of the file changes");
    assert.ok(text.includes("# Approvals come here."));
    assert.match(text, /approvals:\n {2}manager: jane\.manager@company\.com\n {2}data_owner:\n {4}by: dana/);
    assert.equal(scene.repository.git(["log", "-1", "--format=%ae"]), PEOPLE.dana);
  });

  it("commits to a branch, and leaves the files here and what is checked out as they are", async () => {
    ask();
    as(PEOPLE.jane);
    const { branch, commit } = await scene.json(["approve", "--consumer", "john", "--commit"], consumersEdit);
    assert.equal(branch, "roster/approve-john");
    assert.equal(scene.repository.git(["rev-parse", "roster/approve-john"]), commit);
    assert.equal(scene.repository.read("requests/john.yaml"), asked);
    assert.equal(scene.repository.git(["status", "--porcelain"]), "");
    assert.equal(scene.repository.git(["worktree", "list"]).split("\n").length, 1);
    assert.match(
      scene.repository.git(["show", "--stat", "--format=%s", branch]),
      /^Approve john for customer-360 as manager/,
    );
  });

  it("approve refuses what would not count, and changes nothing", async () => {
    const refused = async (pattern: RegExp, ...words: string[]): Promise<void> => {
      const { code, stderr } = await scene.run(["approve", "--consumer", "john", ...words]);
      assert.equal(code, 1);
      assert.match(stderr, pattern);
    };
    ask(asked.replace("training_completed: true", "training_completed: false"));
    as(PEOPLE.jane);
    await refused(/would not count.*\n.*training is missing/);
    ask(asked.replace(/justification: .*/, "justification: tbd"));
    await refused(/has no justification: it says "tbd"/);
    ask();
    await refused(/eve@company.com may not approve for customer-360: managers are jane/, "--by", "eve@company.com");
    await refused(/john\.doe@company\.com may not approve/, "--by", PEOPLE.john, "--as", "manager");
    await refused(/Git would commit this as jane.* decision of dana/, "--by", PEOPLE.dana, "--commit");
    await refused(/MODIFY|no permission/, "--permission", "MODIFY on nothing table");
    await refused(
      /^error: john does not ask for MODIFY on table main\.customer_360\.customers, but SELECT on .*: nothing was changed$/m,
      "--permission",
      "MODIFY on customers table",
    );
    await refused(/would not count.*\n.*ended on 2026-12-31: jane.* approved it until then/, "--until", "2026-12-31");
    assert.equal(scene.repository.read("requests/john.yaml"), asked);
    scene.repository.write("requests/john.yaml", `${asked}# changed\n`);
    await refused(/changed here and not committed/, "--commit");
    const { stderr } = await scene.run(["approve", "--consumer", "nobody"]);
    assert.match(stderr, /has no request of "nobody"/);
  });

  it("revoke takes access back, a part of it, or turns a request down, each with reason and revoker", async () => {
    as(PEOPLE.dana);
    const who = principalOf(0);
    const part = await scene.json(
      ["revoke", "--consumer", who, "--permission", "SELECT on customers table", "--reason", "Not needed"],
      consumersEdit,
    );
    assert.equal(part.action, "reduce");
    assert.match(
      scene.repository.read(`requests/${requestOf(0)}.yaml`),
      /revocation:\n {2}reason: Not needed\n {2}revoked_by: dana.*\n {2}permissions:\n {4}- SELECT on customers table\n$/,
    );
    const nothing = await scene.run([
      "revoke",
      "--consumer",
      principalOf(1),
      "--permission",
      "MODIFY on customers table",
    ]);
    assert.equal(nothing.code, 1);
    assert.match(
      nothing.stderr,
      /request-0001 does not give MODIFY on table main\.customer_360\.customers, but SELECT on .*: nothing was changed/,
    );
    const whole = await scene.run(["revoke", "--consumer", principalOf(1)]);
    assert.match(whole.stdout, /Taken back by dana\.owner@company\.com: Access no longer required\./);
    scene.repository.commit("Take back", { as: PEOPLE.dana, on: "2026-12-30" });
    const { stdout } = await scene.run(["list", "--offline", "--status", "revoked", "--json"]);
    assert.match(stdout, /"request_id": "request-0001"/);
    ask();
    const down = await scene.json(["revoke", "--consumer", "john", "--reason", "Use the aggregates"], consumersEdit);
    assert.equal(down.action, "reject");
    assert.equal(await statusOf(), "rejected");
    const again = await scene.run(["revoke", "--consumer", principalOf(1)]);
    assert.match(again.stderr, /no request that this could be done to:\n {2}request-0001: revoked/);
  });

  it("refuses a command line that cannot be before it looks at anything", async () => {
    as(PEOPLE.jane);
    for (const [words, told] of [
      [["approve"], "approve is for one consumer: name it with --consumer"],
      [["approve", "--consumer", "john", "--until", "soon"], "argument 'soon' is invalid. It is a date that there is"],
      [["revoke", "--consumer", "john", "--on", "2027-02-30"], "argument '2027-02-30' is invalid. It is a date that"],
      [["review", "--due", "31.1.2027"], "argument '31.1.2027' is invalid. It is a date that there is"],
    ] as const) {
      const { code, stderr } = await scene.run(words);
      assert.equal(code, 64, stderr);
      assert.ok(stderr.includes(told), stderr);
    }
  });

  it("review of a product that nobody may read has nobody to ask", async () => {
    const { repository } = scene;
    for (const index of [0, 1, 2, 3]) {
      const file = `requests/${requestOf(index)}.yaml`;
      repository.write(file, `${repository.read(file)}revocation: { reason: Closed, revoked_by: ${PEOPLE.jane} }\n`);
    }
    repository.commit("Close", { as: PEOPLE.jane, on: "2026-12-30" });
    const { code, files, decisions } = await scene.json(["review", "--offline"], consumersReview);
    assert.deepEqual([code, files, decisions], [0, [], []]);
    assert.equal(existsSync(path.join(repository.folder, "reviews")), false);
    const { stderr, code: failed } = await scene.run(["review", "--apply", "--offline"]);
    assert.equal(failed, 1);
    assert.match(stderr, /no files in .*: roster consumers customer-360 review makes them/);
  });

  it("review makes a file for each reviewer, applies what was decided, and tells the ledger", async () => {
    as(PEOPLE.dana);
    const { repository } = scene;
    repository.write("product.yaml", `${repository.read("product.yaml")}ledger: { catalog: main }\n`);
    repository.commit("Keep a ledger", { as: PEOPLE.dana });
    await scene.workspace.statements.createCatalog("main");
    await scene.workspace.statements.run("CREATE SCHEMA main.data_products");
    const made = await scene.json(["review", "--due", "2027-01-31"], consumersReview);
    assert.deepEqual([made.review, made.code, made.files.map(({ made: isNew }) => isNew)], ["2027-Q1", 0, [true]]);
    assert.deepEqual([made.total_consumers, made.inactive_count, made.unknown_count], [4, 1, 0]);
    const { folder: read, evaluation, now } = loadProduct(repository.folder, { reviews: undefined, now: NOW });
    const told = inactiveConsumers(read, evaluation.consumers, now).inactive;
    assert.deepEqual(
      told.map(({ consumer, to, reviewers }) => [consumer, to, reviewers.map(({ file }) => file)]),
      [[principalOf(3), [PEOPLE.jane, principalOf(3)], ["reviews/2027-Q1/jane.manager@company.com.yaml"]]],
      "of these the next run tells",
    );
    const folder = path.join(scene.repository.folder, "reviews/2027-Q1");
    assert.deepEqual(readdirSync(folder), ["jane.manager@company.com.yaml"]);
    const text = scene.repository.read("reviews/2027-Q1/jane.manager@company.com.yaml");
    assert.match(
      text,
      /- consumer: consumer-0@example\.com\n(.*\n)*? {4}last_access: 2026-\d\d-\d\d\n {4}activity: active\n {4}decision:\n {4}reason:\n/,
    );
    let count = 0;
    const decided = text.replace(/ {4}decision:\n {4}reason:\n/g, () => {
      count += 1;
      if (count === 1) return "    decision: keep\n    reason:\n";
      if (count === 2) return "    decision: revoke\n    reason: Has left\n";
      return count === 3
        ? "    decision: reduce\n    take: [SELECT on customers table]\n    reason: Too much\n"
        : "    decision:\n    reason:\n";
    });
    writeFileSync(path.join(folder, "jane.manager@company.com.yaml"), decided);
    const early = await scene.run(["review", "--apply"], { ROSTER_NOW: "2027-01-15T00:00:00Z" });
    assert.match(early.stderr, /the ledger does not tell of it: pulumi up makes its tables/);
    const runner = openSource(undefined, { environment: scene.environment(), config: undefined });
    await runner.run({
      sql: statementOf({ kind: "createTable", schema: "main.data_products", table: ACCESS_REVIEWS }),
    });
    for (const time of ["2027-01-15T00:00:00Z", "2027-02-15T00:00:00Z"]) {
      const { code, stdout, stderr } = await scene.run(["review", "--apply", "--json"], { ROSTER_NOW: time });
      assert.equal(code, time.startsWith("2027-02") ? 2 : 0, stderr);
      const { decisions } = consumersReview.parse(JSON.parse(stdout));
      assert.deepEqual(
        decisions.map(({ decision, applied }) => [decision, applied]),
        [
          ["keep", true],
          ["revoke", true],
          ["reduce", true],
          ["unanswered", false],
        ],
      );
    }
    const { rows } = await scene.workspace.statements.read(
      "SELECT review, request_id, reviewer, decision, reason, inactive, CAST(decided_date AS DATE) FROM main.data_products.access_reviews ORDER BY request_id",
    );
    const [reviewed, jane, day] = ["2027-Q1", "jane.manager@company.com", "2027-01-15"];
    assert.deepEqual(rows, [
      [reviewed, requestOf(0), jane, "keep", null, false, day],
      [reviewed, requestOf(1), jane, "revoke", "Has left", false, day],
      [reviewed, requestOf(2), jane, "reduce", "Too much", false, day],
      [reviewed, requestOf(3), jane, "unanswered", null, true, null],
    ]);
    assert.match(
      scene.repository.read(`requests/${requestOf(1)}.yaml`),
      /reason: Has left \(review 2027-Q1\)\n {2}revoked_by: jane/,
    );
    assert.match(scene.repository.read(`requests/${requestOf(2)}.yaml`), /permissions:\n {4}- SELECT on table main/);
    assert.equal(
      scene.repository.read(`requests/${requestOf(0)}.yaml`),
      formOf(0, ["manager", "data_owner"], "2026-02-05"),
    );
  });

  it("review revokes what nobody answered for where the policy says so, and refuses a decision without its reason", async () => {
    as(PEOPLE.dana);
    const product = scene.repository.read("product.yaml");
    scene.repository
      .write("product.yaml", `${product}policy: { unanswered_review: revoke }\n`)
      .commit("Policy", { as: PEOPLE.dana });
    const made = await scene.json(["review", "--due", "2027-01-31", "--offline"], consumersReview);
    assert.deepEqual([made.total_consumers, made.inactive_count, made.unknown_count], [4, 0, 4]);
    const later = { ROSTER_NOW: "2027-02-01T00:00:00Z" };
    const { stdout, code } = await scene.run(
      ["review", "--review", "2027-Q1", "--apply", "--offline", "--json"],
      later,
    );
    assert.equal(code, 0);
    assert.ok(
      consumersReview
        .parse(JSON.parse(stdout))
        .decisions.every(({ decision, applied }) => decision === "unanswered" && applied),
    );
    assert.match(
      scene.repository.read(`requests/${requestOf(3)}.yaml`),
      /Nobody answered the review 2027-Q1 by 2027-01-31/,
    );
    const file = "reviews/2027-Q1/jane.manager@company.com.yaml";
    scene.repository.write(file, scene.repository.read(file).replace("decision:\n", "decision: revoke\n"));
    const refused = await scene.run(["review", "--apply", "--offline"], later);
    assert.match(
      refused.stderr,
      /jane\.manager@company\.com\.yaml:\d+:\d+: reason is missing: why the decision is revoke/,
    );
  });
});
