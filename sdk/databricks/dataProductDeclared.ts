import * as pulumi from "@pulumi/pulumi";
import { encodeLines, type Entry } from "../../provider/core/lines.js";
import { runTime } from "../core/clock.js";
import { configOf } from "../core/config.js";
import { expectKey, expectKeys, type KeysOf } from "../core/knownKeys.js";
import { placeText, type Place } from "../core/place.js";
import { refuseDocuments } from "../core/refuseDocuments.js";
import { runError } from "../core/runError.js";
import type { AccessArgs } from "./access.js";
import { runByApprover } from "./dataProduct/approvals.js";
import { declaredAccess, type DeclaredAccess, type DeclaredLists } from "./dataProduct/declared.js";
import { evaluate } from "./dataProduct/evaluate.js";
import { gitEvidence } from "./dataProduct/gitEvidence.js";
import { grantsOf } from "./dataProduct/grants.js";
import { peopleOf } from "./dataProduct/people.js";
import { readProduct, type ProductFolder } from "./dataProduct/readProduct.js";
import type { ApproverRole, Consumer, ConsumerStatus, Evaluation } from "./dataProduct/types.js";
import type { DataProductArgs } from "./dataProductArgs.js";
import { declareGrants } from "./dataProductLedger.js";
import type { GrantsInput } from "./securable.js";

interface Read {
  readonly folder: ProductFolder;
  readonly evaluation: Evaluation;
  readonly now: Date;
  readonly user: string | undefined;
}

/** What a product's files came to: the outputs of its component. */
export interface ProductOutputs {
  /** Each request with its status. */
  readonly consumers: pulumi.Output<readonly Consumer[]>;
  /** The status by the request's id. */
  readonly status: pulumi.Output<Readonly<Record<string, ConsumerStatus>>>;
  /** The principals that have access now. */
  readonly granted: pulumi.Output<readonly string[]>;
  /** The consumers as the state keeps them, one a line. */
  readonly lines: string;
}

/**
 * Declares what a product's folder says, below its component.
 *
 * @param component The `databricks.DataProduct`.
 * @param name Its name in the program.
 * @param args Its arguments.
 */
export function declareProduct(component: pulumi.Resource, name: string, args: DataProductArgs): ProductOutputs {
  const what = `databricks.DataProduct ${JSON.stringify(name)}`;
  expectKeys(what, "the arguments", args, KEYS);
  expectKey(`${what}: the arguments`, "folder", args);
  const read = readAll(what, args);
  const { consumers, notices } = read.evaluation;
  for (const { severity, message, ...place } of notices) {
    const text = `${placeText(place)}: ${message}`;
    void (severity === "warning" ? pulumi.log.warn(text, component) : pulumi.log.info(text, component));
  }
  const grants = grantsOf(consumers);
  const checked = refuseApprovers(what, read, args);
  const declared = declaredAccess(read.folder.product, grants);
  const access = accessArgs(read, declared, args, checked);
  declareGrants(component, name, { folder: read.folder, consumers, declared, access, checked, now: read.now });
  return {
    consumers: known(consumers),
    status: known(Object.fromEntries(consumers.map(({ requestId, status }) => [requestId, status]))),
    granted: known([...new Set(grants.map(({ principal }) => principal))].sort()),
    lines: encodeLines(consumers.map(lineOf)),
  };
}

const KEYS: KeysOf<DataProductArgs> = {
  folder: true,
  reviews: true,
  ignore: true,
  expiresWithinDays: true,
  endSessions: true,
  connection: true,
};

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
    throw runError(`${what}: ${(error as Error).message}`);
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
  const sources = { environment: process.env, config: configOf("roster:connections") };
  const isAsked = product.policy.separate_granting && configOf("roster:offline") !== "true";
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
