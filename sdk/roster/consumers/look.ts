import type { SettingSources } from "../../../provider/core/connections.js";
import { auditConsumers, type Observed } from "./audit.js";
import { auditPage } from "./auditPage.js";
import { permissionChanges } from "./changes.js";
import { consumersAudit, consumersList, consumersReport } from "./formats.js";
import { auditedSecurables } from "./grantFindings.js";
import { listConsumers, listPage, type Counting, type Selection } from "./list.js";
import { writeResult, type Output } from "./output.js";
import type { LoadedProduct } from "./product.js";
import { explained, readUsage, type Usage } from "./readUsage.js";
import { reportConsumers } from "./report.js";
import { reportPage } from "./reportPage.js";
import { daysBefore } from "./scope.js";
import { unusualUse } from "./unusual.js";
import { HISTORY_DAYS, usageByMonth, usagePattern } from "./usage.js";

/** What the commands that only look are given. */
export interface Looking extends Output {
  /** The product. */
  readonly product: LoadedProduct;
  /** Which consumers. */
  readonly selection: Selection;
  /** How usage is counted. */
  readonly counting: Counting;
  /** The workspace; undefined for a look at the files alone. */
  readonly workspace: Workspace | undefined;
}

/** Where Databricks is. */
export interface Workspace {
  /** The name of a connection; undefined for the one named `databricks`. */
  readonly connection: string | undefined;
  /** Where its settings are looked for. */
  readonly sources: SettingSources;
}

/** `roster consumers <product> list`. */
export async function list({ product, selection, counting, workspace, ...output }: Looking): Promise<void> {
  const usage = await usageOf(product, counting.days, workspace);
  const data = listConsumers(product, usage, selection, counting);
  writeResult({ data, schema: consumersList, page: listPage(data) }, output);
}

/** `roster consumers <product> audit`; tells whether something was found. */
export async function audit({ product, selection, counting, workspace, ...output }: Looking): Promise<boolean> {
  const observed = await observe(product, counting.days, workspace);
  const data = auditConsumers(product, observed, selection, counting);
  writeResult({ data, schema: consumersAudit, page: auditPage(data) }, output);
  return data.findings.length > 0;
}

async function observe(
  { folder, now }: LoadedProduct,
  days: number,
  workspace: Workspace | undefined,
): Promise<Observed> {
  const { product } = folder;
  if (workspace === undefined) return { usage: undefined, grants: undefined, unusual: undefined, changes: undefined };
  const { readGrants } = await import("../../../provider/databricks/read.js");
  const [grants, rest] = await Promise.all([
    readGrants(workspace.connection, workspace.sources, auditedSecurables(product)),
    withRunner(workspace, async (runner) => {
      const period = { from: daysBefore(now, days), to: now };
      const [usage, unusual, changes] = await Promise.all([
        readUsage(runner, product, now, days),
        unusualUse(runner, product, now),
        permissionChanges(runner, product, period),
      ]);
      return { usage, unusual, changes };
    }),
  ]);
  return { grants, usage: rest?.usage, unusual: rest?.unusual, changes: rest?.changes };
}

/** `roster consumers <product> report`. */
export async function report({ product, selection, counting, workspace, ...output }: Looking): Promise<void> {
  const { folder, now } = product;
  const read = await withRunner(workspace, async (runner) => {
    const period = { from: daysBefore(now, counting.days), to: now };
    const year = { from: daysBefore(now, HISTORY_DAYS), to: now };
    const [usage, months, pattern] = await Promise.all([
      readUsage(runner, folder.product, now, counting.days),
      usageByMonth(runner, folder.product, year),
      usagePattern(runner, folder.product, period),
    ]);
    return { usage, months, pattern };
  });
  if (read === undefined)
    throw new Error("a report is made of what the system tables tell: it cannot be made with --offline");
  const data = reportConsumers(product, read.usage, read, selection, counting.days);
  writeResult({ data, schema: consumersReport, page: reportPage(data) }, output);
}

/** Who used a product; undefined where the system tables are not to be asked. */
export function usageOf(
  { folder, now }: LoadedProduct,
  days: number,
  workspace: Workspace | undefined,
): Promise<Usage | undefined> {
  return withRunner(workspace, (runner) => readUsage(runner, folder.product, now, days));
}

type Runner = Parameters<typeof readUsage>[0];

async function withRunner<T>(
  workspace: Workspace | undefined,
  use: (runner: Runner) => Promise<T>,
): Promise<T | undefined> {
  if (workspace === undefined) return undefined;
  const { openSource } = await import("../../../provider/databricks/read.js");
  try {
    return await use(openSource(workspace.connection, workspace.sources));
  } catch (error) {
    throw explained(error);
  }
}
