import type { Connection } from "./connection.js";

/** Arguments of a `databricks.DataProduct`. */
export interface DataProductArgs {
  /**
   * The product's folder, relative to the program's: `product.yaml`, and one request in each file of `requests`. It is
   * in a Git repository with its whole history. `schemas/data-product.schema.json` and
   * `schemas/access-request.schema.json` of this package let editors complete both.
   */
  readonly folder: string;
  /**
   * A file or a folder with exported reviews of pull requests, which the job that runs this makes
   * (docs/data-products.md). Default: none; then commits alone are evidence.
   */
  readonly reviews?: string;
  /**
   * Principals whose privileges are left alone, besides those that product.yaml names: `*` stands for any characters,
   * `?` for one. Default: none.
   */
  readonly ignore?: readonly string[];
  /** How many days before its end access counts as expiring and is warned about. Default: product.yaml's, which is 30 there. */
  readonly expiresWithinDays?: number;
  /**
   * Whether statements that are under way are asked to stop when their access is taken, as `databricks.Access` does.
   * Default true.
   */
  readonly endSessions?: boolean;
  /** The workspace. Default: the connection "databricks" (DATABRICKS_HOST, DATABRICKS_TOKEN, ...). */
  readonly connection?: Connection;
}
