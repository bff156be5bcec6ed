import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { consumersAudit, consumersList, consumersReport } from "../../../../sdk/roster/consumers/formats.js";
import {
  UNUSUAL,
  isInactive,
  isSilent,
  principalOf,
  recordChanges,
} from "../../../sandbox/databricks/usageWorkload.js";
import { FORM } from "../../databricks/dataProduct/folder.js";
import { PEOPLE } from "../../databricks/dataProduct/repository.js";
import { Scene, TABLES, formOf, requestOf } from "./scene.js";

const COUNT = 120;
const NUMBERS = Array.from({ length: COUNT }, (_, index) => index);

describe("roster consumers list, audit and report", function () {
  this.timeout(60_000);
  let scene: Scene;
  before(async () => {
    scene = await Scene.start({
      consumers: COUNT,
      statements: 12_000,
      product: "policy: { violations: reject }\nignore: [etl-*]\n",
    });
  });
  after(() => scene.end());

  it("list shows who has which permissions, when they last used them, and who is inactive", async () => {
    const list = await scene.json(["list"], consumersList);
    assert.equal(list.code, 0);
    assert.equal(list.consumers.length, COUNT);
    for (const index of NUMBERS) {
      const consumer = list.consumers.find(({ request_id: id }) => id === requestOf(index));
      assert.ok(consumer);
      const { consumer_id: id, permissions, activity, total_queries: queries } = consumer;
      assert.equal(id, principalOf(index));
      assert.equal(permissions.length, isSilent(index) ? 1 : 2);
      if (isSilent(index)) assert.deepEqual([activity, queries, consumer.last_access_date], ["unknown", 0, null]);
      else assert.equal(activity, isInactive(index) ? "inactive" : "active", id);
    }
    assert.deepEqual(list.consumers[0]?.granted_by, [PEOPLE.jane, PEOPLE.dana]);
    const { stdout } = await scene.run(["--consumer", principalOf(3).toUpperCase()]);
    assert.match(
      stdout,
      /consumer-3@example\.com +active +SELECT on customers; SELECT on customer_metrics .* inactive /,
    );
    assert.ok(!stdout.includes(principalOf(4)), "only the one that was asked for");
  });

  it("list filters by status, and does without Databricks where it is told to", async () => {
    const asked = scene.workspace.requests().length;
    const list = await scene.json(["list", "--offline", "--status", "pending"], consumersList);
    assert.deepEqual(list.consumers, []);
    const all = await scene.json(["list", "--offline", "--status", "active"], consumersList);
    assert.equal(all.consumers.length, COUNT);
    assert.ok(
      all.consumers.every(({ activity, total_queries: queries }) => activity === "unknown" && queries === null),
    );
    assert.equal(scene.workspace.requests().length, asked);
  });

  it("gives everything in each form", async () => {
    const { stdout: csv } = await scene.run(["list", "--format", "csv", "--offline"]);
    assert.equal(csv.trim().split("\r\n").length, COUNT + 1);
    const { stdout: markdown } = await scene.run(["list", "--format", "md", "--offline"]);
    assert.match(markdown, /^# Consumers of customer-360\n[\s\S]*\n\| Consumer \| Status \|/);
    const file = path.join(scene.repository.root, "list.html");
    const { stdout } = await scene.run(["list", "--format", "html", "-o", file, "--offline"]);
    assert.equal(stdout, "");
    assert.match(readFileSync(file, "utf8"), /^<!doctype html>/);
  });

  it("audit finds what is wrong with access, each under its kind, and ends with a code of its own", async () => {
    const { metastore, statements } = scene.workspace;
    const write = (name: string, text: string): void => void scene.repository.write(`requests/${name}.yaml`, text);
    const both = ["manager", "data_owner"];
    // One of each kind.
    metastore.addPrincipal(
      "eve@example.com",
      "etl-nightly@example.com",
      "late@example.com",
      "soon@example.com",
      "gone@example.com",
    );
    metastore.grant(`table ${TABLES[0]}`, "eve@example.com", "SELECT");
    metastore.grant("catalog main", "eve@example.com", "SELECT", "USE_CATALOG");
    metastore.grant(`table ${TABLES[0]}`, "etl-nightly@example.com", "MODIFY");
    metastore.grant(`table ${TABLES[0]}`, principalOf(1), "MODIFY");
    for (const who of ["late", "soon", "gone"]) metastore.grant(`table ${TABLES[0]}`, `${who}@example.com`, "SELECT");
    const form = (who: string): string => formOf(0, both, "2026-02-05").replace(principalOf(0), `${who}@example.com`);
    write("late", form("late").replace("duration_days: 365", "duration_days: 30"));
    write(
      "gone",
      `${form("gone")}revocation: { reason: The contract has ended, revoked_by: dana.owner@company.com }\n`,
    );
    write("trained", form("trained").replace("training_completed: true", "training_completed: false"));
    write("greedy", form("greedy").replace("SELECT on customers table", "MODIFY on customers table"));
    write("hollow", form("hollow").replace(/justification: .*/, "justification: n/a"));
    write("mute", form("mute").replace(/ {2}justification: .*\n/, ""));
    scene.repository.commit("By the manager", { as: PEOPLE.jane, on: "2026-01-10" });
    const approved = ["late", "gone", "trained", "greedy", "hollow"];
    for (const who of approved)
      write(who, scene.repository.read(`requests/${who}.yaml`).replace("  data_owner: dana.owner@company.com\n", ""));
    scene.repository.commit("Without the owner", { as: PEOPLE.jane, on: "2026-01-10" });
    for (const who of approved) {
      const line = "  manager: jane.manager@company.com\n";
      write(
        who,
        scene.repository.read(`requests/${who}.yaml`).replace(line, `${line}  data_owner: dana.owner@company.com\n`),
      );
    }
    scene.repository.commit("With the owner", { as: PEOPLE.dana, on: "2026-01-10" });
    write("soon", formOf(0, ["manager"], "2026-02-05").replace(principalOf(0), "soon@example.com"));
    scene.repository.commit("By the manager", { as: PEOPLE.jane, on: "2026-01-10" });
    write("forged", FORM);
    scene.repository.commit("By whom it is for", { as: PEOPLE.john, on: "2026-01-10" });
    await recordChanges(statements, [
      {
        at: "2026-12-20 10:00:00",
        by: "eve@example.com",
        securable: { type: "CATALOG", name: "main" },
        changes: [{ principal: "eve@example.com", add: ["SELECT"] }],
      },
    ]);
    await statements.run(
      `DELETE FROM system.access.table_lineage WHERE source_table_name = 'customer_metrics' AND lower(created_by) = '${principalOf(2)}'`,
    );

    const audit = await scene.json(["audit"], consumersAudit);
    assert.equal(audit.code, 2);
    const by = (kind: string): string[] =>
      audit.findings
        .filter((each) => each.kind === kind)
        .map((each) => each.request_id ?? each.consumer_id ?? each.file ?? "");
    assert.deepEqual(by("expired_access"), ["late"]);
    assert.deepEqual(by("revoked_access"), ["gone"]);
    assert.deepEqual(by("inactive_consumer"), NUMBERS.filter((n) => isInactive(n) && !isSilent(n)).map(requestOf));
    assert.deepEqual(by("unused_permission"), [requestOf(2)]);
    assert.deepEqual(by("beyond_product").sort(), ["greedy", requestOf(1)].sort());
    assert.deepEqual(by("beyond_request").sort(), NUMBERS.filter(isSilent).map(requestOf));
    assert.deepEqual(by("unexplained_grant"), ["eve@example.com", "eve@example.com"]);
    assert.deepEqual(by("missing_justification"), ["products/customer-360/requests/mute.yaml", "hollow"]);
    assert.deepEqual(by("missing_approval"), ["soon"]);
    assert.deepEqual(new Set(by("missing_evidence")), new Set(["forged"]));
    assert.deepEqual(by("missing_compliance"), ["trained"]);
    assert.deepEqual(by("unusual_volume"), [requestOf(UNUSUAL.volume)]);
    assert.deepEqual(by("unusual_hour"), [requestOf(UNUSUAL.hour)]);
    const silent = NUMBERS.filter(isSilent).map(principalOf);
    assert.deepEqual(
      audit.unknown_activity.map(({ consumer_id: id }) => id).filter((id) => silent.includes(id)),
      silent,
    );
    assert.deepEqual(
      audit.permission_changes?.map(({ principal, added }) => [principal, added]),
      [["eve@example.com", ["SELECT"]]],
    );
    for (const { file, line } of audit.findings) assert.ok((file === null) === (line === null));
  });

  it("report sums up the use of each consumer, of those without a request too", async () => {
    const report = await scene.json(["report", "--days", "60"], consumersReport);
    const { consumer_stats: stats, totals, growth, pattern } = report;
    assert.equal(report.period_days, 60);
    assert.equal(
      totals.queries,
      stats.reduce((sum, { total_queries: queries }) => sum + (queries ?? 0), 0),
    );
    assert.equal(
      totals.queries,
      pattern.reduce((sum, { query_count: queries }) => sum + queries, 0),
    );
    assert.ok(growth.at(-1) !== undefined && growth.at(-1)?.cumulative_consumers === report.total_consumers);
    const { rows } = await scene.workspace.statements.read(
      `SELECT COUNT(DISTINCT h.statement_id) AS n FROM system.query.history h JOIN system.access.table_lineage l USING (statement_id)
       WHERE l.source_table_schema = 'customer_360' AND h.start_time >= TIMESTAMP '2026-11-02 00:00:00'`,
    );
    assert.equal(totals.queries, Number(rows[0]?.[0]));
  });

  it("says which settings and rights are missing where the system tables cannot be read", async () => {
    const unset = await scene.run(["list"], { DATABRICKS_WAREHOUSE_ID: "" });
    assert.equal(unset.code, 1);
    assert.match(unset.stderr, /^error: .*warehouse/s);
    const offline = await scene.run(["report", "--offline"]);
    assert.match(offline.stderr, /cannot be made with --offline/);
    const unknown = await scene.run(["list", "--dir", "nowhere"]);
    assert.match(unknown.stderr, /there is no product "customer-360" here: .*\n {2}what to do: .*--dir/);
    const twice = await scene.run(["list", "--action", "audit"]);
    assert.deepEqual([twice.code, twice.stderr.includes("two actions are given")], [64, true]);
  });
});
