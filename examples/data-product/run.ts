// Tells the story of `npm run example:data-product`: a data product of Databricks, whose consumers are requests in a Git
// repository. Both the workspace and the repository are sandboxes that go with the story.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Sandbox, findEngine } from "../../test/engine/index.js";
import { REPOSITORY } from "../../test/repository.js";
import { startDatabricks, type DatabricksSandbox } from "../../test/sandbox/databricks/index.js";
import { chapter, say, table } from "../story/narration.js";
import { onInterrupt, pulumi, sayEngine, sayTime } from "../story/stage.js";
import { Company, DANA, JANE, JOHN, OMAR, PRIYA } from "./company.js";

const CUSTOMERS = "table main.customer_360.customers";
const METRICS = "table main.customer_360.customer_metrics";
const REPORT = "3f0c2b9a-6f0e-4b6e-9a51-0c2f4f1d7e11";
const JOHNS = "products/customer-360/requests/john-doe.yaml";
const REPORTS = "products/customer-360/requests/churn-report.yaml";

const example = (file: string): string => readFileSync(join(REPOSITORY, "examples/data-product", file), "utf8");

async function main(): Promise<void> {
  const started = Date.now();
  const engine = findEngine();
  say("A data product whose consumers ask for access with a file, and get it with a review and `pulumi up`.");
  sayEngine(engine);
  const [workspace, company] = [await startWorkspace(), new Company()];
  const sandbox = new Sandbox({ engine, cwd: company.root, stack: "example", env: environmentFor(workspace) });
  const stop = async (): Promise<void> => {
    await Promise.all([sandbox.close(), workspace.close()]);
    company.remove();
  };
  onInterrupt(stop);
  try {
    await sandbox.open();
    await story(workspace, company, sandbox);
    sayTime(started);
  } finally {
    await stop();
  }
  say("\nWhere to go next: docs/data-products.md, and examples/data-product/github for the workflows.");
}

/** The pipeline has its own access; somebody has given Mallory access by hand. */
async function startWorkspace(): Promise<DatabricksSandbox> {
  const workspace = await startDatabricks();
  const { metastore } = workspace;
  metastore.create(CUSTOMERS, METRICS);
  metastore.addPrincipal(JOHN, REPORT, "etl-customers", "mallory@company.com");
  metastore.grant(CUSTOMERS, "etl-customers", "MODIFY");
  metastore.grant(CUSTOMERS, "mallory@company.com", "SELECT");
  await workspace.statements.createCatalog("main");
  return workspace;
}

function environmentFor(workspace: DatabricksSandbox): NodeJS.ProcessEnv {
  const others = Object.keys(process.env).filter(
    (name) => /^(DATABRICKS_|ROSTER_)/.test(name) && name !== "ROSTER_ENGINE",
  );
  return {
    ...Object.fromEntries(others.map((name) => [name, undefined])),
    DATABRICKS_HOST: workspace.url,
    DATABRICKS_TOKEN: workspace.token,
    DATABRICKS_WAREHOUSE_ID: workspace.statements.warehouse.id,
    // The story happens in January 2027, and all of it in a pipeline.
    ROSTER_NOW: "2027-01-12",
    CI: "true",
  };
}

