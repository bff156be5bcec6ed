import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { EvidenceSource, Finding } from "../../../../sdk/databricks/dataProduct/evidence.js";
import { evaluate, type Evaluation } from "../../../../sdk/databricks/dataProduct/evaluate.js";
import type { EvidenceLevel } from "../../../../sdk/databricks/dataProduct/product.js";
import { readProduct } from "../../../../sdk/databricks/dataProduct/readProduct.js";

/** The product of the document, with the people that its form names. */
export const PRODUCT = `name: customer-360
data_owner: data-team@company.com
teams:
  data-team@company.com: [dana.owner@company.com]
managers: [jane.manager@company.com]
tables: [main.customer_360.customers, main.customer_360.customer_metrics]
sensitivity: confidential
allowed_permissions: [SELECT]
max_duration_days: 365
`;

/** The form of the document, word for word. */
export const FORM = `# Consumer Access Request
product_name: customer-360
consumer_info:
  name: John Doe
  email: john.doe@company.com
  business_unit: Marketing
  role: Data Analyst

access_details:
  justification: "Need customer data for Q1 campaign analysis and segmentation"
  use_cases:
    - Customer segmentation
    - Campaign targeting
  requested_permissions:
    - SELECT on customers table
    - SELECT on customer_metrics table
  duration_days: 365
  data_sensitivity_acknowledged: true

approvals:
  manager: jane.manager@company.com
  data_owner: data-team@company.com

compliance:
  training_completed: true
  policy_acknowledged: true
  nda_signed: true
`;

/** When approvals of the stand-in are given. */
export const APPROVED = "2027-01-10T00:00:00Z";

/** A product's folder in a folder of its own that goes with the test. */
export class Folder {
  readonly path = mkdtempSync(path.join(tmpdir(), "roster-product-"));

  constructor(product = PRODUCT) {
    this.write("product.yaml", product);
  }

  write(name: string, text: string): this {
    const file = path.join(this.path, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return this;
  }

  request(name: string, text = FORM): this {
    return this.write(`requests/${name}.yaml`, text);
  }

  /** The product's requests as they stand on a day; files in messages are relative to the folder. */
  evaluate(now: string, evidence: EvidenceSource = trusting()): Evaluation {
    const before = process.cwd();
    process.chdir(this.path);
    try {
      const folder = readProduct(".");
      if (!("product" in folder)) return { consumers: [], problems: folder.problems, notices: [] };
      return evaluate({ folder, evidence, now: new Date(now) });
    } finally {
      process.chdir(before);
    }
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}

/** Stands for a history in which whom the file names has approved; a team is Dana. */
export function trusting(level: Exclude<EvidenceLevel, "none"> = "signed_commit", at = APPROVED): EvidenceSource {
  return {
    approval({ request }, role): Finding {
      const by = request.approvals[role]?.by ?? "";
      const person = by === "data-team@company.com" ? "dana.owner@company.com" : by;
      return { evidence: { level, person, at, reference: "commit 0123456789ab" }, reason: "is not signed" };
    },
    filed: () => undefined,
    decided: () => undefined,
    deleted: [],
    problems: [],
  };
}
