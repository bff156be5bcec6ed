import type { DocumentProblem, Path } from "../../core/documents.js";
import { permissionKey, permissionText, readAllowed, type Permission } from "./permissions.js";
import { dayOf, daysAfter, daysBetween, trainingEnd, type Period } from "./period.js";
import type { Product } from "./product.js";
import { readPermissions, type PlacedRequest } from "./readProduct.js";

/*
 * What a request may not do, whoever approved it. Each rule gives what is wrong, with its place.
 */

/** What a request asks for and gets, and what is wrong with that. */
export interface Scope {
  /** What was asked for, as far as it could be read. */
  readonly requested: readonly Permission[];
  /** What of that is given: without what approvers excluded and what was taken back. */
  readonly permissions: readonly Permission[];
  /** What is unknown, or more than the product allows. */
  readonly problems: readonly DocumentProblem[];
}

/** Reads what a request asks for, and narrows it as approvers and revocations say. */
export function scopeOf({ request, placeOf }: PlacedRequest, product: Product, now: Date): Scope {
  const problems: DocumentProblem[] = [];
  const read = (path: Path, texts: readonly string[]): readonly Permission[] => {
    const { permissions, mistakes } = readPermissions(texts, product);
    for (const [index, message] of mistakes) problems.push({ ...placeOf([...path, index]), message });
    return permissions;
  };
  const path = ["access_details", "requested_permissions"];
  const requested = read(path, request.access_details.requested_permissions);
  problems.push(
    ...excess(request.access_details.requested_permissions, product).map(([index, message]) => ({
      ...placeOf([...path, index]),
      message,
    })),
  );
  let permissions = requested;
  for (const role of ["manager", "data_owner"] as const) {
    const only = request.approvals[role]?.conditions?.permissions;
    if (only === undefined) continue;
    const kept = keys(read(["approvals", role, "conditions", "permissions"], only));
    permissions = permissions.filter((each) => kept.has(permissionKey(each)));
  }
  const { permissions: part, revoked_on: on } = request.revocation ?? {};
  if (part !== undefined && (on === undefined || Date.parse(on) <= now.getTime())) {
    const taken = keys(read(["revocation", "permissions"], part));
    permissions = permissions.filter((each) => !taken.has(permissionKey(each)));
  }
  return { requested, permissions, problems };
}

function keys(permissions: readonly Permission[]): Set<string> {
  return new Set(permissions.map(permissionKey));
}

/** What is more than the product allows, by index. It is refused whole: what is left would be another request. */
function excess(texts: readonly string[], product: Product): [number, string][] {
  const allowed = readAllowed(product);
  return texts.flatMap((text, index): [number, string][] => {
    const [permission] = readPermissions([text], product).permissions;
    if (permission === undefined || allowed.has(permission)) return [];
    return [
      [
        index,
        `${permissionText(permission)} is more than ${product.name} gives, which is ${allowed.told}: ask for less, or have product.yaml changed`,
      ],
    ];
  });
}

/** Whether the request is in the folder of its product. */
export function wrongProduct({ request, placeOf }: PlacedRequest, product: Product): DocumentProblem[] {
  if (request.product_name === product.name) return [];
  const message = `asks for ${request.product_name}, and this is the folder of ${product.name}: move the file to that product's`;
  return [{ ...placeOf(["product_name"]), message }];
}

/** What has to be confirmed, and is not, or cannot be yet. */
export function incompliant(
  { request, placeOf }: PlacedRequest,
  product: Product,
  now: Date,
  approvedAt: string | undefined,
): DocumentProblem[] {
  const problems: DocumentProblem[] = [];
  const say = (path: Path, message: string): void => void problems.push({ ...placeOf(path), message });
  if (!request.access_details.data_sensitivity_acknowledged) {
    say(
      ["access_details", "data_sensitivity_acknowledged"],
      `has to be true: the data of ${product.name} is ${product.sensitivity}`,
    );
  }
  for (const item of product.required_compliance) {
    const value = request.compliance[item];
    const path = ["compliance", item];
    if (value === undefined || value === false)
      say(path, `${COMPLIANCE[item]} is missing, and ${product.name} requires it`);
    else if (typeof value === "string" && Date.parse(value) > now.getTime()) {
      say(path, `${COMPLIANCE[item]} is of ${dayOf(value)}, which is to come: give the day on which it was done`);
    }
  }
  const trained = request.compliance.training_completed;
  const { training_valid_days: valid } = product.policy;
  if (trained === true && valid !== undefined && product.required_compliance.includes("training_completed")) {
    say(
      ["compliance", "training_completed"],
      `has to be the day of the training, as it counts for ${String(valid)} days`,
    );
  }
  const end = trainingEnd(trained, product);
  if (end !== undefined && Date.parse(end.at) <= Date.parse(approvedAt ?? now.toISOString())) {
    say(end.path, `${end.because}, which were over on ${dayOf(end.at)}: it has lapsed and has to be done again`);
  }
  return problems;
}

const COMPLIANCE = {
  training_completed: "the training",
  policy_acknowledged: "the acknowledgment of the policy",
  nda_signed: "the signed NDA",
} as const;

/** Access that would last longer than the product allows. */
export function tooLong(
  { request, placeOf }: PlacedRequest,
  product: Product,
  { from }: Period,
  now: Date,
): DocumentProblem[] {
  const { duration_days: days, expires } = request.access_details;
  const { max_duration_days: most } = product;
  const path = ["access_details", days === undefined ? "expires" : "duration_days"];
  const start = from ?? now.toISOString();
  const length = days ?? (expires === undefined ? 0 : daysBetween(start, expires));
  if (length <= most) return [];
  const latest = days === undefined ? ` (${dayOf(daysAfter(start, most))})` : "";
  const message = `is ${String(length)} days, and ${product.name} gives access for ${String(most)} at most${latest}; ask again before they are over`;
  return [{ ...placeOf(path), message }];
}

/** Refuses a `requested_date` that is still to come. */
export function fromTheFuture({ request, placeOf }: PlacedRequest, now: Date): DocumentProblem[] {
  const { requested_date: asked } = request;
  if (asked === undefined || Date.parse(asked) <= now.getTime()) return [];
  const message = `is ${dayOf(asked)}, which is to come: give the day on which it was asked for, or take it out`;
  return [{ ...placeOf(["requested_date"]), message }];
}
