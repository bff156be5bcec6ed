import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import prettier from "prettier";
import * as z from "zod";
import { approvedPlan } from "../provider/core/approvedPlan.js";
import { environmentData } from "../provider/heimdall/data.js";
import { doctorReport } from "../sdk/roster/doctorReport.js";
import {
  consumersAudit,
  consumersEdit,
  consumersList,
  consumersReport,
  consumersReview,
} from "../sdk/roster/consumers/formats.js";
import { allowFile } from "../sdk/roster/allowList.js";
import { driftReport } from "../sdk/roster/driftReport.js";
import { syncRecord } from "../sdk/roster/records.js";
import { accessReview } from "../sdk/databricks/dataProduct/accessReview.js";
import { productFile } from "../sdk/databricks/dataProduct/product.js";
import { requestFile } from "../sdk/databricks/dataProduct/request.js";
import { usersFile } from "../sdk/postgres/accessFile/format.js";

/** The JSON Schemas that are shipped, each made from the zod schema that the code uses. */
export const SCHEMAS: Readonly<Record<string, () => object>> = {
  "schemas/access-request.schema.json": () => ({
    title: "A request for access to a data product",
    ...z.toJSONSchema(requestFile, { io: "input" }),
  }),
  "schemas/consumers-audit.schema.json": () => ({
    title: "What roster consumers <product> audit --json writes",
    ...z.toJSONSchema(consumersAudit),
  }),
  "schemas/access-review.schema.json": () => ({
    title: "A review of access to a data product, for one reviewer to fill in",
    ...z.toJSONSchema(accessReview, { io: "input" }),
  }),
  "schemas/consumers-edit.schema.json": () => ({
    title: "What roster consumers <product> approve and revoke write with --json",
    ...z.toJSONSchema(consumersEdit),
  }),
  "schemas/consumers-review.schema.json": () => ({
    title: "What roster consumers <product> review --json writes",
    ...z.toJSONSchema(consumersReview),
  }),
  "schemas/consumers-list.schema.json": () => ({
    title: "What roster consumers <product> list --json writes",
    ...z.toJSONSchema(consumersList),
  }),
  "schemas/consumers-report.schema.json": () => ({
    title: "What roster consumers <product> report --json writes",
    ...z.toJSONSchema(consumersReport),
  }),
  "schemas/data-product.schema.json": () => ({
    title: "A data product: what it is, who decides about it, and its policy",
    ...z.toJSONSchema(productFile, { io: "input" }),
  }),
  "schemas/approved-plan.schema.json": () => ({
    title: "What an update would run, as roster plan writes it down to be reviewed",
    ...z.toJSONSchema(approvedPlan, { io: "input" }),
  }),
  "schemas/heimdall-environment.schema.json": () => ({
    title: "An environment of Heimdall: actions, roles, mappings and groups",
    ...z.toJSONSchema(environmentData, { io: "input" }),
  }),
  "schemas/roster-allow.schema.json": () => ({
    title: "What may be in live systems without a stack, for roster drift --unmanaged --allow",
    ...z.toJSONSchema(allowFile, { io: "input" }),
  }),
  "schemas/roster-drift.schema.json": () => ({
    title: "What roster drift found, as --json prints it",
    ...z.toJSONSchema(driftReport),
  }),
  "schemas/roster-doctor.schema.json": () => ({
    title: "What roster doctor --json prints",
    ...z.toJSONSchema(doctorReport),
  }),
  "schemas/roster-sync.schema.json": () => ({
    title: "A record of roster sync --json: one a line",
    ...z.toJSONSchema(syncRecord),
  }),
  "schemas/users.schema.json": () => ({
    title: "Users, groups, databases and grants of a PostgreSQL server",
    ...z.toJSONSchema(usersFile, { io: "input" }),
  }),
};

const ROOT = path.resolve(__dirname, "../..");

/** A schema as it is committed. */
export async function schemaText(make: () => object): Promise<string> {
  return prettier.format(JSON.stringify(make()), { parser: "json", printWidth: 120 });
}

/** A committed file of the repository. */
export function committed(file: string): string {
  return readFileSync(path.join(ROOT, file), "utf8");
}

/** `npm run schemas` */
async function write(): Promise<void> {
  for (const [file, make] of Object.entries(SCHEMAS)) writeFileSync(path.join(ROOT, file), await schemaText(make));
}

if (require.main === module) void write();
