import sinon from "sinon";
import { main } from "../../../../sdk/roster/cli.js";
import { startDatabricks, type DatabricksSandbox } from "../../../sandbox/databricks/index.js";
import { isSilent, makeUsage, principalOf } from "../../../sandbox/databricks/usageWorkload.js";
import { FORM, PRODUCT } from "../../databricks/dataProduct/folder.js";
import { PEOPLE, TestRepository } from "../../databricks/dataProduct/repository.js";

/** The last day of the year in which the product is used. */
export const NOW = new Date("2027-01-01T00:00:00Z");
/** The tables of the product. */
export const TABLES = ["main.customer_360.customers", "main.customer_360.customer_metrics"] as const;

/** How a scene is made. */
export interface SceneOptions {
  readonly consumers: number;
  readonly statements: number;
  /** What product.yaml says besides. */
  readonly product?: string;
}

/** What a command wrote. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A product in a Git repository whose consumers are principals of a workspace, who read it for a year. */
export class Scene {
  private constructor(
    readonly repository: TestRepository,
    readonly workspace: DatabricksSandbox,
  ) {}

  static async start({ consumers, statements, product = "" }: SceneOptions): Promise<Scene> {
    const repository = new TestRepository(PRODUCT + product);
    const workspace = await startDatabricks();
    workspace.statements.warehouse.chunkRows = 20_000;
    await makeUsage(workspace.statements, { now: NOW, tables: TABLES, consumers, statements });
    const { metastore } = workspace;
    for (const table of TABLES) metastore.create(`table ${table}`);
    const scene = new Scene(repository, workspace);
    const numbers = Array.from({ length: consumers }, (_, index) => index);
    const day = (index: number): string => `2026-${String(2 + (index % 8)).padStart(2, "0")}-05`;
    for (const [approvals, as] of [
      [[], PEOPLE.john],
      [["manager"], PEOPLE.jane],
      [["manager", "data_owner"], PEOPLE.dana],
    ] as const) {
      for (const index of numbers) {
        repository.write(`requests/${requestOf(index)}.yaml`, formOf(index, approvals, day(index)));
      }
      repository.commit(`Requests with ${String(approvals.length)} approvals`, { as, on: "2026-01-10" });
    }
    for (const index of numbers) {
      metastore.addPrincipal(principalOf(index));
      for (const table of TABLES) metastore.grant(`table ${table}`, principalOf(index), "SELECT");
    }
    return scene;
  }

  /** Runs `roster consumers customer-360 ...` in this process. */
  async run(words: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Ran> {
    const written = { stdout: "", stderr: "" };
    const stubs = (["stdout", "stderr"] as const).map((name) =>
      sinon.stub(process[name], "write").callsFake((text) => {
        written[name] += String(text);
        return true;
      }),
    );
    const before = process.cwd();
    process.chdir(this.repository.root);
    try {
      const code = await main(["consumers", "customer-360", ...words], { ...this.environment(), ...more });
      return { code, ...written };
    } finally {
      process.chdir(before);
      for (const stub of stubs) stub.restore();
    }
  }

  /** Runs a command, and reads its JSON. */
  async json<T>(
    words: readonly string[],
    schema: { parse(value: unknown): T },
  ): Promise<T & { readonly code: number }> {
    const { code, stdout, stderr } = await this.run([...words, "--json"]);
    if (stdout === "") throw new Error(stderr);
    return { ...schema.parse(JSON.parse(stdout)), code };
  }

  environment(): Record<string, string> {
    return {
      DATABRICKS_HOST: this.workspace.url,
      DATABRICKS_TOKEN: this.workspace.token,
      DATABRICKS_WAREHOUSE_ID: this.workspace.statements.warehouse.id,
      ROSTER_NOW: NOW.toISOString(),
    };
  }

  async end(): Promise<void> {
    await this.workspace.close();
    this.repository.remove();
  }
}

/** The id of the n-th consumer's request. */
export function requestOf(index: number): string {
  return `request-${String(index).padStart(4, "0")}`;
}

/** The form of the n-th consumer. The silent ones may read customers alone. */
export function formOf(index: number, approvals: readonly string[], starts: string): string {
  const principal = principalOf(index);
  const isPerson = principal.includes("@");
  const who = isPerson ? `  email: ${principal}` : `  email: john.doe@company.com\n  service_principal: ${principal}`;
  const lines = {
    manager: "  manager: jane.manager@company.com\n",
    data_owner: "  data_owner: dana.owner@company.com\n",
  };
  const approved = (Object.keys(lines) as (keyof typeof lines)[])
    .filter((role) => approvals.includes(role))
    .map((role) => lines[role]);
  return FORM.replace("  email: john.doe@company.com", who)
    .replace("name: John Doe", `name: Consumer ${String(index)}`)
    .replace("duration_days: 365", `duration_days: 365\n  starts: ${starts}`)
    .replace(/approvals:\n.*\n.*\n/, approved.length === 0 ? "" : `approvals:\n${approved.join("")}`)
    .replace(/ {4}- SELECT on customer_metrics table\n/, isSilent(index) ? "" : "$&");
}
