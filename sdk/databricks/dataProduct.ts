import * as pulumi from "@pulumi/pulumi";
import type { Consumer, ConsumerStatus } from "./dataProduct/types.js";
import type { DataProductArgs } from "./dataProductArgs.js";
import type * as declared from "./dataProductDeclared.js";

/**
 * A data product whose consumers are requests in files. Access is given to whom a request asks for it that is valid,
 * approved by a manager and a data owner with evidence of that, compliant, not over and not taken back, together with
 * USE CATALOG and USE SCHEMA; the lists of the product's tables and schemas are authoritative.
 *
 * Throws, before anything is touched, an error with file, line and column of everything that breaks the rules. What
 * ends within `expires_within_days` is a warning; what has ended goes with this run.
 *
 * @example
 * const product = new databricks.DataProduct("customer-360", { folder: "products/customer-360", ignore: ["etl"] });
 * const status = product.status.apply((by) => by["john-doe"]);
 */
export class DataProduct extends pulumi.ComponentResource {
  /** Each request with its status, why it has it, and how well its approvals are proved. */
  declare readonly consumers: pulumi.Output<readonly Consumer[]>;
  /** The status by the request's id. */
  declare readonly status: pulumi.Output<Readonly<Record<string, ConsumerStatus>>>;
  /** The principals that have access now. */
  declare readonly granted: pulumi.Output<readonly string[]>;

  /**
   * Declares what a product's folder says.
   *
   * @param name The name in the program, usually the product's.
   * @param args Where the product is.
   * @param options Pulumi's options.
   */
  constructor(name: string, args: DataProductArgs, options?: pulumi.ComponentResourceOptions) {
    super("roster:databricks:DataProduct", name, {}, options);
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- A program without a product does not wait for what reads its files.
    const { declareProduct } = require("./dataProductDeclared.js") as typeof declared;
    const { consumers, status, granted, lines } = declareProduct(this, name, args);
    this.consumers = consumers;
    this.status = status;
    this.granted = granted;
    this.registerOutputs({ consumers: lines, granted });
  }
}
