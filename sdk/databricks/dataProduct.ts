import * as pulumi from "@pulumi/pulumi";
import { encodeLines, type Entry } from "../../provider/core/lines.js";
import { runTime } from "../core/clock.js";
import { placeText } from "../core/documents.js";
import type { Place } from "../core/place.js";
import { refuseDocuments } from "../core/refuseDocuments.js";
import type { AccessArgs } from "./access.js";
import type { Connection } from "./connection.js";
import { runByApprover } from "./dataProduct/approvals.js";
import type { ApproverRole, Consumer, ConsumerStatus, Evaluation } from "./dataProduct/types.js";
import { declaredAccess, type DeclaredAccess, type DeclaredLists } from "./dataProduct/declared.js";
import { evaluate } from "./dataProduct/evaluate.js";
import { gitEvidence } from "./dataProduct/gitEvidence.js";
import { grantsOf } from "./dataProduct/grants.js";
import { peopleOf } from "./dataProduct/people.js";
import { readProduct, type ProductFolder } from "./dataProduct/readProduct.js";
import { declareGrants } from "./dataProductLedger.js";
import type { GrantsInput } from "./securable.js";

/** Arguments of a `databricks.DataProduct`. */
export interface DataProductArgs {
  /**
   * The product's folder, relative to the program's: `product.yaml`, and one request in each file of `requests`. It is in a
   * Git repository with its whole history. `schemas/data-product.schema.json` and `schemas/access-request.schema.json` of
   * this package let editors complete both.
   */
  readonly folder: string;
  /**
   * A file or a folder with exported reviews of pull requests, which the job that runs this makes (docs/data-products.md).
   * Default: none; then commits alone are evidence.
   */
  readonly reviews?: string;
  /**
   * Principals whose privileges are left alone, besides those that product.yaml names: `*` stands for any characters, `?`
   * for one. Default: none.
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

interface Read {
  readonly folder: ProductFolder;
  readonly evaluation: Evaluation;
  readonly now: Date;
  readonly user: string | undefined;
}

/**
 * A data product whose consumers are requests in files. Access is given to whom a request asks for it that is valid,
 * approved by a manager and a data owner with evidence of that, compliant, not over and not taken back, together with USE
 * CATALOG and USE SCHEMA; the lists of the product's tables and schemas are authoritative.
 *
 * Throws, before anything is touched, an error with file, line and column of everything that breaks the rules. What ends
 * within `expires_within_days` is a warning; what has ended goes with this run.
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
    const what = `databricks.DataProduct ${JSON.stringify(name)}`;
    const read = readAll(what, args);
    const { consumers, notices } = read.evaluation;
    for (const { severity, message, ...place } of notices) {
      const text = `${placeText(place)}: ${message}`;
      void (severity === "warning" ? pulumi.log.warn(text, this) : pulumi.log.info(text, this));
    }
    const grants = grantsOf(consumers);
    const checked = refuseApprovers(what, read, args);
    const declared = declaredAccess(read.folder.product, grants);
    const access = accessArgs(read, declared, args, checked);
    declareGrants(this, name, { folder: read.folder, consumers, declared, access, checked, now: read.now });
    this.consumers = known(consumers);
    this.status = known(Object.fromEntries(consumers.map(({ requestId, status }) => [requestId, status])));
    this.granted = known([...new Set(grants.map(({ principal }) => principal))].sort());
    this.registerOutputs({ consumers: encodeLines(consumers.map(lineOf)), granted: this.granted });
  }
}

/** A value that the program has, as an output, without a look at every element of it. */
function known<T>(value: T): pulumi.Output<T> {
  return pulumi.output(0).apply(() => value as pulumi.Input<T>) as pulumi.Output<T>;
}

function readAll(what: string, { folder: name, reviews, expiresWithinDays }: DataProductArgs): Read {
  const now = timeOfRun(what);
  const read = readProduct(name);
  if (!("product" in read)) refuseDocuments(what, read.problems);
  const folder = expiresWithinDays === undefined ? read : withWarning(read, expiresWithinDays);
  const evidence = gitEvidence(folder, { reviews, now });
  const evaluation = evaluate({ folder, evidence, now });
  if (evaluation.problems.length > 0) refuseDocuments(what, evaluation.problems);
  // On a machine that works for everybody, Git's user is nobody in particular.
  return { folder, evaluation, now, user: process.env["CI"] === undefined ? evidence.user : undefined };
}

/** The same product with another time before an end in which it is warned about. */
function withWarning(read: ProductFolder, days: number): ProductFolder {
  const { product } = read;
  return { ...read, product: { ...product, policy: { ...product.policy, expires_within_days: days } } };
}

function timeOfRun(what: string): Date {
  try {
    return runTime();
  } catch (error) {
    throw new pulumi.RunError(`${what}: ${(error as Error).message}`);
  }
}

/** Ends the program where somebody who approved access runs this, by Git or by Databricks. */
async function refuseApprovers(
  what: string,
  { folder, evaluation, user }: Read,
  { connection }: DataProductArgs,
): Promise<void> {
  const { product, requests } = folder;
  const { whoRunsThis } = await import("../../provider/databricks/read.js");
  const sources = { environment: process.env, config: pulumi.runtime.getConfig("roster:connections") };
  const isAsked = product.policy.separate_granting && new pulumi.Config("roster").get("offline") !== "true";
  const names = isAsked ? await whoRunsThis(connection, sources) : undefined;
  const placeOf = (id: string, role: ApproverRole): Place =>
    requests.find((request) => request.id === id)?.placeOf(["approvals", role]) ?? folder.placeOf(["name"]);
  const runner = [...(user === undefined ? [] : [user]), ...(names ?? [])];
  const problems = runByApprover(evaluation.consumers, placeOf, runner, { product, people: peopleOf(product) });
  if (problems.length > 0) refuseDocuments(what, problems);
}

function accessArgs(
  { folder: { product } }: Read,
  declared: DeclaredAccess,
  { ignore = [], endSessions = true, connection }: DataProductArgs,
  checked: Promise<void>,
): AccessArgs {
  const afterCheck = (lists: DeclaredLists): pulumi.Output<Record<string, GrantsInput>> =>
    pulumi.output(checked.then(() => 0)).apply(() => lists as Record<string, GrantsInput>);
  return {
    grants: afterCheck(declared.grants),
    additional: afterCheck(declared.additional),
    ignore: [...product.ignore, ...ignore],
    endSessions,
    ...(connection === undefined ? {} : { connection }),
  };
}

/** A consumer as the state keeps it: one line, in which a preview shows what changed. */
function lineOf({ requestId, consumerId, status, evidence, grantedFrom, expires, reason }: Consumer): Entry {
  const told = { consumer: consumerId, evidence, from: grantedFrom, reason, status, until: expires };
  return {
    name: requestId,
    attributes: Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)),
  };
}