async function story(workspace: DatabricksSandbox, company: Company, sandbox: Sandbox): Promise<void> {
  const form = example(JOHNS);
  const asked = form.replace(/approvals:\n( .*\n)+\n/, "");

  chapter(1, "Somebody asks for access");
  say(`John fills in the form, ${JOHNS}:\n`);
  say(indented(asked.split("\n").slice(2).join("\n")));
  company.commit(JOHN, "2027-01-08", "Ask for customer-360", { [JOHNS]: asked });
  await pulumi(sandbox, ["preview"]);

  chapter(2, "He approves himself");
  say(
    "The names of the approvers are only names while John writes them. The preview refuses them, each at its line:\n",
  );
  company.commit(JOHN, "2027-01-09", "Approve", { [JOHNS]: form });
  await pulumi(sandbox, ["preview"], "any");
  company.dropLast(1);

  chapter(3, "His manager and the data owner approve");
  say("Each writes their own line, in a commit that they sign. (Or they approve the pull request: see the workflows.)");
  say("An application is approved too; its data owner has set a condition.\n");
  const [owner] = / {2}data_owner: .*\n/.exec(form) ?? [""];
  company.commit(JANE, "2027-01-10", "Approve John's request", { [JOHNS]: form.replace(owner, "") });
  company.commit(DANA, "2027-01-11", "Approve John's request", { [JOHNS]: form });
  const report = example(REPORTS);
  const [condition = ""] = / {2}data_owner:\n( {4}.*\n)+/.exec(report) ?? [];
  company.commit(PRIYA, "2027-01-10", "Ask for the churn report", {
    [REPORTS]: report.replace(/approvals:\n( .*\n)+\n/, ""),
  });
  company.commit(OMAR, "2027-01-10", "Approve the churn report", { [REPORTS]: report.replace(condition, "") });
  company.commit(DANA, "2027-01-11", "Approve the churn report", { [REPORTS]: report });
  await pulumi(sandbox, ["preview", "--diff", "--show-full-output"]);
  await pulumi(sandbox, ["up", "--yes", "--skip-preview"]);
  say("\nWhat Unity Catalog says now; Mallory's grant, which no request explains, is gone:\n");
  showGrants(workspace);

  chapter(4, "More than the product gives");
  say(
    "John changes SELECT to MODIFY after the approval: that is another request, and not one that the product allows.\n",
  );
  company.commit(JOHN, "2027-01-12", "Change", { [JOHNS]: form.replace("SELECT on customers", "MODIFY on customers") });
  await pulumi(sandbox, ["preview"], "any");
  company.dropLast(1);

  chapter(5, "A look ahead: what ends in June");
  say("The next run takes what has ended; the preview says so 30 days before. ROSTER_NOW sets the clock.\n");
  await pulumi(sandbox, ["preview"], 0, { ROSTER_NOW: "2027-06-15" });
  await pulumi(sandbox, ["preview", "--diff", "--show-full-output"], 0, { ROSTER_NOW: "2027-07-01" });

  chapter(6, "Somebody leaves");
  say("Jane takes John's access back, in his file; what he has under way on the tables is asked to stop.\n");
  workspace.statements.history.begin("01ef-query", JOHN, "SELECT * FROM main.customer_360.customers");
  const revocation =
    "\nrevocation:\n  reason: Has moved to the Berlin office\n  revoked_by: jane.manager@company.com\n";
  company.commit(JANE, "2027-01-12", "Revoke John's access", { [JOHNS]: form + revocation });
  await pulumi(sandbox, ["up", "--yes", "--skip-preview"]);
  say("");
  showGrants(workspace);

  chapter(7, "Who had what, and why");
  say(
    "The ledger has an intent before each change and an end after it, with who decided it, why, and (not shown) on what evidence:\n",
  );
  await showLedger(workspace);
  say("");
  await pulumi(sandbox, ["stack", "output"]);
}

function indented(text: string): string {
  return text.trimEnd().replaceAll(/^(?=.)/gm, "  ");
}

function showGrants({ metastore }: DatabricksSandbox): void {
  const rows = [CUSTOMERS, METRICS, "schema main.customer_360", "catalog main"].flatMap((securable) =>
    Object.entries(metastore.direct(securable)).map(([who, privileges]) => [securable, who, privileges.join(", ")]),
  );
  table(["securable", "principal", "privileges"], rows);
}

async function showLedger({ statements }: DatabricksSandbox): Promise<void> {
  const { rows } = await statements.read(
    "SELECT strftime(event_time, '%Y-%m-%d'), phase, change, consumer_id, coalesce(decided_by, '-'), reason " +
      "FROM main.data_products.access_audit_log ORDER BY event_time, consumer_id, change, phase DESC",
  );
  const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text);
  table(
    ["day", "phase", "change", "consumer", "decided by", "reason"],
    rows.map((row) => row.map((cell) => short(String(cell)))),
  );
}

main().catch((error: unknown) => {
  console.error(`\nThe example could not go on: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
