import { problemLines, type DocumentProblem } from "../../core/place.js";
import { judgeApprovals, roleText, type Approvals, type Judging } from "./approvals.js";
import { identityOf, type Consumer, type ConsumerStatus, type Withdrawal } from "./consumer.js";
import type { Deed, DeletedRequest, EvidenceSource } from "./evidence.js";
import { peopleOf } from "./people.js";
import { dayOf, daysAfter, daysBetween, periodOf, type End, type Period } from "./period.js";
import { readPermissions, type PlacedRequest, type ProductFolder } from "./readProduct.js";
import { renewalsOf, twiceAsked, type Renewals } from "./relations.js";
import { fromTheFuture, incompliant, scopeOf, tooLong, wrongProduct, type Scope } from "./rules.js";
import type { Evaluation, Notice } from "./types.js";

export type { Evaluation, Notice };

/** What a product's requests are evaluated by. */
export interface Evaluating {
  /** The product with its requests, as `readProduct` gives it. */
  readonly folder: ProductFolder;
  /** What is known of the files' history: `gitEvidence`, or a stand-in in tests. */
  readonly evidence: EvidenceSource;
  /** The time of the run. */
  readonly now: Date;
}

/**
 * Tells for each request of a product whether its access is given, and why. What time alone does (access that ends, a
 * training that lapses) is no problem, because a problem ends the run, and with it would keep what has ended; what
 * breaks the rules is one, or with `violations: reject` leaves out the request alone.
 */
export function evaluate({ folder, evidence, now }: Evaluating): Evaluation {
  const { product, requests } = folder;
  const judging: Judging = { product, people: peopleOf(product), evidence, now };
  const renewals = renewalsOf(requests, evidence.deleted);
  const judged = requests.map((request) => judge(request, judging, renewals));
  const twice = twiceAsked(judged.filter(({ consumer }) => isOpen(consumer.status)).map(asking), renewals);
  const all = judged.map((each) =>
    withProblems(
      each,
      twice.filter(({ id }) => id === each.request.id),
    ),
  );
  const found = all.flatMap(({ problems }) => problems);
  const isRefused = product.policy.violations === "refuse";
  return {
    consumers: [
      ...all.map(({ consumer }) => consumer),
      ...evidence.deleted.map((each) => deletedConsumer(each, judging, renewals)),
    ],
    problems: [...folder.problems, ...evidence.problems, ...(isRefused ? found : [])],
    notices: [
      ...(isRefused ? [] : found.map((each) => ({ ...each, severity: "warning" as const }))),
      ...all.flatMap(({ consumer, period }) => noticesOf(consumer, period.end, judging)),
    ],
  };
}

interface Judged {
  readonly request: PlacedRequest;
  readonly consumer: Consumer;
  readonly period: Period;
  readonly problems: readonly DocumentProblem[];
}

function asking({ request, consumer }: Judged): Parameters<typeof twiceAsked>[0][number] {
  return { id: request.id, request: request.request, place: consumer.place, requested: consumer.requested };
}

function isOpen(status: ConsumerStatus): boolean {
  return status === "pending" || status === "active" || status === "expiring";
}

function judge(request: PlacedRequest, judging: Judging, renewals: Renewals): Judged {
  const { product, now, evidence } = judging;
  const scope = scopeOf(request, product, now);
  const done = finished(request, judging);
  const approvals = judgeApprovals(request, judging);
  const period = periodOf(request.request, product, approvals.at);
  const consumer = consumerOf({ request, scope, approvals, period, filed: evidence.filed(request), renewals });
  if (done !== undefined) return { request, consumer: { ...consumer, ...done }, period, problems: [] };
  const { end } = period;
  if (isReached(end, now) && !lapsedBefore(end, approvals.at)) {
    return {
      request,
      consumer: { ...consumer, status: "expired", reason: `ended on ${dayOf(end.at)}: ${end.because}` },
      period,
      problems: [],
    };
  }
  const problems = [
    ...wrongProduct(request, product),
    ...fromTheFuture(request, now),
    ...scope.problems,
    ...incompliant(request, product, now, approvals.at),
    ...tooLong(request, product, period, now),
    ...renewals.problems.filter(({ id }) => id === request.id),
    ...approvals.problems,
  ];
  return withProblems(
    { request, consumer: { ...consumer, ...standingOf(consumer, approvals, period, judging) }, period, problems: [] },
    problems,
  );
}

function isReached(end: End | undefined, now: Date): end is End {
  return end !== undefined && Date.parse(end.at) <= now.getTime();
}

/** Whether access had ended before it began: that is no end that time brought, but a mistake of the request. */
function lapsedBefore({ at, path }: End, approvedAt: string | undefined): boolean {
  return path[0] === "compliance" && (approvedAt === undefined || Date.parse(at) <= Date.parse(approvedAt));
}

