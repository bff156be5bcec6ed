import type { Path } from "../../core/documents.js";
import type { Product } from "./product.js";
import type { AccessRequest } from "./request.js";

const DAY = 24 * 60 * 60 * 1000;

/** An end that access can have, and why. */
export interface End {
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** What sets it, in words: "the request is for 365 days". */
  readonly because: string;
  /** The part of the file that says so. */
  readonly path: Path;
}

/** From when to when access is given. */
export interface Period {
  /** ISO 8601 in UTC; undefined while it is not approved. */
  readonly from: string | undefined;
  /** The earliest of all ends; undefined while none is known. */
  readonly end: End | undefined;
}

/** An instant some days after another. */
export function daysAfter(instant: string, days: number): string {
  return new Date(Date.parse(instant) + days * DAY).toISOString().replace(".000Z", "Z");
}

/** Whole days from one instant to another, a part of a day counted as one. */
export function daysBetween(from: string | Date, to: string): number {
  return Math.ceil((Date.parse(to) - new Date(from).getTime()) / DAY);
}

/** The day of an instant, for messages. */
export function dayOf(instant: string): string {
  return instant.slice(0, 10);
}

/**
 * From when to when a request gives access: from the last approval, or from `starts`, to the earliest of what the
 * request, the approvers' conditions, the training and a revocation set.
 *
 * @param approvedAt When the last of both approved; undefined where one is missing.
 */
export function periodOf(request: AccessRequest, product: Product, approvedAt: string | undefined): Period {
  const { starts } = request.access_details;
  const from =
    approvedAt !== undefined && starts !== undefined && Date.parse(starts) > Date.parse(approvedAt)
      ? starts
      : approvedAt;
  const [end] = [...requestEnds(request, from), ...conditionEnds(request, from), ...outerEnds(request, product)].sort(
    (a, b) => Date.parse(a.at) - Date.parse(b.at),
  );
  return { from, end };
}

function requestEnds({ access_details: details }: AccessRequest, from: string | undefined): End[] {
  const { expires, duration_days: days } = details;
  if (expires !== undefined) {
    return [{ at: expires, because: "the request says so", path: ["access_details", "expires"] }];
  }
  if (from === undefined || days === undefined) return [];
  const because = `the request is for ${String(days)} days from ${dayOf(from)}`;
  return [{ at: daysAfter(from, days), because, path: ["access_details", "duration_days"] }];
}

function conditionEnds({ approvals }: AccessRequest, from: string | undefined): End[] {
  return (["manager", "data_owner"] as const).flatMap((role) => {
    const { by, conditions: { until, duration_days: days } = {} } = approvals[role] ?? { by: "" };
    const path = ["approvals", role];
    const because = `${by} approved it until then`;
    return [
      ...(until === undefined ? [] : [{ at: until, because, path }]),
      ...(days === undefined || from === undefined ? [] : [{ at: daysAfter(from, days), because, path }]),
    ];
  });
}

function outerEnds({ compliance, revocation }: AccessRequest, product: Product): End[] {
  const trained = trainingEnd(compliance.training_completed, product);
  const { revoked_on: on, permissions, reason } = revocation ?? { reason: "" };
  return [
    ...(trained === undefined ? [] : [trained]),
    ...(on === undefined || permissions !== undefined
      ? []
      : [{ at: on, because: `it is taken back then: ${reason}`, path: ["revocation", "revoked_on"] }]),
  ];
}

/** Until when a training counts; undefined for good, or where no day is given. */
export function trainingEnd(completed: boolean | string | undefined, product: Product): End | undefined {
  const { training_valid_days: valid } = product.policy;
  if (
    typeof completed !== "string" ||
    valid === undefined ||
    !product.required_compliance.includes("training_completed")
  ) {
    return undefined;
  }
  const because = `the training of ${dayOf(completed)} counts for ${String(valid)} days`;
  return { at: daysAfter(completed, valid), because, path: ["compliance", "training_completed"] };
}
