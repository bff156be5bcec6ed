import { startDatabricks, type DatabricksSandbox } from "../sandbox/databricks/index.js";
import { PEOPLE, TestRepository } from "../sdk/databricks/dataProduct/repository.js";
import type { Engine } from "../engine/index.js";
import { Workspace } from "./workspace.js";

/** The tables of the data product that tests' folders hold. */
export const CUSTOMERS = "table main.customer_360.customers";
export const METRICS = "table main.customer_360.customer_metrics";

/** A data product: a workspace of Databricks with its tables, its repository, and the project that declares it. */
export class ProductScene {
  private constructor(
    readonly sandbox: DatabricksSandbox,
    readonly repository: TestRepository,
    readonly workspace: Workspace,
  ) {}

  /** Starts it, with further variables for the project, and arguments of the DataProduct. */
  static async start(
    engine: Engine,
    variables: Readonly<Record<string, string>> = {},
    args: Readonly<Record<string, unknown>> = {},
  ): Promise<ProductScene> {
    const sandbox = await startDatabricks();
    sandbox.metastore.create(CUSTOMERS, METRICS);
    sandbox.metastore.addPrincipal(PEOPLE.john);
    await sandbox.statements.createCatalog("main");
    const repository = new TestRepository();
    const workspace = await Workspace.create(engine, {
      DATABRICKS_HOST: sandbox.url,
      DATABRICKS_TOKEN: sandbox.token,
      DATABRICKS_WAREHOUSE_ID: sandbox.statements.warehouse.id,
      ROSTER_NOW: "2027-02-01",
      CI: "true",
      ...variables,
    });
    const declared = { folder: repository.folder, ...args };
    workspace.declare([{ type: "databricks.DataProduct", name: "customer-360", args: declared, options: {} }]);
    return new ProductScene(sandbox, repository, workspace);
  }

  async stop(): Promise<void> {
    await this.workspace.remove();
    this.repository.remove();
    await this.sandbox.close();
  }
}