/** A request that is over by what its file says: turned down, or taken back. Nothing else about it counts any more. */
function finished(
  request: PlacedRequest,
  { evidence, now }: Judging,
): Pick<Consumer, "status" | "reason" | "withdrawal"> | undefined {
  const { rejection, revocation } = request.request;
  if (rejection !== undefined) {
    const withdrawal = withdrawalOf(
      rejection.reason,
      rejection.rejected_by,
      undefined,
      evidence.decided(request, "rejection"),
    );
    return { status: "rejected", reason: `turned down${byWhom(withdrawal)}: ${rejection.reason}`, withdrawal };
  }
  if (revocation === undefined || revocation.permissions !== undefined) return undefined;
  const { reason, revoked_by: by, revoked_on: on } = revocation;
  if (on !== undefined && Date.parse(on) > now.getTime()) return undefined;
  const withdrawal = withdrawalOf(reason, by, on, evidence.decided(request, "revocation"));
  return { status: "revoked", reason: `taken back${byWhom(withdrawal)}: ${reason}`, withdrawal };
}

function withdrawalOf(
  reason: string,
  by: string | undefined,
  on: string | undefined,
  deed: Deed | undefined,
): Withdrawal {
  return { reason, by: by ?? deed?.by, at: on ?? deed?.at, commit: deed?.commit };
}

function byWhom({ by, at }: Withdrawal): string {
  return `${by === undefined ? "" : ` by ${by}`}${at === undefined ? "" : ` on ${dayOf(at)}`}`;
}

interface Known {
  readonly request: PlacedRequest;
  readonly scope: Scope;
  readonly approvals: Approvals;
  readonly period: Period;
  readonly filed: Deed | undefined;
  readonly renewals: Renewals;
}

function consumerOf({ request, scope, approvals, period, filed, renewals }: Known): Consumer {
  return {
    ...identityOf(request.request),
    requestId: request.id,
    place: request.placeOf(["consumer_info"]),
    status: "pending",
    reason: "",
    requested: scope.requested,
    permissions: scope.permissions,
    approvals: approvals.approvals,
    evidence: approvals.level,
    requestedOn: request.request.requested_date ?? filed?.at,
    grantedFrom: period.from,
    expires: period.end?.at,
    renewedBy: renewals.renewedBy.get(request.id),
    withdrawal: undefined,
  };
}

/** Where a request without mistakes is in its life. */
function standingOf(
  consumer: Consumer,
  { missing }: Approvals,
  { from, end }: Period,
  { product, now }: Judging,
): Pick<Consumer, "status" | "reason"> {
  if (missing.length > 0) {
    return { status: "pending", reason: `waits for the approval of the ${missing.map(roleText).join(" and of the ")}` };
  }
  if (from !== undefined && Date.parse(from) > now.getTime()) {
    return { status: "pending", reason: `begins on ${dayOf(from)}: the first run from then on grants it` };
  }
  const until = end === undefined ? "" : ` until ${dayOf(end.at)}: ${end.because}`;
  const isSoon =
    end !== undefined &&
    Date.parse(end.at) <= Date.parse(daysAfter(now.toISOString(), product.policy.expires_within_days));
  const people = consumer.approvals.map(({ person, approver }) => person ?? approver).join(" and ");
  return { status: isSoon ? "expiring" : "active", reason: `approved by ${people}${until}` };
}

function withProblems(judged: Judged, problems: readonly DocumentProblem[]): Judged {
  if (problems.length === 0) return judged;
  const all = [...judged.problems, ...problems];
  const reason = problemLines(all).join("\n");
  return { ...judged, consumer: { ...judged.consumer, status: "rejected", reason }, problems: all };
}

function noticesOf(
  { status, expires, renewedBy, consumerId, requestId, ...consumer }: Consumer,
  end: End | undefined,
  { product, now }: Judging,
): Notice[] {
  const say = (severity: Notice["severity"], message: string): Notice[] => [{ ...consumer.place, severity, message }];
  if (status === "pending") return say("info", `${consumerId} ${consumer.reason}`);
  if (expires === undefined || end === undefined || renewedBy !== undefined) return [];
  const renew = `ask again with renews: ${requestId} where it is still needed`;
  const left = daysBetween(now, expires);
  if (status === "expiring") {
    return say(
      "warning",
      `${consumerId} loses access on ${dayOf(expires)}, in ${count(left)} (${end.because}): ${renew}`,
    );
  }
  const isRecent = -left <= product.policy.expires_within_days;
  return status === "expired" && isRecent
    ? say("warning", `the access of ${consumerId} ended on ${dayOf(expires)} (${end.because}): ${renew}`)
    : [];
}

function count(days: number): string {
  return days === 1 ? "1 day" : `${String(days)} days`;
}

function deletedConsumer(deleted: DeletedRequest, { product }: Judging, renewals: Renewals): Consumer {
  const { id, file, request, by, at, commit, reason } = deleted;
  const { permissions } = readPermissions(request.access_details.requested_permissions, product);
  const withdrawal = withdrawalOf(reason, by, at, { by, at, commit });
  return {
    ...identityOf(request),
    requestId: id,
    place: { file, line: 1, column: 1 },
    status: "revoked",
    reason: `the file was deleted${byWhom(withdrawal)}: ${reason}`,
    requested: permissions,
    permissions,
    approvals: [],
    evidence: "none",
    requestedOn: request.requested_date,
    grantedFrom: undefined,
    expires: undefined,
    renewedBy: renewals.renewedBy.get(id),
    withdrawal,
  };
}
